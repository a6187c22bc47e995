package dev.jebena.nn;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.fused.CrossEntropyKernel;
import dev.jebena.memory.DType;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;

/** Negative log-likelihood of the right tokens under softmax of the logits, in nats. */
public final class CrossEntropy {
  /** The target that counts for nothing, as in PyTorch. */
  public static final long IGNORED = -100;

  private CrossEntropy() {}

  /**
   * The mean over all targets that are not {@link #IGNORED}.
   *
   * @param logits {@code [..., V]}
   * @param targets {@code [...]}, i64 or i32
   * @return a scalar
   */
  public static Tensor mean(Tensor logits, Tensor targets) {
    var losses = losses(logits, targets);
    var counted = targets.ne(IGNORED).to(logits.dtype()).sum();
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
      var ignored = targets.eq(IGNORED);
      var index = targets.to(DType.I64).maskedFill(ignored, 0).unsqueeze(-1);
      var picked = logits.logSoftmax(-1).gather(-1, index).squeeze(-1);
      return picked.neg().maskedFill(ignored, 0);
    }
    var rows = logits.reshape(-1, logits.size(-1)).contiguous();
    var flat = targets.reshape(-1).contiguous();
    return fused(kernel.get(), rows, flat).reshape(targets.shape().toArray());
  }

  private static Tensor fused(CrossEntropyKernel kernel, Tensor logits, Tensor targets) {
    long n = logits.size(0);
    var losses = Fused.empty(logits, n);
    var logSumExp = Fused.empty(logits, n);
    kernel.forward(
        logits.operand(), targets.operand(), IGNORED, losses.operand(), logSumExp.operand());
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
              IGNORED,
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
