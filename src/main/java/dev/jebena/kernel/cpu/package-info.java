/**
 * The processor as a device: Vector API kernels over off-heap memory, several threads.
 *
 * <p>Read {@code CpuDevice} first, then {@code WorkerPool} (how work is shared), {@code Walk} and
 * {@code ElementWise} (how strided operands become runs of contiguous elements), {@code
 * Reductions}, and last {@code MatrixProduct} with {@code PackedProduct} and {@code NarrowTiles} or
 * {@code WideTiles}, where nearly all of the time of a model goes.
 *
 * <p>Two rules hold everywhere. Work is cut into tasks by shape and never by the number of threads,
 * so that results are the same bits for any number of threads. Vectors live in local variables of
 * one method and loops are written out per operation: a vector that leaves its method, or a lambda
 * called per element, costs a factor of a hundred.
 */
package dev.jebena.kernel.cpu;
