/**
 * Kernels that a device may have: each does in one pass what several primitives could do in many.
 * The engine asks {@link dev.jebena.kernel.Device#fused} and composes primitives where the answer
 * is no. All take f32 (f64 where the device likes), contiguous in the last axis.
 */
package dev.jebena.kernel.fused;
