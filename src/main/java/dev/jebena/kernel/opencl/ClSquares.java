package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.fused.SquaresKernel;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;

/** Host side of the sums of squares in {@code optimizer.cl}: partial sums, then one of them all. */
final class ClSquares implements SquaresKernel {
  private static final long SEGMENT = 8192;

  private final Engine engine;
  private final Primitives primitives;

  ClSquares(Engine engine, Primitives primitives) {
    this.engine = engine;
    this.primitives = primitives;
  }

  @Override
  public void sum(Operand[] operands, Operand out) {
    long parts = 0;
    for (var operand : operands) {
      parts += parts(operand);
    }
    var wide = engine.doubles() ? DType.F64 : DType.F32;
    var partial = engine.scratch(wide, Shape.of(parts));
    long at = 0;
    for (var operand : operands) {
      long segments = parts(operand);
      if (segments > 0) {
        engine
            .launch("optimizer", engine.rowMacros(), "squares")
            .operand(operand)
            .operand(partial, at)
            .integers(Math.toIntExact(operand.elements()))
            .integers((int) SEGMENT)
            .run(new long[] {segments}, engine.rowItems());
      }
      at += segments;
    }
    var line = out.with(Layout.of(Shape.of(1), new long[] {1}, out.layout().offset()));
    primitives.reduce(ReduceOp.SUM, partial, new int[] {0}, line);
    partial.buffer().release();
  }

  private static long parts(Operand operand) {
    return (operand.elements() + SEGMENT - 1) / SEGMENT;
  }
}
