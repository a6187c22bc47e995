package dev.jebena.kernel.opencl;

import org.jocl.cl_kernel;

/**
 * A compiled kernel. Its arguments are part of it, so launches set them under the queue's lock.
 *
 * @param name program and kernel, for errors
 */
record Kernel(String name, cl_kernel handle) {}
