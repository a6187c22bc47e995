package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.memory.ShapeException;
import org.junit.jupiter.api.Test;

/** What in-place operations do to values, histories and views. Numbers as PyTorch gives them. */
class InPlaceTest {
  private static Tensor leaf(double... values) {
    return Tensor.of(values).requiresGrad(true);
  }

  @Test
  void aLeafThatWantsItsGradientRefusesOutsideOfNoGrad() {
    var x = leaf(1, 2);
    assertThatThrownBy(() -> x.addInPlace(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "addInPlace: would change a leaf of shape [2] that requires a gradient; do it inside"
                + " Tensor.noGrad(...)");
    assertThatThrownBy(() -> x.slice(0, 0, 1).zeroInPlace())
        .hasMessageContaining("zeroInPlace: would change a leaf of shape [2]");
    Tensor.noGrad(() -> x.addInPlace(1));
    assertThat(x.toDoubles()).containsExactly(2, 3);
    assertThat(x.isLeaf()).isTrue();
  }

  @Test
  void theHistoryGoesOn() {
    var x = leaf(3);
    var y = x.mul(2); // 6
    y.mulInPlace(x); // 2x² = 18
    y.addInPlace(1); // 19
    y.powInPlace(2); // (2x² + 1)²
    assertThat(y.item()).isEqualTo(361);
    y.sum().backward();
    assertThat(x.grad().item()).isEqualTo(2 * 19 * 4 * 3);
  }

  @Test
  void aTensorWithoutHistoryGetsOne() {
    var x = leaf(3);
    var y = Tensor.of(new double[] {5});
    y.mulInPlace(x);
    assertThat(y.requiresGrad()).isTrue();
    assertThat(y.isLeaf()).isFalse();
    y.square().sum().backward();
    assertThat(x.grad().item()).isEqualTo(2 * 15 * 5);
  }

  @Test
  void oneTensorOnBothSides() {
    var x = leaf(3);
    var y = x.mul(1);
    y.mulInPlace(y);
    y.addInPlace(y);
    y.sum().backward();
    assertThat(x.grad().item()).isEqualTo(12); // 2x²
  }

  @Test
  void overlappingOperandsAreReadBeforeTheWrite() {
    var x = Tensor.of(new double[] {1, 2, 3, 4});
    x.addInPlace(x.flip(0));
    assertThat(x.toDoubles()).containsExactly(5, 5, 5, 5);
    var y = Tensor.of(new double[] {1, 2, 3, 4});
    y.slice(0, 1, 4).copyInPlace(y.slice(0, 0, 3));
    assertThat(y.toDoubles()).containsExactly(1, 1, 2, 3);
  }

  @Test
  void whatIsWrittenToAViewReachesTheBaseAndOtherViews() {
    var x = leaf(1, 2, 3, 4);
    var w = leaf(10);
    var y = x.mul(1).reshape(2, 2);
    var row = y.select(0, 0);
    var column = y.select(1, 0);
    row.mulInPlace(w); // y = [[10, 20], [3, 4]]
    assertThat(column.toDoubles()).containsExactly(10, 3);
    column.sum().backward();
    assertThat(x.grad().toDoubles()).containsExactly(10, 0, 1, 0);
    assertThat(w.grad().item()).isEqualTo(1);
  }

  @Test
  void aViewWrittenTwice() {
    var x = leaf(1, 2, 3);
    var y = x.mul(2);
    var part = y.slice(0, 0, 2);
    part.powInPlace(2);
    part.mulInPlace(3);
    y.slice(0, 1, 3).fillInPlace(7);
    y.mul(Tensor.of(new double[] {1, 10, 100})).sum().backward();
    assertThat(y.toDoubles()).containsExactly(12, 7, 7);
    assertThat(x.grad().toDoubles()).containsExactly(24, 0, 0);
  }

  @Test
  void viewsOfABaseThatIsWrittenFollow() {
    var x = leaf(1, 2, 3, 4);
    var y = x.mul(1);
    var view = y.reshape(2, 2).transpose();
    var wide = y.slice(0, 0, 1).expand(3);
    y.mulInPlace(5);
    view.select(0, 1).sum().add(wide.sum()).backward(); // elements 1 and 3, and three times 0
    assertThat(x.grad().toDoubles()).containsExactly(15, 5, 0, 5);
  }

  @Test
  void gradientsOfGradientsThroughViews() {
    var x = leaf(2, 3);
    var y = x.mul(1);
    y.slice(0, 0, 1).mulInPlace(x.slice(0, 1, 2)); // y = [x0·x1, x1]
    y.square().sum().backward(Tensor.of(new double[] {1}).reshape(), false, true);
    // d/dx = [2 x0 x1², 2 x0² x1 + 2 x1]
    assertThat(x.grad().toDoubles()).containsExactly(36, 30);
    var first = x.grad();
    first.sum().backward();
    // added: [2 x1² + 4 x0 x1, 4 x0 x1 + 2 x0² + 2]
    assertThat(x.grad().toDoubles()).containsExactly(36 + 42, 30 + 34);
  }

  @Test
  void elementsThatShareMemoryAreRefused() {
    assertThatThrownBy(() -> Tensor.ones(1, 3).expand(2, 3).addInPlace(1))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "addInPlace: elements of [2, 3] with strides [0, 1] share memory; write to a copy()");
  }

