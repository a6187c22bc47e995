package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The targets of a loss: contiguous i64 or i32, read where they lie. */
record Targets(MemorySegment segment, long offset, boolean wide, int count) {
  /**
   * @throws IndexOutOfBoundsException for one that is neither a class nor {@code ignored}
   */
  static Targets checked(Operand operand, long ignored, int classes) {
    var targets =
        new Targets(
            ((HostBuffer) operand.buffer()).segment(),
            operand.layout().offset(),
            operand.dtype() == DType.I64,
            Math.toIntExact(operand.elements()));
    for (int n = 0; n < targets.count; n++) {
      long target = targets.get(n);
      if (target != ignored && (target < 0 || target >= classes)) {
        throw new IndexOutOfBoundsException(
            "crossEntropy: target "
                + target
                + " of row "
                + n
                + " is out of range for "
                + classes
                + " classes");
      }
    }
    return targets;
  }

  long get(int n) {
    return wide
        ? segment.get(ValueLayout.JAVA_LONG_UNALIGNED, (offset + n) * Long.BYTES)
        : segment.get(ValueLayout.JAVA_INT_UNALIGNED, (offset + n) * Integer.BYTES);
  }

  /** Targets that are not {@code ignored}. */
  int counted(long ignored) {
    int counted = 0;
    for (int n = 0; n < count; n++) {
      if (get(n) != ignored) {
        counted++;
      }
    }
    return counted;
  }
}
