package dev.jebena.einops;

import static dev.jebena.einops.Einops.axis;
import static dev.jebena.einops.Einops.rearrange;
import static dev.jebena.einops.Einops.reduce;
import static dev.jebena.einops.Einops.repeat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What patterns cost, and what they promise beyond single values. */
class PatternTest {
  private static final Axis[] PATCH = {axis("p1", 16), axis("p2", 16)};

  /**
   * The digest is that of einops 0.8.2 over PyTorch, of {@code
   * torch.arange(10*3*224*224).reshape(10, 3, 224, 224)}, as little-endian i64; reshape and permute
   * by hand give the same.
   */
  @Test
  void imagesBecomePatches() throws Exception {
    var images = Tensor.arange(10 * 3 * 224 * 224).reshape(10, 3, 224, 224);
    var patches = rearrange(images, "b c (h p1) (w p2) -> b (h w) (p1 p2 c)", PATCH);

    assertThat(patches.shape()).isEqualTo(Shape.of(10, 196, 768));
    assertThat(patches.get(3, 17, 5)).isEqualTo(555569);
    assertThat(patches.get(9, 195, 767)).isEqualTo(1505279);
    var bytes = ByteBuffer.allocate(8 * (int) patches.elements()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(patches.toLongs());
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array())))
        .isEqualTo("c834eff240489d53633cac72e071e5a8416dabb3f2ed2154602864b0a68f3c51");
  }

  @Test
  void thereAndBackIsTheIdentity() {
    var images = Tensor.randn(2, 3, 32, 48);
    var patches = rearrange(images, "b c (h p1) (w p2) -> b (h w) (p1 p2 c)", PATCH);
    var back =
        rearrange(
            patches,
            "b (h w) (p1 p2 c) -> b c (h p1) (w p2)",
            axis("h", 2),
            axis("p1", 16),
            axis("p2", 16));
    assertThat(back.toFloats()).isEqualTo(images.toFloats());
  }

  @Test
  void nothingIsCopiedWhereStridesCanSayIt() {
    var x = Tensor.randn(2, 6, 8);
    assertThat(rearrange(x, "a b c -> a b c")).isSameAs(x);
    for (var pattern :
        List.of(
            "a b c -> c a b",
            "a (h b) c -> b a h c",
            "a b c -> (a b c)",
            "a b c -> (a b) c",
            "a b (c d) -> d a 1 (b c)",
            "... c -> c ...",
            "a ... -> (...) 1 a")) {
      boolean heads = pattern.contains("(h b)");
      boolean parts = pattern.contains("(c d)");
      var sizes =
          heads ? new Axis[] {axis("h", 2)} : parts ? new Axis[] {axis("d", 1)} : new Axis[0];
      assertThat(rearrange(x, pattern, sizes).sharesStorageWith(x)).as(pattern).isTrue();
    }
    assertThat(rearrange(x, "a b c -> (c a b)").sharesStorageWith(x)).isFalse();
    // axes that lie together merge in whatever order they were brought
    var turned = x.permute(2, 0, 1);
    assertThat(rearrange(turned, "c a b -> (a b) c").sharesStorageWith(x)).isTrue();
    assertThat(repeat(x, "a b c -> a n b c", axis("n", 1000)).sharesStorageWith(x)).isTrue();
    assertThat(repeat(x, "a b c -> (a n) b c", axis("n", 2)).sharesStorageWith(x)).isFalse();
  }

  @Test
  void aPlanSaysWhatItDoes() {
    var patches =
        Pattern.rearrange("b c (h p1) (w p2) -> b (h w) (p1 p2 c)", axis("p1", 2), axis("p2", 3));
    assertThat(patches.describe(Tensor.zeros(2, 3, 4, 6)))
        .isEqualTo(
            """
            reshape to [2, 3, 2, 2, 2, 3]: view
            permute to [0, 2, 4, 3, 5, 1]: view
            reshape to [2, 4, 18]: copy\
            """);
    assertThat(Pattern.rearrange("(a b) c -> a (b c)", axis("a", 2)).describe(Tensor.zeros(6, 5)))
        .isEqualTo("reshape to [2, 15]: view");
    assertThat(Pattern.rearrange("a b -> a b").describe(Tensor.zeros(6, 5)))
        .isEqualTo("nothing to do");
    assertThat(Pattern.reduce("b (h 2) -> h b", Reduction.MAX).describe(Tensor.zeros(3, 8)))
        .isEqualTo(
            """
            reshape to [3, 4, 2]: view
            max over [2]
            permute to [1, 0]: view\
            """);
    assertThat(Pattern.repeat("a -> (a 3) n", axis("n", 2)).describe(Tensor.zeros(4)))
        .isEqualTo(
            """
            reshape to [4, 1, 1]: view
            expand to [4, 3, 2]: view
            reshape to [12, 2]: copy\
            """);
  }

  @Test
  void aPatternIsCompiledOnceForManyShapes() {
    var split = Pattern.rearrange("b t (h d) -> b h t d", axis("h", 4));
    assertThat(split.shape(Shape.of(2, 5, 8))).isEqualTo(Shape.of(2, 4, 5, 2));
    assertThat(split.apply(Tensor.zeros(1, 7, 64)).shape()).isEqualTo(Shape.of(1, 4, 7, 16));
    assertThat(split).hasToString("b t (h d) -> b h t d");
    var open = Pattern.rearrange("b t (h d) -> b h t d");
    assertThat(open.apply(Tensor.zeros(2, 5, 8), axis("d", 8)).shape())
        .isEqualTo(Shape.of(2, 1, 5, 8));
  }

  @Test
  void listsAreStackedFirst() {
    var a = Tensor.randn(3, 4);
    var b = Tensor.randn(3, 4);
    assertThat(rearrange(List.of(a, b), "n ... -> ... n").toFloats())
        .isEqualTo(Tensor.stack(-1, a, b).toFloats());
    assertThat(reduce(List.of(a, b), "n h w -> h w", Reduction.MEAN).toFloats())
        .isEqualTo(a.add(b).div(2).toFloats());
    assertThat(reduce(List.of(a, b), "n h w -> h w", "max").toFloats())
        .isEqualTo(a.maximum(b).toFloats());
    assertThat(repeat(List.of(a, b), "n h w -> n h w 2").shape()).isEqualTo(Shape.of(2, 3, 4, 2));
    assertThatThrownBy(() -> rearrange(List.of(a, Tensor.zeros(2)), "n ... -> ... n"))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("stack: shapes [3, 4] and [2] differ");
  }

  /** As einops does over PyTorch, whose amax this is. */
  @Test
  void theLargestShareTheGradient() {
    var x = Tensor.of(new float[] {2, 2, 0, 2}, 2, 2).requiresGrad(true);
    reduce(x, "a b ->", Reduction.MAX).mul(3).backward();
    assertThat(x.grad().toFloats()).containsExactly(1, 1, 0, 1);
  }

  @Test
  void spaceIsFree() {
    var x = Tensor.randn(6, 5);
    assertThat(rearrange(x, "  (a   b)c->c( b a )", axis("a", 2)).toFloats())
        .isEqualTo(rearrange(x, "(a b) c -> c (b a)", axis("a", 2)).toFloats());
    assertThat(rearrange(x, "a … -> … a").shape()).isEqualTo(Shape.of(5, 6));
  }

  @Test
  void manyThreadsGetTheSame() throws Exception {
    var x = Tensor.randn(4, 6, 8);
    var expected = x.permute(2, 0, 1).toFloats();
    try (var pool = Executors.newFixedThreadPool(8)) {
      var results =
          IntStream.range(0, 64)
              .mapToObj(i ->
                  pool.submit(() -> {
                    // names of its own for every other task: known and unknown patterns mixed
                    var a = "a" + (i % 2 == 0 ? 0 : i);
                    return rearrange(x, a + " b c -> c " + a + " b").toFloats();
                  }))
              .toList();
      for (var result : results) {
        assertThat(result.get()).isEqualTo(expected);
      }
    }
  }

  @Test
  void whatWasNotAskedForLongestIsForgotten() {
    var cache = new BoundedCache<Integer, String>(2);
    assertThat(cache.get(1, i -> "one")).isEqualTo("one");
    assertThat(cache.get(2, i -> "two")).isEqualTo("two");
    assertThat(cache.get(1, i -> "again")).isEqualTo("one");
    assertThat(cache.get(3, i -> "three")).isEqualTo("three");
    assertThat(cache.size()).isEqualTo(2);
    assertThat(cache.get(2, i -> "again")).isEqualTo("again");
    assertThatThrownBy(() ->
            cache.get(
                4,
                i -> {
                  throw new IllegalStateException("no");
                }))
        .hasMessage("no");
    assertThat(cache.get(4, i -> "four")).isEqualTo("four");
  }
}
