package dev.jebena.bench;

import dev.jebena.infer.Sampler;
import dev.jebena.infer.TextGenerator;
import dev.jebena.model.Initialisation;
import dev.jebena.model.Transformer;
import dev.jebena.model.TransformerConfig;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Greedy decoding of one sequence against a cache of keys and values, in f32, with random weights.
 * What is timed are the tokens after the first; reading the prompt is not.
 *
 * @param name in reports
 * @param newTokens that one repetition decodes
 */
public record DecodeWorkload(String name, TransformerConfig config, int prompt, int newTokens) {
  /** Tokens of the prompt and new tokens where nothing else is asked for. */
  private static final int PROMPT = 64;

  private static final int NEW_TOKENS = 64;

  /** Names of the models there are. */
  public static final List<String> NAMES = List.of("gpt2-124M", "22.7M", "tiny");

  /**
   * A model by name: GPT-2 small, the training model of 22.7 M parameters, or a tiny one.
   *
   * @throws IllegalArgumentException naming what there is
   */
  public static DecodeWorkload of(String name) {
    var config =
        switch (name) {
          case "gpt2-124M" -> TransformerConfig.gpt2(50_257, 1024, 768, 12, 12);
          case "22.7M" -> TransformerConfig.of(10_000, 256, 512, 4, 16, 1344);
          case "tiny" -> TransformerConfig.of(65, 256, 32, 1, 2, 64);
          default ->
              throw new IllegalArgumentException(
                  "no model to decode with is called '"
                      + name
                      + "'; there are: "
                      + String.join(", ", NAMES));
        };
    return new DecodeWorkload(name, config, PROMPT, NEW_TOKENS);
  }

  /** To measure. */
  public BenchCase toCase(int threads) {
    var arguments =
        PeerModel.arguments(
            config,
            List.of("--prompt=" + prompt, "--new-tokens=" + newTokens, "--threads=" + threads));
    return new BenchCase(
        "decode",
        name,
        "tokens/s",
        newTokens,
        3,
        this::contender,
        null,
        List.of(Peer.pytorch("decode.py", arguments)));
  }

  /** Ours, on the context's device. */
  private Contender contender() {
    return new Decoding(
        Initialisation.model(config, 1),
        new TextGenerator.Request(
            new SplittableRandom(1).ints(prompt, 0, config.vocabularySize()).toArray(),
            newTokens + 1, // the first comes of reading the prompt
            Sampler.GREEDY,
            Set.of(),
            1));
  }

  private record Decoding(Transformer model, TextGenerator.Request request) implements Contender {
    @Override
    public double run(int times) {
      var generator = new TextGenerator(model);
      double seconds = 0;
      for (int i = 0; i < times; i++) {
        seconds += generator.generate(request, id -> true).decodeSeconds();
      }
      return seconds;
    }

    @Override
    public void close() {
      model.namedParameters().values().stream().distinct().forEach(p -> p.release());
    }
  }
}
