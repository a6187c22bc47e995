package dev.jebena.kernel.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Attention of few queries, which has a kernel of its own, around the sizes where it takes over.
 */
class ClAttentionTest {
  /** Bits of the options of a case: sinks, causal, a window of 5 or 1 keys, a cap, slopes. */
  private static final int[] OPTIONS = {
    0, 1, 2, 2 | 4 | 4 << 3, 1 | 64, 2 | 128, 1 | 2 | 4 | 64 | 128
  };

  @Test
  void fewQueriesOfManyKeys() {
    var random = new Random(8);
    for (var device : TestKernels.bothForms()) {
      try (device) {
        for (int queries : new int[] {1, 2, 4, 5, 8, 9}) {
          for (int keys : new int[] {1, 63, 64, 65, 128, 129, 300}) {
            int options = OPTIONS[random.nextInt(OPTIONS.length)];
            var forms = IntStream.range(0, 13).mapToObj(i -> FuzzForm.draw(random)).toList();
            // two batches of two groups of three heads; features: 16, 1, 5 or 24
            var sizes = List.of(2, 2, 3, random.nextInt(4), queries, keys);
            var one = new FusedCase(FusedKind.ATTENTION, sizes, options, forms, keys);
            assertThat(DifferentialFuzzTest.failure(device, device, one)).as(one.code()).isEmpty();
          }
        }
      }
    }
  }

  @Test
  void aQueryAloneIsCutAlongItsKeys() {
    for (var device : TestKernels.bothForms()) {
      try (device) {
        assertThat(kernelsOf(device, 1)).containsExactly("attention_few/forward_few");
        assertThat(kernelsOf(device, 9)).containsExactly("attention/forward");
      }
    }
  }

  private static List<String> kernelsOf(OpenClDevice device, int queries) {
    var forms = IntStream.range(0, 13).mapToObj(i -> FuzzForm.draw(new Random(1))).toList();
    var one = new FusedCase(FusedKind.ATTENTION, List.of(1, 2, 2, 0, queries, 20), 0, forms, 1);
    var mirror = new Mirror(device);
    var operands = one.operands();
    for (int i = 0; i < operands.length; i++) {
      operands[i] = mirror.toDevice(operands[i]);
    }
    var timer = device.timer().orElseThrow();
    timer.start();
    try {
      one.launch(device, operands);
      return timer.take().stream().map(timed -> timed.kernel()).toList();
    } finally {
      timer.stop();
    }
  }
}
