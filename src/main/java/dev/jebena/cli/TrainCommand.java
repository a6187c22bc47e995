package dev.jebena.cli;

import dev.jebena.kernel.cpu.MachinePeak;
import dev.jebena.model.Presets;
import dev.jebena.tensor.Devices;
import dev.jebena.train.LiveLine;
import dev.jebena.train.Optimisation;
import dev.jebena.train.StopSignal;
import dev.jebena.train.TrainJob;
import dev.jebena.train.TrainRequest;
import dev.jebena.train.TrainResult;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jebena train}: the main job. */
@Command(
    name = "train",
    addMethodSubcommands = false,
    description =
        "Learn a language model from text; without arguments, Java from the JDK's sources.",
    footer = {
      "%nExamples:",
      "  jebena train                                 five minutes of Java",
      "  jebena train --data book.txt --minutes 10    your own text",
      "  jebena train --resume runs/latest            go on after Ctrl-C"
    })
final class TrainCommand implements Callable<Integer> {
  /** A byte each, and the end of a text. */
  private static final int SMALLEST_VOCABULARY = 257;

  @Mixin private CommonOptions common;

  @Option(
      names = "--data",
      arity = "1..*",
      paramLabel = "PATH",
      description = "Text files, folders, .zip or .jsonl (default: the sources of this JDK).")
  private List<Path> data = List.of();

