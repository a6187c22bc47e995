package dev.jebena.train;

import dev.jebena.autograd.Profiler;
import dev.jebena.data.BatchLoader;
import dev.jebena.data.EvaluationWindows;
import dev.jebena.data.TokenData;
import dev.jebena.infer.PromptEnd;
import dev.jebena.infer.Sampler;
import dev.jebena.infer.TextGenerator;
import dev.jebena.io.AtomicFiles;
import dev.jebena.model.Accounting;
import dev.jebena.model.Initialisation;
import dev.jebena.model.ModelFiles;
import dev.jebena.model.Presets;
import dev.jebena.model.Transformer;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tokenizer.Tokenizer;
import dev.jebena.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A whole run as a user sees it: prepare, calibrate, learn, save, speak, report. */
public final class TrainJob {
  private static final double DEFAULT_MINUTES = 5;
  private static final double WEIGHT_DECAY = 0.1;
  private static final List<String> JAVA_PROMPTS =
      List.of("public static ", "/**\n * Returns ", "import java.util.");

  private final long begin = System.nanoTime();
  private final LiveLine line;
  private final double peakGflops;
  private final int threads;
  private final BooleanSupplier stopAsked;
  private final boolean profiling;
  private Profiler profiler;

  /** Everything that a run holds while it learns. */
  private record Session(
      RunFolder run,
      TrainSettings settings,
      Tokenizer tokenizer,
      Trainer trainer,
      EvaluationWindows heldOut,
      double gzipBitsPerByte) {}

  /**
   * @param line where the user reads how it goes
   * @param peakGflops what the machine reached when measured, or NaN
   * @param threads for reading and encoding texts
   * @param stopAsked asked after each step: a run that is to stop saves itself first
   * @param profiling whether kernels are timed; the trace is {@code trace.json} in the run's folder
   */
  public TrainJob(
      LiveLine line, double peakGflops, int threads, BooleanSupplier stopAsked, boolean profiling) {
    this.line = line;
    this.peakGflops = peakGflops;
    this.threads = threads;
    this.stopAsked = stopAsked;
    this.profiling = profiling;
  }

  /**
   * Begins a run and carries it through.
   *
   * @throws TrainException and other one-line errors for what cannot be done
   */
  public TrainResult start(TrainRequest request) {
    return onDevice(request.device(), () -> learn(prepare(request)));
  }

  /** Goes on with a run from its last checkpoint, exactly as if it had not stopped. */
  public TrainResult resume(Path folder) {
    var run = RunFolder.existing(folder);
    var settings = RunFolder.readJson(run.settingsFile(), StoredRun.class);
    return onDevice(settings.settings().device(), () -> learn(reopen(run, settings)));
  }

  private TrainResult onDevice(String device, Supplier<TrainResult> job) {
    if (!profiling) {
      return Context.current().withDevice(Devices.get(device)).call(job);
    }
    profiler = new Profiler(Devices.get(device));
    return profiler.call(job);
  }

  /** What {@code settings.json} holds. */
  record StoredRun(TrainSettings settings, double gzipBitsPerByte) {}

  // ---------------------------------------------------------------- preparation

  private Session prepare(TrainRequest request) {
    // what is wrong with the request itself should show before anything is made or read
    var model = request.model() == null ? null : load(request.model());
    var known = model == null ? preset(request, request.vocabularySize()).model() : model.config();
    var run = RunFolder.create(request.out());
    try {
      return prepare(request, model, known.contextLength(), run);
    } catch (RuntimeException e) {
      run.removeIfEmpty();
      throw e;
    }
  }

