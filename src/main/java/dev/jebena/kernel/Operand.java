package dev.jebena.kernel;

import dev.jebena.memory.Buffer;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;

/** What a kernel reads or writes: a buffer of a device with element type and strided layout. */
public record Operand(Buffer buffer, DType dtype, Layout layout) {
  /** The size of each axis. */
  public Shape shape() {
    return layout.shape();
  }

  /** The product of the sizes. */
  public long elements() {
    return layout.elements();
  }

  /** Whether the elements stand in row-major order without gaps. */
  public boolean isContiguous() {
    return layout.isContiguous();
  }

  /** The same elements under another layout of the same buffer. */
  public Operand with(Layout other) {
    return new Operand(buffer, dtype, other);
  }
}
