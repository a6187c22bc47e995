package dev.jebena.tokenizer;

import dev.jebena.io.AtomicFiles;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tokenizers as files. Written is what Hugging Face's {@code AutoTokenizer.from_pretrained} reads:
 * {@code tokenizer.json} and {@code tokenizer_config.json}. Read is such a {@code tokenizer.json},
 * GPT-2's {@code vocab.json} with {@code merges.txt}, or a rank file of tiktoken.
 */
public final class TokenizerFiles {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

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
   * {@code merges.txt}. A path to a {@code tokenizer.json} itself will do too, and one to a {@code
   * .tiktoken} whose name tells which it is.
   *
   * @throws TokenizerException in one line, naming the file and what is missing, wrong or
   *     unsupported
   */
  public static Tokenizer load(Path folder) throws IOException {
    if (Files.isRegularFile(folder)) {
      return TiktokenFile.isNamedSo(folder)
          ? new BpeTokenizer(TiktokenFile.read(folder, readBytes(folder)))
          : loadJson(folder);
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

  /**
   * Reads a rank file of tiktoken, which has neither the cut nor the special tokens.
   *
   * @param specialTokens their ids, which no token of the file may have
   */
  public static BpeTokenizer loadTiktoken(
      Path file, PreTokenizer cut, Map<String, Integer> specialTokens) throws IOException {
    return new BpeTokenizer(TiktokenFile.read(file, readBytes(file), cut, specialTokens));
  }

  /**
   * Writes a rank file for tiktoken. The cut and the special tokens have no place in it.
   *
   * @throws TokenizerException if tiktoken would encode by it otherwise
   */
  public static void saveTiktoken(BpeTokenizer tokenizer, Path file) throws IOException {
    var content = TiktokenFile.write(tokenizer.model());
    AtomicFiles.write(file, out -> out.write(content));
  }

  /**
   * Writes GPT-2's pair of files, {@code vocab.json} and {@code merges.txt}, into {@code folder},
   * which is made if need be. Both suppose GPT-2's cut.
   *
   * @throws TokenizerException if the tokenizer cuts otherwise, or looks pieces up before it merges
   */
  public static void saveGpt2(BpeTokenizer tokenizer, Path folder) throws IOException {
    var model = tokenizer.model();
    if (!model.preTokenizer().equals(new Gpt2PreTokenizer()) || model.wholePieceFirst()) {
      throw new TokenizerException(
          "vocab.json and merges.txt cannot say that text is cut as by "
              + model.preTokenizer().name()
              + (model.wholePieceFirst() ? " and that whole pieces are looked up" : ""));
    }
    var json = HuggingFaceBpe.write(model).path("model");
    var merges = new StringBuilder("#version: 0.2\n");
    json.path("merges").forEach(merge -> merges.append(merge.stringValue()).append('\n'));
    AtomicFiles.writeString(
        folder.resolve("vocab.json"), JSON.writeValueAsString(json.path("vocab")) + "\n");
    AtomicFiles.writeString(folder.resolve("merges.txt"), merges.toString());
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
      case "BPE" -> new BpeTokenizer(withEndOfText(file, HuggingFaceBpe.read(file, root)));
      case "WordLevel" -> HuggingFaceChar.read(file, root);
      default ->
          throw new TokenizerException(
              file
                  + ": model type "
                  + type
                  + " is not supported (byte-level BPE and one-character WordLevel are)");
    };
  }

  /**
   * With the end-of-text token that {@code tokenizer_config.json} beside {@code file} names, if the
   * vocabulary has not the usual one.
   */
  private static BpeModel withEndOfText(Path file, BpeModel model) throws IOException {
    var config = file.resolveSibling("tokenizer_config.json");
    if (model.specialTokens().containsKey(Tokenizer.END_OF_TEXT) || !Files.exists(config)) {
      return model;
    }
    var named = readTree(config).path("eos_token");
    var token = named.isObject() ? named.path("content") : named;
    if (!token.isString()) {
      return model;
    }
    if (!model.specialTokens().containsKey(token.stringValue())) {
      throw new TokenizerException(
          config + ": eos_token '" + token.stringValue() + "' is not a special token of " + file);
    }
    return model.withEndOfText(token.stringValue());
  }

  private static JsonNode readTree(Path file) throws IOException {
    var bytes = readBytes(file);
    try {
      return JSON.readTree(bytes);
    } catch (JacksonException e) {
      var place = e.getLocation();
      throw new TokenizerException(
          file
              + ": is not JSON: "
              + e.getOriginalMessage()
              + (place == null
                  ? ""
                  : " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")"),
          e);
    }
  }

  private static byte[] readBytes(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new TokenizerException(file + ": there is no such file", e);
    }
  }
}
