package dev.jebena.optim;

import dev.jebena.tensor.Tensor;
import java.util.Map;

/** Moves parameters by their gradients: {@link AdamW}, or {@link GroupedOptimizer} by any rule. */
public interface Optimizer {
  /** Steps taken so far. */
  long steps();

  /**
   * One step. Parameters without a gradient stay as they are.
   *
   * @param gradientScale what every gradient is multiplied by first: clipping and averaging
   */
  void step(double learningRate, double gradientScale);

  /**
   * One step, without waiting for the device that computes the scale.
   *
   * @param gradientScale one number, such as {@link GradientNorm#clipFactor(Tensor, double)}
   */
  void step(double learningRate, Tensor gradientScale);

  /** One step at a learning rate. */
  default void step(double learningRate) {
    step(learningRate, 1);
  }

  /** Frees all gradients. */
  void zeroGrad();

  /** What it remembers of each parameter, as {@code NAME.WHAT}; shares memory. */
  Map<String, Tensor> stateDict();

  /**
   * Goes on from what was remembered.
   *
   * @throws IllegalArgumentException where something is missing or has another shape; nothing is
   *     changed
   */
  void loadStateDict(Map<String, Tensor> saved, long steps);
}
