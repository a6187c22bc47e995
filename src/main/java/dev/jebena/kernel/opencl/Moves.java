package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.NarrowFloat;
import dev.jebena.memory.Shape;
import java.util.Arrays;

/** Host side of {@code moves.cl} and {@code convert.cl}: elements that go to another place. */
final class Moves {
  private static final String PROGRAM = "moves";

  private final Engine engine;

  Moves(Engine engine) {
    this.engine = engine;
  }

  private String macros(DType dtype) {
    var type =
        switch (dtype.byteSize()) {
          case 1 -> "uchar";
          case 2 -> "ushort";
          case 4 -> "uint";
          default -> "ulong";
        };
    return "-DU=" + type + " -DW=" + engine.width();
  }

  void fill(Operand out, Number value) {
    long bits = bits(out.dtype(), value);
    Walk.over(out)
        .forEach(
            new Operand[] {out},
            piece -> {
              long units = piece.units(engine.width());
              int count = engine.unitsOfItem(units);
              engine
                  .launch(PROGRAM, macros(out.dtype()), "fill")
                  .operand(out, piece.offsets()[0])
                  .longs(bits)
                  .walk(piece, count)
                  .longs(piece.strides()[0])
                  .longs(piece.innerStrides()[0])
                  .run((units + count - 1) / count, engine.group());
            });
  }

  /** A number as the bytes of an element. */
  private static long bits(DType dtype, Number value) {
    float single = (float) value.doubleValue();
    return switch (dtype) {
      case F64 -> Double.doubleToRawLongBits(value.doubleValue());
      case F32 -> Float.floatToRawIntBits(single);
      case F16 -> Float.floatToFloat16(single);
      case BF16 -> NarrowFloat.toBf16(single);
      case F8_E4M3 -> NarrowFloat.toE4M3(single);
      case F8_E5M2 -> NarrowFloat.toE5M2(single);
      case I64, I32, I16, I8, U8 -> value.longValue();
      case BOOL -> value.doubleValue() != 0 ? 1 : 0;
    };
  }

  void copy(Operand x, Operand out) {
    if (x.dtype() != out.dtype()) {
      convert(x, out);
      return;
    }
    var walk = Walk.over(out, x);
    if (walk.isOneRun()) {
      var from = ClBuffer.of(x);
      var to = ClBuffer.of(out);
      int size = x.dtype().byteSize();
      engine
          .queue()
          .copy(
              from.memory(),
              from.offset() + x.layout().offset() * size,
              to.memory(),
              to.offset() + out.layout().offset() * size,
              out.elements() * size);
      return;
    }
    walk.forEach(
        new Operand[] {out, x},
        piece -> {
          long units = piece.units(engine.width());
          int count = engine.unitsOfItem(units);
          engine
              .launch(PROGRAM, macros(out.dtype()), "copy")
              .operand(x, piece.offsets()[1])
              .operand(out, piece.offsets()[0])
              .walk(piece, count)
              .longs(piece.strides()[1])
              .longs(piece.strides()[0])
              .longs(piece.innerStrides()[1], piece.innerStrides()[0])
              .run((units + count - 1) / count, engine.group());
        });
  }

  /** The operand itself where it is row-major, else a copy for the caller to release. */
  Operand contiguous(Operand x) {
    if (x.isContiguous()) {
      return x;
    }
    var copy = engine.scratch(x.dtype(), x.shape());
    copy(x, copy);
    return copy;
  }

  private void convert(Operand x, Operand out) {
    var macros =
        engine.isHot(out.elements())
            ? "-DTA=" + x.dtype().ordinal() + " -DTOUT=" + out.dtype().ordinal()
            : "";
    Walk.over(out, x)
        .forEach(
            new Operand[] {out, x},
            piece -> {
              long units = piece.units(1);
              int count = engine.unitsOfItem(units);
              engine
                  .launch("convert", macros, "convert_all")
                  .operand(x, piece.offsets()[1])
                  .operand(out, piece.offsets()[0])
                  .integers(x.dtype().ordinal())
                  .integers(out.dtype().ordinal())
                  .walk(piece, count)
                  .longs(piece.strides()[1])
                  .longs(piece.strides()[0])
                  .longs(piece.innerStrides()[1], piece.innerStrides()[0])
                  .run((units + count - 1) / count, engine.group());
            });
  }

