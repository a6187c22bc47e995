package dev.jebena.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.memory.HostAllocator;
import dev.jebena.model.Initialisation;
import dev.jebena.model.PositionConfig;
import dev.jebena.model.Transformer;
import dev.jebena.model.TransformerConfig;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Generator;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.Configs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TextGeneratorTest {
  private static final TransformerConfig CONFIG = TransformerConfig.of(50, 32, 32, 3, 4, 64);

  private static Transformer model(TransformerConfig config) {
    return Initialisation.model(config, 7);
  }

  private static int[] greedyWithoutCache(Transformer model, int[] prompt, int count) {
    int[] all = prompt.clone();
    for (int i = 0; i < count; i++) {
      int[] ids = all;
      var logits =
          Tensor.noGrad(() -> model.logits(Tensor.of(ids, 1, ids.length)).select(1, -1).toFloats());
      all = Arrays.copyOf(all, all.length + 1);
      all[all.length - 1] = Sampler.GREEDY.choose(logits, new Generator(0));
    }
    return Arrays.copyOfRange(all, prompt.length, all.length);
  }

  @Test
  void greedyWithTheCacheIsGreedyWithoutIt() {
    var grouped = Configs.llama(50, 32, 32, 2, 4, 2, 8, 64, 10_000, true, 1e-5, true);
    for (var config : new TransformerConfig[] {CONFIG, grouped}) {
      var model = model(config);
      for (int[] prompt : new int[][] {{3}, {4, 8, 15, 16, 23, 42}}) {
        var request = new TextGenerator.Request(prompt, 20, Sampler.GREEDY, Set.of(), 0);
        var result = new TextGenerator(model).generate(request, id -> true);
        assertThat(result.ids()).isEqualTo(greedyWithoutCache(model, prompt, 20));
      }
    }
  }

  @Test
  void goesOnBeyondTheContext() {
    var request = new TextGenerator.Request(new int[] {1, 2, 3}, 100, Sampler.GREEDY, Set.of(), 0);
    var result = new TextGenerator(model(CONFIG)).generate(request, id -> true);
    assertThat(result.ids()).hasSize(100);
    // up to the context it is what the whole prefix gives
    assertThat(Arrays.copyOf(result.ids(), 29))
        .isEqualTo(greedyWithoutCache(model(CONFIG), new int[] {1, 2, 3}, 29));
  }

  /** Models of today see a hundred thousand positions; a few tokens need no room for so many. */
  @Test
  void theCacheIsAsLongAsTheText() {
    var config = CONFIG.with(c -> c.contextLength(1 << 20).positions(PositionConfig.Kind.NONE));
    var allocator = new HostAllocator();
    try (var device = CpuDevice.withThreads(1, allocator)) {
      var request = new TextGenerator.Request(new int[] {1, 2}, 6, Sampler.GREEDY, Set.of(), 0);
      var made =
          Context.current()
              .withDevice(device)
              .call(() -> new TextGenerator(model(config)).generate(request, id -> true).ids());
      assertThat(made).hasSize(6);
      assertThat(allocator.statistics().peakLiveBytes()).isLessThan(8L << 20);
    }
  }

  @Test
  void takesAPromptLongerThanTheContext() {
    int[] prompt = new int[40];
    Arrays.setAll(prompt, i -> i % 50);
    var request = new TextGenerator.Request(prompt, 1, Sampler.GREEDY, Set.of(), 0);
    var result = new TextGenerator(model(CONFIG)).generate(request, id -> true);
    assertThat(result.ids())
        .isEqualTo(greedyWithoutCache(model(CONFIG), Arrays.copyOfRange(prompt, 8, 40), 1));
  }

  @Test
  void stopsAtTheStopTokenAndWhenTold() {
    var model = model(CONFIG);
    var free =
        new TextGenerator(model)
            .generate(
                new TextGenerator.Request(new int[] {5}, 10, Sampler.GREEDY, Set.of(), 0),
                id -> true);
    int stop = free.ids()[4];
    var stopped =
        new TextGenerator(model)
            .generate(
                new TextGenerator.Request(new int[] {5}, 10, Sampler.GREEDY, Set.of(stop), 0),
                id -> true);
    assertThat(stopped.ids()).doesNotContain(stop);
    assertThat(stopped.ids().length).isLessThan(5);
    var seen = new ArrayList<Integer>();
    new TextGenerator(model)
        .generate(
            new TextGenerator.Request(new int[] {5}, 10, Sampler.GREEDY, Set.of(), 0),
            id -> seen.add(id) && seen.size() < 3);
    assertThat(seen).hasSize(3);
  }

  @Test
  void sameSeedSameText() {
    var sampler = new Sampler(1, 0, 1);
    var texts = new ArrayList<int[]>();
    for (long seed : new long[] {1, 1, 2}) {
      var request = new TextGenerator.Request(new int[] {5}, 20, sampler, Set.of(), seed);
      texts.add(new TextGenerator(model(CONFIG)).generate(request, id -> true).ids());
    }
    assertThat(texts.get(0)).isEqualTo(texts.get(1)).isNotEqualTo(texts.get(2));
  }

  @Test
  void anIdOutsideOfTheVocabularyIsNamed() {
    var request = new TextGenerator.Request(new int[] {50}, 1, Sampler.GREEDY, Set.of(), 0);
    assertThatThrownBy(() -> new TextGenerator(model(CONFIG)).generate(request, id -> true))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("50");
  }

  @Test
  void samplesInProportion() {
    float[] logits = {(float) Math.log(0.5), (float) Math.log(0.3), (float) Math.log(0.2)};
    assertThat(shares(new Sampler(1, 0, 1), logits))
        .containsExactly(new double[] {.5, .3, .2}, within());
    assertThat(shares(new Sampler(1, 2, 1), logits))
        .containsExactly(new double[] {.625, .375, 0}, within());
    assertThat(shares(new Sampler(1, 0, 0.45), logits))
        .containsExactly(new double[] {1, 0, 0}, within());
    // squares of probabilities at temperature 0.5
    assertThat(shares(new Sampler(0.5, 0, 1), logits))
        .containsExactly(new double[] {.25 / .38, .09 / .38, .04 / .38}, within());
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(0.02);
  }

  private static double[] shares(Sampler sampler, float[] logits) {
    var generator = new Generator(3);
    double[] shares = new double[logits.length];
    int draws = 10_000;
    for (int i = 0; i < draws; i++) {
      shares[sampler.choose(logits, generator)] += 1.0 / draws;
    }
    return shares;
  }
}
