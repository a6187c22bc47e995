package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.model.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDescribeCommandTest {
  @Test
  void countsTheLargePresetExactly() {
    var json = Run.of("model", "describe", "--preset", "cs336-xl", "--json").json();
    assertThat(json.get("parameters").asLong()).isEqualTo(1_640_452_800L);
    // 48 · (8·T·1600² + 6·T·1600·4288 + 4·T²·1600) + 2·T·1600·50257 with T = 1024
    assertThat(json.get("forward_flops_per_sequence").asDouble()).isEqualTo(3_516_769_894_400.0);
    assertThat(json.get("training_flops_per_step").asDouble()).isEqualTo(3 * 3_516_769_894_400.0);
    assertThat(json.get("weights_bytes").asLong()).isEqualTo(4 * 1_640_452_800L);
    assertThat(json.get("gradients_bytes").asLong()).isEqualTo(4 * 1_640_452_800L);
    assertThat(json.get("optimizer_bytes").asLong()).isEqualTo(8 * 1_640_452_800L);
    assertThat(json.get("cache_bytes_per_token").asLong()).isEqualTo(2L * 48 * 1600 * 4);
  }

  @Test
  void partsAddUpAndUnusualRatiosAreNamed() {
    var json = Run.of("model", "describe", "--preset", "gpt2-1.5B", "--batch", 2, "--json").json();
    long parameters = 0;
    double flops = 0;
    for (var part : json.get("components")) {
      parameters += part.get("parameters").asLong();
      flops += part.get("forward_flops_per_token").asDouble();
    }
    assertThat(parameters).isEqualTo(1_557_611_200L);
    assertThat(json.get("parameters").asLong()).isEqualTo(1_557_611_200L);
    assertThat(flops).isEqualTo(json.get("forward_flops_per_token").asDouble());
    assertThat(json.get("warnings")).isEmpty();
    assertThat(json.get("training_bytes").asLong())
        .isEqualTo(16 * 1_557_611_200L + json.get("activation_bytes").asLong());
    var odd = Run.of("model", "describe", "--preset", "char", "--json").json();
    assertThat(odd.get("warnings").toString()).contains("vocabulary is 65, usual is 4,096 to");
    assertThat(Run.of("model", "describe", "--preset", "char").succeeds().out())
        .contains("unusual: vocabulary is 65", "feed-forward");
  }

  @Test
  void utilisationIsTheShareOfThePeak() {
    var json =
        Run.of(
                "model",
                "describe",
                "--preset",
                "22.7M",
                "--tokens-per-second",
                1000,
                "--peak-gflops",
                400,
                "--json")
            .json();
    assertThat(json.get("model_flops_utilisation").asDouble())
        .isEqualTo(json.get("training_flops_per_token").asDouble() * 1000 / 400e9);
    Run.of("model", "describe", "--preset", "char", "--peak-gflops", 3).isWrongUsage("together");
  }

  @Test
  void batchContextAndVocabularyCount() {
    var json =
        Run.of(
                "model",
                "describe",
                "--preset",
                "depth-2",
                "--vocab-size",
                1000,
                "--context",
                64,
                "--batch",
                4,
                "--json")
            .json();
    assertThat(json.get("vocab_size").asInt()).isEqualTo(1000);
    assertThat(json.get("context").asInt()).isEqualTo(64);
    double perToken = json.get("training_flops_per_token").asDouble();
    assertThat(json.get("training_flops_per_step").asDouble()).isEqualTo(perToken * 64 * 4);
    var other =
        Run.of("model", "describe", "--preset", "22.7M", "--vocab-size", "1000", "--json").json();
    assertThat(other.get("vocab_size").asInt()).isEqualTo(1000);
  }

  @Test
  void speaksToPeople() {
    var run = Run.of("model", "describe", "--preset", "22.7M").succeeds();
    assertThat(run.out()).contains("22,696,448", "4 layers, width 512", "MiB");
  }

  @Test
  void readsModelsAndConfigurations(@TempDir Path folder) throws IOException {
    var model = SmallModel.saveWithoutTokenizer(folder.resolve("model"));
    var json = Run.of("model", "describe", "--model", model, "--json").json();
    assertThat(json.get("vocab_size").asInt()).isEqualTo(280);
    assertThat(json.get("parameters").asLong()).isEqualTo(ModelFiles.load(model).parameterCount());
    var file = Files.copy(model.resolve("config.json"), folder.resolve("mine.json"));
    assertThat(Run.of("model", "describe", "--config", file, "--json").json()).isEqualTo(json);
    Run.of("model", "describe", "--config", file, "--preset", "char").isWrongUsage("one");
    Run.of("model", "describe", "--config", folder.resolve("x")).isFailure("no such file");
  }

  @Test
  void refuses() {
    Run.of("model", "describe").isWrongUsage("--preset");
    Run.of("model", "describe", "--preset", "huge").isFailure("'huge'", "cs336-xl");
    Run.of("model", "describe", "--preset", "char", "--batch", 0).isWrongUsage("--batch 0");
    Run.of("model", "describe", "--preset", "char", "--context", -3).isWrongUsage("--context");
    Run.of("model").isWrongUsage("subcommand");
  }
}
