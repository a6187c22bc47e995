package dev.jebena.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** BPE as the paper says it, with no thought for speed: what the fast one must agree with. */
final class SlowBpe {
  private SlowBpe() {}

  /** A pair of byte strings, spelled in Latin-1 so that strings compare as unsigned bytes. */
  record Pair(String left, String right) {}

  static List<String> pieces(byte[] text) {
    var pieces = new ArrayList<String>();
    var cut = new Gpt2PreTokenizer();
    for (int at = 0, end; at < text.length; at = end) {
      end = cut.pieceEnd(text, at, text.length);
      pieces.add(latin1(Arrays.copyOfRange(text, at, end)));
    }
    return pieces;
  }

  static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  static List<Pair> train(List<String> pieces, int merges) {
    var words = new ArrayList<List<String>>();
    pieces.forEach(p -> words.add(new ArrayList<>(Arrays.asList(p.split("")))));
    var learned = new ArrayList<Pair>();
    while (learned.size() < merges) {
      Map<Pair, Integer> counts = new HashMap<>();
      for (var word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          counts.merge(new Pair(word.get(i), word.get(i + 1)), 1, Integer::sum);
        }
      }
      if (counts.isEmpty()) {
        break;
      }
      var best =
          counts.entrySet().stream()
              .max(
                  Map.Entry.<Pair, Integer>comparingByValue()
                      .thenComparing(e -> e.getKey().left())
                      .thenComparing(e -> e.getKey().right()))
              .orElseThrow()
              .getKey();
      learned.add(best);
      words.forEach(word -> apply(word, best));
    }
    return learned;
  }

  /** The tokens of a piece: every merge in turn, from the left. */
  static List<String> encode(String piece, List<Pair> merges) {
    var word = new ArrayList<>(Arrays.asList(piece.split("")));
    merges.forEach(merge -> apply(word, merge));
    return word;
  }

  private static void apply(List<String> word, Pair merge) {
    for (int i = 0; i + 1 < word.size(); i++) {
      if (word.get(i).equals(merge.left()) && word.get(i + 1).equals(merge.right())) {
        word.set(i, merge.left() + merge.right());
        word.remove(i + 1);
      }
    }
  }
}
