package dev.jebena.tokenizer;

import dev.jebena.tokenizer.TextRules.FirstSpace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A BPE tokenizer as Hugging Face's {@code tokenizer.json}: over bytes, as GPT-2, Llama-3 and Qwen
 * have it, or over characters with bytes for the rest, as Llama-2, Mistral and Gemma do. What the
 * file asks for and this engine does not do is an error that names it; nothing that changes ids is
 * skipped.
 */
final class HuggingFaceBpe {
  private HuggingFaceBpe() {}

  static ObjectNode write(BpeModel model) {
    var rules = model.rules();
    var root = HuggingFaceJson.start(model.specialTokens(), rules.addedTokens(), rules.matching());
    if (rules.frame() == null) {
      root.putNull("normalizer");
      root.set("pre_tokenizer", preTokenizer(model.preTokenizer()));
      root.putNull("post_processor");
      root.set("decoder", byteLevel(true));
    } else {
      for (var part : new String[] {"normalizer", "pre_tokenizer", "post_processor", "decoder"}) {
        root.set(part, rules.frame().path(part));
      }
    }
    var bpe = root.putObject("model");
    bpe.put("type", "BPE");
    bpe.putNull("dropout");
    var characters = rules.characters();
    if (characters != null && characters.unknown() >= 0) {
      bpe.put("unk_token", Utf8.decode(model.spelled()[characters.unknown()]));
    } else {
      bpe.putNull("unk_token");
    }
    bpe.putNull("continuing_subword_prefix");
    bpe.putNull("end_of_word_suffix");
    bpe.put("fuse_unk", characters != null && characters.fuse());
    bpe.put("byte_fallback", characters != null && characters.byteIds() != null);
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
    // "a b" and not ["a", "b"]: readers of any age understand it, if no spelling has a space
    var merges = bpe.putArray("merges");
    boolean pairs = characters != null && hasSpace(spelled);
    for (int i = 0; i < model.merges().length; i += 3) {
      var left = spelled[model.merges()[i]];
      var right = spelled[model.merges()[i + 1]];
      if (pairs) {
        merges.addArray().add(left).add(right);
      } else {
        merges.add(left + " " + right);
      }
    }
    return root;
  }

  private static boolean hasSpace(String[] spelled) {
    for (var token : spelled) {
      if (token != null && token.indexOf(' ') >= 0) {
        return true;
      }
    }
    return false;
  }

