/**
 * The OpenCL device: every kernel on a GPU of any vendor, or on a processor through PoCL.
 *
 * <p>Read {@code OpenClDevice} first. {@code Discovery}, {@code CommandQueue} and {@code Programs}
 * are all that touch JOCL: which devices there are, memory and launches of one of them, and kernels
 * from source or from binaries of earlier runs. {@code DeviceMemory} hands out buffers. A kernel's
 * host side is a class here ({@code ElementWise}, {@code Reductions}, {@code MatrixProduct} …) that
 * names a program of {@code src/main/opencl} by its file, macros to specialise it by, and
 * arguments; {@code Walk} turns shapes and strides into loops that kernels understand.
 *
 * <p>Where a processor and a GPU want different kernels, {@code Profile} says which this one is.
 * Nothing here computes on the host what a kernel could not do; the exceptions are numbers from
 * normal distributions, which have to be the same bits everywhere ({@code RandomNumbers} says why).
 */
package dev.jebena.kernel.opencl;