  private Session prepare(TrainRequest request, Transformer model, int context, RunFolder run) {
    line.message("run folder: " + run.path());
    double minutes =
        request.minutes() != null || request.steps() != null
            ? request.minutes() == null ? Double.POSITIVE_INFINITY : request.minutes()
            : DEFAULT_MINUTES;
    var data =
        TrainingData.prepare(
            request.data(),
            request.model() == null ? request.tokenizer() : request.model().toString(),
            request.vocabularySize(),
            context,
            heldOutBytes(minutes),
            request.seed(),
            threads,
            line::message);
    int vocabulary = data.tokenizer().vocabularySize();
    if (model != null && model.config().vocabularySize() < vocabulary) {
      throw new TrainException(
          "the tokenizer of "
              + request.model()
              + " has "
              + vocabulary
              + " tokens, its model only "
              + model.config().vocabularySize());
    }
    var preset = model == null ? preset(request, vocabulary) : null;
    var fresh =
        model == null
            ? Initialisation.model(preset.model().withVocabularySize(vocabulary), request.seed())
            : model;
    var settings = settings(request, fresh, preset).withSteps(1);
    var heldOut = new EvaluationWindows(data.heldOut(), settings.batchSize(), context);
    settings = settings.withSteps(steps(request, minutes, fresh, settings, data.train(), heldOut));
    data.train().write(run.trainTokens());
    data.heldOut().write(run.heldOutTokens());
    store(run, settings, data);
    var session =
        new Session(
            run,
            settings,
            data.tokenizer(),
            trainer(fresh, settings, data.train()),
            heldOut,
            data.gzipBitsPerByte());
    line.message(
        "model: %,d parameters, %d layers of width %d, context %d; %,d steps of %,d tokens"
            .formatted(
                fresh.parameterCount(),
                settings.model().layers(),
                settings.model().dModel(),
                context,
                settings.steps(),
                settings.tokensPerStep()));
    return session;
  }

  private static Presets.Preset preset(TrainRequest request, int vocabulary) {
    return Presets.get(request.preset(), vocabulary, request.contextLength());
  }

  private static TrainSettings settings(
      TrainRequest request, Transformer model, Presets.Preset preset) {
    int batch = preset == null ? 16 : preset.batchSize();
    double rate = preset == null ? 1e-4 : preset.learningRate();
    return new TrainSettings(
        request.data().stream().map(Path::toString).toList(),
        model.config(),
        request.batchSize() == null ? batch : request.batchSize(),
        request.accumulation(),
        1,
        1,
        request.learningRate() == null ? rate : request.learningRate(),
        request.finalLearningRate() == null ? 0.05 : request.finalLearningRate(),
        request.weightDecay() == null ? WEIGHT_DECAY : request.weightDecay(),
        1,
        1,
        1,
        request.seed(),
        request.device(),
        request.optimisation());
  }

  /** Enough text for a steady number, little enough to be measured often. */
  private static long heldOutBytes(double minutes) {
    return (long) Math.clamp(minutes * (16 << 10), 96 << 10, 1 << 20);
  }

  private static Transformer load(Path folder) {
    try {
      return ModelFiles.load(folder);
    } catch (IOException e) {
      throw new TrainException("cannot read the model " + folder + ": " + RunFolder.reason(e), e);
    }
  }

  private static void store(RunFolder run, TrainSettings settings, TrainingData.Prepared data) {
    try {
      RunFolder.writeJson(run.settingsFile(), new StoredRun(settings, data.gzipBitsPerByte()));
      TokenizerFiles.save(data.tokenizer(), run.path());
    } catch (IOException e) {
      throw new TrainException("cannot write to " + run.path() + ": " + RunFolder.reason(e), e);
    }
  }

  private static Trainer trainer(Transformer model, TrainSettings s, TokenData tokens) {
    return new Trainer(
        model,
        s.optimisation().optimizer(model, s.weightDecay()),
        new BatchLoader(tokens, s.batchSize(), s.model().contextLength(), s.seed()),
        s.optimisation()
            .learningRate(s.learningRate(), s.warmup(), s.steps(), s.finalLearningRate()),
        new Trainer.Recipe(s.accumulation(), s.clipNorm(), s.optimisation()));
  }

