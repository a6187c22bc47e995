package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;

/** Host side of {@code norm.cl}. */
final class RowNorms {
  private static final String PROGRAM = "norm";

  /** Rows whose gradients of the weight are summed by one work-item. */
  private static final int SEGMENT = 64;

  private final Engine engine;
  private final Primitives primitives;

  RowNorms(Engine engine, Primitives primitives) {
    this.engine = engine;
    this.primitives = primitives;
  }

  void rmsForward(
      Operand x,
      Operand residual,
      Operand weight,
      double eps,
      Operand sum,
      Operand out,
      Operand reciprocal) {
    long rows = x.shape().size(0);
    if (x.elements() == 0) {
      return;
    }
    run(
        engine
            .launch(PROGRAM, engine.rowMacros(), "rms_forward")
            .operand(x)
            .optional(residual, x)
            .optional(weight, x)
            .operand(sum == null ? out : sum)
            .operand(out)
            .operand(reciprocal),
        rows,
        x.shape().size(1),
        (float) eps);
  }

  void layerForward(
      Operand x,
      Operand residual,
      Operand weight,
      Operand bias,
      double eps,
      Operand sum,
      Operand out,
      Operand mean,
      Operand reciprocal) {
    if (x.elements() == 0) {
      return;
    }
    run(
        engine
            .launch(PROGRAM, engine.rowMacros(), "layer_forward")
            .operand(x)
            .optional(residual, x)
            .optional(weight, x)
            .optional(bias, x)
            .operand(sum == null ? out : sum)
            .operand(out)
            .operand(mean)
            .operand(reciprocal),
        x.shape().size(0),
        x.shape().size(1),
        (float) eps);
  }

  private void run(Launch launch, long rows, long d, float eps) {
    int ofGroup = engine.rowsOfGroup(rows);
    launch
        .integers((int) rows)
        .integers((int) d)
        .integers(ofGroup)
        .real(eps)
        .run(new long[] {(rows + ofGroup - 1) / ofGroup}, engine.rowItems());
  }

  /** {@code mean} is null for RMS. */
  void backward(
      Operand h,
      Operand weight,
      Operand mean,
      Operand reciprocal,
      Operand gy,
      Operand further,
      Operand gh,
      Operand gWeight,
      Operand gBias) {
    long rows = h.shape().size(0);
    long d = h.shape().size(1);
    if (h.elements() == 0) {
      for (var sum : new Operand[] {gWeight, gBias}) {
        if (sum != null) {
          primitives.fill(sum, 0);
        }
      }
      return;
    }
    int ofGroup = engine.rowsOfGroup(rows);
    engine
        .launch(PROGRAM, engine.rowMacros(), "backward")
        .integers(mean == null ? 0 : 1)
        .operand(h)
        .optional(weight, h)
        .operand(mean == null ? reciprocal : mean)
        .operand(reciprocal)
        .operand(gy)
        .optional(further, gy)
        .operand(gh)
        .integers((int) rows)
        .integers((int) d)
        .integers(ofGroup)
        .run(new long[] {(rows + ofGroup - 1) / ofGroup}, engine.rowItems());
    if (gWeight != null || gBias != null) {
      sums(h, mean, reciprocal, gy, rows, d, gWeight, gBias);
    }
  }

  private void sums(
      Operand h,
      Operand mean,
      Operand reciprocal,
      Operand gy,
      long rows,
      long d,
      Operand gWeight,
      Operand gBias) {
    long parts = (rows + SEGMENT - 1) / SEGMENT;
    var partial = engine.scratch(DType.F32, Shape.of(parts, d));
    var partialBias = gBias == null ? null : engine.scratch(DType.F32, Shape.of(parts, d));
    long vectors = (d + engine.width() - 1) / engine.width();
    engine
        .launch(PROGRAM, engine.rowMacros(), "weight_back")
        .integers(mean == null ? 0 : 1)
        .operand(h)
        .operand(mean == null ? reciprocal : mean)
        .operand(reciprocal)
        .operand(gy)
        .operand(partial)
        .optional(partialBias, partial)
        .integers((int) rows)
        .integers((int) d)
        .integers(SEGMENT)
        .run(parts * vectors, engine.group());
    fold(partial, gWeight, d);
    fold(partialBias, gBias, d);
  }

  private void fold(Operand partial, Operand sum, long d) {
    if (partial == null) {
      return;
    }
    if (sum != null) {
      var row = sum.with(Layout.of(Shape.of(1, d), new long[] {0, 1}, sum.layout().offset()));
      primitives.reduce(ReduceOp.SUM, partial, new int[] {0}, row);
    }
    partial.buffer().release();
  }
}