  private static ObjectNode byteLevel(boolean useRegex) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", useRegex);
  }

  private static ObjectNode preTokenizer(PreTokenizer cut) {
    if (cut.equals(new Gpt2PreTokenizer())) {
      return byteLevel(true);
    }
    if (cut instanceof WholePreTokenizer) {
      return byteLevel(false);
    }
    var sequence = JsonNodeFactory.instance.objectNode().put("type", "Sequence");
    var members = sequence.putArray("pretokenizers");
    var split = members.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", cut.regex());
    split.put("behavior", "Isolated").put("invert", false);
    members.add(byteLevel(false));
    return sequence;
  }

  private static String[] spell(BpeModel model) {
    var spelled = new String[model.tokens().length];
    boolean overBytes = model.rules().characters() == null;
    for (int id = 0; id < spelled.length; id++) {
      var token = model.spelled()[id];
      if (token != null) {
        spelled[id] = overBytes ? ByteAlphabet.spell(token) : Utf8.decode(token);
      }
    }
    model.specialTokens().forEach((text, id) -> spelled[id] = text);
    model.rules().addedTokens().forEach((text, id) -> spelled[id] = text);
    return spelled;
  }

  static BpeModel read(Path file, JsonNode root) {
    var json = new HuggingFaceJson(file);
    var model = read(json, root);
    for (var ids : List.of(model.rules().prefix(), model.rules().suffix())) {
      for (int id : ids) {
        if (id < 0 || id >= model.tokens().length || model.tokens()[id] == null) {
          throw json.wrong("post_processor adds the id " + id + ", which no token has");
        }
      }
    }
    return model;
  }

  private static BpeModel read(HuggingFaceJson json, JsonNode root) {
    var file = json.file();
    for (var part : new String[] {"truncation", "padding"}) {
      json.absent(root, part);
    }
    var model = root.path("model");
    json.absent(model, "dropout");
    json.absent(model, "continuing_subword_prefix");
    json.absent(model, "end_of_word_suffix");
    var pipeline = HuggingFacePipeline.read(json, root);
    var added = json.addedTokens(root);
    var matching = HuggingFaceJson.matching(added, pipeline.normalization().before() > 0);
    var normalizer = pipeline.normalization().first();
    added.forEach((text, token) -> {
      var utf8 = Utf8.encode(text);
      if (token.rule().normalized() && normalizer.apply(utf8, 0, utf8.length, true).length == 0) {
        throw json.wrong("the normalizer leaves nothing of the added token '" + text + "'");
      }
    });
    var special = HuggingFaceJson.ids(added, true);
    var others = HuggingFaceJson.ids(added, false);
    var reader = new VocabularyReader(file, file, json.vocabulary(model), special, others);
    var merges = merges(json, model.path("merges"));
    boolean wholePieceFirst = model.path("ignore_merges").asBoolean(false);
    boolean fallback = model.path("byte_fallback").asBoolean(false);
    if (pipeline.overBytes()) {
      if (fallback) {
        throw json.unsupported("model.byte_fallback true with ByteLevel");
      }
      var rules =
          new TextRules(
              pipeline.normalization(),
              others,
              matching,
              null,
              null,
              FirstSpace.KEPT,
              pipeline.prefix(),
              pipeline.suffix(),
              null,
              pipeline.isPlain() ? null : root);
      return reader.read(merges, pipeline.cut(), wholePieceFirst, false, rules);
    }
    return overCharacters(json, model, pipeline, reader, merges, added, matching, root);
  }

  private static BpeModel overCharacters(
      HuggingFaceJson json,
      JsonNode model,
      HuggingFacePipeline pipeline,
      VocabularyReader reader,
      List<String[]> mergeList,
      Map<String, HuggingFaceJson.AddedToken> added,
      Map<String, MatchRule> matching,
      JsonNode root) {
    var special = HuggingFaceJson.ids(added, true);
    var others = HuggingFaceJson.ids(added, false);
    var spelled = reader.readSpelled();
    var merges = reader.merges(mergeList);
    boolean fallback = model.path("byte_fallback").asBoolean(false);
    var byteIds = fallback ? new int[256] : null;
    var tokens = new byte[spelled.length][];
    var characters = new PieceTable(1 << 10);
    var outside = new boolean[spelled.length];
    special.values().forEach(id -> outside[id] = true);
    others.values().forEach(id -> outside[id] = true);
    int bytes = 0;
    for (int id = 0; id < spelled.length; id++) {
      if (spelled[id] == null) {
        continue;
      }
      var text = Utf8.decode(spelled[id]);
      if (fallback && text.matches("<0x[0-9A-F]{2}>")) {
        int value = Integer.parseInt(text, 3, 5, 16);
        byteIds[value] = id;
        tokens[id] = new byte[] {(byte) value};
        bytes++;
        continue;
      }
      if (spelled[id].length > 0 && text.codePointCount(0, text.length()) == 1) {
        characters.put(spelled[id], 0, spelled[id].length, id);
      }
      tokens[id] =
          outside[id] ? spelled[id] : Utf8.encode(text.replace(MarkPreTokenizer.MARK, " "));
    }
    if (fallback && bytes != 256) {
      throw json.wrong("byte_fallback needs the tokens <0x00> to <0xFF>; there are " + bytes);
    }
    var unknown = model.path("unk_token");
    int unknownId = -1;
    if (unknown.isString()) {
      unknownId = model.path("vocab").path(unknown.stringValue()).asInt(-1);
      if (unknownId < 0) {
        throw json.wrong("unk_token '" + unknown.stringValue() + "' is not in the vocabulary");
      }
    }
    var alphabet =
        new Alphabet.Characters(
            characters, byteIds, unknownId, model.path("fuse_unk").asBoolean(false));
    var rules =
        new TextRules(
            pipeline.normalization(),
            others,
            matching,
            alphabet,
            spelled,
            pipeline.firstSpace(),
            pipeline.prefix(),
            pipeline.suffix(),
            null,
            root);
    return new BpeModel(
        tokens,
        merges,
        special,
        pipeline.cut(),
        model.path("ignore_merges").asBoolean(false),
        rules);
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
    return new VocabularyReader(vocabFile, mergesFile, vocabulary, Map.of(), Map.of())
        .read(merges, new Gpt2PreTokenizer(), false, true, TextRules.PLAIN);
  }
}
