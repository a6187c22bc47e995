/**
 * What a device must supply.
 *
 * <p>Read {@link dev.jebena.kernel.Device} first, then {@link dev.jebena.kernel.Primitives}, the
 * small set of kernels without which no device exists, then {@code kernel.fused}, the kernels that
 * a device may add to be faster. Every kernel has a plain twin in {@code kernel.reference}: its
 * loops are the definition of what the kernel computes. {@code kernel.cpu} is the fast one for
 * processors.
 *
 * <p>Kernels see {@link dev.jebena.kernel.Operand}s: a buffer with a type and a layout. Shapes and
 * types were checked and broadcast before a kernel is called, so kernels check nothing.
 */
package dev.jebena.kernel;
