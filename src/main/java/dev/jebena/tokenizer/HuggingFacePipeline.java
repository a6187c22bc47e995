package dev.jebena.tokenizer;

import dev.jebena.tokenizer.Normalization.Scheme;
import dev.jebena.tokenizer.Normalization.Step;
import dev.jebena.tokenizer.TextRules.FirstSpace;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What surrounds the model in a {@code tokenizer.json}: normaliser, pre-tokenizer, post-processor
 * and decoder, as far as they occur with BPE.
 *
 * @param overBytes whether the model merges bytes (ByteLevel), not characters
 * @param isPlain whether {@link BpeModel} says all of it by its cut alone
 */
record HuggingFacePipeline(
    Normalization normalization,
    PreTokenizer cut,
    boolean overBytes,
    FirstSpace firstSpace,
    int[] prefix,
    int[] suffix,
    boolean isPlain) {
  static HuggingFacePipeline read(HuggingFaceJson json, JsonNode root) {
    var steps = new ArrayList<Step>();
    normalizer(json, root.path("normalizer"), steps);
    var pre = root.path("pre_tokenizer");
    var decoder = root.path("decoder");
    boolean overBytes = isByteLevel(pre);
    var cut = overBytes ? byteLevelCut(json, pre, steps) : characterCut(json, pre, steps);
    FirstSpace firstSpace = FirstSpace.KEPT;
    if (overBytes) {
      json.kind(decoder, "decoder", "ByteLevel");
    } else {
      firstSpace = decoder(json, decoder);
    }
    var prefix = new IntList(8);
    var suffix = new IntList(8);
    postProcessor(json, root.path("post_processor"), prefix, suffix);
    return new HuggingFacePipeline(
        new Normalization(steps),
        cut,
        overBytes,
        firstSpace,
        prefix.takeArray(),
        suffix.takeArray(),
        overBytes && steps.isEmpty() && HuggingFaceJson.isAbsent(root.path("post_processor")));
  }

  private static List<JsonNode> members(JsonNode node, String name) {
    var members = new ArrayList<JsonNode>();
    if (type(node).equals("Sequence")) {
      node.path(name).forEach(members::add);
    } else if (!HuggingFaceJson.isAbsent(node)) {
      members.add(node);
    }
    return members;
  }

  private static String type(JsonNode node) {
    return node.path("type").asString("");
  }

  private static void normalizer(HuggingFaceJson json, JsonNode node, List<Step> steps) {
    for (var member : members(node, "normalizers")) {
      switch (type(member)) {
        case "Prepend" -> steps.add(new Normalization.Prepend(member.path("prepend").asString("")));
        case "Replace" -> {
          var from = member.path("pattern").path("String").asString("");
          if (from.isEmpty()) {
            throw json.unsupported("normalizer Replace of " + member.path("pattern"));
          }
          steps.add(new Normalization.Replace(from, member.path("content").asString("")));
        }
        case "NFC" -> steps.add(new Normalization.Unicode(Normalizer.Form.NFC));
        case "NFD" -> steps.add(new Normalization.Unicode(Normalizer.Form.NFD));
        case "NFKC" -> steps.add(new Normalization.Unicode(Normalizer.Form.NFKC));
        case "NFKD" -> steps.add(new Normalization.Unicode(Normalizer.Form.NFKD));
        default -> throw json.unsupported("normalizer " + type(member));
      }
    }
  }

  private static boolean isByteLevel(JsonNode pre) {
    var members = members(pre, "pretokenizers");
    return !members.isEmpty() && type(members.getLast()).equals("ByteLevel");
  }

  private static PreTokenizer byteLevelCut(HuggingFaceJson json, JsonNode pre, List<Step> steps) {
    var members = members(pre, "pretokenizers");
    var byteLevel = members.getLast();
    boolean useRegex = byteLevel.path("use_regex").asBoolean(true);
    boolean prefixSpace = byteLevel.path("add_prefix_space").asBoolean(true);
    if (members.size() == 1) {
      if (prefixSpace) {
        steps.add(new Normalization.LeadingSpace());
      }
      return useRegex ? new Gpt2PreTokenizer() : new WholePreTokenizer();
    }
    if (prefixSpace || useRegex) {
      throw json.unsupported(
          "pre_tokenizer ByteLevel with "
              + (prefixSpace ? "add_prefix_space" : "use_regex")
              + " true behind another");
    }
    if (members.size() > 2) {
      throw json.unsupported("pre_tokenizer Sequence of " + members.size());
    }
    var split = members.getFirst();
    var regex = split.path("pattern").path("Regex").asString("");
    boolean invert = split.path("invert").asBoolean(false);
    var behaviour = split.path("behavior").asString("");
    if (!type(split).equals("Split") || regex.isEmpty()) {
      throw json.unsupported("pre_tokenizer " + type(split) + " " + split.path("pattern"));
    }
    if (regex.matches("(?s).*\\{\\d+(,\\d*)?}\\+.*")) {
      throw json.unsupported(
          "pre_tokenizer Split with {n,m}+, which repeats for Oniguruma and is possessive"
              + " elsewhere,");
    }
    PreTokenizer cut;
    try {
      cut = PreTokenizer.ofRegex(regex);
    } catch (TokenizerException e) {
      throw json.unsupported("pre_tokenizer Split: " + e.getMessage());
    }
    // built-in expressions leave nothing between their matches, so that keeping only matches is all
    boolean onlyMatches =
        invert && behaviour.equals("Removed") && !(cut instanceof RegexPreTokenizer);
    if (!onlyMatches && (invert || !behaviour.equals("Isolated"))) {
      throw json.unsupported(
          "pre_tokenizer Split with behavior " + behaviour + (invert ? " inverted" : ""));
    }
    return cut;
  }

  private static PreTokenizer characterCut(HuggingFaceJson json, JsonNode pre, List<Step> steps) {
    if (HuggingFaceJson.isAbsent(pre)) {
      return new WholePreTokenizer();
    }
    switch (type(pre)) {
      case "Metaspace" -> {
        var mark = pre.path("replacement").asString(MarkPreTokenizer.MARK);
        if (!mark.equals(MarkPreTokenizer.MARK)) {
          throw json.unsupported("pre_tokenizer Metaspace with replacement '" + mark + "'");
        }
        var scheme =
            switch (pre.path("prepend_scheme")
                .asString(pre.path("add_prefix_space").asBoolean(true) ? "always" : "never")) {
              case "always" -> Scheme.ALWAYS;
              case "first" -> Scheme.FIRST;
              case "never" -> Scheme.NEVER;
              default ->
                  throw json.unsupported(
                      "pre_tokenizer Metaspace with prepend_scheme " + pre.path("prepend_scheme"));
            };
        steps.add(new Normalization.Mark(mark, scheme));
        return pre.path("split").asBoolean(true)
            ? new MarkPreTokenizer(true)
            : new WholePreTokenizer();
      }
      case "Split" -> {
        // Gemma's: its normaliser has left no space at which to split
        boolean idle =
            pre.path("pattern").path("String").asString("").equals(" ")
                && !steps.isEmpty()
                && steps.getLast() instanceof Normalization.Replace(var from, var to)
                && from.equals(" ")
                && !to.contains(" ");
        if (idle) {
          return new WholePreTokenizer();
        }
        throw json.unsupported("pre_tokenizer Split at " + pre.path("pattern"));
      }
      default -> {
        json.kind(pre, "pre_tokenizer", "ByteLevel");
        throw json.unsupported("pre_tokenizer " + type(pre));
      }
    }
  }

  private static FirstSpace decoder(HuggingFaceJson json, JsonNode node) {
    if (type(node).equals("Metaspace")) {
      var scheme = node.path("prepend_scheme").asString("always");
      return scheme.equals("never") ? FirstSpace.KEPT : FirstSpace.DROPPED_FROM_FIRST_TOKEN;
    }
    var members = members(node, "decoders");
    var expected = List.of("Replace", "ByteFallback", "Fuse");
    boolean known =
        members.size() >= 3
            && members.size() <= 4
            && members.subList(0, 3).stream()
                .map(HuggingFacePipeline::type)
                .toList()
                .equals(expected)
            && members
                .getFirst()
                .path("pattern")
                .path("String")
                .asString("")
                .equals(MarkPreTokenizer.MARK)
            && members.getFirst().path("content").asString("").equals(" ");
    if (known && members.size() == 3) {
      return FirstSpace.KEPT;
    }
    if (known
        && type(members.getLast()).equals("Strip")
        && members.getLast().path("content").asString("").equals(" ")
        && members.getLast().path("start").asInt(-1) == 1
        && members.getLast().path("stop").asInt(-1) == 0) {
      return FirstSpace.STRIPPED;
    }
    json.kind(node, "decoder", "Metaspace, or Replace of the mark, ByteFallback, Fuse and Strip");
    throw json.unsupported("decoder " + type(node));
  }

  private static void postProcessor(
      HuggingFaceJson json, JsonNode node, IntList prefix, IntList suffix) {
    boolean framed = false;
    for (var member : members(node, "processors")) {
      switch (type(member)) {
        case "ByteLevel" -> {
          // moves offsets only
        }
        case "TemplateProcessing" -> {
          if (framed) {
            throw json.unsupported("post_processor with two templates");
          }
          framed = true;
          template(json, member, prefix, suffix);
        }
        default -> throw json.unsupported("post_processor " + type(member));
      }
    }
  }

  private static void template(
      HuggingFaceJson json, JsonNode node, IntList prefix, IntList suffix) {
    boolean behind = false;
    for (var part : node.path("single")) {
      if (part.has("Sequence")) {
        if (behind) {
          throw json.unsupported("post_processor TemplateProcessing with the text twice");
        }
        behind = true;
        continue;
      }
      var name = part.path("SpecialToken").path("id").asString("");
      var ids = node.path("special_tokens").path(name).path("ids");
      if (!ids.isArray()) {
        throw json.wrong("post_processor TemplateProcessing: no ids for '" + name + "'");
      }
      for (var id : ids) {
        (behind ? suffix : prefix).add(id.asInt());
      }
    }
    if (!behind) {
      throw json.wrong("post_processor TemplateProcessing has no place for the text");
    }
  }
}
