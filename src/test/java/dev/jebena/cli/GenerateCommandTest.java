package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.io.NpzFile;
import dev.jebena.model.ModelFiles;
import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class GenerateCommandTest {
  @TempDir Path folder;

  private static int[] ints(JsonNode list) {
    return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
  }

  @Test
  void goesOnWithAText() throws IOException {
    var model = SmallModel.saveWithTokenizer(folder);
    Object[] call = {
      "generate",
      "--model",
      model,
      "--prompt",
      "the cat",
      "--max-tokens",
      12,
      "--seed",
      3,
      "--ignore-eos"
    };
    var json = Run.of(append(call, "--json")).json();
    assertThat(json.propertyNames())
        .contains("prompt_ids", "ids", "text", "prefill_seconds", "decode_tokens_per_second");
    var tokenizer = ModelFiles.loadTokenizer(model);
    assertThat(ints(json.get("prompt_ids"))).isEqualTo(tokenizer.encode("the cat"));
    int[] ids = ints(json.get("ids"));
    assertThat(ids).hasSize(12);
    assertThat(json.get("text").asString()).isEqualTo(tokenizer.decode(ids));
    assertThat(json.get("prefill_seconds").asDouble()).isPositive();
    assertThat(json.get("decode_tokens_per_second").asDouble()).isPositive();

    var streamed = Run.of(call).succeeds();
    assertThat(streamed.out()).isEqualTo(tokenizer.decode(ids) + System.lineSeparator());
    assertThat(streamed.err()).isEmpty();
    assertThat(Run.of(append(call, "--verbose")).succeeds().err())
        .contains("12 tokens at", "tokens/s", "--seed 3")
        .hasLineCount(1);
  }

  @Test
  void aSpaceAtTheEndOfThePromptIsNotWrittenTwice() throws IOException {
    var model = SmallModel.saveWithTokenizer(folder);
    var tokenizer = ModelFiles.loadTokenizer(model);
    Object[] call = {
      "generate", "--model", model, "--prompt", "the ", "--max-tokens", 4, "--seed", 3
    };
    var json = Run.of(append(call, "--json")).json();
    assertThat(ints(json.get("prompt_ids"))).isEqualTo(tokenizer.encode("the"));
    var made = tokenizer.decode(ints(json.get("ids")));
    assertThat(made).startsWith(" ").doesNotStartWith("  ");
    assertThat(json.get("text").asString()).isEqualTo(made.substring(1));
    assertThat(Run.of(call).succeeds().out()).isEqualTo(made.substring(1) + System.lineSeparator());
    var exact = Run.of(append(call, "--json", "--exact-prompt")).json();
    assertThat(ints(exact.get("prompt_ids"))).isEqualTo(tokenizer.encode("the "));
  }

  @Test
  void withoutAPromptADocumentBegins() throws IOException {
    var model = SmallModel.saveWithTokenizer(folder);
    var json = Run.of("generate", "--model", model, "--max-tokens", 3, "--json").json();
    assertThat(ints(json.get("prompt_ids"))).containsExactly(0);
  }

  @Test
  void idsNeedNoTokenizer() throws IOException {
    var model = SmallModel.saveWithoutTokenizer(folder);
    Object[] call = {
      "generate", "--model", model, "--ids", "5,17,3", "--max-tokens", 4, "--temperature", 0
    };
    var json = Run.of(append(call, "--json")).json();
    assertThat(ints(json.get("prompt_ids"))).containsExactly(5, 17, 3);
    assertThat(json.get("text").isNull()).isTrue();
    var printed = Run.of(call).succeeds().out().strip();
    assertThat(printed)
        .isEqualTo(
            Arrays.stream(ints(json.get("ids")))
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(" ")));
    Run.of("generate", "--model", model, "--prompt", "x").isFailure("no tokenizer", "--ids");
  }

  @Test
  void greedyIdsAreThoseOfTransformers() throws IOException {
    var model = Fixtures.require("hf-models/llama-gqa");
    var golden = NpzFile.read(model.resolve("golden.npz")).get("greedy").toLongs();
    var ids =
        Arrays.stream(golden).limit(8).mapToObj(Long::toString).collect(Collectors.joining(","));
    var json =
        Run.of(
                "generate",
                "--model",
                model,
                "--ids",
                ids,
                "--max-tokens",
                golden.length - 8,
                "--temperature",
                0,
                "--ignore-eos",
                "--json")
            .json();
    assertThat(Arrays.stream(ints(json.get("ids"))).asLongStream().toArray())
        .isEqualTo(Arrays.copyOfRange(golden, 8, golden.length));
  }

  @Test
  void stopsAtTheEndOfText() throws IOException {
    var model = SmallModel.saveWithoutTokenizer(folder);
    Object[] call = {
      "generate", "--model", model, "--ids", "5", "--max-tokens", 6, "--temperature", 0, "--json"
    };
    int[] free = ints(Run.of(call).json().get("ids"));
    assertThat(free).hasSize(6);
    var generation = model.resolve("generation_config.json");
    Files.writeString(generation, "{\"eos_token_id\": " + free[0] + "}");
    assertThat(ints(Run.of(call).json().get("ids"))).isEmpty();
    assertThat(ints(Run.of(append(call, "--ignore-eos")).json().get("ids"))).isEqualTo(free);
  }

  @Test
  void everyDeviceMayBeAsked() throws IOException {
    var model = SmallModel.saveWithoutTokenizer(folder);
    Object[] call = {
      "generate", "--model", model, "--ids", "5,6", "--max-tokens", 4, "--temperature", 0, "--json"
    };
    var here = Run.of(call).json().get("ids");
    assertThat(Run.of(append(call, "--device", "reference")).json().get("ids")).isEqualTo(here);
    Run.of(append(call, "--device", "abacus")).isWrongUsage("'abacus'", "cpu");
  }

  @Test
  void refuses() throws IOException {
    var model = SmallModel.saveWithTokenizer(folder);
    Run.of("generate").isWrongUsage("--model");
    Run.of("generate", "--model", folder.resolve("no")).isFailure("no such folder");
    Run.of("generate", "--model", model, "--prompt", "a", "--ids", "1").isWrongUsage("not both");
    Run.of("generate", "--model", model, "--ids", "1,x").isWrongUsage("'x'");
    Run.of("generate", "--model", model, "--ids", "").isWrongUsage("--ids");
    Run.of("generate", "--model", model, "--ids", "280").isFailure("280", "0 to 279");
    Run.of("generate", "--model", model, "--temperature", "-1").isWrongUsage("temperature");
    Run.of("generate", "--model", model, "--top-p", "1.5").isWrongUsage("top-p");
    Run.of("generate", "--model", model, "--max-tokens", "-1").isWrongUsage("--max-tokens");
  }

  static Object[] append(Object[] call, Object... more) {
    var all = Arrays.copyOf(call, call.length + more.length);
    System.arraycopy(more, 0, all, call.length, more.length);
    return all;
  }
}
