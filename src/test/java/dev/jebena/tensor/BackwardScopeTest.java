package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.memory.Scope;
import org.junit.jupiter.api.Test;

/** What backward frees and what it must not. */
class BackwardScopeTest {
  /**
   * Two gradients that nobody owns alone meet: their sum waits longer than the rule that sent it.
   */
  @Test
  void sumsOfGradientsOutliveTheRuleThatSentThem() {
    var x = Tensor.of(new float[] {1, 2, 3}).requiresGrad(true);
    try (var _ = Scope.open()) {
      var y = x.mul(2);
      var z = y.add(y.mul(3)); // the residual hands its gradient on, the branch makes one
      z.add(y.reshape(3)).sum().backward();
    }
    assertThat(x.grad().toFloats()).containsExactly(10, 10, 10);
  }

  @Test
  void leafGradientsLiveWhereTheLeafLives() {
    var x = Tensor.of(new float[] {1, 2}).requiresGrad(true);
    for (int i = 0; i < 2; i++) {
      try (var _ = Scope.open()) {
        x.square().sum().backward();
      }
    }
    assertThat(x.grad().toFloats()).containsExactly(4, 8);
  }
}
