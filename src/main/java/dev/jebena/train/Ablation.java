package dev.jebena.train;

import dev.jebena.data.BatchLoader;
import dev.jebena.data.EvaluationWindows;
import dev.jebena.memory.Scope;
import dev.jebena.model.Accounting;
import dev.jebena.model.Initialisation;
import dev.jebena.model.TransformerConfig;
import dev.jebena.tensor.Context;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * Choices of an architecture measured against each other: small models of equal size on equal data,
 * with several seeds each, since one run says nothing of the spread.
 *
 * @param questions such as {@code norm}; their first answer is the base
 * @param data texts; none for the sources of the running JDK
 * @param tokenizer as in {@link TrainRequest}
 * @param seeds runs of each variant
 * @param minutes for everything; null where steps decide
 * @param steps of each run; null where time decides
 * @param out folder of the results, gone on with where it holds some; null for a new one
 */
public record Ablation(
    List<String> questions,
    List<Path> data,
    String tokenizer,
    int seeds,
    Double minutes,
    Long steps,
    Path out) {
  private static final int CONTEXT = 64;
  private static final int BATCH = 12;
  private static final int VOCABULARY = 1024;
  private static final double RATE = 2e-3;
  private static final long HELD_OUT = 96 << 10;

  /** Points of a curve, where there are as many steps. */
  static final int POINTS = 60;

  /**
   * One answer.
   *
   * @param losses held-out loss of each seed, in nats a token; infinite where training came to
   *     numbers that are none
   * @param curve smoothed training loss of the first seed, at equal distances
   */
  public record Result(
      String question, String variant, long parameters, List<Double> losses, List<Double> curve) {
    /** Of the losses. */
    public double mean() {
      return losses.stream().mapToDouble(l -> l).average().orElse(Double.NaN);
    }

    /** Standard deviation of the losses over seeds; NaN for one seed. */
    public double deviation() {
      double mean = mean();
      double sum = losses.stream().mapToDouble(l -> (l - mean) * (l - mean)).sum();
      return Math.sqrt(sum / (losses.size() - 1));
    }
  }

  /**
   * How far it came.
   *
   * @param results of variants all of whose seeds were trained
   * @param trained models that are done, those of before among them
   * @param models that were asked for
   */
  public record Outcome(Path folder, List<Result> results, int trained, int models) {
    /** Whether it was stopped on the way. */
    public boolean stopped() {
      return trained < models;
    }
  }

  /** A model to be trained; equal configurations under several names are one. */
  private record Variant(String question, String name, TransformerConfig config) {}

  /**
   * Trains everything that {@code out} does not hold yet, and writes {@code ablation.md}, {@code
   * ablation.json}, {@code runs.json} and a picture a question after each model.
   *
   * @param say told what happens
   * @param stopAsked looked at between steps; the model that is being trained is then lost, those
   *     before it are kept
   * @throws TrainException where the folder holds an ablation with other options
   */
  public Outcome run(Consumer<String> say, BooleanSupplier stopAsked) {
    long begin = System.nanoTime();
    questions.forEach(AblationVariants::require); // before anything is made or read
    var folder = AblationFolder.open(out);
    int threads = Runtime.getRuntime().availableProcessors();
    var text =
        TrainingData.prepare(data, tokenizer, VOCABULARY, CONTEXT, HELD_OUT, 1, threads, say);
    var base = TransformerConfig.of(text.tokenizer().vocabularySize(), CONTEXT, 128, 4, 4, 344);
    var variants = new ArrayList<Variant>();
    for (var question : questions) {
      AblationVariants.of(question, base)
          .forEach((name, config) -> variants.add(new Variant(question, name, config)));
    }
    // the first answers are the base: equal configurations give equal bits and are trained once
    var distinct = new LinkedHashMap<TransformerConfig, Variant>();
    variants.forEach(variant -> distinct.putIfAbsent(variant.config, variant));
    int models = seeds * distinct.size();
    var asked = asked(checkSum(text));
    var plan = folder.begun(asked);
    if (plan == null) {
      plan = asked.withEach(steps != null ? steps : affordable(text, base, models, begin));
      if (stopAsked.getAsBoolean()) { // the speed may have been measured badly
        return new Outcome(folder.path(), List.of(), 0, models);
      }
      folder.begin(plan);
    }
    var runs = new ArrayList<>(folder.runs());
    say.accept("%d runs of %d steps in %s".formatted(models, plan.each(), folder.path()));
    if (!runs.isEmpty()) {
      say.accept("%d of them are done".formatted(runs.size()));
    }
    for (var variant : distinct.values()) {
      for (int seed = 1; seed <= seeds; seed++) {
        if (find(runs, variant, seed) != null) {
          continue;
        }
        var run = train(variant, text, seed, plan.each(), say, stopAsked);
        if (run == null) {
          return new Outcome(folder.path(), results(variants, distinct, runs), runs.size(), models);
        }
        runs.add(run);
        var results = results(variants, distinct, runs);
        folder.write(runs, results, variants.size(), plan.each());
        say.accept(
            "%d of %d: %s, %s, seed %d: %.4f"
                .formatted(runs.size(), models, run.question(), run.variant(), seed, run.loss()));
      }
    }
    return new Outcome(folder.path(), results(variants, distinct, runs), runs.size(), models);
  }

  private AblationFolder.Plan asked(long text) {
    return new AblationFolder.Plan(
        questions,
        data.stream().map(Path::toString).toList(),
        tokenizer,
        seeds,
        steps == null ? minutes : null,
        steps,
        Context.current().device().name(),
        text,
        0);
  }

  private static long checkSum(TrainingData.Prepared text) {
    var sum = new CRC32();
    for (var tokens : List.of(text.train(), text.heldOut())) {
      for (long i = 0; i < tokens.count(); i++) {
        int id = tokens.get(i);
        sum.update(id);
        sum.update(id >> 8);
        sum.update(id >> 16);
      }
    }
    return sum.getValue();
  }

  private static AblationFolder.Run find(List<AblationFolder.Run> runs, Variant variant, int seed) {
    return runs.stream()
        .filter(run -> run.is(variant.question, variant.name, seed))
        .findFirst()
        .orElse(null);
  }

  /** Of the variants all of whose seeds are there. */
  private List<Result> results(
      List<Variant> variants,
      Map<TransformerConfig, Variant> distinct,
      List<AblationFolder.Run> runs) {
    var results = new ArrayList<Result>();
    for (var variant : variants) {
      var those = new ArrayList<AblationFolder.Run>();
      for (int seed = 1; seed <= seeds; seed++) {
        var run = find(runs, distinct.get(variant.config), seed);
        if (run != null) {
          those.add(run);
        }
      }
      if (those.size() == seeds) {
        results.add(
            new Result(
                variant.question,
                variant.name,
                Accounting.of(variant.config, CONTEXT).parameters(),
                those.stream().map(AblationFolder.Run::loss).toList(),
                those.getFirst().curve()));
      }
    }
    return results;
  }

  /** One model; null where it was asked to stop. */
  private static AblationFolder.Run train(
      Variant variant,
      TrainingData.Prepared text,
      int seed,
      long steps,
      Consumer<String> say,
      BooleanSupplier stopAsked) {
    try (var _ = Scope.open()) {
      var trainer = trainer(variant.config, text, seed, steps);
      var smooth = new SmoothedLoss(0.95);
      var curve = new ArrayList<Double>();
      for (long step = 0; step < steps; step++) {
        if (stopAsked.getAsBoolean()) {
          return null;
        }
        double loss;
        try {
          loss = smooth.add(trainer.step().loss());
        } catch (TrainException e) { // numbers that are none: an answer too
          say.accept("%s, %s: %s".formatted(variant.question, variant.name, e.getMessage()));
          return new AblationFolder.Run(
              variant.question, variant.name, seed, Double.POSITIVE_INFINITY, curve);
        }
        if (step * POINTS / steps != (step + 1) * POINTS / steps) {
          curve.add(loss);
        }
      }
      var windows = new EvaluationWindows(text.heldOut(), 16, CONTEXT);
      double loss = Trainer.totalNats(trainer.model(), windows) / windows.targets();
      return new AblationFolder.Run(variant.question, variant.name, seed, loss, curve);
    }
  }

  private static Trainer trainer(
      TransformerConfig config, TrainingData.Prepared text, long seed, long steps) {
    var model = Initialisation.model(config, seed);
    var how = Optimisation.DEFAULT;
    return new Trainer(
        model,
        how.optimizer(model, 0.1),
        new BatchLoader(text.train(), BATCH, CONTEXT, seed),
        how.learningRate(RATE, Math.max(1, steps / 20), steps, 0.1),
        new Trainer.Recipe(1, 1));
  }

  /** Steps of each run in the time there is, by the speed of the base. */
  private long affordable(
      TrainingData.Prepared text, TransformerConfig base, long runs, long begin) {
    try (var _ = Scope.open()) {
      var trainer = trainer(base, text, 1, 1000);
      long until = System.nanoTime() + (long) Math.min(15e9, minutes * 6e9);
      long count = 0;
      long half = System.nanoTime();
      do {
        trainer.step();
        if (++count == 20) { // the compiler has not finished before
          half = System.nanoTime();
        }
      } while (System.nanoTime() < until || count < 40);
      double step = (System.nanoTime() - half) / 1e9 / (count - 20);
      double left = 0.9 * minutes * 60 - (System.nanoTime() - begin) / 1e9;
      return Math.max(20, (long) (left / runs / step));
    }
  }
}
