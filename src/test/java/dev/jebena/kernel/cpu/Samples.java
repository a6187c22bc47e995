package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Layout;
import dev.jebena.memory.NarrowFloat;
import dev.jebena.memory.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;

/** Random operands: any type, contiguous or not, aligned to elements only. */
public final class Samples {
  private final Random random;

  public Samples(long seed) {
    this.random = new Random(seed);
  }

  public Random random() {
    return random;
  }

  public Shape shape(int rank, int most) {
    long[] sizes = new long[rank];
    for (int i = 0; i < rank; i++) {
      sizes[i] = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(most);
    }
    return Shape.of(sizes);
  }

  /** An operand of a shape, in a layout picked at random, with random content. */
  public Operand input(DType dtype, Shape shape) {
    var operand = output(dtype, shape);
    if (random.nextInt(4) == 0 && shape.rank() > 0) {
      int axis = random.nextInt(shape.rank());
      var one = output(dtype, shape.with(axis, 1));
      fill(one);
      return one.with(one.layout().expand(shape));
    }
    fill(operand);
    return operand;
  }

  /** An operand whose elements are all different places. */
  public Operand output(DType dtype, Shape shape) {
    int rank = shape.rank();
    var order = new ArrayList<Integer>();
    for (int i = 0; i < rank; i++) {
      order.add(i);
    }
    if (random.nextInt(2) == 0) {
      Collections.shuffle(order, random);
    }
    long[] strides = new long[rank];
    long stride = random.nextInt(4) == 0 ? 2 : 1;
    for (int axis : order.reversed()) {
      strides[axis] = stride;
      stride *= Math.max(1, shape.size(axis)) + (random.nextInt(4) == 0 ? 3 : 0);
    }
    long offset = random.nextInt(5);
    for (int i = 0; i < rank; i++) {
      if (random.nextInt(8) == 0 && shape.size(i) > 0) {
        offset += (shape.size(i) - 1) * strides[i];
        strides[i] = -strides[i];
      }
    }
    var layout = Layout.of(shape, strides, offset);
    long bytes = (stride + 8) * dtype.byteSize();
    var memory = Arena.ofAuto().allocate(bytes + dtype.byteSize(), 64);
    // One element off: aligned to nothing but elements.
    return new Operand(HostBuffer.wrap(memory.asSlice(dtype.byteSize())), dtype, layout);
  }

  /** A contiguous operand with random content. */
  public Operand contiguous(DType dtype, long... sizes) {
    var layout = Layout.contiguous(Shape.of(sizes));
    var memory = Arena.ofAuto().allocate(Math.max(1, layout.elements()) * dtype.byteSize(), 64);
    var operand = new Operand(HostBuffer.wrap(memory), dtype, layout);
    fill(operand);
    return operand;
  }

  /** The same bytes in memory of their own. */
  public static Operand twin(Operand operand) {
    var memory = Memory.of(operand);
    var copy = Arena.ofAuto().allocate(memory.byteSize(), 64);
    copy.copyFrom(memory);
    return new Operand(HostBuffer.wrap(copy), operand.dtype(), operand.layout());
  }

  public static byte[] bytes(Operand operand) {
    return Memory.of(operand).toArray(ValueLayout.JAVA_BYTE);
  }

  public void fill(Operand operand) {
    MemorySegment memory = Memory.of(operand);
    int size = operand.dtype().byteSize();
    for (long at = 0; at + size <= memory.byteSize(); at += size) {
      float value = random.nextInt(50) == 0 ? random.nextInt(5) - 2 : (float) random.nextGaussian();
      switch (operand.dtype()) {
        case F64 -> memory.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, at, random.nextGaussian());
        case F32 -> memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, value);
        case F16 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(value));
        case BF16 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, NarrowFloat.toBf16(value));
        case F8_E4M3 -> memory.set(ValueLayout.JAVA_BYTE, at, NarrowFloat.toE4M3(value));
        case F8_E5M2 -> memory.set(ValueLayout.JAVA_BYTE, at, NarrowFloat.toE5M2(value));
        case I64 -> memory.set(ValueLayout.JAVA_LONG_UNALIGNED, at, random.nextInt(200) - 100);
        case I32 -> memory.set(ValueLayout.JAVA_INT_UNALIGNED, at, random.nextInt(200) - 100);
        case I16 ->
            memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) (random.nextInt(200) - 100));
        case I8, U8 -> memory.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt(256));
        case BOOL -> memory.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt(2));
      }
    }
  }

  /** An index operand with values of an axis. */
  public Operand index(Shape shape, long size) {
    var operand = output(random.nextBoolean() ? DType.I64 : DType.I32, shape);
    MemorySegment memory = Memory.of(operand);
    int bytes = operand.dtype().byteSize();
    for (long at = 0; at + bytes <= memory.byteSize(); at += bytes) {
      Scalars.setWhole(operand.dtype(), memory, at, random.nextInt((int) size));
    }
    return operand;
  }

  /** All elements in row-major order. */
  public static double[] values(Operand operand) {
    double[] values = new double[(int) operand.elements()];
    if (values.length == 0) {
      return values;
    }
    var walk = Walk.rowMajor(operand);
    for (int i = 0; i < values.length; i++) {
      long at = Memory.start(operand) + walk.offset(0, i) * operand.dtype().byteSize();
      values[i] = Scalars.real(operand.dtype(), Memory.of(operand), at);
    }
    return values;
  }
}
