package dev.jebena.testing;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.NarrowFloat;
import dev.jebena.memory.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Makes operands for tests of kernels, and reads them back through the device's own copies. */
public final class Operands {
  private Operands() {}

  /** A row-major operand with these values, rounded to its type. */
  public static Operand of(Device device, DType dtype, Shape shape, double... values) {
    return place(device, dtype, Layout.contiguous(shape), values);
  }

  /** An operand of any layout; {@code values} are its elements in row-major order. */
  public static Operand place(Device device, DType dtype, Layout layout, double... values) {
    if (values.length != layout.elements()) {
      throw new IllegalArgumentException(values.length + " values for " + layout);
    }
    long bytes = Math.max(1, layout.extent()) * dtype.byteSize();
    try (var arena = Arena.ofConfined()) {
      var staging = arena.allocate(bytes, 64);
      long[] index = indices(layout);
      for (int i = 0; i < values.length; i++) {
        write(staging, dtype, index[i], values[i]);
      }
      var buffer = device.allocate(bytes);
      device.upload(staging, buffer, 0);
      return new Operand(buffer, dtype, layout);
    }
  }

  /** Normal random numbers of mean 0 and deviation 1 in any layout. */
  public static Operand normal(Device device, Layout layout, SplittableRandom random) {
    double[] values = new double[Math.toIntExact(layout.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return place(device, DType.F32, layout, values);
  }

  /** An uninitialised row-major operand. */
  public static Operand empty(Device device, DType dtype, long... sizes) {
    var layout = Layout.contiguous(Shape.of(sizes));
    return new Operand(
        device.allocate(Math.max(1, layout.elements()) * dtype.byteSize()), dtype, layout);
  }

  /** The same elements under the same layout on another device. */
  public static Operand copyTo(Device target, Device source, Operand operand) {
    return place(target, operand.dtype(), operand.layout(), read(source, operand));
  }

  /** All elements in row-major order. */
  public static double[] read(Device device, Operand operand) {
    long[] index = indices(operand.layout());
    double[] values = new double[index.length];
    if (index.length == 0) {
      device.synchronize();
      return values;
    }
    try (var arena = Arena.ofConfined()) {
      var staging = arena.allocate(operand.layout().extent() * operand.dtype().byteSize(), 64);
      device.download(operand.buffer(), 0, staging);
      for (int i = 0; i < values.length; i++) {
        values[i] = read(staging, operand.dtype(), index[i]);
      }
      return values;
    }
  }

  private static long[] indices(Layout layout) {
    long[] sizes = layout.shape().toArray();
    long[] index = new long[Math.toIntExact(layout.elements())];
    long[] at = new long[sizes.length];
    for (int i = 0; i < index.length; i++) {
      index[i] = layout.indexOf(at);
      for (int axis = sizes.length - 1; axis >= 0 && ++at[axis] == sizes[axis]; axis--) {
        at[axis] = 0;
      }
    }
    return index;
  }

  private static void write(MemorySegment segment, DType dtype, long i, double x) {
    float single = (float) x;
    switch (dtype) {
      case F64 -> segment.setAtIndex(ValueLayout.JAVA_DOUBLE, i, x);
      case F32 -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, single);
      case F16 -> segment.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(single));
      case BF16 -> segment.setAtIndex(ValueLayout.JAVA_SHORT, i, NarrowFloat.toBf16(single));
      case F8_E4M3 -> segment.set(ValueLayout.JAVA_BYTE, i, NarrowFloat.toE4M3(single));
      case F8_E5M2 -> segment.set(ValueLayout.JAVA_BYTE, i, NarrowFloat.toE5M2(single));
      case I64 -> segment.setAtIndex(ValueLayout.JAVA_LONG, i, (long) x);
      case I32 -> segment.setAtIndex(ValueLayout.JAVA_INT, i, (int) x);
      case I16 -> segment.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) x);
      case I8, U8, BOOL -> segment.set(ValueLayout.JAVA_BYTE, i, (byte) (long) x);
    }
  }

  private static double read(MemorySegment segment, DType dtype, long i) {
    return switch (dtype) {
      case F64 -> segment.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
      case F32 -> segment.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      case F16 -> Float.float16ToFloat(segment.getAtIndex(ValueLayout.JAVA_SHORT, i));
      case BF16 -> NarrowFloat.fromBf16(segment.getAtIndex(ValueLayout.JAVA_SHORT, i));
      case F8_E4M3 -> NarrowFloat.fromE4M3(segment.get(ValueLayout.JAVA_BYTE, i));
      case F8_E5M2 -> NarrowFloat.fromE5M2(segment.get(ValueLayout.JAVA_BYTE, i));
      case I64 -> segment.getAtIndex(ValueLayout.JAVA_LONG, i);
      case I32 -> segment.getAtIndex(ValueLayout.JAVA_INT, i);
      case I16 -> segment.getAtIndex(ValueLayout.JAVA_SHORT, i);
      case I8, BOOL -> segment.get(ValueLayout.JAVA_BYTE, i);
      case U8 -> segment.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
    };
  }
}
