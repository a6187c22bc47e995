package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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

  /** A contiguous operand of one axis: each row is one number. */
  static Heads ofNumbers(Operand operand) {
    return new Heads(
        ((HostBuffer) operand.buffer()).segment(),
        operand.layout().offset() * Float.BYTES,
        0,
        0,
        Float.BYTES);
  }

  /** The numbers of a contiguous operand of one axis. */
  static float[] numbers(Operand operand) {
    float[] numbers = new float[Math.toIntExact(operand.elements())];
    MemorySegment.copy(
        ((HostBuffer) operand.buffer()).segment(),
        ValueLayout.JAVA_FLOAT_UNALIGNED,
        operand.layout().offset() * Float.BYTES,
        numbers,
        0,
        numbers.length);
    return numbers;
  }

  /** Where row {@code t} of head {@code h} of batch element {@code b} begins. */
  long at(int b, int h, int t) {
    return base + b * batch + h * head + t * row;
  }
}
