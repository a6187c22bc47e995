package dev.jebena.cli;

import dev.jebena.data.Corpus;
import dev.jebena.data.Encoding;
import dev.jebena.data.EvaluationWindows;
import dev.jebena.data.TokenData;
import dev.jebena.io.NpyFile;
import dev.jebena.model.ModelFiles;
import dev.jebena.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jebena eval}: how well a model predicts a text. */
@Command(
    name = "eval",
    addMethodSubcommands = false,
    description = "Loss, perplexity and bits per byte of a text.",
    footer = {
      "%nExamples:",
      "  jebena eval --model runs/first --data book.txt",
      "  jebena eval --model model --ids ids.npy --logits-out logits.npy --json"
    })
final class EvalCommand implements Callable<Integer> {
  /** Logits of one batch at most, in elements: 256 MiB of f32. */
  private static final long MAX_LOGITS = 1L << 26;

  @Mixin private CommonOptions common;
  @Mixin private DeviceOption device;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "A model directory or run folder.")
  private Path directory;

  @Option(
      names = "--data",
      arity = "1..*",
      paramLabel = "PATH",
      description = "Text files, folders, .zip or .jsonl.")
  private List<Path> data = List.of();

  @Option(
      names = "--ids",
      paramLabel = "FILE.npy",
      description = "Score token ids as they are: [T] or [B, T], i32 or i64.")
  private Path ids;

  @Option(
      names = "--logits-out",
      paramLabel = "FILE.npy",
      description = "With --ids: write the f32 logits, [T, V] or [B, T, V].")
  private Path logitsOut;

  @Option(
      names = "--context",
      paramLabel = "T",
      description = "With --data: tokens of a window (default: all that the model can see).")
  private Integer context;

  /** What was found; {@code bitsPerByte} is null where no text is known. */
  private record Score(double loss, Double bitsPerByte, long tokens, double seconds) {}

  @Override
  public Integer call() throws IOException {
    if (data.isEmpty() == (ids == null)) {
      throw common.wrongUsage("name what to score: --data PATH... or --ids FILE.npy");
    }
    if (logitsOut != null && ids == null) {
      throw common.wrongUsage("--logits-out goes with --ids");
    }
    if (context != null && (context < 1 || ids != null)) {
      throw common.wrongUsage(
          context < 1 ? "--context " + context + " must be above 0" : "--context goes with --data");
    }
    var score = device.call(common, () -> ids == null ? scoreText() : scoreIds());
    if (common.json()) {
      printJson(score);
    } else {
      print(score);
    }
    return 0;
  }

  private Score scoreText() throws IOException {
    var config = ModelFiles.readConfig(directory);
    int length = context == null ? config.contextLength() : context;
    if (length > config.contextLength()) {
      throw common.wrongUsage(
          "--context " + length + " is more than the model's " + config.contextLength());
    }
    var tokenizer = ModelFiles.loadTokenizer(directory);
    int threads = Runtime.getRuntime().availableProcessors();
    try (var tokens = TokenData.encode(Corpus.of(data), Encoding.of(tokenizer), threads)) {
      var model = ModelFiles.map(directory);
      long row = (long) length * config.vocabularySize();
      int batch = Math.clamp(MAX_LOGITS / row, 1, 16);
      var windows = new EvaluationWindows(tokens, batch, length);
      long start = System.nanoTime();
      double nats = Trainer.totalNats(model, windows);
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Score(
          nats / windows.targets(), windows.bitsPerByte(nats), windows.targets(), seconds);
    }
  }

  private Score scoreIds() throws IOException {
    var rows = IdRows.of(ids, NpyFile.read(ids));
    var model = ModelFiles.map(directory);
    rows.check(model.config());
    long start = System.nanoTime();
    var scored = rows.score(model, logitsOut != null);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (logitsOut != null) {
      NpyFile.write(logitsOut, scored.logits());
    }
    return new Score(scored.nats() / rows.targets(), null, rows.targets(), seconds);
  }

  private void printJson(Score score) {
    var values = new LinkedHashMap<String, Object>();
    values.put("loss", score.loss());
    values.put("perplexity", Math.exp(score.loss()));
    values.put("bits_per_byte", score.bitsPerByte());
    values.put("tokens", score.tokens());
    values.put("seconds", score.seconds());
    common.printJson(values);
  }

  private void print(Score score) {
    var out = common.out();
    out.println(String.format(Locale.ROOT, "loss           %.4f nats a token", score.loss()));
    out.println(String.format(Locale.ROOT, "perplexity     %.2f", Math.exp(score.loss())));
    if (score.bitsPerByte() != null) {
      out.println(String.format(Locale.ROOT, "bits per byte  %.4f", score.bitsPerByte()));
    }
    out.println(
        String.format(
            Locale.ROOT,
            "tokens         %,d in %s (%.0f tokens/s)",
            score.tokens(),
            Quantity.seconds(score.seconds()),
            score.tokens() / score.seconds()));
    out.flush();
  }
}
