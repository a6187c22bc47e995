package dev.jebena.memory;

import java.lang.foreign.MemorySegment;

/** A buffer in this process's off-heap memory. */
public final class HostBuffer implements Buffer {
  private final MemorySegment segment;
  private final Runnable onRelease;
  private boolean released;

  HostBuffer(MemorySegment segment, Runnable onRelease) {
    this.segment = segment;
    this.onRelease = onRelease;
  }

  /**
   * A buffer over memory that somebody else owns, such as a mapped file; releasing it does nothing.
   */
  public static HostBuffer wrap(MemorySegment segment) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException(
          "a buffer needs off-heap memory; copy heap arrays instead");
    }
    return new HostBuffer(segment, () -> {});
  }

  /** The bytes themselves; element-aligned at least, 64-byte aligned when allocated here. */
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public long byteSize() {
    return segment.byteSize();
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
