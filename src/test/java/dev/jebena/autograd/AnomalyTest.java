package dev.jebena.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.tensor.AnomalyException;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import org.junit.jupiter.api.Test;

class AnomalyTest {
  private static Tensor leaf(double... values) {
    return Tensor.of(values).requiresGrad(true);
  }

  private static Tensor root(Tensor x) {
    return x.sub(1).sqrt(); // the line that a message must name
  }

  @Test
  void namesTheFirstForwardOperation() {
    var x = leaf(4, 0);
    assertThatThrownBy(() -> Anomaly.detect(() -> root(x).mul(2).sum()))
        .isInstanceOf(AnomalyException.class)
        .hasMessageStartingWith(
            "forward of sqrt: made NaN; inputs [2], output [2]; recorded at"
                + " dev.jebena.autograd.AnomalyTest.root(AnomalyTest.java:")
        .hasCauseInstanceOf(RuntimeException.class);
    assertThat(root(x).toDoubles()[1]).isNaN();
  }

  @Test
  void namesTheFirstBackwardOperation() {
    var x = leaf(4, 1);
    assertThatThrownBy(() -> Anomaly.detect(() -> root(x).mul(2).sum().backward()))
        .hasMessageStartingWith(
            "backward of sqrt: made an infinity; gradient of the output [2], of input 0 [2];"
                + " recorded at dev.jebena.autograd.AnomalyTest.root(AnomalyTest.java:");
  }

  @Test
  void aRuleThatMakesNan() {
    var x = leaf(1, 2);
    assertThatThrownBy(() ->
            Anomaly.detect(() ->
                Tape.record("odd", x.detach().mul(2), g -> Tape.gradients(g.mul(Double.NaN)), x)
                    .mul(3)
                    .sum()
                    .backward()))
        .hasMessageStartingWith("backward of odd: made NaN");
  }

  @Test
  void aNanThatCameFromOutside() {
    var data = Tensor.of(new double[] {Double.NaN, 1});
    assertThatThrownBy(() -> Anomaly.detect(() -> leaf(1, 2).mul(data)))
        .hasMessageStartingWith(
            "forward of mul: passed on NaN that came with input 1; inputs [2], [2], output [2]");
  }

  @Test
  void worksWithoutGradientsAndInPlace() {
    var x = Tensor.of(new double[] {0, 1});
    assertThatThrownBy(() -> Anomaly.detect(() -> x.log()))
        .hasMessageStartingWith("forward of log: made an infinity");
    assertThatThrownBy(() -> Anomaly.detect(() -> x.copy().logInPlace()))
        .hasMessageStartingWith("forward of logInPlace: made an infinity");
  }

  @Test
  void masksOfInfinityAreNoAnomaly() {
    var x = leaf(1, 2, 3);
    Anomaly.detect(() -> {
      var mask = Tensor.of(new boolean[] {false, true, false});
      x.maskedFill(mask, Double.NEGATIVE_INFINITY).softmax(0).square().sum().backward();
    });
    assertThat(x.grad().toDoubles()[1]).isZero();
  }

  @Test
  void whatWasRecordedBeforeIsStillFound() {
    var y = root(leaf(1));
    assertThatThrownBy(() -> Anomaly.detect(() -> y.sum().backward()))
        .hasMessageEndingWith("; recorded outside of anomaly detection")
        .hasMessageStartingWith("backward of sqrt: made an infinity");
  }

  @Test
  void endsWithItsAction() {
    Anomaly.detect(() -> {});
    assertThat(leaf(-1).sqrt().item()).isNaN();
  }
}
