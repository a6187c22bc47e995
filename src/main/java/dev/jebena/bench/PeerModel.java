package dev.jebena.bench;

import dev.jebena.model.PositionConfig;
import dev.jebena.model.TransformerConfig;
import java.util.ArrayList;
import java.util.List;

/** What makes {@code benchmarks/pytorch/models.py} build the same model. */
final class PeerModel {
  private PeerModel() {}

  /** The sizes of a model, followed by other arguments. */
  static List<String> arguments(TransformerConfig config, List<String> others) {
    var all =
        new ArrayList<>(
            List.of(
                "--architecture=" + architecture(config),
                "--vocab-size=" + config.vocabularySize(),
                "--context=" + config.contextLength(),
                "--d-model=" + config.dModel(),
                "--layers=" + config.layers(),
                "--heads=" + config.heads(),
                "--d-ff=" + config.dFf(),
                "--tied=" + (config.tiedEmbeddings() ? 1 : 0)));
    all.addAll(others);
    return List.copyOf(all);
  }

  private static String architecture(TransformerConfig config) {
    return config.positions().kind() == PositionConfig.Kind.LEARNED ? "gpt2" : "llama";
  }
}
