package dev.jebena.cli;

import dev.jebena.train.Ablation;
import dev.jebena.train.StopSignal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jebena ablate}: choices of an architecture measured against each other. */
@Command(
    name = "ablate",
    addMethodSubcommands = false,
    description =
        "Train small models of equal size on equal data, several seeds each, and compare them.",
    footer = {
      "%nExamples:",
      "  jebena ablate --what norm,position,activation --minutes 20",
      "  jebena ablate --what attention --data book.txt --tokenizer char --steps 500 --seeds 5"
    })
final class AblateCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private DeviceOption device;

  @Option(
      names = "--what",
      required = true,
      split = ",",
      paramLabel = "NAME",
      description = "norm, position, activation, attention; several apart by commas.")
  private List<String> questions;

  @Option(
      names = "--data",
      arity = "1..*",
      paramLabel = "PATH",
      description = "Text files, folders, .zip or .jsonl (default: the sources of this JDK).")
  private List<Path> data = List.of();

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR|char",
      description = "A folder with a tokenizer, or char (default: learn byte-level BPE).")
  private String tokenizer;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Runs of each variant (default: ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(names = "--minutes", paramLabel = "M", description = "Time for everything (default: 20).")
  private Double minutes;

  @Option(names = "--steps", paramLabel = "N", description = "Steps of each run instead.")
  private Long steps;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder of the results, gone on with where it has some of the same options (default:"
              + " runs/DATE-TIME).")
  private Path out;

  @Override
  public Integer call() throws IOException {
    if (seeds < 2) {
      throw common.wrongUsage("--seeds " + seeds + ": one run says nothing of the spread");
    }
    if (minutes != null && !(minutes > 0) || steps != null && (steps < 1 || minutes != null)) {
      throw common.wrongUsage("give --minutes or --steps, above 0");
    }
    var ablation =
        new Ablation(
            questions,
            data,
            tokenizer,
            seeds,
            minutes == null ? (Double) 20.0 : minutes,
            steps,
            out);
    try (var stop = new StopSignal()) {
      report(device.call(common, () -> ablation.run(this::say, stop::isAsked)));
    }
    return 0;
  }

  private void say(String message) {
    common.err().println(message);
    common.err().flush();
  }

  private void report(Ablation.Outcome outcome) {
    if (common.json()) {
      var values = new LinkedHashMap<String, Object>();
      values.put("run", outcome.folder().toString());
      values.put("trained", outcome.trained());
      values.put("models", outcome.models());
      values.put("results", outcome.results().stream().map(AblateCommand::values).toList());
      common.printJson(values);
    } else {
      for (var r : outcome.results()) {
        common
            .out()
            .println(
                String.format(
                    Locale.ROOT,
                    "%-12s %-28s %,12d  %.4f ± %.4f",
                    r.question(),
                    r.variant(),
                    r.parameters(),
                    r.mean(),
                    r.deviation()));
      }
      if (outcome.stopped()) {
        common
            .out()
            .println(
                "stopped after %d of %d models; the same command with --out %s goes on"
                    .formatted(outcome.trained(), outcome.models(), outcome.folder()));
      }
      common.out().flush();
    }
  }

  private static LinkedHashMap<String, Object> values(Ablation.Result r) {
    var values = new LinkedHashMap<String, Object>();
    values.put("what", r.question());
    values.put("variant", r.variant());
    values.put("parameters", r.parameters());
    values.put("val_losses", r.losses());
    values.put("val_loss", r.mean());
    values.put("val_loss_deviation", r.deviation());
    return values;
  }
}
