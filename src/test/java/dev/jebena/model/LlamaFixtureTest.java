package dev.jebena.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.infer.Sampler;
import dev.jebena.infer.TextGenerator;
import dev.jebena.io.NamedArray;
import dev.jebena.io.NpzFile;
import dev.jebena.kernel.Device;
import dev.jebena.memory.Scope;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.Fixtures;
import dev.jebena.testing.Values;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Holds a Llama with grouped queries against what {@code transformers} computed with it. */
class LlamaFixtureTest {
  private Path folder;
  private Map<String, NamedArray> golden;

  @BeforeEach
  void read() throws IOException {
    folder = Fixtures.require("hf-models/llama-gqa");
    golden = NpzFile.read(folder.resolve("golden.npz"));
  }

  private Tensor ids() {
    var array = golden.get("input_ids");
    return Tensor.of(array.toLongs(), array.shape().toArray()); // [2, 40]
  }

  private Transformer model(Device device) throws IOException {
    return ScopedIo.on(device, () -> ModelFiles.load(folder));
  }

  /** Position t predicts id t + 1; the last of each row predicts nothing. */
  private Tensor loss(Transformer model) {
    var ids = ids();
    long last = ids.size(1) - 1;
    return model.loss(ids.slice(1, 0, last), ids.slice(1, 1, last + 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void logitsAreThoseOfTransformers(String name) throws IOException {
    var device = Devices.get(name);
    var model = model(device);
    Context.current()
        .withDevice(device)
        .withGradients(false)
        .run(() -> {
          var logits = model.logits(ids());
          assertThat(logits.shape()).isEqualTo(golden.get("logits").shape());
          Values.assertClose("logits", logits, golden.get("logits").toDoubles(), 0, 1e-4);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void lossAndGradientNormsAreThoseOfTransformers(String name) throws IOException {
    var device = Devices.get(name);
    var json =
        new JsonMapper().readTree(java.nio.file.Files.readAllBytes(folder.resolve("golden.json")));
    var expected = new TreeMap<String, Double>();
    json.path("grad_norms")
        .properties()
        .forEach(e -> expected.put(e.getKey(), e.getValue().asDouble()));
    var model = model(device);
    Context.current()
        .withDevice(device)
        .run(() -> {
          var loss = loss(model);
          loss.backward();
          assertThat(loss.item()).isCloseTo(json.path("train_loss").asDouble(), within(1e-5));
        });
    assertThat(model.namedParameters().keySet()).isEqualTo(expected.keySet());
    model
        .namedParameters()
        .forEach((parameter, tensor) ->
            assertThat(tensor.grad().norm().item())
                .as(parameter)
                .isCloseTo(expected.get(parameter), within(1e-3 * expected.get(parameter))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void greedyContinuationIsThatOfTransformers(String name) throws IOException {
    int[] all = Arrays.stream(golden.get("greedy").toLongs()).mapToInt(Math::toIntExact).toArray();
    int[] prompt = Arrays.copyOf(all, 8);
    var device = Devices.get(name);
    var model = model(device);
    var request = new TextGenerator.Request(prompt, all.length - 8, Sampler.GREEDY, Set.of(), 0);
    var made =
        Context.current()
            .withDevice(device)
            .call(() -> new TextGenerator(model).generate(request, id -> true).ids());
    assertThat(made).isEqualTo(Arrays.copyOfRange(all, 8, all.length));
  }

  @Test
  void loadedInAScopeDiesWithIt() throws IOException {
    Transformer model;
    try (var _ = Scope.open()) {
      model = ModelFiles.load(folder);
    }
    assertThatThrownBy(() -> model.logits(ids()))
        .isInstanceOf(dev.jebena.memory.ClosedScopeException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2, gpt2",
    "mistral-sliding, mistral",
    "mixtral, mixtral",
    "qwen3-qknorm, qwen3",
  })
  void otherFamiliesAreRefusedByName(String name, String type) {
    var other = Fixtures.require("hf-models/" + name);
    assertThatThrownBy(() -> ModelFiles.load(other))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(
            other.resolve("config.json")
                + ": model_type is \""
                + type
                + "\", which is not supported (llama is)");
  }
}
