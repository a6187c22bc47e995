package dev.jebena.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateTest {
  @Test
  void constantIsConstant() {
    assertThat(LearningRate.constant(0.5).at(0)).isEqualTo(0.5);
    assertThat(LearningRate.constant(0.5).at(1_000_000)).isEqualTo(0.5);
  }

  @Test
  void risesLinearlyThenFallsAlongAHalfCosine() {
    var rate = LearningRate.warmupCosine(2.0, 4, 15, 0.1);
    assertThat(rate.at(0)).isEqualTo(0.5);
    assertThat(rate.at(1)).isEqualTo(1.0);
    assertThat(rate.at(3)).isEqualTo(2.0);
    assertThat(rate.at(4)).isEqualTo(2.0);
    assertThat(rate.at(9)).isCloseTo(1.1, within(1e-12)); // half way between 2 and 0.2
    assertThat(rate.at(14)).isCloseTo(0.2, within(1e-12));
    assertThat(rate.at(1000)).isCloseTo(0.2, within(1e-12));
    for (int step = 5; step < 15; step++) {
      assertThat(rate.at(step)).isLessThan(rate.at(step - 1));
    }
  }

  @Test
  void worksAtTheEdges() {
    assertThat(LearningRate.warmupCosine(1, 0, 1, 0).at(0)).isEqualTo(1);
    assertThat(LearningRate.warmupCosine(1, 0, 2, 0).at(1)).isCloseTo(0, within(1e-15));
    assertThat(LearningRate.warmupCosine(1, 10, 5, 0).at(4)).isEqualTo(0.5);
    assertThatThrownBy(() -> LearningRate.warmupCosine(1, -1, 5, 0))
        .hasMessage("learning rate: -1 steps of warm-up in 5 steps");
    assertThatThrownBy(() -> LearningRate.warmupCosine(1, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
