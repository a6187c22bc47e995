package dev.jebena.nn;

import dev.jebena.kernel.fused.CrossEntropyTerms;
import dev.jebena.kernel.fused.LinearCrossEntropyKernel;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;

/**
 * {@code CrossEntropy.mean(x.linear(weight, null), targets)} whose logits never exist as a whole:
 * of a vocabulary of 50,000 and 4,096 tokens they would be 800 MB, and their gradient as much.
 *
 * <p>Where gradients are recorded, they are made together with the loss; backward only scales them
 * by what arrives. Where none are recorded, none are made.
 */
public final class LinearCrossEntropy {
  private LinearCrossEntropy() {}

  /** The mean loss over all targets that are not {@link CrossEntropy#IGNORED}. */
  public static Tensor mean(Tensor x, Tensor weight, Tensor targets) {
    return mean(x, weight, targets, CrossEntropyTerms.PLAIN);
  }

  /**
   * The mean loss over all targets that are not ignored.
   *
   * @param x {@code [..., D]}
   * @param weight {@code [V, D]}
   * @param targets {@code [...]}, i64 or i32
   * @return a scalar
   * @throws IndexOutOfBoundsException for a target outside of the vocabulary
   */
  public static Tensor mean(Tensor x, Tensor weight, Tensor targets, CrossEntropyTerms terms) {
    if (x.rank() == 0
        || weight.rank() != 2
        || x.size(-1) != weight.size(1)
        || !x.shape().without(-1).equals(targets.shape())) {
      throw new ShapeException(
          "linearCrossEntropy: input "
              + x.shape()
              + ", weight "
              + weight.shape()
              + " and targets "
              + targets.shape()
              + " do not fit: input [..., D] takes weight [V, D] and targets [...]");
    }
    var kernel = Fused.kernel(LinearCrossEntropyKernel.class, x, weight);
    if (kernel.isEmpty()) {
      return CrossEntropy.mean(x.linear(weight, null), targets, terms);
    }
    var problem =
        new Problem(
            kernel.get(),
            x.reshape(-1, x.size(-1)),
            weight,
            targets.reshape(-1).contiguous(),
            terms);
    return problem.record();
  }

  private record Problem(
      LinearCrossEntropyKernel kernel,
      Tensor x,
      Tensor weight,
      Tensor targets,
      CrossEntropyTerms terms) {
    Tensor record() {
      boolean needsX = Tape.isNeeded(x);
      boolean needsWeight = Tape.isNeeded(weight);
      var ready = run(needsX, needsWeight);
      var rule =
          new Tape.Rule() {
            private Results unused = ready;

            @Override
            public Tensor[] apply(Tensor g) {
              Fused.requireFirstOrder("linearCrossEntropy");
              // A second pass over a graph that was retained finds the gradients given away.
              var results = unused != null ? unused : run(needsX, needsWeight);
              unused = null;
              return Tape.gradients(scaled(results.gx, g), scaled(results.gWeight, g));
            }
          };
      return Tape.record("linearCrossEntropy", ready.loss, rule, x, weight);
    }

    private Results run(boolean needsX, boolean needsWeight) {
      var loss = Fused.empty(x);
      var gx = needsX ? Fused.empty(x, x.size(0), x.size(1)) : null;
      var gWeight = needsWeight ? Fused.empty(weight, weight.size(0), weight.size(1)) : null;
      kernel.forward(
          x.operand(),
          weight.operand(),
          targets.operand(),
          terms,
          loss.operand(),
          gx == null ? null : gx.operand(),
          gWeight == null ? null : gWeight.operand());
      Reference.reachabilityFence(x);
      Reference.reachabilityFence(weight);
      Reference.reachabilityFence(targets);
      Reference.reachabilityFence(loss);
      Reference.reachabilityFence(gx);
      Reference.reachabilityFence(gWeight);
      return new Results(loss, gx, gWeight);
    }

    private Tensor scaled(Tensor gradient, Tensor factor) {
      if (gradient == null) {
        return null;
      }
      kernel.scale(factor.operand(), gradient.operand());
      Reference.reachabilityFence(factor);
      return Tape.handedOver(gradient);
    }
  }

  private record Results(Tensor loss, Tensor gx, Tensor gWeight) {}
}
