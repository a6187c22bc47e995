package dev.jebena.train;

import dev.jebena.autograd.Profiler;
import dev.jebena.model.ModelFiles;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A whole run as a user sees it: prepare, calibrate, learn, save, speak, report. */
public final class TrainJob {
  private final long begin = System.nanoTime();
  private final LiveLine line;
  private final double peakGflops;
  private final int threads;
  private final BooleanSupplier stopAsked;
  private final boolean profiling;
  private Profiler profiler;

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
    return onDevice(request.device(), () -> learn(preparation().begin(request)));
  }

  /** Goes on with a run from its last checkpoint, exactly as if it had not stopped. */
  public TrainResult resume(Path folder) {
    var run = RunFolder.existing(folder);
    var settings = RunFolder.readJson(run.settingsFile(), StoredRun.class);
    return onDevice(settings.settings().device(), () -> learn(preparation().reopen(run, settings)));
  }

  private TrainPreparation preparation() {
    return new TrainPreparation(line, threads, begin);
  }

  private TrainResult onDevice(String device, Supplier<TrainResult> job) {
    if (!profiling) {
      return Context.current().withDevice(Devices.get(device)).call(job);
    }
    profiler = new Profiler(Devices.get(device));
    return profiler.call(job);
  }

  private TrainResult learn(TrainSession s) {
    var optimizer = s.trainer().optimizer();
    var pace = new Pace(s, peakGflops, begin);
    try (var metrics = Metrics.open(s.run().metrics(), optimizer.steps())) {
      TrainProgress last = null;
      double valLoss = Double.NaN;
      double valBits = Double.NaN;
      long saved = optimizer.steps();
      // what the compiler still works on is not what the rest of the run will be like
      long warm = saved + (s.settings().steps() - saved) / 4;
      while (optimizer.steps() < s.settings().steps() && !stopAsked.getAsBoolean()) {
        var learned = s.trainer().step();
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
        if (step % s.settings().evaluateEvery() == 0 || step == s.settings().steps()) {
          double nats = heldOutNats(s);
          valLoss = nats / s.heldOut().targets();
          valBits = s.heldOut().bitsPerByte(nats);
          last = last.withValidation(valLoss, valBits);
          pace.pause();
        }
        metrics.append(last, learned.layers());
        line.update(last);
        if (step % s.settings().saveEvery() == 0 || step == s.settings().steps()) {
          save(s);
          saved = step;
          pace.pause();
        }
      }
      if (saved < optimizer.steps()) {
        save(s);
      }
      boolean stopped = optimizer.steps() < s.settings().steps();
      var profile = profiler == null ? null : profile(s);
      var history = Metrics.read(s.run().metrics());
      var samples = stopped ? List.<Report.Sample>of() : RunReport.completions(s);
      RunReport.write(s, history, samples);
      var end = history.isEmpty() ? null : history.getLast();
      return new TrainResult(
          s.run().path(),
          optimizer.steps(),
          s.settings().steps(),
          s.settings().tokens(optimizer.steps()),
          seconds(begin),
          pace.tokensPerSecond(),
          pace.gflops(),
          end == null ? Double.NaN : end.loss(),
          lastValue(history, false),
          lastValue(history, true),
          s.gzipBitsPerByte(),
          ProcessMemory.peakResidentBytes(),
          s.trainer().model().parameterCount(),
          samples,
          stopped,
          profile);
    }
  }

  /** The table; the trace goes to a file. */
  private String profile(TrainSession s) {
    var file = s.run().path().resolve("trace.json");
    try {
      profiler.writeTrace(file);
    } catch (IOException e) {
      throw new TrainException(file + ": cannot be written: " + RunFolder.reason(e), e);
    }
    return profiler.table() + "trace: " + file + "\n";
  }

  /** Of the averaged weights, where an average is kept. */
  private static double heldOutNats(TrainSession s) {
    var nats = new double[1];
    s.trainer().withAverage(() -> nats[0] = Trainer.totalNats(s.trainer().model(), s.heldOut()));
    return nats[0];
  }

  private static double lastValue(List<TrainProgress> history, boolean bits) {
    return history.reversed().stream()
        .filter(TrainProgress::evaluated)
        .mapToDouble(p -> bits ? p.valBitsPerByte() : p.valLoss())
        .findFirst()
        .orElse(Double.NaN);
  }

  private static void save(TrainSession s) {
    Checkpoint.save(s.run().checkpoint(), s.trainer());
    s.trainer().withAverage(() -> saveModel(s));
    s.run().markLatest();
  }

  private static void saveModel(TrainSession s) {
    try {
      ModelFiles.save(s.run().path(), s.trainer().model(), s.tokenizer());
    } catch (IOException e) {
      throw new TrainException("cannot write to " + s.run().path() + ": " + RunFolder.reason(e), e);
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
