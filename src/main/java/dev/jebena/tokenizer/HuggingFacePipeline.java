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
    int before = steps.size();
    var pre = root.path("pre_tokenizer");
    var decoder = root.path("decoder");
    boolean overBytes = isByteLevel(pre);
    var cut = overBytes ? byteLevelCut(json, pre, steps) : characterCut(json, pre, steps);
    FirstSpace firstSpace = FirstSpace.KEPT;
    if (overBytes) {
      json.kind(decoder, "decoder", "ByteLevel");
    } else {
      firstSpace = decoder(json, decoder);
      if (type(decoder).equals("Metaspace")
          && root.path("model").path("byte_fallback").asBoolean(false)) {
        throw json.unsupported(
            "decoder Metaspace, which shows bytes as <0x..>, with byte_fallback");
      }
    }
    var prefix = new IntList(8);
    var suffix = new IntList(8);
    postProcessor(json, root.path("post_processor"), prefix, suffix);
    return new HuggingFacePipeline(
        new Normalization(steps, before),
        cut,
        overBytes,
        firstSpace,
        prefix.takeArray(),
        suffix.takeArray(),
        overBytes
            && steps.isEmpty()
            && !(cut instanceof ChainPreTokenizer || cut instanceof SplitPreTokenizer)
            && HuggingFaceJson.isAbsent(root.path("post_processor")));
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
        case "Replace" -> steps.add(replace(json, member));
        case "Lowercase" -> steps.add(new Normalization.Lowercase());
        case "Strip" ->
            steps.add(
                new Normalization.Strip(
                    member.path("strip_left").asBoolean(true),
                    member.path("strip_right").asBoolean(true)));
        case "NFC" -> steps.add(new Normalization.Unicode(Normalizer.Form.NFC));
        case "NFD" -> steps.add(new Normalization.Unicode(Normalizer.Form.NFD));
        case "NFKC" -> steps.add(new Normalization.Unicode(Normalizer.Form.NFKC));
        case "NFKD" -> steps.add(new Normalization.Unicode(Normalizer.Form.NFKD));
        default -> throw json.unsupported("normalizer " + type(member));
      }
    }
  }

  private static Step replace(HuggingFaceJson json, JsonNode node) {
    var pattern = node.path("pattern");
    var content = node.path("content").asString("");
    var regex = pattern.path("Regex").asString("");
    if (!regex.isEmpty()) {
      try {
        var expression = Delimiter.Expression.regex(regex);
        if (!expression.pattern().matcher("").find()) {
          return new Normalization.ReplaceMatches(expression, content);
        }
      } catch (TokenizerException e) {
        throw json.unsupported("normalizer Replace: " + e.getMessage());
      }
    }
    var from = pattern.path("String").asString("");
    if (from.isEmpty()) { // or else an expression that matches where there is nothing
      throw json.unsupported("normalizer Replace of " + pattern);
    }
    return new Normalization.Replace(from, content);
  }

  /**
   * Whether the first character after these may seem to come from behind the beginning of the text:
   * what replaces several bytes is taken to come from the last of them.
   */
  private static boolean mayMoveBeginning(List<Step> steps) {
    return steps.stream()
        .anyMatch(step ->
            switch (step) {
              case Normalization.Strip(var left, var _) -> left;
              case Normalization.Replace(var from, var to) ->
                  to.isEmpty() || Utf8.encode(from).length > 1;
              case Normalization.ReplaceMatches _ -> true;
              default -> false;
            });
  }

  private static boolean isByteLevel(JsonNode pre) {
    return members(pre, "pretokenizers").stream().anyMatch(m -> type(m).equals("ByteLevel"));
  }

  /** Cuts before ByteLevel see text, those behind it see bytes as it spells them. */
  private static PreTokenizer byteLevelCut(HuggingFaceJson json, JsonNode pre, List<Step> steps) {
    var members = members(pre, "pretokenizers");
    var stages = new ArrayList<PreTokenizer>();
    boolean spelled = false;
    for (var member : members) {
      if (type(member).equals("ByteLevel")) {
        if (spelled) {
          throw json.unsupported("pre_tokenizer with ByteLevel twice");
        }
        spelled = true;
        if (member.path("add_prefix_space").asBoolean(true)) {
          if (!stages.isEmpty()) {
            throw json.unsupported(
                "pre_tokenizer ByteLevel with add_prefix_space true behind another");
          }
          steps.add(new Normalization.LeadingSpace());
        }
        if (member.path("use_regex").asBoolean(true)) {
          stages.add(new Gpt2PreTokenizer());
        }
      } else {
        stages.add(stage(json, member, spelled));
      }
    }
    return stages.isEmpty()
        ? new WholePreTokenizer()
        : stages.size() == 1 ? stages.getFirst() : new ChainPreTokenizer(stages);
  }

  private static PreTokenizer stage(HuggingFaceJson json, JsonNode node, boolean spelled) {
    return switch (type(node)) {
      case "Digits" ->
          new SplitPreTokenizer(
              Delimiter.Kind.DIGITS,
              node.path("individual_digits").asBoolean(false)
                  ? SplitBehavior.ISOLATED
                  : SplitBehavior.CONTIGUOUS,
              false,
              spelled);
      case "Punctuation" ->
          new SplitPreTokenizer(
              Delimiter.Kind.PUNCTUATION,
              behavior(json, "Punctuation", node.path("behavior").asString("Isolated"), false),
              false,
              spelled);
      case "Split" -> split(json, node, spelled);
      default -> throw json.unsupported("pre_tokenizer " + type(node) + " with ByteLevel");
    };
  }

  private static SplitBehavior behavior(
      HuggingFaceJson json, String type, String name, boolean invert) {
    var behavior = SplitBehavior.named(name);
    if (behavior == null) {
      throw json.unsupported(
          "pre_tokenizer " + type + " with behavior " + name + (invert ? " inverted" : ""));
    }
    return behavior;
  }

  private static PreTokenizer split(HuggingFaceJson json, JsonNode node, boolean spelled) {
    var pattern = node.path("pattern");
    boolean literal = pattern.path("String").isString();
    var regex = pattern.path(literal ? "String" : "Regex").asString("");
    if (regex.isEmpty()) {
      throw json.unsupported("pre_tokenizer Split " + pattern);
    }
    boolean invert = node.path("invert").asBoolean(false);
    var name = node.path("behavior").asString("");
    try {
      var cut = spelled || literal ? null : PreTokenizer.ofRegex(regex);
      boolean scanner = cut != null && !(cut instanceof RegexPreTokenizer);
      // built-in expressions leave nothing between their matches: only keeping matches keeps all
      boolean onlyMatches = scanner && invert && name.equals("Removed");
      if (onlyMatches || cut != null && !invert && name.equals("Isolated")) {
        return cut;
      }
      return new SplitPreTokenizer(
          literal ? Delimiter.Expression.text(regex) : Delimiter.Expression.regex(regex),
          behavior(json, "Split", name, invert),
          invert,
          spelled);
    } catch (TokenizerException e) {
      throw e.getMessage().startsWith(json.file().toString())
          ? e
          : json.unsupported("pre_tokenizer Split: " + e.getMessage());
    }
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
        if (scheme == Scheme.FIRST && mayMoveBeginning(steps)) {
          // the peer asks where the first character came from
          throw json.unsupported(
              "pre_tokenizer Metaspace with prepend_scheme first behind a normalizer that may"
                  + " change the beginning of a text");
        }
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
        case "TemplateProcessing", "RobertaProcessing", "BertProcessing" -> {
          if (framed) {
            throw json.unsupported("post_processor with two templates");
          }
          framed = true;
          if (type(member).equals("TemplateProcessing")) {
            template(json, member, prefix, suffix);
          } else {
            prefix.add(framing(json, member, "cls"));
            suffix.add(framing(json, member, "sep"));
          }
        }
        default -> throw json.unsupported("post_processor " + type(member));
      }
    }
  }

  /** The id in a pair of token and id. */
  private static int framing(HuggingFaceJson json, JsonNode node, String part) {
    var id = node.path(part).path(1);
    if (!id.isInt()) {
      throw json.wrong("post_processor " + type(node) + ": no id for " + part);
    }
    return id.intValue();
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
