package dev.jebena.kernel.reference;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.NarrowFloat;
import dev.jebena.memory.Shape;
import java.lang.foreign.MemorySegment;

/**
 * The elements of an operand by coordinate, whatever their type and strides.
 *
 * <p>A floating element is read as a {@code double}, which holds every narrower one exactly. When
 * it is written back it is rounded to f32 first and from there to the narrower types: so a sum, a
 * product, a quotient or a root computed in f64 ends as the very number that f32 arithmetic gives,
 * and everything else as the f32 nearest to the exact result or its neighbour.
 */
final class Elements {
  private final MemorySegment segment;
  private final DType dtype;
  private final Shape shape;
  private final long[] strides;
  private final long offset;

  private Elements(Operand operand) {
    this.segment = ((HostBuffer) operand.buffer()).segment();
    this.dtype = operand.dtype();
    this.shape = operand.shape();
    this.strides = operand.layout().strides();
    this.offset = operand.layout().offset();
  }

  static Elements of(Operand operand) {
    return new Elements(operand);
  }

  Shape shape() {
    return shape;
  }

  DType dtype() {
    return dtype;
  }

  boolean isFloat() {
    return dtype.isFloat();
  }

  /** Size of an axis; negative axes count from the end. */
  int size(int axis) {
    return Math.toIntExact(shape.size(axis));
  }

  private long index(long... at) {
    long index = offset;
    for (int i = 0; i < at.length; i++) {
      index += at[i] * strides[i];
    }
    return index;
  }

  /** The element as a floating number. */
  double real(long... at) {
    long byteIndex = index(at) * dtype.byteSize();
    return switch (dtype) {
      case F64 -> segment.get(JAVA_DOUBLE_UNALIGNED, byteIndex);
      case F32 -> segment.get(JAVA_FLOAT_UNALIGNED, byteIndex);
      case F16 -> Float.float16ToFloat(segment.get(JAVA_SHORT_UNALIGNED, byteIndex));
      case BF16 -> NarrowFloat.fromBf16(segment.get(JAVA_SHORT_UNALIGNED, byteIndex));
      case F8_E4M3 -> NarrowFloat.fromE4M3(segment.get(JAVA_BYTE, byteIndex));
      case F8_E5M2 -> NarrowFloat.fromE5M2(segment.get(JAVA_BYTE, byteIndex));
      default -> whole(at);
    };
  }

  /** The element as a whole number: floats towards zero, booleans 0 or 1. */
  long whole(long... at) {
    long byteIndex = index(at) * dtype.byteSize();
    return switch (dtype) {
      case I64 -> segment.get(JAVA_LONG_UNALIGNED, byteIndex);
      case I32 -> segment.get(JAVA_INT_UNALIGNED, byteIndex);
      case I16 -> segment.get(JAVA_SHORT_UNALIGNED, byteIndex);
      case I8 -> segment.get(JAVA_BYTE, byteIndex);
      case U8 -> segment.get(JAVA_BYTE, byteIndex) & 0xFF;
      case BOOL -> segment.get(JAVA_BYTE, byteIndex) != 0 ? 1 : 0;
      default -> (long) real(at);
    };
  }

  /** Whether the element is not 0. */
  boolean truth(long... at) {
    return isFloat() ? real(at) != 0 : whole(at) != 0;
  }

  /** Writes a floating number, rounded to the type of this operand. */
  void set(double value, long... at) {
    long byteIndex = index(at) * dtype.byteSize();
    float single = (float) value;
    switch (dtype) {
      case F64 -> segment.set(JAVA_DOUBLE_UNALIGNED, byteIndex, value);
      case F32 -> segment.set(JAVA_FLOAT_UNALIGNED, byteIndex, single);
      case F16 -> segment.set(JAVA_SHORT_UNALIGNED, byteIndex, Float.floatToFloat16(single));
      case BF16 -> segment.set(JAVA_SHORT_UNALIGNED, byteIndex, NarrowFloat.toBf16(single));
      case F8_E4M3 -> segment.set(JAVA_BYTE, byteIndex, NarrowFloat.toE4M3(single));
      case F8_E5M2 -> segment.set(JAVA_BYTE, byteIndex, NarrowFloat.toE5M2(single));
      case BOOL -> segment.set(JAVA_BYTE, byteIndex, (byte) (value != 0 ? 1 : 0));
      case I64 -> segment.set(JAVA_LONG_UNALIGNED, byteIndex, (long) value);
      case I32 -> segment.set(JAVA_INT_UNALIGNED, byteIndex, (int) value);
      case I16 -> segment.set(JAVA_SHORT_UNALIGNED, byteIndex, (short) value);
      case I8, U8 -> segment.set(JAVA_BYTE, byteIndex, (byte) value);
    }
  }

  /** Writes a whole number: the low bits into narrower integers, nearest into floats. */
  void set(long value, long... at) {
    long byteIndex = index(at) * dtype.byteSize();
    switch (dtype) {
      case F64 -> segment.set(JAVA_DOUBLE_UNALIGNED, byteIndex, (double) value);
      case I64 -> segment.set(JAVA_LONG_UNALIGNED, byteIndex, value);
      case I32 -> segment.set(JAVA_INT_UNALIGNED, byteIndex, (int) value);
      case I16 -> segment.set(JAVA_SHORT_UNALIGNED, byteIndex, (short) value);
      case I8, U8 -> segment.set(JAVA_BYTE, byteIndex, (byte) value);
      case BOOL -> segment.set(JAVA_BYTE, byteIndex, (byte) (value != 0 ? 1 : 0));
      default -> set((double) (float) value, at);
    }
  }
}
