package dev.jebena.train;

import dev.jebena.infer.PromptEnd;
import dev.jebena.infer.Sampler;
import dev.jebena.infer.TextGenerator;
import dev.jebena.tensor.Context;
import dev.jebena.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What came of a run, for people to read. */
final class RunReport {
  private static final List<String> JAVA_PROMPTS =
      List.of("public static ", "/**\n * Returns ", "import java.util.");

  private RunReport() {}

  /** What the model makes of some beginnings. */
  static List<Report.Sample> completions(TrainSession s) {
    var generator = new TextGenerator(s.trainer().model());
    var stop = s.tokenizer().endOfText().stream().boxed().findFirst().map(Set::of).orElse(Set.of());
    var samples = new ArrayList<Report.Sample>();
    for (var prompt : prompts(s)) {
      var end = PromptEnd.of(s.tokenizer(), prompt);
      var request =
          new TextGenerator.Request(
              end.ids(), 60, new Sampler(0.7, 0, 0.95), stop, s.settings().seed(), end.first());
      var text = s.tokenizer().decode(generator.generate(request, id -> true).ids());
      samples.add(new Report.Sample(prompt, end.withoutHeldBack(text)));
    }
    return samples;
  }

  /** For Java the usual beginnings; for other texts, beginnings of three held-out passages. */
  private static List<String> prompts(TrainSession s) {
    if (s.settings().data().isEmpty()) {
      return JAVA_PROMPTS;
    }
    var first = s.heldOut().iterator().next().inputs();
    var prompts = new ArrayList<String>();
    int each = Math.min(8, Math.max(1, first.length / 3));
    for (int i = 0; i < 3; i++) {
      int from = Math.min(first.length - each, 1 + i * (first.length / 3));
      var text = s.tokenizer().decode(Arrays.copyOfRange(first, from, from + each));
      prompts.add(text.replace(Tokenizer.END_OF_TEXT, ""));
    }
    prompts.removeIf(String::isEmpty);
    return prompts;
  }

  /** Writes {@code report.html} and {@code loss.svg} into the run's folder. */
  static void write(TrainSession s, List<TrainProgress> history, List<Report.Sample> samples) {
    var model = s.settings().model();
    Map<String, String> configuration = new LinkedHashMap<>();
    configuration.put("parameters", "%,d".formatted(s.trainer().model().parameterCount()));
    configuration.put(
        "layers × width, heads", model.layers() + " × " + model.dModel() + ", " + model.heads());
    configuration.put("feed-forward width", String.valueOf(model.dFf()));
    configuration.put("vocabulary", String.valueOf(model.vocabularySize()));
    configuration.put("context", model.contextLength() + " tokens");
    configuration.put("tokens a step", "%,d".formatted(s.settings().tokensPerStep()));
    configuration.put(
        "learning rate",
        s.settings().learningRate()
            + ", "
            + s.settings().warmup()
            + " steps of warm-up, then "
            + s.settings().optimisation().schedule());
    configuration.put("optimiser", s.settings().optimisation().rule().toString());
    configuration.put("weight decay", s.settings().weightDecay() + " on matrices and embeddings");
    configuration.put("seed", String.valueOf(s.settings().seed()));
    configuration.put(
        "text",
        s.settings().data().isEmpty()
            ? "the java.base sources of JDK " + Runtime.version().feature()
            : String.join(", ", s.settings().data()));
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put("device", Context.current().device().description());
    machine.put("JDK", Runtime.version() + ", " + System.getProperty("java.vendor"));
    machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    var path = s.run().path();
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
}
