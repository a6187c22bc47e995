package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.io.NamedArray;
import dev.jebena.io.NpyFile;
import dev.jebena.io.NpzFile;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalCommandTest {
  @TempDir Path folder;

  @Test
  void scoresIdsAsTransformersDoes() throws IOException {
    var model = Fixtures.require("hf-models/llama-gqa");
    var golden = NpzFile.read(model.resolve("golden.npz"));
    var ids = folder.resolve("ids.npy");
    var logits = folder.resolve("logits.npy");
    NpyFile.write(ids, golden.get("input_ids"));
    var json =
        Run.of("eval", "--model", model, "--ids", ids, "--logits-out", logits, "--json").json();
    assertThat(json.propertyNames())
        .containsExactly("loss", "perplexity", "bits_per_byte", "tokens", "seconds");
    double loss = golden.get("loss").toDoubles()[0];
    assertThat(json.get("loss").asDouble()).isCloseTo(loss, within(1e-4));
    assertThat(json.get("perplexity").asDouble()).isCloseTo(Math.exp(loss), within(0.05));
    assertThat(json.get("bits_per_byte").isNull()).isTrue();
    assertThat(json.get("tokens").asInt()).isEqualTo(2 * 39);

    var written = NpyFile.read(logits);
    var expected = golden.get("logits");
    assertThat(written.dtype()).isEqualTo(DType.F32);
    assertThat(written.shape()).isEqualTo(expected.shape());
    assertThat(written.toFloats()).containsExactly(expected.toFloats(), within(1e-4f));
  }

  @Test
  void oneRowNeedsNoBatchAxis() throws IOException {
    var model = SmallModel.saveWithoutTokenizer(folder.resolve("model"));
    var ids = folder.resolve("ids.npy");
    var logits = folder.resolve("logits.npy");
    NpyFile.write(ids, NamedArray.of("ids", new int[] {1, 2, 3, 4}, 4));
    var json =
        Run.of("eval", "--model", model, "--ids", ids, "--logits-out", logits, "--json").json();
    assertThat(json.get("tokens").asInt()).isEqualTo(3);
    assertThat(NpyFile.read(logits).shape()).isEqualTo(Shape.of(4, 280));
  }

  @Test
  void scoresText() throws IOException {
    var model = SmallModel.saveWithTokenizer(folder.resolve("model"));
    var text = Files.writeString(folder.resolve("text.txt"), SmallModel.TEXT.repeat(10));
    var json = Run.of("eval", "--model", model, "--data", text, "--json").json();
    // an untrained model knows next to nothing: its loss is about ln V
    assertThat(json.get("loss").asDouble()).isCloseTo(Math.log(280), within(0.5));
    int tokens = SmallModel.tokenizer().encode(SmallModel.TEXT.repeat(10)).length;
    assertThat(json.get("tokens").asInt()).isEqualTo(tokens);
    double bits = json.get("loss").asDouble() * tokens / Math.log(2) / Files.size(text);
    assertThat(json.get("bits_per_byte").asDouble()).isCloseTo(bits, within(1e-9));

    var human = Run.of("eval", "--model", model, "--data", text).succeeds();
    assertThat(human.out()).contains("loss ", "perplexity ", "bits per byte ").hasLineCount(4);
    var shorter = Run.of("eval", "--model", model, "--data", text, "--context", 8, "--json").json();
    assertThat(shorter.get("tokens").asInt()).isEqualTo(tokens);
  }

  @Test
  void refuses() throws IOException {
    var model = SmallModel.saveWithoutTokenizer(folder.resolve("model"));
    var text = Files.writeString(folder.resolve("text.txt"), "the cat");
    var ids = folder.resolve("ids.npy");
    Run.of("eval", "--model", model).isWrongUsage("--data", "--ids");
    Run.of("eval", "--model", model, "--data", text).isFailure("tokenizer");
    Run.of("eval", "--model", model, "--data", text, "--logits-out", ids)
        .isWrongUsage("--logits-out");
    Run.of("eval", "--model", model, "--data", text, "--context", 64).isWrongUsage("64", "32");
    Run.of("eval", "--model", model, "--ids", ids).isFailure("ids.npy");
    NpyFile.write(ids, NamedArray.of("ids", new long[] {1, 2, 999}, 3));
    Run.of("eval", "--model", model, "--ids", ids).isFailure("999", "position 2", "0 to 279");
    NpyFile.write(ids, NamedArray.of("ids", new float[] {1, 2}, 2));
    Run.of("eval", "--model", model, "--ids", ids).isFailure("i32 or i64");
    NpyFile.write(ids, NamedArray.of("ids", new long[] {1}, 1));
    Run.of("eval", "--model", model, "--ids", ids).isFailure("at least 2");
    NpyFile.write(ids, NamedArray.of("ids", new long[33], 33));
    Run.of("eval", "--model", model, "--ids", ids).isFailure("33", "context of 32");
  }
}