  /** Steps asked for, or as many as fit in the time: measured on a copy that is thrown away. */
  private long steps(
      TrainRequest request,
      double minutes,
      Transformer model,
      TrainSettings settings,
      TokenData tokens,
      EvaluationWindows heldOut) {
    long wanted = request.steps() == null ? Long.MAX_VALUE : request.steps();
    if (wanted < 1) {
      throw new TrainException("--steps " + wanted + ": at least one step is needed");
    }
    if (minutes == Double.POSITIVE_INFINITY) {
      return wanted;
    }
    line.message("measuring the speed of a step");
    var copy = Initialisation.model(model.config(), settings.seed());
    var trainer = trainer(copy, settings, tokens);
    // the compiler needs some ten seconds until a step is as fast as it will be
    double limit = Math.min(15, minutes * 60 * 0.15);
    long start = System.nanoTime();
    var times = new ArrayList<Double>();
    do {
      long before = System.nanoTime();
      trainer.step();
      times.add((System.nanoTime() - before) / 1e9);
    } while (seconds(start) < limit || times.size() < 3);
    var late = times.subList(3 * times.size() / 4, times.size()).stream().sorted().toList();
    double step = late.get(late.size() / 2);
    // a held-out token costs a third of a learned one; it is read 11 times
    double evaluation = 11.0 * heldOut.targets() / settings.tokensPerStep() * step / 3;
    double left = minutes * 60 - seconds(begin) - evaluation - 5;
    return Math.min(wanted, Math.max(1, (long) (left / step)));
  }

  private Session reopen(RunFolder run, StoredRun stored) {
    var settings = stored.settings();
    try {
      AtomicFiles.recover(run.checkpoint());
      var tokenizer = TokenizerFiles.load(run.path());
      var train = TokenData.open(run.trainTokens(), tokenizer.hash());
      var heldOut = TokenData.open(run.heldOutTokens(), tokenizer.hash());
      var trainer =
          trainer(Initialisation.model(settings.model(), settings.seed()), settings, train);
      Checkpoint.load(run.checkpoint(), trainer);
      line.message(
          "going on with "
              + run.path()
              + " from step "
              + trainer.optimizer().steps()
              + " of "
              + settings.steps());
      return new Session(
          run,
          settings,
          tokenizer,
          trainer,
          new EvaluationWindows(heldOut, settings.batchSize(), settings.model().contextLength()),
          stored.gzipBitsPerByte());
    } catch (IOException e) {
      throw new TrainException("cannot read " + run.path() + ": " + RunFolder.reason(e), e);
    }
  }

  // ---------------------------------------------------------------- learning

  private TrainResult learn(Session s) {
    var optimizer = s.trainer.optimizer();
    var pace = new Pace(s, peakGflops, begin);
    try (var metrics = Metrics.open(s.run.metrics(), optimizer.steps())) {
      TrainProgress last = null;
      double valLoss = Double.NaN;
      double valBits = Double.NaN;
      long saved = optimizer.steps();
      // what the compiler still works on is not what the rest of the run will be like
      long warm = saved + (s.settings.steps() - saved) / 4;
      while (optimizer.steps() < s.settings.steps() && !stopAsked.getAsBoolean()) {
        var learned = s.trainer.step();
        last = pace.after(learned);
        if (learned.skipped()) {
          line.message(
              "step %,d: a loss of %.3f is a spike; nothing was learned from it"
                  .formatted(learned.number(), learned.loss()));
        }
        long step = optimizer.steps();
        if (profiler != null && step == warm) {
          profiler.clear();
        }
        if (step % s.settings.evaluateEvery() == 0 || step == s.settings.steps()) {
          double nats = heldOutNats(s);
          valLoss = nats / s.heldOut.targets();
          valBits = s.heldOut.bitsPerByte(nats);
          last = last.withValidation(valLoss, valBits);
          pace.pause();
        }
        metrics.append(last, learned.layers());
        line.update(last);
        if (step % s.settings.saveEvery() == 0 || step == s.settings.steps()) {
          save(s);
          saved = step;
          pace.pause();
        }
      }
      if (saved < optimizer.steps()) {
        save(s);
      }
      boolean stopped = optimizer.steps() < s.settings.steps();
      var profile = profiler == null ? null : profile(s);
      var history = Metrics.read(s.run.metrics());
      var samples = stopped ? List.<Report.Sample>of() : completions(s);
      report(s, history, samples);
      var end = history.isEmpty() ? null : history.getLast();
      return new TrainResult(
          s.run.path(),
          optimizer.steps(),
          s.settings.steps(),
          s.settings.tokens(optimizer.steps()),
          seconds(begin),
          pace.tokensPerSecond(),
          pace.gflops(),
          end == null ? Double.NaN : end.loss(),
          lastValue(history, false),
          lastValue(history, true),
          s.gzipBitsPerByte,
          ProcessMemory.peakResidentBytes(),
          s.trainer.model().parameterCount(),
          samples,
          stopped,
          profile);
    }
  }

