package dev.jebena.tokenizer;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What all kinds of {@code tokenizer.json} share: its frame, added tokens and checks. */
record HuggingFaceJson(Path file) {
  /** The head of a file, up to and including {@code added_tokens}. */
  static ObjectNode start(Map<String, Integer> specialTokens) {
    return start(specialTokens, Map.of(), Map.of());
  }

  /** As {@link #start(Map)}, with added tokens that are not special, in order of ids. */
  static ObjectNode start(
      Map<String, Integer> specialTokens,
      Map<String, Integer> addedTokens,
      Map<String, MatchRule> matching) {
    var root = JsonNodeFactory.instance.objectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    var added = root.putArray("added_tokens");
    var all = new LinkedHashMap<>(specialTokens);
    all.putAll(addedTokens);
    all.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .forEach(token -> {
          var rule = matching.getOrDefault(token.getKey(), MatchRule.PLAIN);
          added
              .addObject()
              .put("id", token.getValue().intValue())
              .put("content", token.getKey())
              .put("single_word", rule.singleWord())
              .put("lstrip", rule.lstrip())
              .put("rstrip", rule.rstrip())
              .put("normalized", rule.normalized())
              .put("special", specialTokens.containsKey(token.getKey()));
        });
    return root;
  }

  /** {@code tokenizer_config.json} for a tokenizer of this engine. */
  static ObjectNode config(Tokenizer tokenizer, String unknownToken) {
    var config = JsonNodeFactory.instance.objectNode();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    config.put("add_prefix_space", false);
    config.put("clean_up_tokenization_spaces", false);
    if (tokenizer.endOfText().isPresent()) {
      var end = tokenizer.decode(tokenizer.endOfText().getAsInt());
      if (end.equals(Tokenizer.END_OF_TEXT)) {
        config.put("bos_token", end);
      }
      config.put("eos_token", end);
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

  /** Added tokens by their text, special and others. */
  Map<String, AddedToken> addedTokens(JsonNode root) {
    var added = new LinkedHashMap<String, AddedToken>();
    var texts = new HashMap<Integer, String>();
    for (var token : root.path("added_tokens")) {
      if (!token.path("content").isString() || !token.path("id").isInt()) {
        throw wrong("an added token has no content or no id: " + token);
      }
      var content = token.path("content").stringValue();
      if (content.isEmpty()) {
        throw wrong("an added token is empty");
      }
      int id = token.path("id").intValue();
      boolean special = token.path("special").asBoolean(true);
      var other = texts.put(id, content);
      if (other != null && !other.equals(content)) {
        throw wrong(
            "the added tokens '" + other + "' and '" + content + "' have the same id " + id);
      }
      var rule =
          new MatchRule(
              token.path("single_word").asBoolean(false),
              token.path("lstrip").asBoolean(false),
              token.path("rstrip").asBoolean(false),
              token.path("normalized").asBoolean(false));
      if (added.put(content, new AddedToken(id, special, rule)) != null) {
        throw wrong("the added token '" + content + "' is given twice");
      }
    }
    return added;
  }

  /** An added token: special ones are subject to a {@link SpecialTokenPolicy}, others are not. */
  record AddedToken(int id, boolean special, MatchRule rule) {}

  /**
   * The rules of those that have one.
   *
   * @param normalizes whether the file has a normaliser; without one, all normalised tokens are as
   *     none
   */
  static Map<String, MatchRule> matching(Map<String, AddedToken> added, boolean normalizes) {
    boolean allNormalized =
        !normalizes && added.values().stream().allMatch(token -> token.rule().normalized());
    var matching = new LinkedHashMap<String, MatchRule>();
    added.forEach((text, token) -> {
      var rule = allNormalized ? token.rule().withNormalized(false) : token.rule();
      if (!rule.equals(MatchRule.PLAIN)) {
        matching.put(text, rule);
      }
    });
    return matching;
  }

  /** Those of {@code added} that are special, or those that are not. */
  static Map<String, Integer> ids(Map<String, AddedToken> added, boolean special) {
    var ids = new LinkedHashMap<String, Integer>();
    added.forEach((text, token) -> {
      if (token.special() == special) {
        ids.put(text, token.id());
      }
    });
    return ids;
  }
}
