package dev.jebena.nn;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.fused.CrossEntropyKernel;
import dev.jebena.kernel.fused.CrossEntropyTerms;
import dev.jebena.memory.DType;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;

/**
 * Negative log-likelihood of the right tokens under softmax of the logits, in nats, with what
 * {@link CrossEntropyTerms} add. Training takes {@link LinearCrossEntropy}, which needs no logits.
 */
public final class CrossEntropy {
  /** The target that counts for nothing, as in PyTorch. */
  public static final long IGNORED = CrossEntropyTerms.PLAIN.ignored();

  private CrossEntropy() {}

  /**
   * The mean over all targets that are not {@link #IGNORED}.
   *
   * @param logits {@code [..., V]}
   * @param targets {@code [...]}, i64 or i32
   * @return a scalar
   */
  public static Tensor mean(Tensor logits, Tensor targets) {
    return mean(logits, targets, CrossEntropyTerms.PLAIN);
  }

  /** The mean over all targets that are not ignored, with further terms. */
  public static Tensor mean(Tensor logits, Tensor targets, CrossEntropyTerms terms) {
    var losses = losses(logits, targets, terms);
    var counted = targets.ne(terms.ignored()).to(logits.dtype()).sum();
    return losses.sum().div(counted);
  }

  /**
   * One loss a target, 0 where it is {@link #IGNORED}.
   *
   * @param logits {@code [..., V]}
   * @param targets {@code [...]}, i64 or i32
   * @return {@code [...]}
   * @throws IndexOutOfBoundsException for a target outside of the vocabulary
   */
  public static Tensor losses(Tensor logits, Tensor targets) {
    return losses(logits, targets, CrossEntropyTerms.PLAIN);
  }

  /** One loss a target, with further terms; 0 where it is ignored. */
  public static Tensor losses(Tensor logits, Tensor targets, CrossEntropyTerms terms) {
    if (logits.rank() == 0 || !logits.shape().without(-1).equals(targets.shape())) {
      throw new ShapeException(
          "crossEntropy: logits "
              + logits.shape()
              + " and targets "
              + targets.shape()
              + " do not fit: logits [..., V] take targets [...]");
    }
    var kernel = Fused.kernel(CrossEntropyKernel.class, logits);
    if (kernel.isEmpty()) {
      return composed(logits, targets, terms);
    }
    var rows = logits.reshape(-1, logits.size(-1)).contiguous();
    var flat = targets.reshape(-1).contiguous();
    return fused(kernel.get(), rows, flat, terms).reshape(targets.shape().toArray());
  }

  private static Tensor composed(Tensor logits, Tensor targets, CrossEntropyTerms terms) {
    double cap = terms.softCap();
    var y = terms.capped() ? logits.div(cap).tanh().mul(cap) : logits;
    var ignored = targets.eq(terms.ignored());
    var index = targets.to(DType.I64).maskedFill(ignored, 0).unsqueeze(-1);
    var logProbabilities = y.logSoftmax(-1);
    var losses = logProbabilities.gather(-1, index).squeeze(-1).neg();
    double share = terms.labelSmoothing();
    if (share > 0) {
      losses = losses.mul(1 - share).sub(logProbabilities.mean(-1, false).mul(share));
    }
    if (terms.zLoss() > 0) {
      losses = losses.add(y.logSumExp(-1, false).square().mul(terms.zLoss()));
    }
    return losses.maskedFill(ignored, 0);
  }

  private static Tensor fused(
      CrossEntropyKernel kernel, Tensor logits, Tensor targets, CrossEntropyTerms terms) {
    long n = logits.size(0);
    var losses = Fused.empty(logits, n);
    var logSumExp = Fused.empty(logits, n);
    kernel.forward(
        logits.operand(), targets.operand(), terms, losses.operand(), logSumExp.operand());
    Reference.reachabilityFence(logits);
    Reference.reachabilityFence(targets);
    return Tape.record(
        "crossEntropy",
        losses,
        g -> {
          Fused.requireFirstOrder("crossEntropy");
          var each = g.contiguous();
          var gLogits = Fused.empty(logits, n, logits.size(1));
          kernel.backward(
              logits.operand(),
              targets.operand(),
              terms,
              logSumExp.operand(),
              each.operand(),
              gLogits.operand());
          Reference.reachabilityFence(logits);
          Reference.reachabilityFence(targets);
          Reference.reachabilityFence(logSumExp);
          Reference.reachabilityFence(each);
          return gradients(gLogits);
        },
        logits);
  }
}
