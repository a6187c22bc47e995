package dev.jebena.einops;

import static dev.jebena.einops.Einops.pack;
import static dev.jebena.einops.Einops.unpack;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Packing and unpacking; values are held in the operation table. */
class PackTest {
  @Test
  void unpackingGivesBackWhatWasPacked() {
    var random = new Random(3);
    for (int trial = 0; trial < 300; trial++) {
      int before = random.nextInt(3);
      int after = random.nextInt(3);
      long[] common = random.longs(before + after, 1, 4).toArray();
      var tensors = new ArrayList<Tensor>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        long[] own = random.longs(random.nextInt(4), random.nextInt(9) == 0 ? 0 : 1, 4).toArray();
        long[] sizes = new long[common.length + own.length];
        System.arraycopy(common, 0, sizes, 0, before);
        System.arraycopy(own, 0, sizes, before, own.length);
        System.arraycopy(common, before, sizes, before + own.length, after);
        tensors.add(new RandomLayouts(random).tensor(sizes));
      }
      var pattern = "a b c".substring(0, 2 * before) + "* " + "d e f".substring(0, 2 * after);

      var packed = pack(tensors, pattern);
      var parts = unpack(packed.tensor(), packed.shapes(), pattern);

      assertThat(parts).as(pattern).hasSameSizeAs(tensors);
      for (int i = 0; i < parts.size(); i++) {
        assertThat(parts.get(i).shape()).isEqualTo(tensors.get(i).shape());
        assertThat(parts.get(i).toDoubles()).isEqualTo(tensors.get(i).toDoubles());
        assertThat(parts.get(i).sharesStorageWith(packed.tensor())).isTrue();
      }
    }
  }

  @Test
  void oneTensorIsNotCopied() {
    var x = Tensor.randn(2, 3, 4, 5);
    var packed = pack(List.of(x), "a * b");
    assertThat(packed.tensor().sharesStorageWith(x)).isTrue();
    assertThat(packed.tensor().shape()).isEqualTo(Shape.of(2, 12, 5));
    assertThat(packed.shapes()).containsExactly(Shape.of(3, 4));
  }

  @Test
  void whatIsLeftIsTold() {
    var x = Tensor.arange(24).reshape(2, 12);
    var parts = unpack(x, "a *", new long[] {2, 2}, new long[] {-1, 3}, new long[] {2, 1});
    assertThat(parts.stream().map(Tensor::shape))
        .containsExactly(Shape.of(2, 2, 2), Shape.of(2, 2, 3), Shape.of(2, 2, 1));
    assertThat(parts.get(1).toLongs()).containsExactly(4, 5, 6, 7, 8, 9, 16, 17, 18, 19, 20, 21);
    var none = unpack(x, "a *", new long[] {12}, new long[] {-1});
    assertThat(none.get(1).shape()).isEqualTo(Shape.of(2, 0));
  }
}