  void arange(Operand out, Number start, Number step) {
    if (out.elements() == 0) {
      return;
    }
    var launch =
        engine
            .launch("convert", "", "arange")
            .operand(out)
            .longs(out.layout().rank() == 0 ? 0 : out.layout().stride(0))
            .integers(out.dtype().ordinal());
    engine.wide(launch, start.doubleValue());
    engine.wide(launch, step.doubleValue());
    launch
        .longs(start.longValue())
        .longs(step.longValue())
        .longs(out.elements())
        .run(out.elements(), engine.group());
  }

  void where(Operand condition, Operand a, Operand b, Operand out) {
    Walk.over(out, condition, a, b)
        .forEach(
            new Operand[] {out, condition, a, b},
            piece -> {
              long units = piece.units(engine.width());
              int count = engine.unitsOfItem(units);
              long[] steps = piece.innerStrides();
              engine
                  .launch(PROGRAM, macros(out.dtype()), "choose")
                  .operand(condition, piece.offsets()[1])
                  .operand(a, piece.offsets()[2])
                  .operand(b, piece.offsets()[3])
                  .operand(out, piece.offsets()[0])
                  .walk(piece, count)
                  .longs(piece.strides()[1])
                  .longs(piece.strides()[2])
                  .longs(piece.strides()[3])
                  .longs(piece.strides()[0])
                  .longs(steps[1], steps[2], steps[3], steps[0])
                  .run((units + count - 1) / count, engine.group());
            });
  }

  void gather(Operand x, int axis, Operand index, Operand out) {
    pick("gather", x, axis, index, out);
  }

  /** A one-dimensional index becomes one that repeats along all other axes. */
  void indexSelect(Operand x, int axis, Operand index, Operand out) {
    long[] strides = new long[out.layout().rank()];
    strides[axis] = index.layout().rank() == 0 ? 0 : index.layout().stride(0);
    var repeated = index.with(Layout.of(out.shape(), strides, index.layout().offset()));
    pick("indexSelect", x, axis, repeated, out);
  }

  private void pick(String operation, Operand x, int axis, Operand index, Operand out) {
    long size = x.shape().size(axis);
    var shape = x.shape();
    long[] strides = x.layout().strides();
    long stride = strides[axis];
    strides[axis] = 0;
    var moving = x.with(Layout.of(out.shape(), strides, x.layout().offset()));
    Walk.over(out, moving, index)
        .forEach(
            new Operand[] {out, moving, index},
            piece -> {
              long units = piece.units(engine.width());
              int count = engine.unitsOfItem(units);
              long[] steps = piece.innerStrides();
              var launch =
                  engine
                      .launch(PROGRAM, macros(out.dtype()), "pick")
                      .operand(x, piece.offsets()[1])
                      .operand(index, piece.offsets()[2])
                      .integers(index.dtype().ordinal())
                      .operand(out, piece.offsets()[0])
                      .walk(piece, count)
                      .longs(piece.strides()[1])
                      .longs(piece.strides()[2])
                      .longs(piece.strides()[0])
                      .longs(steps[1], steps[2], steps[0], 0)
                      .longs(stride)
                      .longs(size);
              engine
                  .checks()
                  .add(launch, found -> outOfRange(operation, found, axis, size, shape))
                  .run((units + count - 1) / count, engine.group());
            });
  }

  static String outOfRange(String operation, long index, int axis, long size, Shape shape) {
    return operation
        + ": index "
        + index
        + " is out of range for axis "
        + axis
        + " of size "
        + size
        + " (shape "
        + shape
        + ")";
  }

  /** Whether a copy was made that has to be released. */
  static void releaseIfCopy(Operand copy, Operand... originals) {
    if (Arrays.stream(originals).noneMatch(o -> o.buffer() == copy.buffer())) {
      copy.buffer().release();
    }
  }
}
