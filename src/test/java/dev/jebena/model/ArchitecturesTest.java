package dev.jebena.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.infer.Sampler;
import dev.jebena.infer.TextGenerator;
import dev.jebena.memory.Scope;
import dev.jebena.optim.AdamW;
import dev.jebena.optim.GradientNorm;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every choice, in the preset that uses it. */
class ArchitecturesTest {
  private static final int CONTEXT = 80;

  static Stream<String> names() {
    return Architectures.small().keySet().stream();
  }

  /** Fewer layers and characters instead of tokens; longer than the windows. */
  private static TransformerConfig config(String name) {
    return Architectures.small()
        .get(name)
        .with(c -> c.vocabularySize(128).contextLength(CONTEXT).layers(2));
  }

  private static byte[] text() throws IOException {
    return Files.readAllBytes(Fixtures.require("corpora/tinyshakespeare.txt"));
  }

  private static Tensor ids(byte[] text, int start, int batch) {
    long[] ids = new long[batch * CONTEXT];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = text[(start + i / CONTEXT * 9973 + i % CONTEXT) % text.length];
    }
    return Tensor.of(ids, batch, CONTEXT);
  }

  @ParameterizedTest
  @MethodSource("names")
  void lossFalls(String name) throws IOException {
    var text = text();
    var model = Initialisation.model(config(name), 1);
    var optimizer =
        new AdamW(AdamW.groupsByRank(model.namedParameters(), 0.1), AdamW.Settings.LANGUAGE_MODEL);
    double first = 0;
    double last = 0;
    for (int step = 0; step < 24; step++) {
      int start = 131 * step;
      last =
          Context.current()
              .withSeed(step)
              .call(() -> {
                try (var _ = Scope.open()) {
                  var loss = model.loss(ids(text, start, 4), ids(text, start + 1, 4));
                  loss.backward();
                  double norm = GradientNorm.of(model.namedParameters().values());
                  optimizer.step(2e-3, GradientNorm.clipFactor(norm, 1));
                  optimizer.zeroGrad();
                  return loss.item();
                }
              });
      first = step == 0 ? last : first;
    }
    assertThat(last).as("from " + first).isLessThan(Math.min(first, Math.log(128)) - 0.9);
    for (var entry : model.namedParameters().entrySet()) {
      assertThat(Tensor.noGrad(() -> entry.getValue().isFinite().all().item()))
          .as(entry.getKey())
          .isEqualTo(1);
    }
  }

  /** One token at a time against the cache gives the logits of the whole. */
  @ParameterizedTest
  @MethodSource("names")
  void theCacheChangesNothing(String name) throws IOException {
    var text = text();
    var model = Initialisation.model(config(name), 1);
    model.eval();
    int[] prompt = new int[70];
    for (int i = 0; i < prompt.length; i++) {
      prompt[i] = text[i];
    }
    var request = new TextGenerator.Request(prompt, 6, Sampler.GREEDY, Set.of(), 0);
    int[] made = new TextGenerator(model).generate(request, id -> true).ids();
    int[] all = Arrays.copyOf(prompt, prompt.length + made.length);
    for (int i = 0; i < made.length; i++) {
      int length = prompt.length + i;
      var whole = Arrays.copyOf(all, length);
      int best =
          Tensor.noGrad(() -> {
            try (var _ = Scope.open()) {
              float[] logits = model.logits(Tensor.of(whole, 1, length)).select(1, -1).toFloats();
              int likeliest = 0;
              for (int id = 1; id < logits.length; id++) {
                likeliest = logits[id] > logits[likeliest] ? id : likeliest;
              }
              return likeliest;
            }
          });
      assertThat(made[i]).as("token " + i).isEqualTo(best);
      all[length] = made[i];
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void savedAndLoadedItIsTheSame(String name, @TempDir Path folder) throws IOException {
    var model = Initialisation.model(config(name), 1);
    assertThat(Accounting.of(model.config(), CONTEXT).parameters())
        .isEqualTo(model.parameterCount());
    model.eval();
    ModelFiles.save(folder, model, null);
    var loaded = ModelFiles.load(folder);
    assertThat(loaded.config()).isEqualTo(model.config().arithmetic());
    var ids = ids(text(), 0, 1);
    assertThat(Tensor.noGrad(() -> loaded.logits(ids)).toFloats())
        .isEqualTo(Tensor.noGrad(() -> model.logits(ids)).toFloats());
  }

  @Test
  void everyPresetStandsOnThePage() throws IOException {
    var page = Files.readString(Fixtures.basedir().resolve("docs/architectures.md"));
    for (var name : Architectures.small().keySet()) {
      assertThat(page).contains("`" + name + "`");
    }
  }
}