  @Test
  void aViewOfAColumnMajorBaseRefusesRecording() {
    var x = leaf(1, 2, 3, 4);
    var made =
        Tape.record(
            "columns",
            Tensor.of(new double[] {1, 3, 2, 4}, 2, 2).transpose(),
            g -> Tape.gradients(g.reshape(4)),
            x);
    assertThatThrownBy(() -> made.select(0, 0).mulInPlace(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cannot follow in-place changes that are recorded");
    made.mulInPlace(2).select(0, 1).sum().backward();
    assertThat(x.grad().toDoubles()).containsExactly(0, 0, 2, 2);
  }

  @Test
  void overwritingWhatBackwardNeedsIsAnErrorThatNamesBoth() {
    var x = leaf(1, 2);
    var y = x.mul(2);
    var z = y.square();
    y.addInPlace(1);
    assertThatThrownBy(() -> z.sum().backward())
        .isInstanceOf(OverwrittenException.class)
        .hasMessage(
            "backward of square: needs a value of shape [2] that addInPlace overwrote after square"
                + " had been recorded; overwrite a copy(), or use the operation that makes a new"
                + " tensor");
  }

  @Test
  void anOverwrittenOutputIsAnErrorToo() {
    var x = leaf(1, 2);
    var y = x.exp();
    y.detach().zeroInPlace();
    assertThatThrownBy(() -> y.sum().backward())
        .hasMessageContaining("backward of exp: needs a value of shape [2] that zeroInPlace");
  }

  @Test
  void whatBackwardDoesNotNeedMayBeOverwritten() {
    var x = leaf(1, 2);
    var y = x.mul(2);
    var z = y.add(3);
    y.detach().zeroInPlace();
    z.sum().backward();
    assertThat(x.grad().toDoubles()).containsExactly(2, 2);
  }

  @Test
  void aWriteBeforeTheRecordingIsNoError() {
    var x = leaf(1, 2);
    var w = Tensor.of(new double[] {3, 4});
    w.addInPlace(1);
    x.mul(w).sum().backward();
    assertThat(x.grad().toDoubles()).containsExactly(4, 5);
  }

  @Test
  void aGradientFromOutsideMayHaveBeenWrittenInPlace() {
    var gradient = Tensor.of(new double[] {1, 1});
    var x = leaf(1, 2);
    var y = x.square();
    gradient.mulInPlace(3);
    y.backward(gradient, false);
    assertThat(x.grad().toDoubles()).containsExactly(6, 12);
  }

  @Test
  void aSavedValueThatIsHandedOnIsReadByItsOwner() {
    var x = leaf(2);
    var saved = Tensor.of(new double[] {5});
    saved.addInPlace(1); // before anything is recorded that reads it
    var y = x.square();
    var z = Tape.record("scaled", Tensor.of(new double[] {0}), _ -> Tape.gradients(saved), y);
    z.sum().backward();
    assertThat(x.grad().item()).isEqualTo(24);

    var late = x.square();
    var last = Tape.record("late", Tensor.of(new double[] {0}), _ -> Tape.gradients(saved), late);
    saved.zeroInPlace();
    assertThatThrownBy(() -> last.sum().backward()).hasMessageContaining("backward of late");
  }

  @Test
  void wholeNumbersStayWhole() {
    var x = Tensor.of(new long[] {1, 2, 3});
    x.addInPlace(1).mulInPlace(Tensor.of(new int[] {2, 3, 4}));
    assertThat(x.toLongs()).containsExactly(4, 9, 16);
  }
}
