package dev.jebena.train;

import dev.jebena.data.BatchLoader;
import dev.jebena.data.EvaluationWindows;
import dev.jebena.data.TokenData;
import dev.jebena.io.AtomicFiles;
import dev.jebena.model.Initialisation;
import dev.jebena.model.ModelFiles;
import dev.jebena.model.Presets;
import dev.jebena.model.Transformer;
import dev.jebena.model.TransformerConfig;
import dev.jebena.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;

/** From what was asked for, or from a checkpoint, to a run that can learn. */
final class TrainPreparation {
  private static final double DEFAULT_MINUTES = 5;
  private static final double WEIGHT_DECAY = 0.1;
  private static final double CLIP_NORM = 1;

  private final LiveLine line;
  private final int threads;
  private final long begin;

  /**
   * @param line told what happens, for the user
   * @param threads for reading and encoding texts
   * @param begin when the job began, on the clock of {@link System#nanoTime}
   */
  TrainPreparation(LiveLine line, int threads, long begin) {
    this.line = line;
    this.threads = threads;
    this.begin = begin;
  }

  /**
   * Reads, learns a tokenizer, makes the model, and finds out how many steps fit.
   *
   * @throws TrainException and other one-line errors for what cannot be done
   */
  TrainSession begin(TrainRequest request) {
    // what is wrong with the request itself should show before anything is made or read
    var model = request.model() == null ? null : load(request);
    var known = model == null ? preset(request, request.vocabularySize()).model() : model.config();
    var run = RunFolder.create(request.out());
    try {
      return prepare(request, model, known.contextLength(), run);
    } catch (RuntimeException e) {
      run.removeIfEmpty();
      throw e;
    }
  }

  private TrainSession prepare(
      TrainRequest request, Transformer model, int context, RunFolder run) {
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
        new TrainSession(
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
    var preset =
        request.config() == null
            ? Presets.get(request.preset(), vocabulary, request.contextLength())
            : Presets.of(configuration(request.config()));
    return new Presets.Preset(
        trainedAs(preset.model(), request), preset.batchSize(), preset.learningRate());
  }

  /** Dropout and z-loss as the configuration says, unless something else was asked for. */
  private static TransformerConfig trainedAs(TransformerConfig config, TrainRequest request) {
    var own = config.training();
    double dropout = request.dropout() == null ? own.dropout() : request.dropout();
    double attention =
        request.attentionDropout() == null ? own.attentionDropout() : request.attentionDropout();
    double zLoss = request.zLoss() == null ? own.zLoss() : request.zLoss();
    return config.with(c -> c.dropout(dropout).attentionDropout(attention).zLoss(zLoss));
  }

  private static TransformerConfig configuration(Path file) {
    try {
      return ModelFiles.readConfigFile(file);
    } catch (IOException e) {
      throw new TrainException("cannot read " + file + ": " + RunFolder.reason(e), e);
    }
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
        request.clipNorm() == null ? CLIP_NORM : request.clipNorm(),
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

  private static Transformer load(TrainRequest request) {
    var folder = request.model();
    try {
      var model = ModelFiles.load(folder);
      return model.withTraining(trainedAs(model.config(), request).training());
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

  /** A run as its last checkpoint left it. */
  TrainSession reopen(RunFolder run, StoredRun stored) {
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
      return new TrainSession(
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

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
