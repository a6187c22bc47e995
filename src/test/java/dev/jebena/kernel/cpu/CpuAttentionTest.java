package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AttentionKernel;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.kernel.reference.ReferenceDevice;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.testing.Operands;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuAttentionTest {
  private static final ReferenceDevice MEMORY = new ReferenceDevice();
  private static final WorkerPool ONE = new WorkerPool(1);
  private static final WorkerPool TWO = new WorkerPool(2);
  private static final WorkerPool THREE = new WorkerPool(3);

  @AfterAll
  static void closePools() {
    ONE.close();
    TWO.close();
    THREE.close();
  }

  /** Everything that attention reads and writes, as views of {@code [B, T, H, D]}. */
  private record Case(
      Operand q,
      Operand k,
      Operand v,
      Operand gOut,
      Operand out,
      Operand lse,
      Operand gq,
      Operand gk,
      Operand gv) {
    static Case random(int b, int h, int g, int t, int s, int d, long seed) {
      var random = new SplittableRandom(seed);
      return new Case(
          heads(b, t, h, d, random),
          heads(b, s, g, d, random),
          heads(b, s, g, d, random),
          heads(b, t, h, d, random),
          heads(b, t, h, d, random),
          Operands.empty(MEMORY, DType.F32, b, h, t),
          heads(b, t, h, d, random),
          heads(b, s, g, d, random),
          heads(b, s, g, d, random));
    }

    /** {@code [B, H, T, D]} cut out of {@code [B, T, 1 + H·D]}, so that rows are not aligned. */
    private static Operand heads(int b, int t, int h, int d, SplittableRandom random) {
      long row = (long) h * d + 1;
      var layout = Layout.of(Shape.of(b, h, t, d), new long[] {t * row, d, row, 1}, 1);
      return Operands.normal(MEMORY, layout, random);
    }

    double[][] run(AttentionKernel kernel, double scale, boolean causal) {
      var options = causal ? AttentionOptions.causal(scale) : AttentionOptions.full(scale);
      kernel.forward(q, k, v, null, options, out, lse);
      kernel.backward(q, k, v, null, options, out, lse, gOut, gq, gk, gv, null);
      return new double[][] {
        Operands.read(MEMORY, out),
        Operands.read(MEMORY, lse),
        Operands.read(MEMORY, gq),
        Operands.read(MEMORY, gk),
        Operands.read(MEMORY, gv)
      };
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 4, 2,  70,  70,  32, true",
    "1, 2, 2, 129, 129,  64, true",
    "1, 2, 1,  65, 200, 128, true",
    "2, 3, 3,  33,  90,  16, false",
    "1, 6, 2,   7,  13,   5, true",
    "1, 2, 2,  20,  20,  48, false",
    "1, 2, 2,   1, 300,  64, true",
    "2, 4, 1,   1,  77,  24, true",
    "1, 2, 1,   3,  50,  80, true",
    "1, 2, 1,  80,  30,  64, true",
    "1, 1, 1,   4,   2,   8, true",
    "1, 1, 1,   1,   1,   1, false",
  })
  void agreesWithTheFormula(int b, int h, int g, int t, int s, int d, boolean causal) {
    var reference = MEMORY.fused(AttentionKernel.class).orElseThrow();
    double scale = 1 / Math.sqrt(d);
    double[][] expected = Case.random(b, h, g, t, s, d, 7).run(reference, scale, causal);
    double[][] actual = Case.random(b, h, g, t, s, d, 7).run(new CpuAttention(TWO), scale, causal);
    String[] names = {"out", "lse", "gq", "gk", "gv"};
    for (int i = 0; i < names.length; i++) {
      for (int j = 0; j < expected[i].length; j++) {
        if (expected[i][j] != actual[i][j]) {
          assertThat(actual[i][j])
              .as("%s[%d]", names[i], j)
              .isEqualTo(expected[i][j], within(2e-5 + 2e-5 * Math.abs(expected[i][j])));
        }
      }
    }
  }

  @Test
  void threadsChangeNoBit() {
    for (int t : new int[] {1, 90, 150}) {
      double[][] one = Case.random(2, 4, 2, t, 150, 40, 3).run(new CpuAttention(ONE), 0.2, true);
      double[][] two = Case.random(2, 4, 2, t, 150, 40, 3).run(new CpuAttention(TWO), 0.2, true);
      double[][] three =
          Case.random(2, 4, 2, t, 150, 40, 3).run(new CpuAttention(THREE), 0.2, true);
      assertThat(two).isDeepEqualTo(one);
      assertThat(three).isDeepEqualTo(one);
    }
  }

  @Test
  void nothingToDoIsFine() {
    var empty = Case.random(0, 2, 1, 3, 3, 8, 1);
    assertThat(empty.run(new CpuAttention(ONE), 1, true)[0]).isEmpty();
  }
}
