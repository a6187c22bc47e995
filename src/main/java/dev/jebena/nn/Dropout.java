package dev.jebena.nn;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.RandomOp;
import dev.jebena.kernel.fused.DropoutKernel;
import dev.jebena.memory.DType;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Generator;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;

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

  /** Whether it would change anything now. */
  boolean isActive() {
    return training && p > 0;
  }

  /** Draws from the context's generator. */
  public Tensor forward(Tensor x) {
    if (!isActive()) {
      return x;
    }
    var generator = Context.current().generator();
    long counter = generator.take(RandomOp.BERNOULLI.blocks(x.elements()));
    return dropped(x, p, generator.seed(), counter);
  }

  /**
   * {@code x / (1 − p)} with 0 where {@link dev.jebena.memory.BernoulliBits} draws an element with
   * probability p. No mask is kept: the gradient draws the same elements again.
   *
   * @param seed of the random numbers
   * @param counter block of the first of them
   */
  static Tensor dropped(Tensor x, double p, long seed, long counter) {
    var kernel = Fused.kernel(DropoutKernel.class, x);
    Tensor out;
    if (kernel.isPresent()) {
      var from = x.detach().contiguous();
      out = Tensor.empty(x.device(), x.dtype(), x.shape());
      kernel.get().apply(from.operand(), p, seed, counter, out.operand());
      Reference.reachabilityFence(from);
    } else {
      var drawn =
          Context.current()
              .withDevice(x.device())
              .withGenerator(new Generator(seed, counter))
              .call(() -> Tensor.random(RandomOp.BERNOULLI, p, 0, DType.BOOL, x.shape()));
      out = x.detach().maskedFill(drawn, 0).mul(1 / (1 - p));
    }
    return Tape.record("dropout", out, g -> gradients(dropped(g, p, seed, counter)), x);
  }

  @Override
  public void describe(Visitor visitor) {}

  @Override
  public void setTraining(boolean training) {
    this.training = training;
  }
}
