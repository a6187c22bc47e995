package dev.jebena.bench;

import dev.jebena.data.BatchLoader;
import dev.jebena.data.Corpus;
import dev.jebena.data.Document;
import dev.jebena.data.Encoding;
import dev.jebena.data.TokenData;
import dev.jebena.model.Initialisation;
import dev.jebena.model.Presets;
import dev.jebena.model.TransformerConfig;
import dev.jebena.optim.AdamW;
import dev.jebena.optim.LearningRate;
import dev.jebena.train.ProcessMemory;
import dev.jebena.train.Trainer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * Training steps on random token ids: forward, backward, clipping and AdamW in f32.
 *
 * @param name as on the command line
 * @param batchSize B
 * @param length T
 */
public record TrainWorkload(String name, TransformerConfig config, int batchSize, int length) {
  private static final int VOCABULARY = 4096;
  private static final int CONTEXT = 256;
  private static final int TOKENS = 1 << 18;
  private static final double LEARNING_RATE = 1e-3;
  private static final double WEIGHT_DECAY = 0.1;

  /** A preset, and the batch where it is not the preset's own. */
  private static final Pattern NAME = Pattern.compile("(.+)@(\\d{1,5})x(\\d{1,6})");

  /** What a word on the command line asks for: GPT-2 small is measured with two batches. */
  public static List<String> names(String word) {
    return word.equals("gpt2-124M") ? List.of(word + "@4x64", word + "@4x512") : List.of(word);
  }

  /**
   * A preset or {@code depth-N}, with {@code @BxT} behind it for B sequences of T tokens.
   *
   * @throws dev.jebena.model.ConfigurationException naming the presets that exist
   */
  public static TrainWorkload of(String name) {
    var matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      var preset = Presets.get(name, VOCABULARY, CONTEXT);
      return new TrainWorkload(
          name, preset.model(), preset.batchSize(), preset.model().contextLength());
    }
    var preset = Presets.get(matcher.group(1), VOCABULARY, CONTEXT);
    int batch = Integer.parseInt(matcher.group(2));
    int length = Integer.parseInt(matcher.group(3));
    if (batch < 1 || length < 1 || length > preset.model().contextLength()) {
      throw new IllegalArgumentException(
          name
              + ": at least one sequence of 1 to "
              + preset.model().contextLength()
              + " tokens is needed");
    }
    return new TrainWorkload(name, preset.model(), batch, length);
  }

  /** Tokens of one step: B · T. */
  public int tokens() {
    return batchSize * length;
  }

  /** To measure. */
  public BenchCase toCase(int threads) {
    return new BenchCase(
        "train",
        name,
        "tokens/s",
        tokens(),
        10,
        this::contender,
        null,
        List.of(Peer.pytorch("train_step.py", arguments(threads))));
  }

  /** Ours, on the context's device. */
  private Contender contender() {
    var data = randomTokens(config.vocabularySize());
    var model = Initialisation.model(config, 1);
    var groups = AdamW.groupsByRank(model.namedParameters(), WEIGHT_DECAY);
    var trainer =
        new Trainer(
            model,
            new AdamW(groups, AdamW.Settings.LANGUAGE_MODEL),
            new BatchLoader(data, batchSize, length, 1),
            LearningRate.constant(LEARNING_RATE),
            new Trainer.Recipe(1, 1));
    return new Steps(trainer, data);
  }

  /** Steps of a trainer, with what they allocate. */
  private static final class Steps implements Contender {
    private final Trainer trainer;
    private final TokenData data;
    private final Map<String, Double> allocated = new LinkedHashMap<>();

    Steps(Trainer trainer, TokenData data) {
      this.trainer = trainer;
      this.data = data;
    }

    @Override
    public double run(int times) {
      var before = Allocations.now();
      long start = System.nanoTime();
      for (int i = 0; i < times; i++) {
        trainer.step();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      var made = Allocations.now().since(before);
      allocated.put("system_allocations_per_step", (double) made.system() / times);
      allocated.put("heap_bytes_per_step", (double) made.heapBytes() / times);
      return seconds;
    }

    /** Of the last run, when everything was long compiled, and the peak of the process. */
    @Override
    public Map<String, Double> facts() {
      var facts = new LinkedHashMap<>(allocated);
      long peak = ProcessMemory.peakResidentBytes();
      if (peak > 0) {
        facts.put("peak_rss_bytes", (double) peak);
      }
      return facts;
    }

    @Override
    public void close() {
      data.close();
    }
  }

  private static TokenData randomTokens(int vocabularySize) {
    var random = new SplittableRandom(1);
    var encoding =
        new Encoding(
            text -> random.ints(TOKENS, 0, vocabularySize).toArray(),
            vocabularySize,
            0,
            "random ids");
    return TokenData.encode(Corpus.ofDocuments(Document.of("random ids", "-")), encoding, 1);
  }

  /** What the script of a peer needs to do the same, as {@code --name value}. */
  private List<String> arguments(int threads) {
    return PeerModel.arguments(
        config,
        List.of(
            "--batch=" + batchSize,
            "--length=" + length,
            "--threads=" + threads,
            "--learning-rate=" + LEARNING_RATE,
            "--weight-decay=" + WEIGHT_DECAY));
  }
}
