package dev.jebena.model.hf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import java.util.stream.IntStream;
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

  /** By the values that {@code src/test/python/config_defaults.py} asked the classes for. */
  @Test
  void whatAFileLeavesOutIsWhatItsClassSays() throws IOException {
    var file = Fixtures.basedir().resolve("src/test/resources/config-defaults.json");
    for (var family : JSON.readTree(Files.readAllBytes(file)).properties()) {
      var name = family.getKey();
      var expected = family.getValue();
      // of DeepSeek-V3 there are dense layers only
      var more = name.equals("deepseek_v3") ? ", \"first_k_dense_replace\": 61" : "";
      Files.writeString(
          folder.resolve("config.json"), "{\"model_type\": \"" + name + "\"" + more + "}");
      var c = ModelFiles.readConfig(folder);
      var found = JSON.createObjectNode();
      found.put("vocab_size", c.vocabularySize());
      found.put("max_position_embeddings", c.contextLength());
      found.put("hidden_size", c.dModel());
      found.put("num_hidden_layers", c.layers());
      found.put("num_attention_heads", c.heads());
      found.put("tie_word_embeddings", c.tiedEmbeddings());
      found.put("num_key_value_heads", c.keyValueHeads());
      found.put("head_dim", c.headDim());
      found.put("intermediate_size", c.dFf());
      found.put("activation", activation(c.feedForward().activation()));
      found.put("eps", c.norms().eps());
      found.put("rope_theta", name.equals("gpt2") ? null : (Double) c.positions().theta());
      var windows = found.putArray("windows");
      IntStream.range(0, 4).forEach(layer -> windows.add(c.attention().window(layer)));
      found.put("attention_bias", c.attention().outputBias() && !name.equals("gpt2"));
      found.put("attn_logit_softcapping", c.attention().softCap());
      found.put("final_logit_softcapping", c.embeddings().logitSoftCap());
      found.put(
          "eos_token_id", ModelFiles.readStopTokens(folder).stream().findFirst().orElse(null));
      for (var value : expected.properties()) {
        var is = found.path(value.getKey());
        if (value.getValue().isNumber()) {
          assertThat(is.doubleValue())
              .as(name + " " + value)
              .isEqualTo(value.getValue().doubleValue());
        } else {
          assertThat(is).as(name + " " + value.getKey()).isEqualTo(value.getValue());
        }
      }
      assertThat(found.size()).isEqualTo(expected.size());
    }
  }

  private static String activation(Activation f) {
    return f == Activation.SILU ? "silu" : f == Activation.GELU_TANH ? "gelu_tanh" : f.name();
  }

  /** Heads as wide as the class says, whatever their share of the width would be. */
  @Test
  void theShareOfTheWidthIsNotLookedAtWhereAClassHasAHeadDimension() throws IOException {
    for (var family : List.of("qwen3", "gemma2")) {
      var config = read(family, "\"hidden_size\": 96"); // whose share is 3, an odd number
      assertThat(config.headDim()).isEqualTo(family.equals("qwen3") ? 128 : 256);
    }
    refused("llama", "\"hidden_size\": 96", "headDim 3 is odd");
    refused(
        "phi3",
        "\"rope_scaling\": {\"type\": \"longrope\", \"short_factor\": [1, 1, 1],"
            + " \"long_factor\": [2, 2, 3, 4]}",
        "ropeScaling has 3 short factors for 4 pairs of features that turn");
  }

  /** null says that there is none, and so does a file of generation without one. */
  @Test
  void theTokenThatEndsATextIsTheFamilysWhereNoFileSays() throws IOException {
    read("llama", "");
    assertThat(ModelFiles.readStopTokens(folder)).containsExactly(2);
    read("llama", "\"eos_token_id\": null");
    assertThat(ModelFiles.readStopTokens(folder)).isEmpty();
    read("llama", "\"eos_token_id\": [5, 7]");
    assertThat(ModelFiles.readStopTokens(folder)).containsExactly(5, 7);
    read("llama", "");
    Files.writeString(folder.resolve("generation_config.json"), "{\"do_sample\": true}");
    assertThat(ModelFiles.readStopTokens(folder)).isEmpty();
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
        .isCloseTo((0.1 * Math.log(4) + 1) / (0.05 * Math.log(4) + 1), within(1e-15));
  }

  /** As in gpt-oss: the ramp from kept to divided pairs begins where it falls. */
  @Test
  void yarnMayLeaveItsRampUntruncated() throws IOException {
    var yarn = "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4.0, \"truncate\": %s}";
    assertThat(read("llama", yarn.formatted("true")).positions().scaling().exactEnds()).isFalse();
    assertThat(read("llama", yarn.formatted("null")).positions().scaling().exactEnds()).isFalse();
    var config = read("llama", yarn.formatted("false"));
    assertThat(config.positions().scaling().exactEnds()).isTrue();
    ModelFiles.save(folder.resolve("saved"), Initialisation.model(config, 1), null);
    assertThat(ModelFiles.readConfig(folder.resolve("saved"))).isEqualTo(config);
    refused(
        "llama",
        yarn.formatted("false").replace("yarn", "linear"),
        "rope_scaling.truncate is false, which is not supported (true is)");
  }

  /** A file that says nothing of positions means what its own family means by that. */
  @Test
  void theContextThatIsScaledIsTheFamilys() throws IOException {
    var yarn = "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4.0}";
    assertThat(read("llama", yarn).positions().scaling().originalContext()).isEqualTo(2048);
    assertThat(read("qwen2", yarn).positions().scaling().originalContext()).isEqualTo(32_768);
    assertThat(read("mistral", yarn).positions().scaling().originalContext()).isEqualTo(131_072);
  }

  @Test
  void phiKnowsLongRopeByOtherNamesAndWhatItWasTrainedOn() throws IOException {
    var long4 = "\"type\": \"%s\", \"short_factor\": [1, 1, 1, 1], \"long_factor\": [2, 2, 3, 4]";
    var context = "\"max_position_embeddings\": 16384, \"rope_scaling\": {";
    for (var name : List.of("longrope", "su", "yarn")) {
      var scaling = read("phi3", context + long4.formatted(name) + "}").positions().scaling();
      assertThat(scaling.kind()).isEqualTo(RopeScaling.Kind.LONG_ROPE);
      assertThat(scaling.originalContext()).isEqualTo(4096);
      assertThat(scaling.factor()).isEqualTo(4);
    }
    var inside = context + long4.formatted("su") + ", \"original_max_position_embeddings\": ";
    assertThat(read("phi3", inside + "4096}").positions().scaling().originalContext())
        .isEqualTo(4096);
    // its class would go on with 4096
    refused(
        "phi3",
        inside + "512}",
        "original_max_position_embeddings is missing, which means 4096, but"
            + " rope_scaling.original_max_position_embeddings is 512");
    assertThat(
            read("phi3", inside + "512}, \"original_max_position_embeddings\": 512")
                .positions()
                .scaling()
                .originalContext())
        .isEqualTo(512);
  }

  /** Whatever a family's class can compute goes back into a file of that family. */
  @Test
  void headsMayBeWiderThanTheirShare() throws IOException {
    for (var family : List.of("llama", "mistral", "qwen2", "qwen3", "olmo2", "phi3", "gemma2")) {
      var rope = ", \"partial_rotary_factor\": 0.5"; // so that Phi-3 is no Llama
      var more = "\"head_dim\": 12, \"num_key_value_heads\": 4";
      var config = read(family, more + (family.equals("phi3") ? rope : ""));
      assertThat(config.headDim()).isEqualTo(12);
      assertThat(Families.of(config).modelType()).isEqualTo(family);
    }
    var far =
        "\"rope_scaling\": {\"type\": \"longrope\", \"short_factor\": [1, 1, 1, 1],"
            + " \"long_factor\": [2, 2, 3, 4]}";
    assertThat(Families.of(read("phi3", far)).modelType()).isEqualTo("phi3");
    // whose class cannot have both
    assertThat(Families.of(read("phi3", "\"head_dim\": 8, " + far)).modelType()).isEqualTo("phi3");
    var wide = far.replace("1]", "1, 1]").replace("4]", "4, 5]");
    assertThat(Families.of(read("phi3", "\"head_dim\": 10, " + wide)).modelType())
        .isEqualTo("llama");
    // Llama's class insists on a width that heads divide, Mistral's does not
    var odd = read("llama", "\"head_dim\": 12").with(c -> c.heads(3).keyValueHeads(3));
    assertThat(Families.of(odd).modelType()).isEqualTo("mistral");
  }

  /** Its class asks for the width of windows even where no layer has one. */
  @Test
  void gemmaWithoutWindowsHasANumberAllTheSame() throws IOException {
    var full = "[\"full_attention\", \"full_attention\", \"full_attention\"]";
    var config = read("gemma2", "\"layer_types\": " + full);
    assertThat(config.attention().windows()).isEmpty();
    ModelFiles.save(folder, Initialisation.model(config.with(c -> c.headDim(8)), 1), null);
    var json = JSON.readTree(Files.readAllBytes(folder.resolve("config.json")));
    assertThat(json.path("model_type").stringValue()).isEqualTo("gemma2");
    assertThat(json.path("sliding_window").intValue()).isEqualTo(8192);
    assertThat(ModelFiles.readConfig(folder).attention().windows()).isEmpty();
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

  /** Published files of well-known models have keys that no class reads. */
  @Test
  void whatPublishedFilesSayBesideIsNoHindrance() throws IOException {
    var gpt2 = folder.resolve("gpt2.json");
    Files.writeString(gpt2, "{\"model_type\": \"gpt2\", \"_num_labels\": 1, \"n_layer\": 6}");
    assertThat(ModelFiles.readConfigFile(gpt2).layers()).isEqualTo(6);
    assertThat(read("gemma2", "\"sliding_window_size\": 4096")).isNotNull();
    assertThat(read("llama", "\"max_sequence_length\": 2048")).isNotNull();
    var phi = "\"interpolate_factor\": 1, \"full_attn_mod\": %d, \"lm_head_bias\": false";
    assertThat(read("phi3", phi.formatted(1))).isNotNull();
    refused("phi3", phi.formatted(2), "full_attn_mod is 2, which is not supported");
    refused("mistral", "\"sliding_window_size\": 4096", "sliding_window_size is 4096");
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
