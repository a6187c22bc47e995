package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Views share memory in both directions, and only they do. */
class ViewsTest {
  private static Tensor base() {
    return Tensor.arange(24).to(DType.F32).reshape(4, 6);
  }

  /** Every view there is, of {@code [4, 6]}. */
  private static Map<String, UnaryOperator<Tensor>> views() {
    var views = new LinkedHashMap<String, UnaryOperator<Tensor>>();
    views.put("transpose", Tensor::transpose);
    views.put("mT", Tensor::mT);
    views.put("t", Tensor::t);
    views.put("permute", x -> x.permute(1, 0));
    views.put("movedim", x -> x.movedim(0, 1));
    views.put("view", x -> x.view(2, 2, 6));
    views.put("viewAs", x -> x.viewAs(Tensor.zeros(3, 8)));
    views.put("view of a transpose", x -> x.t().view(2, 3, 4));
    views.put("reshape", x -> x.reshape(3, -1));
    views.put("reshapeAs", x -> x.reshapeAs(Tensor.zeros(24)));
    views.put("flatten", Tensor::flatten);
    views.put("unflatten", x -> x.t().unflatten(0, 2, -1));
    views.put("unsqueeze", x -> x.unsqueeze(1));
    views.put("squeeze", x -> x.unsqueeze(1).squeeze());
    views.put("slice", x -> x.slice(1, 1, 6, 2));
    views.put("narrow", x -> x.narrow(0, -2, 2));
    views.put("select", x -> x.select(1, -1));
    views.put("flip", x -> x.flip(0, 1));
    views.put("rot90", x -> x.rot90(1, 0, 1));
    views.put("diagonal", x -> x.diagonal(1, 0, 1));
    views.put("unfold", x -> x.unfold(1, 3, 1));
    views.put("asStrided", x -> x.asStrided(new long[] {3, 2}, new long[] {7, 2}, 4));
    views.put("expand", x -> x.unsqueeze(0).expand(3, 4, 6));
    views.put("expandAs", x -> x.expandAs(Tensor.zeros(2, 4, 6)));
    views.put("broadcastTo", x -> x.broadcastTo(2, 4, 6));
    views.put("split", x -> x.split(1, 2, 4).get(1));
    views.put("splitEvery", x -> x.splitEvery(0, 3).get(1));
    views.put("chunk", x -> x.chunk(1, 4).get(2));
    views.put("tensorSplit", x -> x.tensorSplit(0, 3).get(1));
    views.put("tensorSplit at indices", x -> x.tensorSplit(1, new long[] {2, 5}).get(1));
    views.put("unbind", x -> x.unbind(0).get(3));
    views.put("meshgrid", x -> Tensor.meshgrid(x.select(0, 2), Tensor.zeros(3)).get(0));
    return views;
  }

  @TestFactory
  Stream<DynamicTest> writingThroughAViewWritesTheBase() {
    return views().entrySet().stream()
        .map(view -> DynamicTest.dynamicTest(view.getKey(), () -> checkSharing(view.getValue())));
  }

  private static void checkSharing(UnaryOperator<Tensor> view) {
    var base = base();
    var seen = view.apply(base);
    assertThat(seen.sharesStorageWith(base)).isTrue();
    // 0 … 23 say which elements of the base are seen
    var expected = base.toFloats();
    var places = seen.toFloats();
    for (float place : places) {
      expected[(int) place] = 100 + place;
    }
    if (seen.layout().mayOverlap()) {
      assertThatThrownBy(() -> seen.fillInPlace(0))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("write to a copy()");
    } else {
      seen.copyInPlace(seen.add(100));
      assertThat(base.toFloats()).isEqualTo(expected);
    }
    // and the other way round
    base.copyInPlace(base().neg());
    var negated = new float[places.length];
    for (int i = 0; i < places.length; i++) {
      negated[i] = -places[i];
    }
    assertThat(seen.toFloats()).containsExactly(negated);
  }

  @TestFactory
  Stream<DynamicTest> copiesHaveMemoryOfTheirOwn() {
    var copies = new LinkedHashMap<String, UnaryOperator<Tensor>>();
    copies.put("reshape of a transpose", x -> x.t().reshape(24));
    copies.put("flatten of a transpose", x -> x.t().flatten());
    copies.put("repeat once", x -> x.repeat(1, 1));
    copies.put("tile once", x -> x.tile(1));
    copies.put("repeatInterleave once", x -> x.repeatInterleave(0, 1));
    copies.put("roll by nothing", x -> x.roll(0, 1));
    copies.put("rot90 by nothing", x -> x.rot90(0, 0, 1));
    copies.put("diag", x -> x.diag(0));
    copies.put("matrixPower 1", x -> x.slice(1, 0, 4).matrixPower(1));
    copies.put("cartesianProduct of one", x -> Tensor.cartesianProduct(x.select(0, 0)));
    return copies.entrySet().stream()
        .map(copy ->
            DynamicTest.dynamicTest(
                copy.getKey(),
                () -> {
                  var base = base();
                  assertThat(copy.getValue().apply(base).sharesStorageWith(base)).isFalse();
                }));
  }

