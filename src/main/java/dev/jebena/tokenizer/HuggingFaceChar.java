package dev.jebena.tokenizer;

import dev.jebena.tokenizer.CharTokenizer.UnknownCharacters;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A character tokenizer as Hugging Face's {@code tokenizer.json}: a WordLevel model whose words are
 * what a split at every character leaves.
 */
final class HuggingFaceChar {
  /** Matches any one character, line ends too. */
  private static final String ANY = "[\\s\\S]";

  private HuggingFaceChar() {}

  static ObjectNode write(CharTokenizer tokenizer) {
    var root = HuggingFaceJson.start(tokenizer.specialTokens());
    root.putNull("normalizer");
    var split = root.putObject("pre_tokenizer");
    split.put("type", "Split");
    split.putObject("pattern").put("Regex", ANY);
    split.put("behavior", "Isolated").put("invert", false);
    root.putNull("post_processor");
    root.putObject("decoder").put("type", "Fuse");
    var model = root.putObject("model");
    model.put("type", "WordLevel");
    var vocabulary = model.putObject("vocab");
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      vocabulary.put(tokenizer.decode(id), id);
    }
    // named even where the vocabulary lacks it: an unknown character is then an error there as here
    model.put("unk_token", CharTokenizer.UNKNOWN);
    return root;
  }

  static CharTokenizer read(Path file, JsonNode root) {
    var json = new HuggingFaceJson(file);
    json.absent(root, "normalizer");
    json.absent(root, "post_processor");
    var split = root.path("pre_tokenizer");
    json.kind(split, "pre_tokenizer", "Split");
    var pattern = split.path("pattern").path("Regex").asString("");
    if (!pattern.equals(ANY)
        || !split.path("behavior").asString("").equals("Isolated")
        || split.path("invert").asBoolean(false)) {
      throw json.unsupported("pre_tokenizer Split " + split.path("pattern"));
    }
    json.kind(root.path("decoder"), "decoder", "Fuse");
    var model = root.path("model");
    var vocabulary = json.vocabulary(model);
    var tokens = json.addedTokens(root);
    if (!HuggingFaceJson.matching(tokens, false).isEmpty()) {
      throw json.unsupported(
          "added token '"
              + HuggingFaceJson.matching(tokens, false).keySet().iterator().next()
              + "' with single_word, lstrip, rstrip or normalized true in a character tokenizer");
    }
    var added = HuggingFaceJson.ids(tokens, true);
    var unknown =
        added.containsKey(CharTokenizer.UNKNOWN)
            ? UnknownCharacters.REPLACE
            : UnknownCharacters.REJECT;
    var alphabet = new StringBuilder();
    vocabulary.forEach((text, id) -> {
      if (!added.containsKey(text)) {
        if (text.codePointCount(0, text.length()) != 1) {
          throw json.unsupported("word '" + text + "' of more than one character");
        }
        alphabet.append(text);
      }
    });
    var tokenizer = CharTokenizer.of(alphabet, unknown);
    if (!added.equals(tokenizer.specialTokens())) {
      throw json.wrong(
          "special tokens " + added + " where " + tokenizer.specialTokens() + " are expected");
    }
    vocabulary.forEach((text, id) -> {
      if (id >= tokenizer.vocabularySize() || !tokenizer.decode(id).equals(text)) {
        throw json.wrong("ids do not follow the order of characters: '" + text + "' is " + id);
      }
    });
    return tokenizer;
  }
}
