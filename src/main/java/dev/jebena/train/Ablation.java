package dev.jebena.train;

import dev.jebena.data.BatchLoader;
import dev.jebena.data.EvaluationWindows;
import dev.jebena.memory.Scope;
import dev.jebena.model.Accounting;
import dev.jebena.model.Initialisation;
import dev.jebena.model.TransformerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

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
  private static final int POINTS = 60;

  /**
   * One answer.
   *
   * @param losses held-out loss of each seed, in nats a token
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
   * Trains everything and writes {@code ablation.md}, {@code ablation.json} and a picture a
   * question.
   *
   * @param say told what happens
   */
  public List<Result> run(Consumer<String> say) {
    long begin = System.nanoTime();
    questions.forEach(AblationVariants::require); // before anything is made or read
    var folder = RunFolder.create(out);
    int threads = Runtime.getRuntime().availableProcessors();
    var text =
        TrainingData.prepare(data, tokenizer, VOCABULARY, CONTEXT, HELD_OUT, 1, threads, say);
    var base = TransformerConfig.of(text.tokenizer().vocabularySize(), CONTEXT, 128, 4, 4, 344);
    var variants = new LinkedHashMap<String, Map<String, TransformerConfig>>();
    questions.forEach(question -> variants.put(question, AblationVariants.of(question, base)));
    // the first answers are the base: equal configurations give equal bits and are trained once
    var distinct = new LinkedHashMap<TransformerConfig, Trained>();
    variants.values().forEach(v -> v.values().forEach(config -> distinct.put(config, null)));
    long runs = (long) seeds * distinct.size();
    long each = steps != null ? steps : affordable(text, base, runs, begin);
    say.accept("%d runs of %d steps".formatted(runs, each));
    var results = new ArrayList<Result>();
    variants.forEach((question, configs) ->
        configs.forEach((name, config) -> {
          var trained = distinct.computeIfAbsent(config, c -> trained(c, text, each));
          long parameters = Accounting.of(config, CONTEXT).parameters();
          var result = new Result(question, name, parameters, trained.losses, trained.curve);
          results.add(result);
          say.accept("%s, %s: %.4f".formatted(question, name, result.mean()));
        }));
    write(folder.path(), results, each);
    return results;
  }

  /** What all seeds of a configuration came to. */
  private record Trained(List<Double> losses, List<Double> curve) {}

  private Trained trained(TransformerConfig config, TrainingData.Prepared text, long each) {
    var losses = new ArrayList<Double>();
    List<Double> curve = List.of();
    for (int seed = 1; seed <= seeds; seed++) {
      var points = new ArrayList<Double>();
      losses.add(train(config, text, seed, each, points));
      curve = seed == 1 ? points : curve;
    }
    return new Trained(losses, curve);
  }

  /** The held-out loss in the end. */
  private static double train(
      TransformerConfig config,
      TrainingData.Prepared text,
      long seed,
      long steps,
      List<Double> curve) {
    try (var _ = Scope.open()) {
      var trainer = trainer(config, text, seed, steps);
      var smooth = new SmoothedLoss(0.95);
      for (long step = 0; step < steps; step++) {
        double loss = smooth.add(trainer.step().loss());
        if (step * POINTS / steps != (step + 1) * POINTS / steps) {
          curve.add(loss);
        }
      }
      var windows = new EvaluationWindows(text.heldOut(), 16, CONTEXT);
      return Trainer.totalNats(trainer.model(), windows) / windows.targets();
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

  private static void write(Path folder, List<Result> results, long steps) {
    try {
      var report = AblationReport.markdown(results, steps);
      dev.jebena.io.AtomicFiles.writeString(folder.resolve("ablation.md"), report);
      RunFolder.writeJson(folder.resolve("ablation.json"), results);
      for (var question : results.stream().map(Result::question).distinct().toList()) {
        var those = results.stream().filter(r -> r.question().equals(question)).toList();
        dev.jebena.io.AtomicFiles.writeString(
            folder.resolve(question + ".svg"), AblationReport.svg(question, those, steps));
      }
    } catch (IOException e) {
      throw new TrainException("cannot write to " + folder + ": " + RunFolder.reason(e), e);
    }
  }
}