  /** The table; the trace goes to a file. */
  private String profile(Session s) {
    var file = s.run.path().resolve("trace.json");
    try {
      profiler.writeTrace(file);
    } catch (IOException e) {
      throw new TrainException(file + ": cannot be written: " + RunFolder.reason(e), e);
    }
    return profiler.table() + "trace: " + file + "\n";
  }

  /** Of the averaged weights, where an average is kept. */
  private static double heldOutNats(Session s) {
    var nats = new double[1];
    s.trainer.withAverage(() -> nats[0] = Trainer.totalNats(s.trainer.model(), s.heldOut));
    return nats[0];
  }

  private static double lastValue(List<TrainProgress> history, boolean bits) {
    return history.reversed().stream()
        .filter(TrainProgress::evaluated)
        .mapToDouble(p -> bits ? p.valBitsPerByte() : p.valLoss())
        .findFirst()
        .orElse(Double.NaN);
  }

  /** Speed, time and memory beside the numbers of each step. */
  private static final class Pace {
    private final Session session;
    private final double peak;
    private final double flopsPerToken;
    private final SmoothedLoss loss = new SmoothedLoss(0.95);
    private final long begin;
    private long mark = System.nanoTime();
    private double stepSeconds;
    private double learning;
    private long learned;

    Pace(Session session, double peak, long begin) {
      this.session = session;
      this.peak = peak;
      this.begin = begin;
      var config = session.settings.model();
      this.flopsPerToken = Accounting.of(config, config.contextLength()).trainingFlopsPerToken();
    }

    TrainProgress after(Trainer.Step step) {
      double took = seconds(mark);
      mark = System.nanoTime();
      stepSeconds = stepSeconds == 0 ? took : 0.9 * stepSeconds + 0.1 * took;
      learning += took;
      learned += step.tokens();
      double speed = step.tokens() / stepSeconds;
      double gflops = speed * flopsPerToken / 1e9;
      long done = step.number() + 1;
      return new TrainProgress(
          done,
          session.settings.steps(),
          session.settings.tokens(done),
          step.loss(),
          loss.add(step.loss()),
          Double.NaN,
          Double.NaN,
          session.gzipBitsPerByte,
          step.learningRate(),
          step.gradientNorm(),
          speed,
          gflops,
          gflops / peak,
          ProcessMemory.residentBytes(),
          seconds(begin),
          (session.settings.steps() - done) * stepSeconds);
    }

    /** What went on since the last step was not learning. */
    void pause() {
      mark = System.nanoTime();
    }

    double tokensPerSecond() {
      return learning == 0 ? 0 : learned / learning;
    }

    double gflops() {
      return tokensPerSecond() * flopsPerToken / 1e9;
    }
  }

  private static void save(Session s) {
    Checkpoint.save(s.run.checkpoint(), s.trainer);
    s.trainer.withAverage(() -> saveModel(s));
    s.run.markLatest();
  }

