package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code jebena train} from outside: files, numbers, refusals, Ctrl-C and kill -9. */
class TrainCommandTest {
  @TempDir Path folder;

  private record Outcome(int code, String out, String err) {}

  private static Outcome jebena(Object... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    int code =
        Main.run(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            Arrays.stream(args).map(Object::toString).toArray(String[]::new));
    return new Outcome(code, out.toString(), err.toString());
  }

  private Path text() throws IOException {
    var file = folder.resolve("text.txt");
    var lines = new StringBuilder();
    for (int i = 0; i < 600; i++) {
      lines
          .append("line ")
          .append(i % 37)
          .append(": the quick brown fox counts to ")
          .append(i % 11);
      lines.append(".\n");
    }
    return Files.writeString(file, lines);
  }

  private static List<Object> tiny(Path data, Path out, int steps) {
    return new ArrayList<>(
        List.of(
            "train",
            "--data",
            data,
            "--out",
            out,
            "--steps",
            steps,
            "--depth",
            1,
            "--context",
            16,
            "--batch",
            4,
            "--vocab-size",
            300,
            "--lr",
            0.01));
  }

  @Test
  void aProfileChangesNothingButTheTime() throws IOException {
    var plain = folder.resolve("plain");
    var watched = folder.resolve("watched");
    var data = text();
    assertThat(jebena(tiny(data, plain, 8).toArray()).code()).isZero();
    var args = tiny(data, watched, 8);
    args.add("--profile");
    var outcome = jebena(args.toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("region", "optimizer", "evaluation", "kernels took");
    assertThat(watched.resolve("model.safetensors"))
        .hasSameBinaryContentAs(plain.resolve("model.safetensors"));
    var trace = JsonMapper.builder().build().readTree(watched.resolve("trace.json").toFile());
    assertThat(trace.get("traceEvents").findValuesAsString("name")).contains("backward");
    assertThat(plain.resolve("trace.json")).doesNotExist();
  }

  @Test
  void leavesAModelDirectoryWithMetricsCurveAndReport() throws IOException {
    var run = folder.resolve("run");
    var args = tiny(text(), run, 30);
    args.add("--json");
    var outcome = jebena(args.toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    var json = JsonMapper.builder().build().readTree(outcome.out());
    assertThat(json.propertyNames())
        .contains(
            "run",
            "steps",
            "tokens",
            "seconds",
            "tokens_per_second",
            "gflops",
            "train_loss",
            "val_loss",
            "val_bits_per_byte",
            "gzip_bits_per_byte",
            "peak_rss_bytes",
            "parameters");
    assertThat(json.get("steps").asLong()).isEqualTo(30);
    assertThat(json.get("tokens").asLong()).isEqualTo(30 * 4 * 16);
    assertThat(json.get("val_bits_per_byte").asDouble()).isBetween(0.01, 8.0);
    for (var name :
        List.of(
            "config.json",
            "generation_config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json",
            "metrics.jsonl",
            "loss.svg",
            "report.html",
            "checkpoint/state.json")) {
      assertThat(run.resolve(name)).exists();
    }
    var metrics = Files.readAllLines(run.resolve("metrics.jsonl"));
    assertThat(metrics).hasSize(30);
    double first = JsonMapper.builder().build().readTree(metrics.getFirst()).get("loss").asDouble();
    assertThat(json.get("train_loss").asDouble()).isLessThan(first - 1);
  }

  @Test
  void sameSeedSameBits() throws IOException {
    var data = text();
    for (var name : List.of("a", "b")) {
      assertThat(jebena(tiny(data, folder.resolve(name), 5).toArray()).code()).isZero();
    }
    assertThat(folder.resolve("a/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("b/model.safetensors"));
  }

  @Test
  void charactersCanBeTokens() throws IOException {
    var args = tiny(text(), folder.resolve("run"), 3);
    args.addAll(List.of("--tokenizer", "char"));
    var outcome = jebena(args.toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
  }

  @Test
  void aModelCanLearnMore() throws IOException {
    var data = text();
    assertThat(jebena(tiny(data, folder.resolve("a"), 3).toArray()).code()).isZero();
    var outcome =
        jebena(
            "train",
            "--model",
            folder.resolve("a"),
            "--data",
            data,
            "--steps",
            2,
            "--batch",
            2,
            "--out",
            folder.resolve("b"));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(folder.resolve("b/tokenizer.json"))
        .hasSameBinaryContentAs(folder.resolve("a/tokenizer.json"));
  }

  /** A model that was trained without dropout may learn more with it, and a run with it goes on. */
  @Test
  void aModelCanLearnMoreWithDropout() throws IOException {
    var data = text();
    assertThat(jebena(tiny(data, folder.resolve("a"), 2).toArray()).code()).isZero();
    var args =
        new ArrayList<Object>(List.of("train", "--model", folder.resolve("a"), "--data", data));
    args.addAll(List.of("--steps", 2, "--batch", 2));
    var plain = new ArrayList<>(args);
    plain.addAll(List.of("--out", folder.resolve("plain")));
    args.addAll(List.of("--dropout", 0.2, "--attention-dropout", 0.1, "--z-loss", 1e-3));
    args.addAll(List.of("--clip", 0.5, "--out"));
    args.add(folder.resolve("dropped"));
    for (var each : List.of(plain, args)) {
      var outcome = jebena(each.toArray());
      assertThat(outcome.code()).as(outcome.err()).isZero();
    }
    assertThat(folder.resolve("dropped/settings.json"))
        .content()
        .containsPattern("\"dropout\" ?: ?0.2")
        .containsPattern("\"attentionDropout\" ?: ?0.1")
        .containsPattern("\"zLoss\" ?: ?0.001")
        .containsPattern("\"clipNorm\" ?: ?0.5");
    // it begins where the other began, and learns something else
    assertThat(
            Files.mismatch(
                folder.resolve("plain/model.safetensors"),
                folder.resolve("dropped/model.safetensors")))
        .isNotEqualTo(-1);
    assertThat(folder.resolve("dropped/config.json"))
        .hasSameBinaryContentAs(folder.resolve("plain/config.json"));
    var resumed = jebena("train", "--resume", folder.resolve("dropped"));
    assertThat(resumed.code()).as(resumed.err()).isZero();
  }

  /**
   * The architecture comes from the file, the vocabulary from the text; dropout is kept with it.
   */
  @Test
  void anyConfigurationCanBeTrained() throws IOException {
    var config = folder.resolve("tall.json");
    Files.writeString(
        config,
        """
        {"model_type": "qwen3", "vocab_size": 9, "hidden_size": 32, "intermediate_size": 40,
        "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 6,
        "max_position_embeddings": 16}\
        """);
    var args =
        new ArrayList<Object>(
            List.of("train", "--data", text(), "--tokenizer", "char", "--config", config));
    args.addAll(List.of("--steps", 3, "--batch", 2, "--out", folder.resolve("run")));
    args.addAll(List.of("--dropout", 0.1, "--attention-dropout", 0.2));
    var outcome = jebena(args.toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(folder.resolve("run/config.json"))
        .content()
        .contains("\"model_type\" : \"qwen3\"", "\"head_dim\" : 6");
    assertThat(folder.resolve("run/settings.json"))
        .content()
        .containsPattern("\"dropout\" ?: ?0.1")
        .containsPattern("\"attentionDropout\" ?: ?0.2");
    assertThat(jebena("train", "--config", config, "--preset", "char").code()).isEqualTo(2);
    assertThat(jebena("train", "--dropout", 1).code()).isEqualTo(2);
    assertThat(jebena("train", "--clip", 0).code()).isEqualTo(2);
    assertThat(jebena("train", "--z-loss", -1).code()).isEqualTo(2);
  }

  private void refuses(int code, String message, List<Object> args) {
    var outcome = jebena(args.toArray());
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
    assertThat(outcome.out()).isEmpty();
    var complaint = outcome.err().lines().filter(line -> line.startsWith("jebena: ")).toList();
    assertThat(complaint).hasSize(1);
    assertThat(complaint.getFirst()).contains(message);
  }

  @Test
  void badInputIsOneClearLine() throws IOException {
    var out = folder.resolve("never");
    var data = text();
    refuses(1, "nowhere.txt", tiny(folder.resolve("nowhere.txt"), out, 1));
    var empty = Files.createFile(folder.resolve("empty.txt"));
    refuses(1, "empty", tiny(empty, folder.resolve("e"), 1));
    var binary = Files.write(folder.resolve("binary.bin"), new byte[] {1, 2, 0, 4, (byte) 0xff});
    refuses(1, "binary.bin", tiny(binary, folder.resolve("n"), 1));
    var brief = Files.writeString(folder.resolve("brief.txt"), "far too short\n");
    refuses(1, "token", tiny(brief, folder.resolve("s"), 1));
    var few = tiny(data, out, 1);
    few.addAll(List.of("--vocab-size", 256));
    few.removeAll(List.of(300));
    few.remove(few.indexOf("--vocab-size"));
    refuses(2, "257", few);
    var unknown = new ArrayList<Object>(List.of("train", "--data", data, "--preset", "huge"));
    refuses(2, "no preset is called 'huge'", unknown);
    refuses(2, "--depth", new ArrayList<>(List.of("train", "--depth", "none")));
    refuses(2, "at least one step", new ArrayList<>(List.of("train", "--steps", 0)));
    refuses(1, "no run folder", new ArrayList<>(List.of("train", "--resume", out)));
    refuses(1, "is a file", tiny(data, data, 1));
    refuses(1, "Not a directory", tiny(data, data.resolve("below"), 1));
    refuses(1, "is not empty", tiny(data, folder, 1));
    refuses(
        1,
        "no device is called 'tpu'",
        new ArrayList<>(List.of("train", "--data", data, "--device", "tpu")));
    assertThat(out).doesNotExist();
  }

  /** A child process that trains; stopped by the signal, then resumed to the end. */
  private void interrupted(String signal, boolean saves) throws Exception {
    var data = text();
    int steps = 400;
    var whole = folder.resolve("whole");
    assertThat(jebena(tiny(data, whole, steps).toArray()).code()).isZero();
    var run = folder.resolve("run-" + signal);
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("dev.jebena.cli.Main");
    tiny(data, run, steps).forEach(arg -> command.add(arg.toString()));
    var log = folder.resolve("log-" + signal).toFile();
    var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    var metrics = run.resolve("metrics.jsonl");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (process.isAlive()
        && System.nanoTime() < deadline
        && !(Files.exists(metrics)
            && Files.exists(run.resolve("checkpoint"))
            && Files.readAllLines(metrics).size() > steps / 4 + 5)) {
      Thread.sleep(2);
    }
    new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    if (saves && process.exitValue() != 0) {
      assertThat(Files.readString(log.toPath())).contains("--resume " + run);
    }
    var outcome = jebena("train", "--resume", run);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(run.resolve("model.safetensors"))
        .hasSameBinaryContentAs(whole.resolve("model.safetensors"));
    assertThat(Files.readAllLines(metrics)).hasSize(steps);
  }

  @Test
  void controlCSavesAndResumeGoesOnBitForBit() throws Exception {
    interrupted("INT", true);
  }

  @Test
  void killLeavesTheLastCheckpointAndResumeGoesOnBitForBit() throws Exception {
    interrupted("KILL", false);
  }
}
