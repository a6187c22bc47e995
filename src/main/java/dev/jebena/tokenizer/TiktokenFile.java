package dev.jebena.tokenizer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * tiktoken's rank files: a line for each token, its bytes in base 64 and its rank, which is its id.
 *
 * <p>tiktoken knows no list of merges: two neighbours merge wherever their bytes put together are a
 * token, the lowest rank first. Inside of a token that came about by merging, nothing from outside
 * can have interfered, so each token is always made from the same two, namely those that the lower
 * ranks leave of its bytes. That gives the list of merges. A token of which they leave more than
 * two is never made by merging; it is found only where it is a whole piece, which tiktoken looks up
 * first.
 */
final class TiktokenFile {
  /** What else belongs to the files that tiktoken itself downloads, by their names. */
  private static final Map<String, Known> KNOWN =
      Map.of(
          "r50k_base", new Known("gpt2", Map.of("<|endoftext|>", 50256)),
          "p50k_base", new Known("gpt2", Map.of("<|endoftext|>", 50256)),
          "cl100k_base",
              new Known(
                  "cl100k",
                  Map.of(
                      "<|endoftext|>", 100257,
                      "<|fim_prefix|>", 100258,
                      "<|fim_middle|>", 100259,
                      "<|fim_suffix|>", 100260,
                      "<|endofprompt|>", 100276)),
          "o200k_base",
              new Known("o200k", Map.of("<|endoftext|>", 199999, "<|endofprompt|>", 200018)));

  private record Known(String cut, Map<String, Integer> specialTokens) {}

  private TiktokenFile() {}

  /** Reads a file whose name says which cut and special tokens belong to it. */
  static BpeModel read(Path file, byte[] content) {
    var name = file.getFileName().toString().replaceAll("\\.tiktoken$", "");
    var known = KNOWN.get(name);
    if (known == null) {
      throw new TokenizerException(
          file
              + ": a rank file does not say how text is cut; known by name are "
              + String.join(", ", new TreeMap<>(KNOWN).keySet())
              + ". For others give the split pattern and the special tokens");
    }
    return read(file, content, PreTokenizer.named(known.cut()), known.specialTokens());
  }

  static BpeModel read(
      Path file, byte[] content, PreTokenizer cut, Map<String, Integer> specialTokens) {
    var ranked = new TreeMap<Integer, byte[]>();
    var seen = new PieceTable(1 << 16);
    int line = 0;
    for (var text : new String(content, StandardCharsets.ISO_8859_1).split("\n")) {
      line++;
      if (text.isBlank()) {
        continue;
      }
      int space = text.indexOf(' ');
      byte[] token;
      int rank;
      try {
        token = Base64.getDecoder().decode(text.substring(0, Math.max(0, space)));
        rank = Integer.parseInt(text.substring(space + 1).strip());
      } catch (IllegalArgumentException e) {
        throw new TokenizerException(
            file + ": line " + line + " is not a token in base 64 and its rank", e);
      }
      if (token.length == 0 || rank < 0 || rank > VocabularyReader.LARGEST_ID) {
        throw new TokenizerException(
            file
                + ": line "
                + line
                + " has "
                + (token.length == 0
                    ? "an empty token"
                    : "the rank " + rank + ", outside 0..2^24"));
      }
      if (ranked.put(rank, token) != null) {
        throw new TokenizerException(
            file + ": line " + line + ": the rank " + rank + " is given twice");
      }
      if (seen.get(token, 0, token.length, -1) >= 0) {
        throw new TokenizerException(
            file
                + ": line "
                + line
                + ": the token is the same as that of rank "
                + seen.get(token, 0, token.length, -1));
      }
      seen.put(token, 0, token.length, rank);
    }
    if (ranked.isEmpty()) {
      throw new TokenizerException(file + ": has no tokens");
    }
    return model(file, ranked, cut, specialTokens);
  }

  private static BpeModel model(
      Path file, TreeMap<Integer, byte[]> ranked, PreTokenizer cut, Map<String, Integer> specials) {
    int size = ranked.lastKey() + 1;
    for (var special : specials.entrySet()) {
      if (ranked.containsKey(special.getValue())) {
        throw new TokenizerException(
            file
                + ": the special token "
                + special.getKey()
                + " has the id "
                + special.getValue()
                + ", which is the rank of another token");
      }
      size = Math.max(size, special.getValue() + 1);
    }
    var tokens = new byte[size][];
    ranked.forEach((rank, token) -> tokens[rank] = token);
    specials.forEach((text, id) -> tokens[id] = Utf8.encode(text));
    int[] merges;
    try {
      merges = merges(ranked);
    } catch (TokenizerException e) {
      throw new TokenizerException(file + ": " + e.getMessage(), e);
    }
    return new BpeModel(tokens, merges, specials, cut, true, TextRules.PLAIN);
  }

  /** The two tokens of which the lower ranks leave each token, for all that have two. */
  private static int[] merges(TreeMap<Integer, byte[]> ranked) {
    var byteIds = BpeModel.byteIds(ranked);
    var table = new MergeTable(ranked.size());
    var merger = new PieceMerger(table, new Alphabet.Bytes(byteIds));
    var parts = new IntList(16);
    var merges = new IntList(3 * ranked.size());
    ranked.forEach((rank, token) -> {
      if (token.length == 1) {
        return;
      }
      parts.clear();
      merger.merge(token, 0, token.length, parts);
      if (parts.size() == 2) {
        table.add(parts.get(0), parts.get(1), rank);
        merges.add(parts.get(0));
        merges.add(parts.get(1));
        merges.add(rank);
      }
    });
    return merges.takeArray();
  }

  /**
   * The content of a rank file.
   *
   * @throws TokenizerException if tiktoken would encode by it otherwise
   */
  static byte[] write(BpeModel model) {
    if (!model.isPlain()) {
      throw new TokenizerException(
          "this vocabulary cannot be written as ranks: it does more to text than to cut it");
    }
    var ranked = new TreeMap<Integer, byte[]>();
    var special = model.isSpecial();
    for (int id = 0; id < model.tokens().length; id++) {
      if (model.tokens()[id] != null && !special[id]) {
        ranked.put(id, model.tokens()[id]);
      }
    }
    if (!Arrays.equals(merges(ranked), model.merges())) {
      throw new TokenizerException(
          "this vocabulary cannot be written as ranks: its merges are not in the order of their"
              + " ids, or join other tokens than ranks would");
    }
    var text = new StringBuilder();
    ranked.forEach((rank, token) ->
        text.append(Base64.getEncoder().encodeToString(token))
            .append(' ')
            .append(rank)
            .append('\n'));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether {@code path} is such a file by its name. */
  static boolean isNamedSo(Path path) {
    return path.getFileName() != null && path.getFileName().toString().endsWith(".tiktoken");
  }
}
