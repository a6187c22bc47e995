package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** How kernels address memory: native order and no assumption on alignment. */
final class Memory {
  static final ByteOrder ORDER = ByteOrder.nativeOrder();
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  /**
   * All memory, under absolute addresses. A loop over it has no checks but one against a constant,
   * while on a segment that is a parameter the compiler repeats the checks of its kind, its bounds
   * and its life at each access of a longer loop body, which costs a third of the time. Whoever
   * uses it has the bounds checked before and keeps the segments alive.
   */
  @SuppressWarnings("restricted")
  static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /**
   * A mask that changes no address. The compiler learns from it that an address is not negative,
   * and leaves out the check in {@link #ALL}, for numbers near it too.
   */
  static final long ADDRESS = (1L << 60) - 1;

  private Memory() {}

  /** The bytes of an operand's buffer. */
  static MemorySegment of(Operand operand) {
    if (operand.buffer() instanceof HostBuffer host) {
      return host.segment();
    }
    throw new IllegalArgumentException(
        "cpu: a buffer of another device ("
            + operand.buffer().getClass().getSimpleName()
            + "); copy the tensor to this device before");
  }

  /** Where the first element stands, in bytes. */
  static long start(Operand operand) {
    return operand.layout().offset() * operand.dtype().byteSize();
  }
}
