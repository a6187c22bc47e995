package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.BYTE;
import static dev.jebena.kernel.cpu.Memory.DOUBLE;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.INT;
import static dev.jebena.kernel.cpu.Memory.LONG;
import static dev.jebena.kernel.cpu.Memory.SHORT;

import dev.jebena.memory.DType;
import dev.jebena.memory.NarrowFloat;
import java.lang.foreign.MemorySegment;

/** Single elements of any type, where a kernel writes few or jumps about. {@code at} is bytes. */
final class Scalars {
  private Scalars() {}

  /** A whole number or boolean; floats towards zero. */
  static long whole(DType dtype, MemorySegment x, long at) {
    return switch (dtype) {
      case I64 -> x.get(LONG, at);
      case I32 -> x.get(INT, at);
      case I16 -> x.get(SHORT, at);
      case I8 -> x.get(BYTE, at);
      case U8 -> x.get(BYTE, at) & 0xFF;
      case BOOL -> x.get(BYTE, at) != 0 ? 1 : 0;
      case F64, F32, F16, BF16, F8_E4M3, F8_E5M2 -> (long) real(dtype, x, at);
    };
  }

  static double real(DType dtype, MemorySegment x, long at) {
    return switch (dtype) {
      case F64 -> x.get(DOUBLE, at);
      case F32 -> x.get(FLOAT, at);
      case F16 -> Float.float16ToFloat(x.get(SHORT, at));
      case BF16 -> NarrowFloat.fromBf16(x.get(SHORT, at));
      case F8_E4M3 -> NarrowFloat.fromE4M3(x.get(BYTE, at));
      case F8_E5M2 -> NarrowFloat.fromE5M2(x.get(BYTE, at));
      case I64, I32, I16, I8, U8, BOOL -> whole(dtype, x, at);
    };
  }

  /** Writes a float of a floating type, through f32 where it is narrower than that. */
  static void setReal(DType dtype, MemorySegment out, long at, double value) {
    float single = (float) value;
    switch (dtype) {
      case F64 -> out.set(DOUBLE, at, value);
      case F32 -> out.set(FLOAT, at, single);
      case F16 -> out.set(SHORT, at, Float.floatToFloat16(single));
      case BF16 -> out.set(SHORT, at, NarrowFloat.toBf16(single));
      case F8_E4M3 -> out.set(BYTE, at, NarrowFloat.toE4M3(single));
      case F8_E5M2 -> out.set(BYTE, at, NarrowFloat.toE5M2(single));
      case I64, I32, I16, I8, U8, BOOL -> setWhole(dtype, out, at, (long) value);
    }
  }

  /** Writes the low bits of a whole number; to booleans whether it is not 0. */
  static void setWhole(DType dtype, MemorySegment out, long at, long value) {
    switch (dtype) {
      case I64 -> out.set(LONG, at, value);
      case I32 -> out.set(INT, at, (int) value);
      case I16 -> out.set(SHORT, at, (short) value);
      case I8, U8 -> out.set(BYTE, at, (byte) value);
      case BOOL -> out.set(BYTE, at, (byte) (value != 0 ? 1 : 0));
      case F64, F32, F16, BF16, F8_E4M3, F8_E5M2 -> setReal(dtype, out, at, value);
    }
  }

  /** What comes back when a number is written to a floating type and read again. */
  static double rounded(DType dtype, double value) {
    return switch (dtype) {
      case F64 -> value;
      case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
      case BF16 -> NarrowFloat.fromBf16(NarrowFloat.toBf16((float) value));
      case F8_E4M3 -> NarrowFloat.fromE4M3(NarrowFloat.toE4M3((float) value));
      case F8_E5M2 -> NarrowFloat.fromE5M2(NarrowFloat.toE5M2((float) value));
      default -> (float) value;
    };
  }

  /** Moves one element without looking at it. */
  static void move(int bytes, MemorySegment x, long from, MemorySegment out, long to) {
    switch (bytes) {
      case 8 -> out.set(LONG, to, x.get(LONG, from));
      case 4 -> out.set(INT, to, x.get(INT, from));
      case 2 -> out.set(SHORT, to, x.get(SHORT, from));
      default -> out.set(BYTE, to, x.get(BYTE, from));
    }
  }

  /** The smallest value of a type for MAX over nothing, the largest for MIN. */
  static long limit(DType dtype, boolean largest) {
    return switch (dtype) {
      case I64 -> largest ? Long.MAX_VALUE : Long.MIN_VALUE;
      case I32 -> largest ? Integer.MAX_VALUE : Integer.MIN_VALUE;
      case I16 -> largest ? Short.MAX_VALUE : Short.MIN_VALUE;
      case I8 -> largest ? Byte.MAX_VALUE : Byte.MIN_VALUE;
      case U8 -> largest ? 255 : 0;
      default -> largest ? 1 : 0;
    };
  }
}
