package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AttentionKernel;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.kernel.fused.PackedSequences;
import dev.jebena.kernel.reference.ReferenceDevice;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.testing.Operands;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
      Operand sinks,
      Operand gOut,
      Operand out,
      Operand lse,
      Operand gq,
      Operand gk,
      Operand gv,
      Operand gSinks) {
    static Case random(Sizes n, boolean sinks, long seed) {
      var random = new SplittableRandom(seed);
      return new Case(
          heads(n.b, n.t, n.h, n.d, random),
          heads(n.b, n.s, n.g, n.d, random),
          heads(n.b, n.s, n.g, n.d, random),
          sinks ? Operands.normal(MEMORY, Layout.contiguous(Shape.of(n.h)), random) : null,
          heads(n.b, n.t, n.h, n.d, random),
          heads(n.b, n.t, n.h, n.d, random),
          Operands.empty(MEMORY, DType.F32, n.b, n.h, n.t),
          heads(n.b, n.t, n.h, n.d, random),
          heads(n.b, n.s, n.g, n.d, random),
          heads(n.b, n.s, n.g, n.d, random),
          sinks ? Operands.empty(MEMORY, DType.F32, n.h) : null);
    }

    /** {@code [B, H, T, D]} cut out of {@code [B, T, 1 + H·D]}, so that rows are not aligned. */
    private static Operand heads(int b, int t, int h, int d, SplittableRandom random) {
      long row = (long) h * d + 1;
      var layout = Layout.of(Shape.of(b, h, t, d), new long[] {t * row, d, row, 1}, 1);
      return Operands.normal(MEMORY, layout, random);
    }

    Map<String, double[]> run(AttentionKernel kernel, AttentionOptions options) {
      kernel.forward(q, k, v, sinks, options, out, lse);
      kernel.backward(q, k, v, sinks, options, out, lse, gOut, gq, gk, gv, gSinks);
      var results = new LinkedHashMap<String, double[]>();
      results.put("out", Operands.read(MEMORY, out));
      results.put("lse", Operands.read(MEMORY, lse));
      results.put("gq", Operands.read(MEMORY, gq));
      results.put("gk", Operands.read(MEMORY, gk));
      results.put("gv", Operands.read(MEMORY, gv));
      if (gSinks != null) {
        results.put("gSinks", Operands.read(MEMORY, gSinks));
      }
      return results;
    }
  }

  /** B, H, G, T, S and D. */
  private record Sizes(int b, int h, int g, int t, int s, int d) {}

  private static void check(Sizes sizes, AttentionOptions options, boolean sinks, long seed) {
    var reference = MEMORY.fused(AttentionKernel.class).orElseThrow();
    var expected = Case.random(sizes, sinks, seed).run(reference, options);
    var actual = Case.random(sizes, sinks, seed).run(new CpuAttention(TWO), options);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, values) -> {
      for (int j = 0; j < values.length; j++) {
        double value = actual.get(name)[j];
        if (values[j] != value) { // infinities are equal
          assertThat(value)
              .as("%s[%d] of %s, %s", name, j, sizes, options)
              .isEqualTo(values[j], within(2e-5 + 2e-5 * Math.abs(values[j])));
        }
      }
    });
  }

  private static AttentionOptions plain(int d, boolean causal) {
    double scale = 1 / Math.sqrt(d);
    return causal ? AttentionOptions.causal(scale) : AttentionOptions.full(scale);
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
    "1, 1, 1, 600, 600,   8, true",
  })
  void agreesWithTheFormula(int b, int h, int g, int t, int s, int d, boolean causal) {
    check(new Sizes(b, h, g, t, s, d), plain(d, causal), false, 7);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 17, 63, 64, 65, 128, 1000})
  void windows(int window) {
    for (boolean causal : new boolean[] {false, true}) {
      var options = plain(8, causal).withWindow(window);
      check(new Sizes(1, 2, 1, 150, 150, 8), options, false, 11);
      check(new Sizes(1, 2, 1, 70, 200, 8), options, true, 12);
      check(new Sizes(1, 2, 1, 2, 200, 8), options, false, 13);
      check(new Sizes(1, 2, 1, 200, 70, 8), options, false, 14);
    }
  }

  /** Options and sizes that chance has put together. */
  @ParameterizedTest
  @MethodSource("seeds")
  void anyOptionsAgreeWithTheFormula(int seed) {
    var random = new SplittableRandom(seed);
    int g = 1 + random.nextInt(2);
    int h = g * (1 + random.nextInt(3));
    int t = 1 + random.nextInt(random.nextInt(4) == 0 ? 6 : 200);
    int s = 1 + random.nextInt(200);
    int d = 1 + random.nextInt(random.nextInt(3) == 0 ? 140 : 70);
    var sizes = new Sizes(1 + random.nextInt(2), h, g, t, s, d);
    var options = plain(d, random.nextBoolean());
    if (random.nextInt(3) == 0) {
      options = options.withWindow(1 + random.nextInt(random.nextBoolean() ? 3 : 150));
    }
    if (random.nextInt(3) == 0) {
      options = options.withSoftCap(1 + random.nextDouble() * 3);
    }
    if (random.nextInt(3) == 0) {
      options = options.withSlopes(AttentionOptions.alibi(h));
    }
    if (random.nextInt(3) == 0) {
      int count = 1 + random.nextInt(5);
      options =
          options.withSequences(
              PackedSequences.of(offsets(random, t, count), offsets(random, s, count)));
    }
    check(sizes, options, random.nextInt(3) == 0, seed);
  }

  static IntStream seeds() {
    return IntStream.range(0, 60);
  }

  private static long[] offsets(SplittableRandom random, int n, int count) {
    long[] offsets = new long[count + 1];
    for (int i = 1; i < count; i++) {
      offsets[i] = random.nextInt(n + 1);
    }
    offsets[count] = n;
    Arrays.sort(offsets);
    return offsets;
  }

  @Test
  void queriesThatSeeNothingGetZerosAndGiveNone() {
    var sizes = new Sizes(1, 1, 1, 100, 40, 8);
    var results = Case.random(sizes, false, 1).run(new CpuAttention(TWO), plain(8, true));
    assertThat(Arrays.copyOf(results.get("out"), 60 * 8)).containsOnly(0);
    assertThat(Arrays.copyOf(results.get("gq"), 60 * 8)).containsOnly(0);
    assertThat(Arrays.copyOf(results.get("lse"), 60)).containsOnly(Double.NEGATIVE_INFINITY);
    assertThat(results.get("gk")).doesNotContain(Double.NaN);
  }

  /** Packed sequences are what each would be alone. */
  @Test
  void packedSequencesDoNotSeeEachOther() {
    var sizes = new Sizes(1, 2, 1, 130, 130, 16);
    var packed = plain(16, true).withSequences(PackedSequences.of(0, 130));
    var one = Case.random(sizes, false, 5).run(new CpuAttention(TWO), plain(16, true));
    var same = Case.random(sizes, false, 5).run(new CpuAttention(TWO), packed);
    assertThat(same.get("gk")).isEqualTo(one.get("gk"));
    var cut = plain(16, true).withSequences(PackedSequences.of(0, 50, 130));
    var two = Case.random(sizes, false, 5).run(new CpuAttention(TWO), cut);
    // the first sequence is a prefix of causal attention over all
    assertThat(Arrays.copyOf(two.get("lse"), 50)).isEqualTo(Arrays.copyOf(one.get("lse"), 50));
    assertThat(two.get("lse")[60]).isNotEqualTo(one.get("lse")[60]);
  }

  @Test
  void threadsChangeNoBit() {
    for (int t : new int[] {1, 90, 150, 700}) {
      var sizes = new Sizes(2, 4, 2, t, Math.max(150, t), 40);
      var options =
          AttentionOptions.causal(0.2)
              .withSoftCap(4)
              .withWindow(60)
              .withSlopes(AttentionOptions.alibi(4));
      for (var o : List.of(options, plain(40, true))) {
        var one = Case.random(sizes, true, 3).run(new CpuAttention(ONE), o);
        var two = Case.random(sizes, true, 3).run(new CpuAttention(TWO), o);
        var three = Case.random(sizes, true, 3).run(new CpuAttention(THREE), o);
        one.forEach((name, values) -> {
          assertThat(two.get(name)).as(name).isEqualTo(values);
          assertThat(three.get(name)).as(name).isEqualTo(values);
        });
      }
    }
  }

  /** Not a number stays one, wherever it comes from. */
  @Test
  void notANumberIsNotLost() {
    var sizes = new Sizes(1, 1, 1, 20, 20, 8);
    for (int what = 0; what < 3; what++) {
      var c = Case.random(sizes, false, 2);
      var x = List.of(c.q(), c.k(), c.v()).get(what);
      double[] values = Operands.read(MEMORY, x);
      var poisoned = Operands.of(MEMORY, DType.F32, Shape.of(1, 1, 20, 8), withNaN(values));
      var out = Operands.empty(MEMORY, DType.F32, 1, 1, 20, 8);
      new CpuAttention(ONE)
          .forward(
              what == 0 ? poisoned : c.q(),
              what == 1 ? poisoned : c.k(),
              what == 2 ? poisoned : c.v(),
              null,
              plain(8, false),
              out,
              c.lse());
      // number 42 belongs to position 5
      assertThat(Operands.read(MEMORY, out)[42]).isNaN();
    }
  }

  private static double[] withNaN(double[] values) {
    double[] copy = values.clone();
    copy[42] = Double.NaN;
    return copy;
  }

  @Test
  void nothingToDoIsFine() {
    var empty = Case.random(new Sizes(0, 2, 1, 3, 3, 8), false, 1);
    assertThat(empty.run(new CpuAttention(ONE), plain(8, true)).get("out")).isEmpty();
  }
}
