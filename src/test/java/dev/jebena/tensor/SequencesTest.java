package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import org.junit.jupiter.api.Test;

/** Numbers at equal distances: what PyTorch 2.13 gives. */
class SequencesTest {
  @Test
  void fractionsInSteps() {
    var tenths = Tensor.arange(0, 1, 0.1);
    assertThat(tenths.dtype()).isEqualTo(DType.F32);
    assertThat(tenths.toFloats())
        .containsExactly(0, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f);
    assertThat(Tensor.arange(1, 2.5, 0.5).toFloats()).containsExactly(1, 1.5f, 2);
    assertThat(Tensor.arange(1, 0, -0.25).toFloats()).containsExactly(1, 0.75f, 0.5f, 0.25f);
    assertThat(Tensor.arange(0, 0.3, 0.1).shape()).isEqualTo(Shape.of(3));
    assertThat(Tensor.arange(1, 1.3, 0.1).shape()).isEqualTo(Shape.of(4)); // 0.3 / 0.1 rounds up
  }

  @Test
  void wholeNumbersStayWhole() {
    assertThat(Tensor.arange(1, 10, 3).dtype()).isEqualTo(DType.I64);
    assertThat(Tensor.arange(10, 0, -3).toLongs()).containsExactly(10, 7, 4, 1);
  }

  @Test
  void whatNeverArrivesIsRefused() {
    assertThat(Tensor.arange(1.5, 0, 1).shape()).isEqualTo(Shape.of(0));
    assertThatThrownBy(() -> Tensor.arange(0, 1.5, 0)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> Tensor.arange(0, Double.POSITIVE_INFINITY, 1))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith("arange: from 0.0 to Infinity");
    assertThatThrownBy(() -> Tensor.arange(0, Double.NaN, 1)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> Tensor.eye(-1))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("eye: -1 rows");
  }
}