  private static void saveModel(Session s) {
    try {
      ModelFiles.save(s.run.path(), s.trainer.model(), s.tokenizer);
    } catch (IOException e) {
      throw new TrainException("cannot write to " + s.run.path() + ": " + RunFolder.reason(e), e);
    }
  }

  // ---------------------------------------------------------------- what came of it

  private static List<Report.Sample> completions(Session s) {
    var generator = new TextGenerator(s.trainer.model());
    var stop = s.tokenizer.endOfText().stream().boxed().findFirst().map(Set::of).orElse(Set.of());
    var samples = new ArrayList<Report.Sample>();
    for (var prompt : prompts(s)) {
      var end = PromptEnd.of(s.tokenizer, prompt);
      var request =
          new TextGenerator.Request(
              end.ids(), 60, new Sampler(0.7, 0, 0.95), stop, s.settings.seed(), end.first());
      var text = s.tokenizer.decode(generator.generate(request, id -> true).ids());
      samples.add(new Report.Sample(prompt, end.withoutHeldBack(text)));
    }
    return samples;
  }

  /** For Java the usual beginnings; for other texts, beginnings of three held-out passages. */
  private static List<String> prompts(Session s) {
    if (s.settings.data().isEmpty()) {
      return JAVA_PROMPTS;
    }
    var first = s.heldOut.iterator().next().inputs();
    var prompts = new ArrayList<String>();
    int each = Math.min(8, Math.max(1, first.length / 3));
    for (int i = 0; i < 3; i++) {
      int from = Math.min(first.length - each, 1 + i * (first.length / 3));
      var text = s.tokenizer.decode(java.util.Arrays.copyOfRange(first, from, from + each));
      prompts.add(text.replace(Tokenizer.END_OF_TEXT, ""));
    }
    prompts.removeIf(String::isEmpty);
    return prompts;
  }

  private static void report(Session s, List<TrainProgress> history, List<Report.Sample> samples) {
    var model = s.settings.model();
    Map<String, String> configuration = new LinkedHashMap<>();
    configuration.put("parameters", "%,d".formatted(s.trainer.model().parameterCount()));
    configuration.put(
        "layers × width, heads", model.layers() + " × " + model.dModel() + ", " + model.heads());
    configuration.put("feed-forward width", String.valueOf(model.dFf()));
    configuration.put("vocabulary", String.valueOf(model.vocabularySize()));
    configuration.put("context", model.contextLength() + " tokens");
    configuration.put("tokens a step", "%,d".formatted(s.settings.tokensPerStep()));
    configuration.put(
        "learning rate",
        s.settings.learningRate()
            + ", "
            + s.settings.warmup()
            + " steps of warm-up, then "
            + s.settings.optimisation().schedule());
    configuration.put("optimiser", s.settings.optimisation().rule().toString());
    configuration.put("weight decay", s.settings.weightDecay() + " on matrices and embeddings");
    configuration.put("seed", String.valueOf(s.settings.seed()));
    configuration.put(
        "text",
        s.settings.data().isEmpty()
            ? "the java.base sources of JDK " + Runtime.version().feature()
            : String.join(", ", s.settings.data()));
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put("device", Context.current().device().description());
    machine.put("JDK", Runtime.version() + ", " + System.getProperty("java.vendor"));
    machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    var path = s.run.path();
    var report =
        new Report(
            "A language model, learned from scratch",
            "Run " + path.getFileName(),
            configuration,
            history,
            samples,
            List.of(
                new Report.Command(
                    "Let it speak", "./jebena generate --model " + path + " --prompt \"…\""),
                new Report.Command("Go on after a stop", "./jebena train --resume " + path),
                new Report.Command(
                    "Learn more from other text",
                    "./jebena train --model " + path + " --data FILE")),
            machine);
    LossCurve.write(path.resolve("loss.svg"), history);
    report.write(path.resolve("report.html"));
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
