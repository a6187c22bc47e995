package dev.jebena.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.memory.Scope;
import dev.jebena.model.Initialisation;
import dev.jebena.model.MaximalUpdate;
import dev.jebena.model.TransformerConfig;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Learning rates that fit every width. */
class MaximalUpdateTest {
  private static TransformerConfig config(int width) {
    return TransformerConfig.of(64, 32, width, 2, width / 32, 8 * width / 3);
  }

  /** How far some steps at one rate move the logits: the root of the mean square. */
  private static double movement(TransformerConfig config) {
    return Context.current()
        .withSeed(5)
        .call(() -> {
          try (var _ = Scope.open()) {
            var ids = Tensor.randint(0, 64, 4, 32);
            var targets = Tensor.randint(0, 64, 4, 32);
            var model = Initialisation.model(config, 1);
            var optimizer = Optimisation.DEFAULT.optimizer(model, 0);
            var before = Tensor.noGrad(() -> model.logits(ids));
            for (int step = 0; step < 4; step++) {
              model.loss(ids, targets).backward();
              optimizer.step(1e-2, 1);
              optimizer.zeroGrad();
            }
            var after = Tensor.noGrad(() -> model.logits(ids));
            return Math.sqrt(after.sub(before).square().mean().item());
          }
        });
  }

  /** The coordinate check of Yang et al.: eight times as wide, logits move about as far. */
  @Test
  void stepsAreOfOneSizeAtEveryWidth() {
    double narrow = movement(config(64).with(c -> c.maximalUpdate()));
    double wide = movement(config(512).with(c -> c.maximalUpdate()));
    assertThat(wide / narrow).isBetween(0.75, 1.5);
    // with the usual start and one rate for all they do not
    assertThat(movement(config(512)) / movement(config(64))).isGreaterThan(2.2);
  }

  @Test
  void theBaseHasTheUsualFactors() {
    var base = TransformerConfig.of(64, 32, 256, 2, 4, 640);
    var changed = base.with(c -> c.maximalUpdate());
    assertThat(MaximalUpdate.rateFactor(changed)).isEqualTo(1);
    assertThat(changed.arithmetic()).isEqualTo(base);
    var wide = config(1024).with(c -> c.maximalUpdate());
    assertThat(wide.embeddings().logitScale()).isEqualTo(0.25);
    assertThat(wide.attention().scoreScale()).isEqualTo(8.0 / 32);
  }
}
