package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.fused.LinearKernel;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;

/** A product, and then bias, activation and residual in one pass over it. */
final class ClLinear implements LinearKernel {
  /** Rows that a work-item of the pass goes down. */
  private static final int ROWS = 32;

  private final Engine engine;
  private final Primitives primitives;
  private final Activations activations;

  ClLinear(Engine engine, Primitives primitives, Activations activations) {
    this.engine = engine;
    this.primitives = primitives;
    this.activations = activations;
  }

  @Override
  public void forward(
      Operand x,
      Operand weight,
      Operand bias,
      Activation f,
      Operand residual,
      Operand before,
      Operand out) {
    var turned = weight.with(weight.layout().transpose(0, 1));
    boolean bare = bias == null && f == Activation.IDENTITY && before == null;
    boolean inPlace = residual != null && residual.buffer() == out.buffer();
    if (bare && (residual == null || inPlace)) {
      primitives.matmul(x, turned, inPlace, out);
      return;
    }
    // the product must not overwrite a residual that is still to be added
    var product = inPlace ? engine.scratch(out.dtype(), out.shape()) : out;
    primitives.matmul(x, turned, false, product);
    long rows = out.shape().size(0);
    long d = out.shape().size(1);
    if (out.elements() > 0) {
      int rowsOfItem = engine.processor() ? ROWS : 1;
      activations
          .launch(f, "finish")
          .operand(product)
          .optional(bias, product)
          .optional(residual, product)
          .optional(before, out)
          .operand(out)
          .integers((int) rows)
          .integers((int) d)
          .integers(rowsOfItem)
          .run(
              (rows + rowsOfItem - 1) / rowsOfItem * ((d + engine.width() - 1) / engine.width()),
              engine.group());
    }
    if (product != out) {
      product.buffer().release();
    }
  }

  @Override
  public void backward(Activation f, Operand before, Operand gy, Operand gz, Operand gBias) {
    activations.backward(f, before, gy, gz);
    if (gBias != null) {
      var row =
          gBias.with(
              Layout.of(Shape.of(1, gBias.elements()), new long[] {0, 1}, gBias.layout().offset()));
      primitives.reduce(ReduceOp.SUM, gz, new int[] {0}, row);
    }
  }
}
