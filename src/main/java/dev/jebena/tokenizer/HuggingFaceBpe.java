package dev.jebena.tokenizer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A byte-level BPE tokenizer as Hugging Face's {@code tokenizer.json}. What the file asks for and
 * this engine does not do is an error that names it; nothing that changes ids is skipped.
 */
final class HuggingFaceBpe {
  private HuggingFaceBpe() {}

  static ObjectNode write(BpeModel model) {
    var json = JsonNodeFactory.instance;
    var byteLevel =
        json.objectNode()
            .put("type", "ByteLevel")
            .put("add_prefix_space", false)
            .put("trim_offsets", true)
            .put("use_regex", true);
    var root = HuggingFaceJson.start(model.specialTokens());
    root.putNull("normalizer");
    root.set("pre_tokenizer", byteLevel);
    root.putNull("post_processor");
    root.set("decoder", byteLevel.deepCopy());
    var bpe = root.putObject("model");
    bpe.put("type", "BPE");
    bpe.putNull("dropout");
    bpe.putNull("unk_token");
    bpe.putNull("continuing_subword_prefix");
    bpe.putNull("end_of_word_suffix");
    bpe.put("fuse_unk", false);
    bpe.put("byte_fallback", false);
    bpe.put("ignore_merges", model.wholePieceFirst());
    var vocabulary = bpe.putObject("vocab");
    var spelled = spell(model);
    for (int id = 0; id < spelled.length; id++) {
      if (spelled[id] != null && vocabulary.has(spelled[id])) {
        throw new TokenizerException(
            "tokens "
                + vocabulary.get(spelled[id]).intValue()
                + " and "
                + id
                + " are both written '"
                + spelled[id]
                + "' in tokenizer.json; choose another special token");
      }
      if (spelled[id] != null) {
        vocabulary.put(spelled[id], id);
      }
    }
    // "a b" and not ["a", "b"]: readers of any age understand it, and no spelling has a space
    var merges = bpe.putArray("merges");
    for (int i = 0; i < model.merges().length; i += 3) {
      merges.add(spelled[model.merges()[i]] + " " + spelled[model.merges()[i + 1]]);
    }
    return root;
  }

  private static String[] spell(BpeModel model) {
    var spelled = new String[model.tokens().length];
    for (int id = 0; id < spelled.length; id++) {
      spelled[id] = model.tokens()[id] == null ? null : ByteAlphabet.spell(model.tokens()[id]);
    }
    model.specialTokens().forEach((text, id) -> spelled[id] = text);
    return spelled;
  }

  static BpeModel read(Path file, JsonNode root) {
    var json = new HuggingFaceJson(file);
    json.absent(root, "normalizer");
    var model = root.path("model");
    json.absent(model, "dropout");
    json.absent(model, "continuing_subword_prefix");
    json.absent(model, "end_of_word_suffix");
    if (model.path("byte_fallback").asBoolean(false)) {
      throw json.unsupported("model.byte_fallback true");
    }
    var preTokenizer = preTokenizer(json, root.path("pre_tokenizer"));
    json.kind(root.path("decoder"), "decoder", "ByteLevel");
    var postProcessor = root.path("post_processor");
    if (!HuggingFaceJson.isAbsent(postProcessor)) {
      json.kind(postProcessor, "post_processor", "ByteLevel");
    }
    return new VocabularyReader(file, json.vocabulary(model), json.addedTokens(root))
        .read(
            merges(json, model.path("merges")),
            preTokenizer,
            model.path("ignore_merges").asBoolean(false));
  }

  private static PreTokenizer preTokenizer(HuggingFaceJson json, JsonNode node) {
    json.kind(node, "pre_tokenizer", "ByteLevel");
    if (node.path("add_prefix_space").asBoolean(true)) {
      throw json.unsupported("pre_tokenizer ByteLevel with add_prefix_space true");
    }
    if (!node.path("use_regex").asBoolean(true)) {
      throw json.unsupported("pre_tokenizer ByteLevel with use_regex false");
    }
    return new Gpt2PreTokenizer();
  }

  private static List<String[]> merges(HuggingFaceJson json, JsonNode node) {
    if (!node.isArray()) {
      throw json.wrong("model.merges is missing or not a list");
    }
    var merges = new ArrayList<String[]>(node.size());
    for (var merge : node) {
      String[] pair =
          merge.isString()
              ? split(merge.stringValue())
              : merge.isArray()
                      && merge.size() == 2
                      && merge.get(0).isString()
                      && merge.get(1).isString()
                  ? new String[] {merge.get(0).stringValue(), merge.get(1).stringValue()}
                  : null;
      if (pair == null) {
        throw json.wrong("merge " + merges.size() + " is not a pair of tokens: " + merge);
      }
      merges.add(pair);
    }
    return merges;
  }

  /** The two halves of {@code "a b"}, or null if it is something else. */
  static String[] split(String merge) {
    int space = merge.indexOf(' ');
    return space <= 0 || space == merge.length() - 1 || merge.indexOf(' ', space + 1) >= 0
        ? null
        : new String[] {merge.substring(0, space), merge.substring(space + 1)};
  }

  /** Vocabulary and merges of GPT-2's first release: {@code vocab.json} and {@code merges.txt}. */
  static BpeModel readPair(Path vocabFile, JsonNode vocab, Path mergesFile, List<String> lines) {
    var vocabulary = new HuggingFaceJson(vocabFile).ids(vocab, "the file");
    var merges = new ArrayList<String[]>(lines.size());
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      if (line.isEmpty() || i == 0 && line.startsWith("#version")) {
        continue;
      }
      var pair = split(line);
      if (pair == null) {
        throw new TokenizerException(
            mergesFile + ": line " + (i + 1) + " is not two tokens with a space between");
      }
      merges.add(pair);
    }
    Map<String, Integer> none = new LinkedHashMap<>();
    return new VocabularyReader(vocabFile, vocabulary, none)
        .read(merges, new Gpt2PreTokenizer(), false);
  }
}
