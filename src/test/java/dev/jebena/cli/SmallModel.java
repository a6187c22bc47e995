package dev.jebena.cli;

import dev.jebena.model.Initialisation;
import dev.jebena.model.ModelFiles;
import dev.jebena.model.TransformerConfig;
import dev.jebena.tokenizer.BpeTrainer;
import dev.jebena.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A model directory to try commands on. */
final class SmallModel {
  static final String TEXT = "the cat sat on the mat, the rat sat on the cat — ça va 猫\n";

  private SmallModel() {}

  static Tokenizer tokenizer() {
    return new BpeTrainer(280).train(List.of(TEXT.repeat(20)).iterator());
  }

  static Path saveWithTokenizer(Path folder) throws IOException {
    return save(folder, tokenizer());
  }

  static Path saveWithoutTokenizer(Path folder) throws IOException {
    return save(folder, null);
  }

  private static Path save(Path folder, Tokenizer tokenizer) throws IOException {
    var config = TransformerConfig.of(280, 32, 16, 2, 2, 32);
    ModelFiles.save(folder, Initialisation.model(config, 7), tokenizer);
    return folder;
  }
}
