package dev.jebena.train;

import dev.jebena.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where an ablation stands: what was asked for in {@code settings.json}, every trained model in
 * {@code runs.json}, and the results so far. Each file is replaced whole after each model, so that
 * a run that was stopped goes on where it was.
 */
record AblationFolder(Path path) {
  /**
   * What makes runs comparable; a folder takes runs of one such plan only.
   *
   * @param questions that are asked
   * @param data paths as they were given
   * @param tokenizer as in {@link TrainRequest}
   * @param seeds runs of each variant
   * @param minutes that were given; null where steps were
   * @param steps that were given; null where minutes were
   * @param device that computes
   * @param text a check sum of all tokens
   * @param each steps of each run
   */
  record Plan(
      List<String> questions,
      List<String> data,
      String tokenizer,
      int seeds,
      Double minutes,
      Long steps,
      String device,
      long text,
      long each) {

    /** The same with the steps that were found to be affordable. */
    Plan withEach(long steps) {
      return new Plan(questions, data, tokenizer, seeds, minutes, this.steps, device, text, steps);
    }
  }

  /**
   * A trained model.
   *
   * @param loss held-out loss in nats a token; infinite where numbers were none any more
   */
  record Run(String question, String variant, int seed, double loss, List<Double> curve) {
    boolean is(String otherQuestion, String otherVariant, int otherSeed) {
      return question.equals(otherQuestion) && variant.equals(otherVariant) && seed == otherSeed;
    }
  }

  /**
   * The folder given, empty or with an ablation in it, or a new one.
   *
   * @throws TrainException where it cannot be written or holds something else
   */
  static AblationFolder open(Path wanted) {
    boolean begun = wanted != null && Files.exists(settings(wanted));
    return new AblationFolder(
        begun ? wanted : RunFolder.create(wanted, "one that an ablation wrote").path());
  }

  private static Path settings(Path folder) {
    return folder.resolve("settings.json");
  }

  private Path runsFile() {
    return path.resolve("runs.json");
  }

  /**
   * The plan that was written down here, or null.
   *
   * @param asked what is asked for now, but for the steps of each run
   * @throws TrainException where the two differ, naming what does
   */
  Plan begun(Plan asked) {
    if (!Files.exists(settings(path))) {
      return null;
    }
    var plan = RunFolder.readJson(settings(path), Plan.class);
    same("--what", plan.questions(), asked.questions());
    same("--data", plan.data(), asked.data());
    same("--tokenizer", plan.tokenizer(), asked.tokenizer());
    same("--seeds", plan.seeds(), asked.seeds());
    same("--minutes", plan.minutes(), asked.minutes());
    same("--steps", plan.steps(), asked.steps());
    same("--device", plan.device(), asked.device());
    if (plan.text() != asked.text()) {
      throw new TrainException(
          path + " holds an ablation of another text under the same name; name another folder");
    }
    return plan;
  }

  private void same(String option, Object there, Object now) {
    if (!java.util.Objects.equals(there, now)) {
      throw new TrainException(
          "%s holds an ablation with %s %s, not %s; ask for the same, or name another folder"
              .formatted(path, option, there, now));
    }
  }

  void begin(Plan plan) {
    write(() -> RunFolder.writeJson(settings(path), plan));
  }

  /** All trained models, in the order in which they were. */
  List<Run> runs() {
    return Files.exists(runsFile())
        ? List.of(RunFolder.readJson(runsFile(), Run[].class))
        : List.of();
  }

  /**
   * Writes everything anew.
   *
   * @param results of variants all of whose seeds were trained
   * @param wanted how many variants there will be
   */
  void write(List<Run> runs, List<Ablation.Result> results, int wanted, long steps) {
    write(() -> {
      RunFolder.writeJson(runsFile(), runs);
      if (results.isEmpty()) {
        return;
      }
      RunFolder.writeJson(path.resolve("ablation.json"), results);
      AtomicFiles.writeString(
          path.resolve("ablation.md"), AblationReport.markdown(results, wanted, steps));
      for (var question : results.stream().map(Ablation.Result::question).distinct().toList()) {
        var those = results.stream().filter(r -> r.question().equals(question)).toList();
        AtomicFiles.writeString(
            path.resolve(question + ".svg"), AblationReport.svg(question, those, steps));
      }
    });
  }

  private interface Writing {
    void run() throws IOException;
  }

  private void write(Writing writing) {
    try {
      writing.run();
    } catch (IOException e) {
      throw new TrainException("cannot write to " + path + ": " + RunFolder.reason(e), e);
    }
  }
}
