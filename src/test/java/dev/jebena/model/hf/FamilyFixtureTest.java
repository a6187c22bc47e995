package dev.jebena.model.hf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.infer.Sampler;
import dev.jebena.infer.TextGenerator;
import dev.jebena.io.NamedArray;
import dev.jebena.io.NpzFile;
import dev.jebena.io.Safetensors;
import dev.jebena.memory.Scope;
import dev.jebena.model.ModelFileException;
import dev.jebena.model.ModelFiles;
import dev.jebena.model.ScopedIo;
import dev.jebena.model.Transformer;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.Fixtures;
import dev.jebena.testing.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds small models of each family against what {@code transformers} computed with them. */
class FamilyFixtureTest {
  /** A model directory with what is expected of it. */
  private record Fixture(Path folder, Map<String, NamedArray> golden, JsonNode json) {
    static Fixture read(String name) throws IOException {
      var folder = Fixtures.require("hf-models/" + name);
      return new Fixture(
          folder,
          NpzFile.read(folder.resolve("golden.npz")),
          new JsonMapper().readTree(Files.readAllBytes(folder.resolve("golden.json"))));
    }

    Transformer model(String device) throws IOException {
      return ScopedIo.on(Devices.get(device), () -> ModelFiles.load(folder));
    }

    Tensor ids() {
      var array = golden.get("input_ids");
      return Tensor.of(array.toLongs(), array.shape().toArray()); // [2, 40]
    }

    /** Position t predicts id t + 1; the last of each row predicts nothing. */
    Tensor loss(Transformer model) {
      var ids = ids();
      long last = ids.size(1) - 1;
      return model.loss(ids.slice(1, 0, last), ids.slice(1, 1, last + 1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2, cpu", "gpt2, reference",
    "llama-gqa, cpu", "llama-gqa, reference",
    "mistral-sliding, cpu", "mistral-sliding, reference",
    "qwen3-qknorm, cpu", "qwen3-qknorm, reference",
  })
  void logitsAreThoseOfTransformers(String name, String device) throws IOException {
    var fixture = Fixture.read(name);
    var model = fixture.model(device);
    Context.current()
        .withDevice(Devices.get(device))
        .withGradients(false)
        .run(() -> {
          var logits = model.logits(fixture.ids());
          var expected = fixture.golden.get("logits");
          assertThat(logits.shape()).isEqualTo(expected.shape());
          Values.assertClose("logits", logits, expected.toDoubles(), 0, 1e-4);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2, cpu", "gpt2, reference",
    "llama-gqa, cpu", "llama-gqa, reference",
    "mistral-sliding, cpu", "mistral-sliding, reference",
    "qwen3-qknorm, cpu", "qwen3-qknorm, reference",
  })
  void lossAndGradientNormsAreThoseOfTransformers(String name, String device) throws IOException {
    var fixture = Fixture.read(name);
    var expected = new TreeMap<String, Double>();
    fixture
        .json
        .path("grad_norms")
        .properties()
        .forEach(e -> expected.put(e.getKey(), e.getValue().asDouble()));
    var model = fixture.model(device);
    Context.current()
        .withDevice(Devices.get(device))
        .run(() -> {
          var loss = fixture.loss(model);
          loss.backward();
          double train = fixture.json.path("train_loss").asDouble();
          assertThat(loss.item()).isCloseTo(train, within(1e-5));
        });
    var norms = gradientNorms(model);
    assertThat(norms.keySet()).isEqualTo(expected.keySet());
    norms.forEach((tensor, norm) ->
        assertThat(norm)
            .as(tensor)
            .isCloseTo(expected.get(tensor), within(1e-3 * expected.get(tensor))));
  }

  /** By the names of the file, where several parameters may be one tensor. */
  private static Map<String, Double> gradientNorms(Transformer model) {
    var parameters = model.namedParameters();
    var rules = Families.of(model.config()).rules();
    var names = List.copyOf(parameters.keySet());
    var norms = new TreeMap<String, Double>();
    for (var rule : TensorRule.all(rules, model.config().layers(), names)) {
      double sum = 0;
      for (var name : rule.parameters()) {
        sum += parameters.get(name).grad().square().sum().item();
      }
      norms.put(rule.file(), Math.sqrt(sum));
    }
    return norms;
  }

  /** The prompt in one pass and then each token against the cache. */
  @ParameterizedTest
  @CsvSource({
    "gpt2, cpu", "gpt2, reference",
    "llama-gqa, cpu", "llama-gqa, reference",
    "mistral-sliding, cpu", "mistral-sliding, reference",
    "qwen3-qknorm, cpu", "qwen3-qknorm, reference",
  })
  void greedyContinuationIsThatOfTransformers(String name, String device) throws IOException {
    var fixture = Fixture.read(name);
    int[] all =
        Arrays.stream(fixture.golden.get("greedy").toLongs()).mapToInt(Math::toIntExact).toArray();
    int[] prompt = Arrays.copyOf(all, 8);
    var model = fixture.model(device);
    var request = new TextGenerator.Request(prompt, all.length - 8, Sampler.GREEDY, Set.of(), 0);
    var made =
        Context.current()
            .withDevice(Devices.get(device))
            .call(() -> new TextGenerator(model).generate(request, id -> true).ids());
    assertThat(made).isEqualTo(Arrays.copyOfRange(all, 8, all.length));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama-gqa", "mistral-sliding", "qwen3-qknorm"})
  void savedAgainItIsTheSameFile(String name, @TempDir Path other) throws IOException {
    var fixture = Fixture.read(name);
    var model = fixture.model("cpu");
    ModelFiles.save(other, model, null);
    assertThat(ModelFiles.readConfig(other)).isEqualTo(model.config());
    var before = Safetensors.open(fixture.folder).arrays();
    var after = Safetensors.open(other).arrays();
    assertThat(after.keySet()).isEqualTo(before.keySet());
    after.forEach((tensor, array) -> {
      assertThat(array.shape()).as(tensor).isEqualTo(before.get(tensor).shape());
      assertThat(array.data().mismatch(before.get(tensor).data())).as(tensor).isEqualTo(-1);
    });
    var type = new JsonMapper().readTree(Files.readAllBytes(other.resolve("config.json")));
    var original =
        new JsonMapper().readTree(Files.readAllBytes(fixture.folder.resolve("config.json")));
    assertThat(type.path("model_type")).isEqualTo(original.path("model_type"));
    assertThat(type.path("architectures")).isEqualTo(original.path("architectures"));
  }

  @Test
  void loadedInAScopeDiesWithIt() throws IOException {
    var fixture = Fixture.read("llama-gqa");
    Transformer model;
    try (var _ = Scope.open()) {
      model = ModelFiles.load(fixture.folder);
    }
    assertThatThrownBy(() -> model.logits(fixture.ids()))
        .isInstanceOf(dev.jebena.memory.ClosedScopeException.class);
  }

  @Test
  void otherFamiliesAreRefusedByName() {
    var other = Fixtures.require("hf-models/mixtral");
    assertThatThrownBy(() -> ModelFiles.load(other))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(
            other.resolve("config.json")
                + ": model_type is \"mixtral\", which is not supported (llama, mistral, qwen2,"
                + " qwen3, gemma2, olmo2, phi3, deepseek_v3, gpt2, jebena is)");
  }
}
