package dev.jebena.kernel.opencl;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.memory.DType;

/** Host side of {@code elementwise.cl}: functions of one and of two operands. */
final class ElementWise {
  private static final String PROGRAM = "elementwise";

  /** Kernels of the program, one of which is compiled at a time. */
  private static final int UNARY = 1;

  private static final int BINARY = 2;
  private static final int SCALAR = 3;

  private final Engine engine;

  ElementWise(Engine engine) {
    this.engine = engine;
  }

  /** The type that a kernel computes in, as {@code LANE} in the program. */
  private static int lane(DType dtype) {
    return switch (dtype) {
      case F64 -> 64;
      case F32, F16, BF16, F8_E4M3, F8_E5M2 -> 32;
      case I64, I32, I16, I8, U8, BOOL -> 0;
    };
  }

  /** Small tensors share a kernel an element at a time; large ones have their own in vectors. */
  private int width(DType dtype, boolean hot) {
    return !hot ? 1 : lane(dtype) == 32 ? engine.width() : engine.width() / 2;
  }

  private String macros(int kind, DType dtype, int width, boolean hot, int op, Operand... typed) {
    var macros =
        new StringBuilder("-DKIND=")
            .append(kind)
            .append(" -DLANE=")
            .append(lane(dtype))
            .append(" -DW=")
            .append(width);
    if (hot) {
      macros.append(" -DOP=").append(op);
      macros.append(" -DTA=").append(typed[0].dtype().ordinal());
      macros.append(" -DTB=").append(typed[0].dtype().ordinal());
      macros.append(" -DTOUT=").append(typed[1].dtype().ordinal());
    }
    return macros.toString();
  }

  void unary(UnaryOp op, Operand x, Operand out) {
    boolean hot = engine.isHot(out.elements());
    int width = width(x.dtype(), hot);
    var macros = macros(UNARY, x.dtype(), width, hot, op.ordinal(), x, out);
    Walk.over(out, x)
        .forEach(
            new Operand[] {out, x},
            piece -> {
              long units = piece.units(width);
              int count = engine.unitsOfItem(units);
              engine
                  .launch(PROGRAM, macros, "unary")
                  .operand(x, piece.offsets()[1])
                  .operand(out, piece.offsets()[0])
                  .integers(op.ordinal())
                  .integers(x.dtype().ordinal())
                  .integers(out.dtype().ordinal())
                  .walk(piece, count)
                  .longs(piece.strides()[1])
                  .longs(piece.strides()[0])
                  .longs(piece.innerStrides()[1], piece.innerStrides()[0])
                  .run((units + count - 1) / count, engine.group());
            });
  }

  void binary(BinaryOp op, Operand a, Operand b, Operand out) {
    boolean hot = engine.isHot(out.elements());
    int width = width(a.dtype(), hot);
    var macros = macros(BINARY, a.dtype(), width, hot, op.ordinal(), a, out);
    Walk.over(out, a, b)
        .forEach(
            new Operand[] {out, a, b},
            piece -> {
              long units = piece.units(width);
              int count = engine.unitsOfItem(units);
              long[] steps = piece.innerStrides();
              engine
                  .launch(PROGRAM, macros, "binary")
                  .operand(a, piece.offsets()[1])
                  .operand(b, piece.offsets()[2])
                  .operand(out, piece.offsets()[0])
                  .integers(op.ordinal())
                  .integers(a.dtype().ordinal())
                  .integers(b.dtype().ordinal())
                  .integers(out.dtype().ordinal())
                  .walk(piece, count)
                  .longs(piece.strides()[1])
                  .longs(piece.strides()[2])
                  .longs(piece.strides()[0])
                  .longs(steps[1], steps[2], steps[0], 0)
                  .run((units + count - 1) / count, engine.group());
            });
  }

  void scalar(BinaryOp op, Operand x, Number s, boolean scalarFirst, Operand out) {
    boolean hot = engine.isHot(out.elements());
    int width = width(x.dtype(), hot);
    var macros = macros(SCALAR, x.dtype(), width, hot, op.ordinal(), x, out);
    Walk.over(out, x)
        .forEach(
            new Operand[] {out, x},
            piece -> {
              long units = piece.units(width);
              int count = engine.unitsOfItem(units);
              var launch = engine.launch(PROGRAM, macros, "scalar").operand(x, piece.offsets()[1]);
              switch (lane(x.dtype())) {
                case 64 -> launch.real(s.doubleValue());
                case 32 -> launch.real((float) s.doubleValue());
                default -> launch.longs(s.longValue());
              }
              launch
                  .integers(scalarFirst ? 1 : 0)
                  .operand(out, piece.offsets()[0])
                  .integers(op.ordinal())
                  .integers(x.dtype().ordinal())
                  .integers(out.dtype().ordinal())
                  .walk(piece, count)
                  .longs(piece.strides()[1])
                  .longs(piece.strides()[0])
                  .longs(piece.innerStrides()[1], piece.innerStrides()[0])
                  .run((units + count - 1) / count, engine.group());
            });
  }
}
