package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.HostBuffer;
import java.lang.foreign.MemorySegment;

/** The rows of a {@code [B, H, T, D]} operand whose last axis is contiguous, as byte offsets. */
record Heads(MemorySegment segment, long base, long batch, long head, long row) {
  static Heads of(Operand operand) {
    long[] strides = operand.layout().strides();
    return new Heads(
        ((HostBuffer) operand.buffer()).segment(),
        operand.layout().offset() * Float.BYTES,
        strides[0] * Float.BYTES,
        strides[1] * Float.BYTES,
        strides[2] * Float.BYTES);
  }

  /** A contiguous {@code [B, H, T]} operand: each row is one number. */
  static Heads ofRows(Operand operand) {
    long rows = operand.shape().size(2);
    return new Heads(
        ((HostBuffer) operand.buffer()).segment(),
        operand.layout().offset() * Float.BYTES,
        operand.shape().size(1) * rows * Float.BYTES,
        rows * Float.BYTES,
        Float.BYTES);
  }

  /** Where row {@code t} of head {@code h} of batch element {@code b} begins. */
  long at(int b, int h, int t) {
    return base + b * batch + h * head + t * row;
  }
}
