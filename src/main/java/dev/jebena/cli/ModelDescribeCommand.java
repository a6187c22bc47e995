package dev.jebena.cli;

import dev.jebena.model.Accounting;
import dev.jebena.model.ModelFiles;
import dev.jebena.model.Presets;
import dev.jebena.model.Ratios;
import dev.jebena.model.TransformerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jebena model describe}: what a configuration costs, without making it. */
@Command(
    name = "describe",
    addMethodSubcommands = false,
    description = "Parameters, FLOPs and memory of a configuration.",
    footer = {
      "%nExamples:",
      "  jebena model describe --preset cs336-xl",
      "  jebena model describe --preset depth-8 --vocab-size 8192 --context 512 --batch 16"
    })
final class ModelDescribeCommand implements Callable<Integer> {
  private static final int DEFAULT_VOCABULARY = 8192;
  private static final int DEFAULT_CONTEXT = 512;
  private static final long F32_BYTES = 4;

  @Mixin private CommonOptions common;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "A named configuration, or depth-N.")
  private String preset;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A config.json, as in a model directory.")
  private Path configFile;

  @Option(names = "--model", paramLabel = "DIR", description = "A model directory.")
  private Path model;

  @Option(
      names = "--context",
      paramLabel = "T",
      description = "Tokens of a sequence (default: all that the model can see).")
  private Integer context;

  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "1",
      description = "Sequences of a training step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--vocab-size",
      paramLabel = "N",
      description = "Another vocabulary than the configuration's.")
  private Integer vocabularySize;

  @Option(
      names = "--tokens-per-second",
      paramLabel = "N",
      description = "With --peak-gflops: the speed of training, for the utilisation it means.")
  private Double tokensPerSecond;

  @Option(
      names = "--peak-gflops",
      paramLabel = "N",
      description = "What the machine can do, as info or bench gemm measures it.")
  private Double peakGflops;

  @Override
  public Integer call() throws IOException {
    positive("--context", context);
    positive("--batch", batch);
    positive("--vocab-size", vocabularySize);
    var config = configuration();
    if (vocabularySize != null) {
      config = config.withVocabularySize(vocabularySize);
    }
    if ((tokensPerSecond == null) != (peakGflops == null)) {
      throw common.wrongUsage("--tokens-per-second and --peak-gflops go together");
    }
    var costs = costs(config, context == null ? config.contextLength() : context);
    if (common.json()) {
      common.printJson(costs);
    } else {
      print(config, costs);
    }
    return 0;
  }

  private void positive(String option, Integer value) {
    if (value != null && value < 1) {
      throw common.wrongUsage(option + " " + value + " must be above 0");
    }
  }

  private TransformerConfig configuration() throws IOException {
    if (Stream.of(preset, configFile, model).filter(Objects::nonNull).count() != 1) {
      throw common.wrongUsage(
          "name one configuration: --preset NAME, --config FILE or --model DIR");
    }
    if (configFile != null) {
      return ModelFiles.readConfigFile(configFile);
    }
    if (model != null) {
      return ModelFiles.readConfig(model);
    }
    return Presets.get(
            preset,
            vocabularySize == null ? DEFAULT_VOCABULARY : vocabularySize,
            context == null ? DEFAULT_CONTEXT : context)
        .model();
  }

  private Map<String, Object> costs(TransformerConfig c, int tokens) {
    var accounting = Accounting.of(c, tokens);
    long parameters = accounting.parameters();
    double forward = accounting.forwardFlopsPerToken();
    double training = accounting.trainingFlopsPerToken();
    var values = new LinkedHashMap<String, Object>();
    values.put("vocab_size", c.vocabularySize());
    values.put("context", tokens);
    values.put("batch", batch);
    values.put("d_model", c.dModel());
    values.put("layers", c.layers());
    values.put("heads", c.heads());
    values.put("key_value_heads", c.keyValueHeads());
    values.put("head_dim", c.headDim());
    values.put("d_ff", c.dFf());
    values.put("tied_embeddings", c.tiedEmbeddings());
    values.put("parameters", parameters);
    values.put("forward_flops_per_token", forward);
    values.put("forward_flops_per_sequence", forward * tokens);
    values.put("training_flops_per_token", training);
    values.put("training_flops_per_step", training * tokens * batch);
    values.put("weights_bytes", parameters * F32_BYTES);
    values.put("gradients_bytes", parameters * F32_BYTES);
    values.put("optimizer_bytes", 2 * parameters * F32_BYTES);
    values.put("cache_bytes_per_token", cacheBytes(c));
    values.put("activation_bytes", accounting.activationBytes(batch));
    values.put("training_bytes", accounting.stateBytes() + accounting.activationBytes(batch));
    values.put("training_flops_per_byte", accounting.trainingIntensity(batch));
    values.put("decode_flops_per_byte", accounting.decodeIntensity(batch, cacheBytes(c)));
    if (tokensPerSecond != null) {
      values.put(
          "model_flops_utilisation", accounting.utilisation(tokensPerSecond, peakGflops * 1e9));
    }
    values.put("components", accounting.components().stream().map(this::component).toList());
    values.put("warnings", Ratios.unusual(c));
    return values;
  }

  /** What a token leaves in the cache: with a latent only that and the shared rotary features. */
  private static long cacheBytes(TransformerConfig c) {
    var latent = c.attention().latent();
    long layer =
        latent == null
            ? 2L * c.keyValueHeads() * c.headDim()
            : latent.keyValueRank() + latent.ropeDim();
    return c.layers() * layer * F32_BYTES;
  }

  private Map<String, Object> component(Accounting.Component part) {
    var values = new LinkedHashMap<String, Object>();
    values.put("name", part.name());
    values.put("parameters", part.parameters());
    values.put("forward_flops_per_token", part.forwardFlopsPerToken());
    values.put("backward_flops_per_token", 2 * part.forwardFlopsPerToken());
    return values;
  }

  private void print(TransformerConfig c, Map<String, Object> costs) {
    line(
        "model",
        "%d layers, width %d, %d heads of %d (%d for keys and values), feed-forward %d"
            .formatted(c.layers(), c.dModel(), c.heads(), c.headDim(), c.keyValueHeads(), c.dFf()));
    line(
        "vocabulary",
        Quantity.count(c.vocabularySize())
            + (c.tiedEmbeddings() ? ", output tied to the embedding" : ""));
    line("sequence", costs.get("context") + " tokens");
    line("parameters", Quantity.count((Long) costs.get("parameters")));
    line("forward, a token", flops(costs, "forward_flops_per_token"));
    line("forward, a sequence", flops(costs, "forward_flops_per_sequence"));
    line("training, a token", flops(costs, "training_flops_per_token"));
    line("training, a step", flops(costs, "training_flops_per_step") + " (batch " + batch + ")");
    line("weights", bytes(costs, "weights_bytes") + " in f32");
    line("gradients", bytes(costs, "gradients_bytes"));
    line("AdamW", bytes(costs, "optimizer_bytes"));
    line("cache, a token", bytes(costs, "cache_bytes_per_token"));
    line("activations", bytes(costs, "activation_bytes") + " (batch " + batch + ")");
    line("intensity", intensity(costs));
    if (costs.get("model_flops_utilisation") instanceof Double share) {
      line("utilisation", String.format(Locale.ROOT, "%.1f %% of the peak", 100 * share));
    }
    common.out().println();
    common
        .out()
        .println(
            String.format(
                "%-20s %18s %24s %24s",
                "part", "parameters", "forward, a token", "backward, a token"));
    for (var part : Accounting.of(c, (Integer) costs.get("context")).components()) {
      common
          .out()
          .println(
              String.format(
                  Locale.ROOT,
                  "%-20s %18s %24s %24s",
                  part.name(),
                  Quantity.count(part.parameters()),
                  Quantity.scaled(part.forwardFlopsPerToken(), "FLOP"),
                  Quantity.scaled(2 * part.forwardFlopsPerToken(), "FLOP")));
    }
    for (var warning : Ratios.unusual(c)) {
      common.out().println("unusual: " + warning);
    }
  }

  private static String intensity(Map<String, Object> costs) {
    return String.format(
        Locale.ROOT,
        "%.0f FLOP a byte in training, %.1f in generation",
        (Double) costs.get("training_flops_per_byte"),
        (Double) costs.get("decode_flops_per_byte"));
  }

  private void line(String label, String value) {
    common.out().println(String.format(Locale.ROOT, "%-20s %s", label, value));
  }

  private static String flops(Map<String, Object> costs, String key) {
    double value = (Double) costs.get(key);
    return String.format(Locale.ROOT, "%.4e FLOP", value) + " (" + Quantity.scaled(value, "FLOP)");
  }

  private static String bytes(Map<String, Object> costs, String key) {
    return Quantity.bytes((Long) costs.get(key));
  }
}
