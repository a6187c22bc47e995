package dev.jebena.io;

import dev.jebena.memory.DType;
import dev.jebena.memory.NarrowFloat;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * An array as files hold it.
 *
 * @param data off-heap, row-major, little-endian, exactly as long as type and shape say; where it
 *     is part of a mapped file it is read-only, and the mapping lives as long as this is reachable
 */
public record NamedArray(String name, DType dtype, Shape shape, MemorySegment data) {
  public NamedArray {
    Objects.requireNonNull(name, "name");
    if (data.byteSize() != shape.elements() * dtype.byteSize()) {
      throw new ShapeException(
          "array %s: %d bytes of data, %s %s needs %d"
              .formatted(name, data.byteSize(), dtype, shape, shape.elements() * dtype.byteSize()));
    }
  }

  /** A copy of floats as f32. */
  public static NamedArray of(String name, float[] values, long... shape) {
    var data = allocate(4L * values.length);
    MemorySegment.copy(values, 0, data, ValueLayout.JAVA_FLOAT, 0, values.length);
    return new NamedArray(name, DType.F32, Shape.of(shape), data);
  }

  /** A copy of doubles as f64. */
  public static NamedArray of(String name, double[] values, long... shape) {
    var data = allocate(8L * values.length);
    MemorySegment.copy(values, 0, data, ValueLayout.JAVA_DOUBLE, 0, values.length);
    return new NamedArray(name, DType.F64, Shape.of(shape), data);
  }

  /** A copy of longs as i64. */
  public static NamedArray of(String name, long[] values, long... shape) {
    var data = allocate(8L * values.length);
    MemorySegment.copy(values, 0, data, ValueLayout.JAVA_LONG, 0, values.length);
    return new NamedArray(name, DType.I64, Shape.of(shape), data);
  }

  /** A copy of ints as i32. */
  public static NamedArray of(String name, int[] values, long... shape) {
    var data = allocate(4L * values.length);
    MemorySegment.copy(values, 0, data, ValueLayout.JAVA_INT, 0, values.length);
    return new NamedArray(name, DType.I32, Shape.of(shape), data);
  }

  /** The same data under another name. */
  public NamedArray named(String other) {
    return new NamedArray(other, dtype, shape, data);
  }

  /** The values as doubles, row-major; i64 beyond 2^53 are rounded. */
  public double[] toDoubles() {
    var values = new double[heapLength()];
    for (int i = 0; i < values.length; i++) {
      values[i] = dtype.isFloat() ? floating(i) : integer(i);
    }
    return values;
  }

  /** The values as floats, row-major; wider types are rounded. */
  public float[] toFloats() {
    var values = new float[heapLength()];
    if (dtype == DType.F32) {
      MemorySegment.copy(data, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values, 0, values.length);
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = dtype.isFloat() ? (float) floating(i) : integer(i);
    }
    return values;
  }

  /**
   * The values of an integer or boolean array as longs, row-major.
   *
   * @throws IllegalStateException for floats
   */
  public long[] toLongs() {
    if (dtype.isFloat()) {
      throw new IllegalStateException("array " + name + " is " + dtype + ", not integers");
    }
    var values = new long[heapLength()];
    for (int i = 0; i < values.length; i++) {
      values[i] = integer(i);
    }
    return values;
  }

  private int heapLength() {
    if (shape.elements() > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException(
          "array " + name + " " + shape + " has more elements than a Java array can hold");
    }
    return (int) shape.elements();
  }

  private double floating(long i) {
    return switch (dtype) {
      case F64 -> data.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8 * i);
      case F32 -> data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i);
      case F16 -> Float.float16ToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * i));
      case BF16 -> NarrowFloat.fromBf16(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * i));
      case F8_E4M3 -> NarrowFloat.fromE4M3(data.get(ValueLayout.JAVA_BYTE, i));
      case F8_E5M2 -> NarrowFloat.fromE5M2(data.get(ValueLayout.JAVA_BYTE, i));
      default -> throw new IllegalStateException(dtype + " is no float");
    };
  }

  private long integer(long i) {
    return switch (dtype) {
      case I64 -> data.get(ValueLayout.JAVA_LONG_UNALIGNED, 8 * i);
      case I32 -> data.get(ValueLayout.JAVA_INT_UNALIGNED, 4 * i);
      case I16 -> data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * i);
      case I8 -> data.get(ValueLayout.JAVA_BYTE, i);
      case U8, BOOL -> data.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
      default -> throw new IllegalStateException(dtype + " is no integer");
    };
  }

  /** Memory that lives as long as something refers to it, aligned to a cache line. */
  static MemorySegment allocate(long bytes) {
    return Arena.ofAuto().allocate(bytes, 64);
  }
}
