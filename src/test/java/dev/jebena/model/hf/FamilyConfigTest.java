package dev.jebena.model.hf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.kernel.Activation;
import dev.jebena.model.Initialisation;
import dev.jebena.model.ModelFileException;
import dev.jebena.model.ModelFiles;
import dev.jebena.model.RopeScaling;
import dev.jebena.model.TransformerConfig;
import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What files say by leaving a key out, by null, and in several places at once; the values are those
 * of the configuration classes of {@code transformers} 5.
 */
class FamilyConfigTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  /** A file with the keys that every family needs, and more. */
  private TransformerConfig read(String family, String more) throws IOException {
    var text =
        """
        {"model_type": "%s", "vocab_size": 96, "hidden_size": 256, "intermediate_size": 48,
        "num_hidden_layers": 3, "num_attention_heads": 32%s}\
        """
            .formatted(family, more.isEmpty() ? "" : ", " + more);
    Files.writeString(folder.resolve("config.json"), text);
    return ModelFiles.readConfig(folder);
  }

  private void refused(String family, String more, String message) {
    assertThatThrownBy(() -> read(family, more))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void nullIsNotWhatMissingIs() throws IOException {
    assertThat(read("mistral", "").attention().windows()).containsExactly(4096);
    assertThat(read("mistral", "\"sliding_window\": null").attention().windows()).isEmpty();
    assertThat(read("mistral", "").keyValueHeads()).isEqualTo(8);
    assertThat(read("mistral", "\"num_key_value_heads\": null").keyValueHeads()).isEqualTo(32);
    assertThat(read("llama", "").keyValueHeads()).isEqualTo(32);
    assertThat(read("gemma2", "").keyValueHeads()).isEqualTo(4);

    assertThat(read("gemma2", "").attention().softCap()).isEqualTo(50);
    assertThat(read("gemma2", "").embeddings().logitSoftCap()).isEqualTo(30);
    var uncapped =
        read("gemma2", "\"attn_logit_softcapping\": null, \"final_logit_softcapping\": null");
    assertThat(uncapped.attention().softCap()).isZero();
    assertThat(uncapped.embeddings().logitSoftCap()).isZero();
    refused("gemma2", "\"sliding_window\": null", "but sliding_window is not above 0");

    for (var qwen : List.of("qwen2", "qwen3")) {
      var first = "\"use_sliding_window\": true, \"max_window_layers\": 1";
      assertThat(read(qwen, first).attention().windows()).containsExactly(0, 4096, 4096);
      assertThat(read(qwen, first + ", \"sliding_window\": null").attention().windows()).isEmpty();
      assertThat(read(qwen, "\"sliding_window\": 16").attention().windows()).isEmpty();
    }
  }

  @Test
  void windowsAndLayerTypesAgree() throws IOException {
    refused("mistral", "\"sliding_window\": 0", "sliding_window is 0, which is not supported");
    refused("mistral", "\"sliding_window\": -3", "sliding_window is -3");
    var full = "\"layer_types\": [\"full_attention\", \"full_attention\", \"full_attention\"]";
    refused("mistral", full, "layer_types is [\"full_attention\"");
    assertThat(read("mistral", full + ", \"sliding_window\": null").attention().windows())
        .isEmpty();
    var sliding = full.replace("full", "sliding");
    assertThat(read("mistral", sliding).attention().windows()).containsExactly(4096);
    refused("phi3", sliding, "it means layers that see different ranges");
  }

  @Test
  void gemmaReadsItsOwnWordForTheActivation() throws IOException {
    var gelu = "\"hidden_activation\": \"gelu\"";
    assertThat(read("gemma2", gelu).feedForward().activation()).isEqualTo(Activation.GELU);
    assertThat(read("gemma2", "\"hidden_act\": \"gelu_pytorch_tanh\"").feedForward().activation())
        .isEqualTo(Activation.GELU_TANH);
    refused("gemma2", "\"hidden_act\": \"gelu\"", "hidden_act is \"gelu\", which is not supported");
    refused("llama", gelu, "hidden_activation is \"gelu\", which is not supported");
  }

  @Test
  void whatStandsInSeveralPlacesAgrees() throws IOException {
    var yarn = "{\"rope_type\": \"yarn\", \"factor\": 4.0, %s}";
    var inside = "\"original_max_position_embeddings\": 512";
    var config = read("llama", "\"rope_scaling\": " + yarn.formatted(inside));
    assertThat(config.positions().scaling().originalContext()).isEqualTo(512);
    refused(
        "llama",
        "\"original_max_position_embeddings\": 256, \"rope_scaling\": " + yarn.formatted(inside),
        "original_max_position_embeddings is 256, but"
            + " rope_scaling.original_max_position_embeddings is 512");
    refused(
        "llama",
        "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.0}, \"rope_parameters\":"
            + " {\"rope_type\": \"linear\", \"factor\": 4.0}",
        "rope_scaling and rope_parameters say different things");
    // both forms that say the same are what is written here for readers of either version
    assertThat(
            read(
                    "llama",
                    "\"rope_theta\": 5e5, \"rope_scaling\": {\"type\": \"linear\", \"factor\":"
                        + " 2.0}, \"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 2.0,"
                        + " \"rope_theta\": 5e5}")
                .positions()
                .scaling())
        .isEqualTo(RopeScaling.by(RopeScaling.Kind.LINEAR, 2));
    refused(
        "phi3",
        "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.0}",
        "phi3 has no scaled rotary positions but longrope");
  }

  /** The factor is then the ratio of contexts, also in the temperature. */
  @Test
  void yarnWithoutAFactor() throws IOException {
    var config =
        read(
            "llama",
            "\"max_position_embeddings\": 2048, \"rope_scaling\": {\"type\": \"yarn\","
                + " \"original_max_position_embeddings\": 512, \"mscale\": 1.0,"
                + " \"mscale_all_dim\": 0.5}");
    var scaling = config.positions().scaling();
    assertThat(scaling.factor()).isEqualTo(4);
    assertThat(scaling.attentionFactor())
        .isEqualTo((0.1 * Math.log(4) + 1) / (0.05 * Math.log(4) + 1));
  }

  /** Whole numbers as transformers wants them, fractions unrounded. */
  @Test
  void gemmasScaleIsWrittenAsItIs() throws IOException {
    for (var scalar : List.of("12", "224", "12.5", "0.1", "150.7", "3.3333")) {
      var more = "\"head_dim\": 8, \"query_pre_attn_scalar\": " + scalar;
      var config = read("gemma2", more + ", \"sliding_window\": 6");
      assertThat(config.attention().scoreScale())
          .isEqualTo(1 / Math.sqrt(Double.parseDouble(scalar)));
      var other = folder.resolve(scalar);
      ModelFiles.save(other, Initialisation.model(config, 1), null);
      assertThat(ModelFiles.readConfig(other)).isEqualTo(config);
      var json = (ObjectNode) JSON.readTree(Files.readAllBytes(other.resolve("config.json")));
      assertThat(json.path("model_type").stringValue()).isEqualTo("gemma2");
      assertThat(json.path("query_pre_attn_scalar").isInt()).isEqualTo(!scalar.contains("."));
    }
  }

  /** There is no word for a base that is changed once and for all. */
  @Test
  void ntkScalingIsKeptInAFileOfOurOwn() throws IOException {
    var config =
        TransformerConfig.of(96, 64, 32, 2, 4, 48)
            .with(c -> c.ropeScaling(RopeScaling.by(RopeScaling.Kind.NTK, 4)));
    ModelFiles.save(folder, Initialisation.model(config, 1), null);
    assertThat(ConfigFile.open(folder).family().modelType()).isEqualTo("jebena");
    assertThat(ModelFiles.readConfig(folder)).isEqualTo(config);
    var again = folder.resolve("again");
    ModelFiles.save(again, ModelFiles.load(folder), null);
    for (var file : List.of("config.json", "model.safetensors")) {
      assertThat(Files.mismatch(folder.resolve(file), again.resolve(file))).isEqualTo(-1);
    }
  }

  /** A file of an earlier version knows nothing of dropout in attention. */
  @Test
  void ourOwnFilesOfEarlierVersionsAreRead() throws IOException {
    var config = TransformerConfig.of(96, 64, 32, 2, 4, 48).with(c -> c.ropeInterleaved(true));
    ModelFiles.save(folder, Initialisation.model(config, 1), null);
    var file = folder.resolve("config.json");
    var json = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
    var training = (ObjectNode) json.path("configuration").path("training");
    assertThat(training.remove("attentionDropout")).isNotNull();
    Files.writeString(file, json.toString());
    assertThat(ModelFiles.readConfig(folder)).isEqualTo(config);
  }

  /** Every family's own files pass the check for unknown keys. */
  @Test
  void whatIsWrittenIsRead() throws IOException {
    try (var models = Files.list(Fixtures.basedir().resolve("src/test/resources/families"))) {
      for (var model : models.toList()) {
        assertThat(ModelFiles.readConfig(model)).as(model.toString()).isNotNull();
      }
    }
  }
}
