package dev.jebena.model.hf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.infer.Sampler;
import dev.jebena.infer.TextGenerator;
import dev.jebena.io.NamedArray;
import dev.jebena.io.NpzFile;
import dev.jebena.model.ModelFiles;
import dev.jebena.model.ParameterShapes;
import dev.jebena.model.Transformer;
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
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds tiny models against what {@code transformers} computed with them; {@code
 * src/test/python/families.py} made both. Weights are bf16.
 */
class FamilyGoldenTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static Path folder(String name) {
    return Fixtures.basedir().resolve("src/test/resources/families").resolve(name);
  }

  private static Map<String, NamedArray> golden(String name) throws IOException {
    return NpzFile.read(folder(name).resolve("golden.npz"));
  }

  private static Tensor tensor(NamedArray array) {
    return Tensor.of(array.toLongs(), array.shape().toArray());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama-scaled",
        "llama-biases",
        "llama-yarn",
        "qwen2",
        "qwen3-yarn",
        "gemma2",
        "olmo2",
        "olmo2-heads",
        "phi3",
        "phi3-long",
        "gpt2-by-layer",
        "gpt2-unscaled",
        "llama-quick",
        "deepseek-wide",
        "deepseek-dense"
      })
  void computesWhatTransformersComputes(String name, @TempDir Path other) throws IOException {
    var golden = golden(name);
    var model = ModelFiles.load(folder(name));
    var ids = tensor(golden.get("input_ids"));
    var logits = Tensor.noGrad(() -> model.logits(ids));
    Values.assertClose(name, logits, golden.get("logits").toDoubles(), 0, 1e-4);
    checkGradients(name, model, ids, golden.get("loss").toDoubles()[0]);
    checkGreedy(model, golden.get("greedy").toLongs());

    // what Llama can say as well may become Llama, but nothing a model that only we can read
    var own = ConfigFile.open(folder(name)).family().modelType();
    assertThat(Families.of(model.config()).modelType()).isIn(own, "llama");
    // saved here it is the same model under the same names, now in f32
    ModelFiles.save(other, model, null);
    var again = ModelFiles.load(other);
    assertThat(again.config()).isEqualTo(model.config());
    assertThat(Tensor.noGrad(() -> again.logits(ids)).toFloats()).isEqualTo(logits.toFloats());
    ModelFiles.save(other.resolve("twice"), again, null);
    assertThat(
            Files.mismatch(
                other.resolve("twice/model.safetensors"), other.resolve("model.safetensors")))
        .isEqualTo(-1);
    assertThat(Files.mismatch(other.resolve("twice/config.json"), other.resolve("config.json")))
        .isEqualTo(-1);
  }

  private static void checkGradients(String name, Transformer model, Tensor ids, double expected)
      throws IOException {
    long last = ids.size(1) - 1;
    var loss = model.loss(ids.slice(1, 0, last), ids.slice(1, 1, last + 1));
    loss.backward();
    assertThat(loss.item()).isCloseTo(expected, within(2e-5));
    var json = JSON.readTree(Files.readAllBytes(folder(name).resolve("grad_norms.json")));
    var expectedNorms = new TreeMap<String, Double>();
    json.properties().forEach(e -> expectedNorms.put(e.getKey(), e.getValue().asDouble()));
    var parameters = model.namedParameters();
    var family = ConfigFile.open(folder(name)).family();
    var names = List.copyOf(ParameterShapes.of(model.config()).keySet());
    var seen = new TreeMap<String, Double>();
    for (var rule : TensorRule.all(family.rules(), model.config().layers(), names)) {
      double sum = 0;
      for (var parameter : rule.parameters()) {
        sum += parameters.get(parameter).grad().square().sum().item();
      }
      seen.put(rule.file(), Math.sqrt(sum));
    }
    assertThat(seen.keySet()).isEqualTo(expectedNorms.keySet());
    seen.forEach((tensor, norm) ->
        assertThat(norm)
            .as(tensor)
            .isCloseTo(expectedNorms.get(tensor), within(1e-3 * expectedNorms.get(tensor))));
  }

  private static void checkGreedy(Transformer model, long[] golden) {
    int[] all = Arrays.stream(golden).mapToInt(Math::toIntExact).toArray();
    var request =
        new TextGenerator.Request(
            Arrays.copyOf(all, 4), all.length - 4, Sampler.GREEDY, Set.of(), 0);
    var made = new TextGenerator(model).generate(request, id -> true).ids();
    assertThat(made).isEqualTo(Arrays.copyOfRange(all, 4, all.length));
  }

  /** The old form of {@code config.json} says the same. */
  @Test
  void oldFilesSayScalingElsewhere(@TempDir Path other) throws IOException {
    var name = "llama-scaled";
    var config = ModelFiles.readConfig(folder(name));
    var json =
        (tools.jackson.databind.node.ObjectNode)
            JSON.readTree(Files.readAllBytes(folder(name).resolve("config.json")));
    var rope = (tools.jackson.databind.node.ObjectNode) json.remove("rope_parameters");
    json.set("rope_theta", rope.remove("rope_theta"));
    json.set("rope_scaling", rope);
    Files.writeString(other.resolve("config.json"), json.toString());
    assertThat(ModelFiles.readConfig(other)).isEqualTo(config);
  }
}