  @Test
  void viewRefusesToCopyAndSaysWhichStridesStandInTheWay() {
    assertThatThrownBy(() -> base().t().view(24))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "view: shape [24] would join axes of [6, 4] whose strides [1, 6] do not continue each"
                + " other; reshape copies where it must");
  }

  @Test
  void errorsOfViewAndReshapeSayWhichOfThemItWas() {
    assertThatThrownBy(() -> base().view(5, 5))
        .hasMessage("view: [4, 6] has 24 elements, [5, 5] has 25");
    assertThatThrownBy(() -> base().view(5, -1))
        .hasMessageStartingWith("view: [4, 6] has 24 elements");
    assertThatThrownBy(() -> base().view(-1, -1)).hasMessageStartingWith("view: only one axis");
    assertThatThrownBy(() -> base().reshape(5, 5)).hasMessageStartingWith("reshape: ");
  }

  /** −1 keeps a size, as in PyTorch. */
  @Test
  void anAxisMayKeepItsSizeInExpand() {
    var x = Tensor.zeros(2, 1, 4);
    assertThat(x.expand(-1, 3, -1).shape()).isEqualTo(Shape.of(2, 3, 4));
    assertThat(x.expand(5, -1, -1, -1).shape()).isEqualTo(Shape.of(5, 2, 1, 4));
    assertThat(x.broadcastTo(-1, 3, 4).layout().strides()).containsExactly(4, 0, 1);
    assertThatThrownBy(() -> x.expand(-1, 2, 1, 4))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("expand: axis 0 of [-1, 2, 1, 4] is new");
    assertThatThrownBy(() -> x.expand(-1, 4)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> x.expand(-2, 1, 4)).isInstanceOf(ShapeException.class);
  }

  @Test
  void partsAreAsManyAndAsLargeAsThoseOfPyTorch() {
    var seven = Tensor.zeros(7);
    assertThat(sizes(seven.chunk(0, 3))).containsExactly(3L, 3L, 1L);
    assertThat(sizes(seven.chunk(0, 5))).containsExactly(2L, 2L, 2L, 1L);
    assertThat(sizes(Tensor.zeros(0).chunk(0, 3))).containsExactly(0L, 0L, 0L);
    assertThat(sizes(seven.splitEvery(0, 3))).containsExactly(3L, 3L, 1L);
    assertThat(sizes(Tensor.zeros(0).splitEvery(0, 3))).containsExactly(0L);
    assertThat(sizes(seven.tensorSplit(0, 3))).containsExactly(3L, 2L, 2L);
    assertThat(sizes(seven.tensorSplit(0, 9))).containsExactly(1L, 1L, 1L, 1L, 1L, 1L, 1L, 0L, 0L);
    assertThat(sizes(seven.tensorSplit(0, new long[] {2, 9}))).containsExactly(2L, 5L, 0L);
    assertThat(Tensor.zeros(3, 0).unbind(1)).isEmpty();
  }

  private static List<Long> sizes(List<Tensor> parts) {
    var sizes = new ArrayList<Long>();
    parts.forEach(part -> sizes.add(part.size(0)));
    return sizes;
  }

  /** An expanded input has one element for many: the gradient must not count it many times. */
  @Test
  void asStridedOfAnExpandedTensorGivesItsBaseWhatItSaw() {
    var row = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}).requiresGrad(true);
    var seen = row.expand(4, 6).asStrided(new long[] {3}, new long[] {2}, 0);
    seen.mul(Tensor.of(new float[] {10, 20, 30})).sum().backward();
    assertThat(row.grad().toFloats()).containsExactly(10, 0, 20, 0, 30, 0);
  }

  /** Each element lies in as many windows as PyTorch counts. */
  @Test
  void gradientsOfOverlappingWindowsAddUp() {
    var x = Tensor.zeros(6).requiresGrad(true);
    x.unfold(0, 3, 1).sum().backward();
    assertThat(x.grad().toFloats()).containsExactly(1, 2, 3, 3, 2, 1);
  }

  @Test
  void averagesAndConvolutionsAreWindowsTimesWeights() {
    var x = Tensor.of(new float[] {1, 2, 4, 8, 16, 32});
    Function<Tensor, float[]> pooled = w -> x.unfold(0, 2, 2).mv(w).toFloats();
    assertThat(pooled.apply(Tensor.full(0.5, 2))).containsExactly(1.5f, 6, 24);
    assertThat(pooled.apply(Tensor.of(new float[] {-1, 1}))).containsExactly(1, 4, 16);
  }

  @Test
  void betaZeroKeepsEvenNaNOut() {
    var c = Tensor.full(Double.NaN, 2, 2);
    var eye = Tensor.eye(2);
    assertThat(c.addmm(eye, eye, 0, 1).toFloats()).containsExactly(1, 0, 0, 1);
  }
}
