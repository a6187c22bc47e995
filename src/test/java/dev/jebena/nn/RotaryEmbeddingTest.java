package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.memory.Scope;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Tables that are as long as the texts that were seen. */
class RotaryEmbeddingTest {
  private static final int CONTEXT = 1 << 17;

  private static RotaryEmbedding rope(boolean interleaved) {
    return RotaryEmbedding.of(8, CONTEXT, 500, interleaved);
  }

  /** Features 1 and 0 in each pair of halves, so that the cosines and sines themselves come out. */
  private static float[] turned(RotaryEmbedding rope, int start, int count) {
    try (var _ = Scope.open()) {
      var x = Tensor.cat(-1, Tensor.full(1, count, 4), Tensor.zeros(count, 4));
      return rope.forward(x, start).toFloats();
    }
  }

  @Test
  void areAsLongAsNeededAndGrowByDoubling() {
    var rope = rope(false);
    assertThat(rope.tabulated()).isZero();
    turned(rope, 0, 5);
    assertThat(rope.tabulated()).isEqualTo(256);
    turned(rope, 255, 1);
    assertThat(rope.tabulated()).isEqualTo(256);
    turned(rope, 256, 1);
    assertThat(rope.tabulated()).isEqualTo(512);
    turned(rope, 4000, 1000);
    assertThat(rope.tabulated()).isEqualTo(5000);
    turned(rope, CONTEXT - 1, 1);
    assertThat(rope.tabulated()).isEqualTo(CONTEXT);
    assertThatThrownBy(() -> turned(rope, CONTEXT - 1, 2))
        .isInstanceOf(ShapeException.class)
        .hasMessage("rope: position 131072 is beyond the context of 131072 tokens");
    var small = RotaryEmbedding.of(8, 12, 500, false);
    turned(small, 3, 1);
    assertThat(small.tabulated()).isEqualTo(12);
  }

  /** Cosines and sines of the angles, and the same bits however long the table was before. */
  @Test
  void whatAPositionGetsIsItsOwn() {
    int last = 3000;
    var whole = turned(rope(false), 0, last + 1);
    var grown = rope(false);
    for (int position : new int[] {0, 7, 255, 256, 300, 511, 513, 1999, last}) {
      var alone = turned(grown, position, 1);
      for (int i = 0; i < 4; i++) {
        double angle = position * Math.pow(500, -i / 4.0);
        assertThat((double) alone[i]).isCloseTo(Math.cos(angle), within(1e-7));
        assertThat((double) alone[4 + i]).isCloseTo(Math.sin(angle), within(1e-7));
        assertThat(alone[i]).isEqualTo(whole[8 * position + i]);
        assertThat(alone[4 + i]).isEqualTo(whole[8 * position + 4 + i]);
      }
    }
    assertThat(turned(grown, 0, last + 1)).isEqualTo(whole);
  }

  /** A model may be used by several threads; each sees whole tables. */
  @Test
  void growsUnderSeveralThreads() throws Exception {
    var whole = turned(rope(true), 0, 8192);
    var rope = rope(true);
    try (var threads = Executors.newFixedThreadPool(4)) {
      var results = new ArrayList<Future<float[]>>();
      for (int end = 64; end <= 8192; end += 64) {
        int start = end - 64;
        results.add(threads.submit(() -> turned(rope, start, 64)));
      }
      for (int i = 0; i < results.size(); i++) {
        assertThat(results.get(i).get())
            .isEqualTo(java.util.Arrays.copyOfRange(whole, 512 * i, 512 * (i + 1)));
      }
    }
  }
}
