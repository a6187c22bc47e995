package dev.jebena.nn;

import dev.jebena.kernel.RandomOp;
import dev.jebena.memory.DType;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;

/**
 * In training sets each element to 0 with probability p and scales the others by {@code 1/(1−p)}
 * (Srivastava et al., 2014); in evaluation does nothing.
 */
public final class Dropout implements Module {
  private final double p;
  private boolean training = true;

  /**
   * @param p from 0 to below 1
   */
  public Dropout(double p) {
    if (!(p >= 0 && p < 1)) {
      throw new IllegalArgumentException("dropout: probability " + p + " is not in [0, 1)");
    }
    this.p = p;
  }

  /** Draws from the context's generator. */
  public Tensor forward(Tensor x) {
    if (!training || p == 0) {
      return x;
    }
    var uniform =
        Context.current()
            .withDevice(x.device())
            .call(() -> Tensor.random(RandomOp.UNIFORM, 0, 1, DType.F32, x.shape()));
    return x.maskedFill(uniform.lt(p), 0).div(1 - p);
  }

  @Override
  public void describe(Visitor visitor) {}

  @Override
  public void setTraining(boolean training) {
    this.training = training;
  }
}