  @Option(names = "--minutes", paramLabel = "M", description = "Time for everything (default: 5).")
  private Double minutes;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps in all; without --minutes there is no time limit.")
  private Long steps;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the run (default: runs/DATE-TIME, and runs/latest points there).")
  private Path out;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = "Go on with a run exactly where it stopped.")
  private Path resume;

  @Option(names = "--model", paramLabel = "DIR", description = "Go on training a model.")
  private Path model;

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR|char",
      description = "A folder with a tokenizer, or char (default: learn byte-level BPE).")
  private String tokenizer;

  @Option(
      names = "--vocab-size",
      paramLabel = "N",
      description = "Tokens of the vocabulary to learn (default: ${DEFAULT-VALUE}).",
      defaultValue = "4096")
  private int vocabularySize;

  @Option(
      names = "--depth",
      paramLabel = "N",
      description = "Layers; width, heads, and learning rate follow (default: 3).")
  private Integer depth;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "A configuration by name instead, such as 22.7M.")
  private String preset;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "An architecture in the form of a config.json instead; its vocabulary is ours.")
  private Path configFile;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description = "Of embeddings and of what blocks add, while training (default: the preset's).")
  private Double dropout;

  @Option(
      names = "--attention-dropout",
      paramLabel = "P",
      description = "Of the weights that queries give to keys (default: the preset's).")
  private Double attentionDropout;

  @Option(
      names = "--z-loss",
      paramLabel = "W",
      description = "Weight of (log sum of e^logits)^2 in the loss (default: the preset's).")
  private Double zLoss;

  @Option(
      names = "--context",
      paramLabel = "T",
      description = "Tokens that a model by depth can see (default: ${DEFAULT-VALUE}).",
      defaultValue = "256")
  private int contextLength;

  @Option(names = "--batch", paramLabel = "B", description = "Sequences a micro-batch.")
  private Integer batchSize;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      description = "Micro-batches whose gradients make a step (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int accumulation;

  @Option(names = "--lr", paramLabel = "RATE", description = "Learning rate at its peak.")
  private Double learningRate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Same seed, same model (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private long seed;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "Where to compute (default: ${DEFAULT-VALUE}).",
      defaultValue = "cpu")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description = "Arithmetic of training: fp32 is what there is.",
      defaultValue = "fp32")
  private String precision;

  @Option(
      names = "--profile",
      description =
          "Print the time of each operation and write trace.json, for chrome://tracing, into the"
              + " run's folder.")
  private boolean profile;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description =
          "adamw, adam, sgd, lion, adafactor, or muon for hidden matrices with AdamW for the rest"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "adamw")
  private String optimizer;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description =
          "How the learning rate falls: cosine, linear, wsd (a plateau first) or inverse-sqrt"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "cosine")
  private String schedule;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      description = "Steps over which the learning rate rises (default: a twentieth).",
      defaultValue = "0")
  private long warmup;

  @Option(
      names = "--final-lr",
      paramLabel = "SHARE",
      description = "Share of the peak that is left at the end (default: 0.05).")
  private Double finalLearningRate;

  @Option(
      names = "--weight-decay",
      paramLabel = "D",
      description = "Of matrices and embeddings (default: 0.1).")
  private Double weightDecay;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description = "What the norm of all gradients is cut to (default: 1).")
  private Double clipNorm;

  @Option(
      names = "--beta1",
      paramLabel = "B",
      description = "Adam's, or SGD's momentum (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.9")
  private double beta1;

  @Option(
      names = "--beta2",
      paramLabel = "B",
      description = "Adam's (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.95")
  private double beta2;

  @Option(
      names = "--average",
      paramLabel = "DECAY",
      description = "Evaluate and save an average of weights, with 0.999 of about 1000 steps.",
      defaultValue = "0")
  private double average;

  @Option(
      names = "--ramp",
      paramLabel = "N",
      description = "With --accumulate: grow from one micro-batch to all over N steps.",
      defaultValue = "0")
  private long ramp;

  @Option(
      names = "--skip-spikes",
      paramLabel = "K",
      description = "Learn nothing from losses K deviations above their mean; 6 is usual.",
      defaultValue = "0")
  private double spike;

  @Option(
      names = "--layers-every",
      paramLabel = "N",
      description = "Norms of activations, gradients and updates by layer, each N steps.",
      defaultValue = "0")
  private long layersEvery;

  @Override
  public Integer call() {
    check();
    int threads = Runtime.getRuntime().availableProcessors();
    boolean cpu = Devices.get(device).name().equals("cpu");
    try (var stop = new StopSignal()) {
      report(train(threads, cpu, stop));
    }
    return 0;
  }

  private TrainResult train(int threads, boolean cpu, StopSignal stop) {
    try (var line = LiveLine.onStderr()) {
      if (cpu) {
        KernelHealth.complaint().ifPresent(text -> line.message("WARNING: " + text));
      }
      double peak = cpu ? MachinePeak.fmaGflops(threads) : Double.NaN;
      var job = new TrainJob(line, peak, threads, stop::isAsked, profile);
      return resume != null ? job.resume(resume) : job.start(request());
    }
  }

  private TrainRequest request() {
    return new TrainRequest(
        data,
        tokenizer,
        vocabularySize,
        preset != null ? preset : "depth-" + (depth == null ? 3 : depth),
        configFile,
        dropout,
        attentionDropout,
        zLoss,
        contextLength,
        batchSize,
        accumulation,
        learningRate,
        weightDecay,
        finalLearningRate,
        clipNorm,
        optimisation(),
        model,
        steps,
        minutes,
        out,
        seed,
        device);
  }

  private Optimisation optimisation() {
    return new Optimisation(
        choice("--optimizer", Optimisation.Rule.class, optimizer),
        choice("--schedule", Optimisation.Schedule.class, schedule),
        warmup,
        beta1,
        beta2,
        average,
        1,
        ramp,
        spike,
        layersEvery);
  }

  private <E extends Enum<E>> E choice(String option, Class<E> type, String name) {
    for (var constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(name.replace('-', '_'))) {
        return constant;
      }
    }
    var names =
        java.util.Arrays.stream(type.getEnumConstants())
            .map(constant -> constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
            .collect(java.util.stream.Collectors.joining(", "));
    throw common.wrongUsage(option + " " + name + " is none of " + names);
  }

  private void check() {
    if (warmup < 0 || ramp < 0 || layersEvery < 0 || !(spike >= 0)) {
      throw common.wrongUsage("--warmup, --ramp, --skip-spikes and --layers-every are 0 or more");
    }
    if (!(average >= 0 && average < 1)
        || !(beta1 >= 0 && beta1 < 1)
        || !(beta2 >= 0 && beta2 < 1)) {
      throw common.wrongUsage("--average, --beta1 and --beta2 are from 0 to below 1");
    }
    if (clipNorm != null && !(clipNorm > 0) || zLoss != null && !(zLoss >= 0)) {
      throw common.wrongUsage("--clip is above 0, --z-loss 0 or more");
    }
    if (weightDecay != null && !(weightDecay >= 0)
        || finalLearningRate != null && !(finalLearningRate >= 0 && finalLearningRate <= 1)) {
      throw common.wrongUsage("--weight-decay is 0 or more, --final-lr from 0 to 1");
    }
    if (resume != null && (!data.isEmpty() || model != null || out != null || steps != null)) {
      throw common.wrongUsage(
          "--resume goes on with a run as it was begun: it takes no --data, --model, --out or"
              + " --steps");
    }
    if (preset != null && depth != null) {
      throw common.wrongUsage("--preset and --depth exclude each other");
    }
    if (model != null && (preset != null || depth != null || tokenizer != null)) {
      throw common.wrongUsage("--model brings its own configuration and tokenizer");
    }
    if (steps != null && steps < 1) {
      throw common.wrongUsage("--steps " + steps + ": at least one step is needed");
    }
    if (minutes != null && !(minutes > 0 && minutes < 1e6)) {
      throw common.wrongUsage("--minutes " + minutes + " is no time to learn in");
    }
    if (vocabularySize < SMALLEST_VOCABULARY && tokenizer == null && model == null) {
      throw common.wrongUsage(
          "--vocab-size %d is too small: 256 bytes and <|endoftext|> need at least %d"
              .formatted(vocabularySize, SMALLEST_VOCABULARY));
    }
    if (contextLength < 2) {
      throw common.wrongUsage("--context " + contextLength + ": at least 2 tokens are needed");
    }
    if (batchSize != null && batchSize < 1 || accumulation < 1) {
      throw common.wrongUsage("--batch and --accumulate are 1 or more");
    }
    if (learningRate != null && !(learningRate > 0 && learningRate < 10)) {
      throw common.wrongUsage("--lr " + learningRate + " is not a learning rate above 0");
    }
    if (configFile != null && (preset != null || depth != null || model != null)) {
      throw common.wrongUsage("--config goes without --preset, --depth and --model");
    }
    for (var p : new Double[] {dropout, attentionDropout}) {
      if (p != null && !(p >= 0 && p < 1)) {
        throw common.wrongUsage("--dropout and --attention-dropout are from 0 to below 1");
      }
    }
    if (!precision.equals("fp32")) {
      throw common.wrongUsage("--precision " + precision + " is not supported; fp32 is");
    }
    if (resume == null && model == null) {
      try {
        Presets.get(
            request().preset(), Math.max(SMALLEST_VOCABULARY, vocabularySize), contextLength);
      } catch (IllegalArgumentException e) {
        throw common.wrongUsage(e.getMessage());
      }
    }
  }

  private void report(TrainResult r) {
    if (r.profile() != null) {
      common.err().print(r.profile());
      common.err().flush();
    }
    if (common.json()) {
      var values = new LinkedHashMap<String, Object>();
      values.put("run", r.run().toString());
      values.put("steps", r.steps());
      values.put("tokens", r.tokens());
      values.put("seconds", r.seconds());
      values.put("tokens_per_second", r.tokensPerSecond());
      values.put("gflops", r.gflops());
      values.put("train_loss", r.trainLoss());
      values.put("val_loss", r.valLoss());
      values.put("val_bits_per_byte", r.valBitsPerByte());
      values.put("gzip_bits_per_byte", r.gzipBitsPerByte());
      values.put("peak_rss_bytes", r.peakRssBytes() == 0 ? null : r.peakRssBytes());
      values.put("parameters", r.parameters());
      common.printJson(values);
      return;
    }
    var out = common.out();
    if (r.stopped()) {
      out.println(
          "stopped after step %,d of %,d and saved; go on with: ./jebena train --resume %s"
              .formatted(r.steps(), r.totalSteps(), r.run()));
      out.flush();
      return;
    }
    for (var sample : r.completions()) {
      out.println("─".repeat(72));
      out.println(sample.prompt() + "▸" + sample.completion());
    }
    out.println("─".repeat(72));
    out.println(
        "held-out text: %.3f bits per byte; gzip -9 needs %.3f"
            .formatted(r.valBitsPerByte(), r.gzipBitsPerByte()));
    out.println("run folder: " + r.run() + " (open report.html there)");
    out.println("let it speak: ./jebena generate --model " + r.run() + " --prompt \"…\"");
    out.flush();
  }
}
