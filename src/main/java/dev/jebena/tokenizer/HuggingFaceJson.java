package dev.jebena.tokenizer;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What all kinds of {@code tokenizer.json} share: its frame, added tokens and checks. */
record HuggingFaceJson(Path file) {
  /** The head of a file, up to and including {@code added_tokens}. */
  static ObjectNode start(Map<String, Integer> specialTokens) {
    var root = JsonNodeFactory.instance.objectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    var added = root.putArray("added_tokens");
    specialTokens.forEach((text, id) ->
        added
            .addObject()
            .put("id", id)
            .put("content", text)
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", true));
    return root;
  }

  /** {@code tokenizer_config.json} for a tokenizer of this engine. */
  static ObjectNode config(Tokenizer tokenizer, String unknownToken) {
    var config = JsonNodeFactory.instance.objectNode();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    config.put("add_prefix_space", false);
    config.put("clean_up_tokenization_spaces", false);
    if (tokenizer.endOfText().isPresent()) {
      config.put("bos_token", Tokenizer.END_OF_TEXT);
      config.put("eos_token", Tokenizer.END_OF_TEXT);
    }
    if (unknownToken != null) {
      config.put("unk_token", unknownToken);
    }
    return config;
  }

  static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  TokenizerException unsupported(String what) {
    return new TokenizerException(file + ": " + what + " is not supported");
  }

  TokenizerException wrong(String what) {
    return new TokenizerException(file + ": " + what);
  }

  /** Refuses a field that would change ids if it were skipped. Empty text and 0 change nothing. */
  void absent(JsonNode parent, String field) {
    var node = parent.path(field);
    boolean idle =
        isAbsent(node)
            || node.isString() && node.stringValue().isEmpty()
            || node.isNumber() && node.doubleValue() == 0;
    if (!idle) {
      var type = node.path("type");
      throw unsupported(field + " " + (type.isString() ? type.stringValue() : node));
    }
  }

  /** Demands that a component is of the one kind that is supported. */
  void kind(JsonNode node, String component, String expected) {
    var type = node.path("type").asString("");
    if (!type.equals(expected)) {
      var what = isAbsent(node) ? component + " none" : component + " " + type + inside(node);
      throw new TokenizerException(
          file + ": " + what + " is not supported here (" + expected + " is)");
    }
  }

  /** The members of a sequence, which say more than the word Sequence. */
  private static String inside(JsonNode node) {
    var names = new StringBuilder();
    for (var list : new String[] {"pretokenizers", "processors", "decoders", "normalizers"}) {
      for (var member : node.path(list)) {
        names.append(names.isEmpty() ? " of " : ", ").append(member.path("type").asString("?"));
      }
    }
    return names.toString();
  }

  Map<String, Integer> vocabulary(JsonNode model) {
    return ids(model.path("vocab"), "model.vocab");
  }

  Map<String, Integer> ids(JsonNode node, String name) {
    if (!node.isObject()) {
      throw wrong(name + " is not an object of tokens and ids");
    }
    var ids = new LinkedHashMap<String, Integer>();
    for (var entry : node.properties()) {
      if (!entry.getValue().isInt()) {
        throw wrong("the id of token '" + entry.getKey() + "' is not a whole number");
      }
      ids.put(entry.getKey(), entry.getValue().intValue());
    }
    return ids;
  }

  /**
   * Added tokens and their ids. All of them count as special tokens here, so that a {@link
   * SpecialTokenPolicy} decides over each; stripping and whole-word matching are refused.
   */
  Map<String, Integer> addedTokens(JsonNode root) {
    var added = new LinkedHashMap<String, Integer>();
    for (var token : root.path("added_tokens")) {
      if (!token.path("content").isString() || !token.path("id").isInt()) {
        throw wrong("an added token has no content or no id: " + token);
      }
      var content = token.path("content").stringValue();
      for (var flag : new String[] {"single_word", "lstrip", "rstrip"}) {
        if (token.path(flag).asBoolean(false)) {
          throw unsupported("added token '" + content + "' with " + flag + " true");
        }
      }
      if (content.isEmpty()) {
        throw wrong("an added token is empty");
      }
      added.put(content, token.path("id").intValue());
    }
    return added;
  }
}
