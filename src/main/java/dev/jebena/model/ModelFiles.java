package dev.jebena.model;

import dev.jebena.model.hf.ConfigFile;
import dev.jebena.model.hf.WeightFiles;
import dev.jebena.tokenizer.Tokenizer;
import dev.jebena.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A model as a folder that Hugging Face's tools read and write: {@code config.json}, {@code
 * generation_config.json}, {@code model.safetensors} (above 5 GB shards and their index), {@code
 * tokenizer.json} and {@code tokenizer_config.json}.
 *
 * <p>Read are the families of {@link dev.jebena.model.hf}, in f32, f16 or bf16 (which become f32),
 * tied or not; everything that asks for other arithmetic is refused by name. Written is the first
 * family whose file can say the configuration, in f32; what none can say, such as interleaved
 * rotary pairs, is written as {@code model_type} {@code jebena}, which no other program reads.
 */
public final class ModelFiles {
  /** What Hugging Face calls 5 GB. */
  private static final long SHARD_BYTES = 5_000_000_000L;

  private ModelFiles() {}

  /**
   * Writes a model directory. Each file is replaced as a whole; a folder replaced as a whole is
   * made with {@link dev.jebena.io.AtomicFiles#writeFolder}.
   *
   * @param tokenizer may be null: files of an earlier tokenizer then stay
   * @throws ConfigurationException for a tokenizer with more tokens than the model has rows
   */
  public static void save(Path folder, Transformer model, Tokenizer tokenizer) throws IOException {
    save(folder, model, tokenizer, SHARD_BYTES);
  }

  static void save(Path folder, Transformer model, Tokenizer tokenizer, long shardBytes)
      throws IOException {
    if (tokenizer != null && tokenizer.vocabularySize() > model.config().vocabularySize()) {
      throw new ConfigurationException(
          "save: the tokenizer has "
              + tokenizer.vocabularySize()
              + " tokens, the model rows for "
              + model.config().vocabularySize());
    }
    Files.createDirectories(folder);
    var endOfText = tokenizer == null ? OptionalInt.empty() : tokenizer.endOfText();
    ConfigFile.write(folder, model.config(), endOfText);
    if (tokenizer != null) {
      TokenizerFiles.save(tokenizer, folder);
    }
    WeightFiles.write(folder, model, shardBytes);
  }

  /**
   * Reads a model onto the context's device, to be used in any way. The files are mapped and copied
   * once.
   *
   * @throws ModelFileException in one line, naming file, key or tensor, and value
   * @throws dev.jebena.io.FileFormatException for damaged weights
   */
  public static Transformer load(Path folder) throws IOException {
    return WeightFiles.read(folder, false);
  }

  /**
   * Reads a model that is only to be asked, not to be trained: f32 weights stay in the mapped
   * files, whose pages are loaded when they are first used and can be dropped again, and shared by
   * all processes that read them. Changing one in place is an error. Copied as by {@link #load} are
   * f16 and bf16 weights, which become f32, the matrices of GPT-2, which its files keep turned, and
   * all weights on a device that cannot see host memory. The files must not be shortened while the
   * model is used; replacing them, as saving does, is harmless.
   *
   * @throws ModelFileException in one line, naming file, key or tensor, and value
   * @throws dev.jebena.io.FileFormatException for damaged weights
   */
  public static Transformer map(Path folder) throws IOException {
    return WeightFiles.read(folder, true);
  }

  /**
   * Reads what {@code config.json} says of the architecture.
   *
   * @throws ModelFileException in one line, naming the key and value that are not supported
   */
  public static TransformerConfig readConfig(Path folder) throws IOException {
    return ConfigFile.open(folder).read();
  }

  /**
   * Reads an architecture from a file of its own, in the form of a {@code config.json}.
   *
   * @throws ModelFileException in one line, naming the key and value that are not supported
   */
  public static TransformerConfig readConfigFile(Path file) throws IOException {
    return ConfigFile.openFile(file).read();
  }

  /**
   * The ids that end a text, by {@code eos_token_id} of {@code config.json} and {@code
   * generation_config.json}; often one, perhaps none. Where neither is there to say, those of the
   * family.
   */
  public static Set<Integer> readStopTokens(Path folder) throws IOException {
    return ConfigFile.stopTokens(folder);
  }

  /**
   * Reads the tokenizer of a model directory.
   *
   * @throws dev.jebena.tokenizer.TokenizerException in one line, where there is none or it is of a
   *     kind that is not supported
   */
  public static Tokenizer loadTokenizer(Path folder) throws IOException {
    return TokenizerFiles.load(folder);
  }
}
