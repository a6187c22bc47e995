/**
 * Plain twins of all kernels: the definition of what a kernel computes, and the oracle in tests.
 *
 * <p>Read {@link dev.jebena.kernel.reference.ReferenceDevice} for what there is, then {@code
 * Elements}, which hides types and strides, then whatever kernel you want to understand: {@code
 * Elementwise}, {@code Reductions}, {@code MatrixProduct}, {@code Indexing}, and the twins of the
 * fused kernels, {@code ReferenceSoftmax} to {@code ReferenceAttention}.
 *
 * <p>Everything is computed in f64 (integers in 64 bits) and rounded once when it is stored; sums
 * too, so that this is the more exact side wherever a fast kernel and its twin differ.
 */
package dev.jebena.kernel.reference;
