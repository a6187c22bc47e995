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
import dev.jebena.train.Trainer;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Training steps on random token ids: forward, backward, clipping and AdamW in f32.
 *
 * @param name of the preset
 * @param batchSize B
 */
public record TrainWorkload(String name, TransformerConfig config, int batchSize) {
  private static final int VOCABULARY = 4096;
  private static final int CONTEXT = 256;
  private static final int TOKENS = 1 << 18;
  private static final double LEARNING_RATE = 1e-3;
  private static final double WEIGHT_DECAY = 0.1;

  /**
   * A preset, or {@code depth-N}.
   *
   * @throws dev.jebena.model.ConfigurationException naming the presets that exist
   */
  public static TrainWorkload of(String name) {
    var preset = Presets.get(name, VOCABULARY, CONTEXT);
    return new TrainWorkload(name, preset.model(), preset.batchSize());
  }

  /** Tokens of one step: B · T. */
  public int tokens() {
    return batchSize * config.contextLength();
  }

  /** Ours, on the context's device. */
  public Contender contender() {
    var data = randomTokens(config.vocabularySize());
    var model = Initialisation.model(config, 1);
    var groups = AdamW.groupsByRank(model.namedParameters(), WEIGHT_DECAY);
    var trainer =
        new Trainer(
            model,
            new AdamW(groups, AdamW.Settings.LANGUAGE_MODEL),
            new BatchLoader(data, batchSize, config.contextLength(), 1),
            LearningRate.constant(LEARNING_RATE),
            new Trainer.Recipe(1, 1));
    return new Contender() {
      @Override
      public double run(int times) {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
          trainer.step();
        }
        return (System.nanoTime() - start) / 1e9;
      }

      @Override
      public void close() {
        data.close();
      }
    };
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
  public List<String> arguments(int threads) {
    return List.of(
        "--vocab-size=" + config.vocabularySize(),
        "--context=" + config.contextLength(),
        "--d-model=" + config.dModel(),
        "--layers=" + config.layers(),
        "--heads=" + config.heads(),
        "--d-ff=" + config.dFf(),
        "--batch=" + batchSize,
        "--threads=" + threads,
        "--learning-rate=" + LEARNING_RATE,
        "--weight-decay=" + WEIGHT_DECAY);
  }
}
