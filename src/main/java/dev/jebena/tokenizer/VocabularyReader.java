package dev.jebena.tokenizer;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a {@link BpeModel} from the vocabulary and merges of a file, in the spelling of {@link
 * ByteAlphabet} or in characters, and checks that they fit together.
 */
final class VocabularyReader {
  static final int LARGEST_ID = 1 << 24;

  /** The most tokens of a pair of files that may be special without looking so. */
  private static final int MOST_PLAIN_SPECIALS = 1_000;

  private final Path file;
  private final Path mergesFile;
  private final Map<String, Integer> vocabulary;
  private final Map<String, Integer> special;
  private final Map<String, Integer> added;

  /**
   * @param file has the vocabulary; named in errors
   * @param mergesFile has the merges; named in errors about them
   * @param vocabulary ids of spelled tokens
   * @param special ids of special tokens, by their plain text
   * @param added ids of other tokens that stand outside the merges, by their plain text
   */
  VocabularyReader(
      Path file,
      Path mergesFile,
      Map<String, Integer> vocabulary,
      Map<String, Integer> special,
      Map<String, Integer> added) {
    this.file = file;
    this.mergesFile = mergesFile;
    this.vocabulary = vocabulary;
    this.special = special;
    this.added = added;
  }

  /**
   * A vocabulary over bytes. What is no byte, made by no merge and not declared is a special token
   * if {@code restIsSpecial}; else it is a token that no text becomes.
   */
  BpeModel read(
      List<String[]> mergeList,
      PreTokenizer preTokenizer,
      boolean wholePieceFirst,
      boolean restIsSpecial,
      TextRules rules) {
    var specials = new LinkedHashMap<>(special);
    var spelledByMerge = new HashSet<String>();
    var merges = merges(mergeList);
    for (int rank = 0; rank < mergeList.size(); rank++) {
      var merge = mergeList.get(rank);
      for (var part : merge) {
        requireSpelling(part, rank);
      }
      spelledByMerge.add(merge[0] + merge[1]);
    }
    var tokens = new byte[size()][];
    vocabulary.forEach((spelling, id) -> {
      if (special.containsKey(spelling) || added.containsKey(spelling)) {
        return;
      }
      var bytes = ByteAlphabet.read(spelling);
      boolean reachable =
          spelledByMerge.contains(spelling)
              || bytes != null && bytes.length == 1
              || wholePieceFirst && bytes != null;
      if (!reachable && restIsSpecial) {
        requireSpecial(spelling, bytes, id);
        specials.put(spelling, id);
      } else {
        place(tokens, id, bytes == null ? Utf8.encode(spelling) : bytes, spelling);
      }
    });
    if (restIsSpecial && specials.size() > special.size() + MOST_PLAIN_SPECIALS) {
      throw new TokenizerException(
          mergesFile
              + ": does not fit its vocabulary: of "
              + vocabulary.size()
              + " tokens no merge makes "
              + specials.size());
    }
    specials.forEach((text, id) -> place(tokens, id, Utf8.encode(text), text));
    added.forEach((text, id) -> place(tokens, id, Utf8.encode(text), text));
    var model = new BpeModel(tokens, merges, specials, preTokenizer, wholePieceFirst, rules);
    try {
      model.byteIds();
    } catch (TokenizerException e) {
      throw new TokenizerException(file + ": " + e.getMessage(), e);
    }
    return model;
  }

  /**
   * A token that no merge makes may be special; but one whose spelling stands for other bytes, such
   * as that of a space, was meant to be made by a merge.
   */
  private void requireSpecial(String spelling, byte[] bytes, int id) {
    if (bytes != null && !Arrays.equals(bytes, Utf8.encode(spelling))) {
      throw new TokenizerException(
          mergesFile
              + ": does not fit its vocabulary: no merge makes the token '"
              + spelling
              + "' (id "
              + id
              + "); is the file cut off?");
    }
  }

  /** The bytes of every token of a vocabulary over characters, as the file spells it. */
  byte[][] readSpelled() {
    var tokens = new byte[size()][];
    for (var source : List.of(vocabulary, special, added)) {
      source.forEach((text, id) -> place(tokens, id, Utf8.encode(text), text));
    }
    return tokens;
  }

  /** Left id, right id and resulting id of each merge. */
  int[] merges(List<String[]> mergeList) {
    var merges = new int[3 * mergeList.size()];
    var seen = new HashSet<Long>();
    for (int rank = 0; rank < mergeList.size(); rank++) {
      var merge = mergeList.get(rank);
      merges[3 * rank] = id(merge[0], rank, merge);
      merges[3 * rank + 1] = id(merge[1], rank, merge);
      merges[3 * rank + 2] = id(merge[0] + merge[1], rank, merge);
      if (!seen.add((long) merges[3 * rank] << 32 | merges[3 * rank + 1])) {
        throw new TokenizerException(
            mergesFile
                + ": merge "
                + rank
                + " ('"
                + merge[0]
                + "' and '"
                + merge[1]
                + "') is given twice");
      }
    }
    return merges;
  }

  private int size() {
    int largest = -1;
    for (var ids : List.of(vocabulary, special, added)) {
      for (var entry : ids.entrySet()) {
        int id = entry.getValue();
        if (id < 0 || id > LARGEST_ID) {
          throw new TokenizerException(
              file + ": token '" + entry.getKey() + "' has the id " + id + ", outside 0..2^24");
        }
        largest = Math.max(largest, id);
      }
    }
    return largest + 1;
  }

  private int id(String spelling, int rank, String[] merge) {
    var id = vocabulary.get(spelling);
    if (id == null) {
      throw new TokenizerException(
          mergesFile
              + ": merge "
              + rank
              + " ('"
              + merge[0]
              + "' and '"
              + merge[1]
              + "') needs the token '"
              + spelling
              + "', which is not in the vocabulary"
              + (file.equals(mergesFile) ? "" : " of " + file.getFileName()));
    }
    return id;
  }

  private void requireSpelling(String spelling, int rank) {
    if (ByteAlphabet.read(spelling) == null) {
      throw new TokenizerException(
          mergesFile + ": token '" + spelling + "' of merge " + rank + " is not spelled in bytes");
    }
  }

  private void place(byte[][] tokens, int id, byte[] bytes, String spelling) {
    if (tokens[id] != null && !Arrays.equals(tokens[id], bytes)) {
      throw new TokenizerException(
          file + ": two tokens have the id " + id + "; one of them is '" + spelling + "'");
    }
    tokens[id] = bytes;
  }
}
