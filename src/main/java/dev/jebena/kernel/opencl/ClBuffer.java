package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.Buffer;
import org.jocl.cl_mem;

/** A run of bytes inside a memory object of a device. Kernels get object and offset. */
final class ClBuffer implements Buffer {
  private final cl_mem memory;
  private final long offset;
  private final long bytes;
  private final Runnable onRelease;
  private boolean released;

  ClBuffer(cl_mem memory, long offset, long bytes, Runnable onRelease) {
    this.memory = memory;
    this.offset = offset;
    this.bytes = bytes;
    this.onRelease = onRelease;
  }

  static ClBuffer of(Operand operand) {
    return of(operand.buffer());
  }

  static ClBuffer of(Buffer buffer) {
    if (buffer instanceof ClBuffer ours) {
      return ours;
    }
    throw new IllegalArgumentException(
        "a buffer of another device: " + buffer.getClass().getName());
  }

  cl_mem memory() {
    return memory;
  }

  /** Bytes from the start of the memory object, a multiple of 256. */
  long offset() {
    return offset;
  }

  @Override
  public long byteSize() {
    return bytes;
  }

  @Override
  public void release() {
    synchronized (this) {
      if (released) {
        return;
      }
      released = true;
    }
    onRelease.run();
  }
}
