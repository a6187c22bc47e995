package dev.jebena.tokenizer;

import dev.jebena.io.AtomicFiles;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tokenizers as files. Written is what Hugging Face's {@code AutoTokenizer.from_pretrained} reads:
 * {@code tokenizer.json} and {@code tokenizer_config.json}. Read is such a {@code tokenizer.json},
 * or GPT-2's {@code vocab.json} with {@code merges.txt}.
 */
public final class TokenizerFiles {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private TokenizerFiles() {}

  /**
   * Writes {@code tokenizer.json} and {@code tokenizer_config.json} into {@code folder}, which is
   * made if need be.
   *
   * @throws TokenizerException if the tokenizer is of a kind that has no such file
   */
  public static void save(Tokenizer tokenizer, Path folder) throws IOException {
    JsonNode json;
    String unknownToken = null;
    if (tokenizer instanceof BpeTokenizer bpe) {
      json = HuggingFaceBpe.write(bpe.model());
      unknownToken = bpe.endOfText().isPresent() ? Tokenizer.END_OF_TEXT : null;
    } else if (tokenizer instanceof CharTokenizer characters) {
      json = HuggingFaceChar.write(characters);
      unknownToken = characters.replacesUnknown() ? CharTokenizer.UNKNOWN : null;
    } else {
      throw new TokenizerException(
          "a " + tokenizer.getClass().getSimpleName() + " cannot be written as tokenizer.json");
    }
    var config = HuggingFaceJson.config(tokenizer, unknownToken);
    write(folder.resolve("tokenizer.json"), json);
    write(folder.resolve("tokenizer_config.json"), config);
  }

  private static void write(Path file, JsonNode json) throws IOException {
    var text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    AtomicFiles.writeString(file, text + "\n");
  }

  /**
   * Reads the tokenizer of a folder: its {@code tokenizer.json}, else its {@code vocab.json} and
   * {@code merges.txt}. A path to a {@code tokenizer.json} itself will do too.
   *
   * @throws TokenizerException in one line, naming the file and what is missing, wrong or
   *     unsupported
   */
  public static Tokenizer load(Path folder) throws IOException {
    if (Files.isRegularFile(folder)) {
      return loadJson(folder);
    }
    var json = folder.resolve("tokenizer.json");
    if (Files.exists(json)) {
      return loadJson(json);
    }
    var vocabulary = folder.resolve("vocab.json");
    var merges = folder.resolve("merges.txt");
    if (Files.exists(vocabulary) && Files.exists(merges)) {
      return loadGpt2(vocabulary, merges);
    }
    throw new TokenizerException(
        folder
            + (Files.isDirectory(folder)
                ? ": has no tokenizer.json, and no vocab.json with merges.txt"
                : ": there is no such folder"));
  }

  /**
   * Reads GPT-2's pair of files. Entries of the vocabulary that are neither bytes nor made by a
   * merge are its special tokens.
   */
  public static BpeTokenizer loadGpt2(Path vocabulary, Path merges) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(merges);
    } catch (MalformedInputException e) {
      throw new TokenizerException(merges + ": is not UTF-8", e);
    } catch (NoSuchFileException e) {
      throw new TokenizerException(merges + ": there is no such file", e);
    }
    return new BpeTokenizer(
        HuggingFaceBpe.readPair(vocabulary, readTree(vocabulary), merges, lines));
  }

  private static Tokenizer loadJson(Path file) throws IOException {
    var root = readTree(file);
    var model = root.path("model");
    if (!model.isObject()) {
      throw new TokenizerException(file + ": has no model");
    }
    // the oldest files do not say BPE, but only BPE has merges
    var type = model.path("type").asString(model.has("merges") ? "BPE" : "none");
    return switch (type) {
      case "BPE" -> new BpeTokenizer(HuggingFaceBpe.read(file, root));
      case "WordLevel" -> HuggingFaceChar.read(file, root);
      default ->
          throw new TokenizerException(
              file
                  + ": model type "
                  + type
                  + " is not supported (byte-level BPE and one-character WordLevel are)");
    };
  }

  private static JsonNode readTree(Path file) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new TokenizerException(file + ": there is no such file", e);
    }
    try {
      return JSON.readTree(bytes);
    } catch (JacksonException e) {
      throw new TokenizerException(file + ": is not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
