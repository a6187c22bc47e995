package dev.jebena.cli;

import dev.jebena.infer.PromptEnd;
import dev.jebena.infer.Sampler;
import dev.jebena.infer.TextGenerator;
import dev.jebena.model.ModelFiles;
import dev.jebena.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jebena generate}: a model goes on with a text, streamed as it comes. */
@Command(
    name = "generate",
    addMethodSubcommands = false,
    description = "Let a model go on with a text; prints what it adds.",
    footer = {
      "%nExamples:",
      "  jebena generate --model runs/first --prompt 'public static void'",
      "  jebena generate --model model --ids 5,17,3 --temperature 0 --max-tokens 20 --json"
    })
final class GenerateCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private DeviceOption device;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "A model directory or run folder.")
  private Path directory;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "The beginning (default: that of a document).")
  private String prompt;

  @Option(
      names = "--exact-prompt",
      description =
          "Give the prompt to the model as it is; otherwise spaces at its end are left to the first"
              + " new token, since words carry the space before them.")
  private boolean exactPrompt;

  @Option(
      names = "--ids",
      paramLabel = "5,17,3",
      description = "The beginning as token ids; ids are printed, too.")
  private String ids;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "256",
      description = "The most tokens to add (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0.8",
      description = "0 takes the likeliest token always (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "Choose among the K likeliest; 0 for all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "0.95",
      description = "Choose among the likeliest that reach P together (default: ${DEFAULT-VALUE}).")
  private double topP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Makes the choices repeatable (default: another one each time).")
  private Long seed;

  @Option(names = "--ignore-eos", description = "Go on after the end of a text.")
  private boolean ignoreEnd;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say on stderr how fast it was, as is done on a terminal.")
  private boolean verbose;

  @Override
  public Integer call() throws IOException {
    var sampler = sampler();
    if (prompt != null && ids != null) {
      throw common.wrongUsage("give --prompt or --ids, not both");
    }
    if (maxTokens < 0) {
      throw common.wrongUsage("--max-tokens " + maxTokens + " is below 0");
    }
    return device.call(common, () -> generate(sampler));
  }

  private Sampler sampler() {
    try {
      return new Sampler(temperature, topK, topP);
    } catch (IllegalArgumentException e) {
      throw common.wrongUsage(e.getMessage());
    }
  }

  private int generate(Sampler sampler) throws IOException {
    var config = ModelFiles.readConfig(directory);
    var tokenizer = tokenizer();
    var end = beginning(tokenizer, config.vocabularySize());
    int[] beginning = end.ids();
    var model = ModelFiles.map(directory);
    model.eval();
    long chosen = seed == null ? new SplittableRandom().nextLong() >>> 1 : seed;
    var request =
        new TextGenerator.Request(
            beginning, maxTokens, sampler, stop(tokenizer), chosen, end.first());
    var printer =
        common.json()
            ? null
            : new TokenPrinter(common.out(), ids == null ? tokenizer : null, end.heldBack());
    TextGenerator.Result result;
    try (var interrupt = new Interrupt()) {
      result =
          new TextGenerator(model)
              .generate(
                  request,
                  id -> {
                    if (printer != null) {
                      printer.print(id);
                    }
                    return !interrupt.requested();
                  });
      if (printer == null) {
        printJson(end, result, tokenizer, chosen);
      } else {
        printer.finish();
      }
      if (verbose || ProgressLine.stderrIsTerminal()) {
        common.err().println(summary(beginning, result, chosen));
      }
    }
    return 0;
  }

  /** The tokenizer, or null where the directory has none and none is needed. */
  private Tokenizer tokenizer() throws IOException {
    boolean present =
        Files.exists(directory.resolve("tokenizer.json"))
            || Files.exists(directory.resolve("vocab.json"));
    if (!present && ids == null) {
      throw new IllegalStateException(
          directory + ": has no tokenizer; give token ids with --ids instead of text");
    }
    return present ? ModelFiles.loadTokenizer(directory) : null;
  }

  private PromptEnd beginning(Tokenizer tokenizer, int vocabularySize) throws IOException {
    PromptEnd end;
    if (ids != null) {
      end = PromptEnd.exact(TokenIds.ofArgument(common, ids));
    } else if (prompt == null || prompt.isEmpty()) {
      end =
          PromptEnd.exact(
              ModelFiles.readStopTokens(directory).stream()
                  .limit(1)
                  .mapToInt(Integer::intValue)
                  .toArray());
    } else if (exactPrompt) {
      end = PromptEnd.exact(tokenizer.encode(prompt));
    } else {
      end = PromptEnd.of(tokenizer, prompt);
    }
    int[] beginning = end.ids();
    if (beginning.length == 0) {
      throw common.wrongUsage(
          ids != null
              ? "--ids has no ids"
              : "the model has no token that begins a text: give a --prompt");
    }
    for (int id : beginning) {
      if (id >= vocabularySize) {
        throw new IndexOutOfBoundsException(
            "token id %d is outside of the model's vocabulary (0 to %d)"
                .formatted(id, vocabularySize - 1));
      }
    }
    return end;
  }

  private Set<Integer> stop(Tokenizer tokenizer) throws IOException {
    if (ignoreEnd) {
      return Set.of();
    }
    var stop = new LinkedHashSet<>(ModelFiles.readStopTokens(directory));
    if (tokenizer != null) {
      tokenizer.endOfText().ifPresent(stop::add);
    }
    return stop;
  }

  private void printJson(
      PromptEnd end, TextGenerator.Result result, Tokenizer tokenizer, long chosen) {
    var text =
        tokenizer == null ? null : TokenPrinter.text(tokenizer, end.heldBack(), result.ids());
    var values = new LinkedHashMap<String, Object>();
    values.put("prompt_ids", end.ids());
    values.put("ids", result.ids());
    values.put("text", text);
    values.put("prefill_seconds", result.prefillSeconds());
    values.put("decode_tokens_per_second", result.decodeTokensPerSecond());
    values.put("seed", chosen);
    common.printJson(values);
  }

  private static String summary(int[] beginning, TextGenerator.Result result, long seed) {
    return String.format(
        Locale.ROOT,
        "%d tokens at %.1f tokens/s, after %d tokens of prompt in %.3f s (--seed %d)",
        result.ids().length,
        result.decodeTokensPerSecond(),
        beginning.length,
        result.prefillSeconds(),
        seed);
  }
}
