package dev.jebena.tokenizer;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a {@link BpeModel} from the vocabulary and merges of a file, in the spelling of {@link
 * ByteAlphabet}, and checks that they fit together.
 */
final class VocabularyReader {
  static final int LARGEST_ID = 1 << 24;

  private final Path file;
  private final Map<String, Integer> vocabulary;
  private final Map<String, Integer> added;

  /**
   * @param file named in errors
   * @param vocabulary ids of spelled tokens
   * @param added ids of tokens that stand outside the merges, by their plain text
   */
  VocabularyReader(Path file, Map<String, Integer> vocabulary, Map<String, Integer> added) {
    this.file = file;
    this.vocabulary = vocabulary;
    this.added = added;
  }

  BpeModel read(List<String[]> mergeList, PreTokenizer preTokenizer, boolean wholePieceFirst) {
    var specials = new LinkedHashMap<>(added);
    var spelledByMerge = new HashMap<String, String[]>();
    var merges = new int[3 * mergeList.size()];
    for (int rank = 0; rank < mergeList.size(); rank++) {
      var merge = mergeList.get(rank);
      var joined = merge[0] + merge[1];
      merges[3 * rank] = id(merge[0], rank, merge);
      merges[3 * rank + 1] = id(merge[1], rank, merge);
      merges[3 * rank + 2] = id(joined, rank, merge);
      spelledByMerge.put(joined, merge);
    }
    var tokens = new byte[size()][];
    vocabulary.forEach((spelling, id) -> {
      var bytes = ByteAlphabet.read(spelling);
      boolean reachable =
          spelledByMerge.containsKey(spelling)
              || bytes != null && bytes.length == 1
              || wholePieceFirst && bytes != null;
      if (specials.containsKey(spelling)) {
        return;
      }
      if (reachable) {
        place(tokens, id, bytes, spelling);
      } else {
        specials.put(spelling, id);
      }
    });
    specials.forEach((text, id) -> place(tokens, id, Utf8.encode(text), text));
    var model = new BpeModel(tokens, merges, specials, preTokenizer, wholePieceFirst);
    try {
      model.byteIds();
    } catch (TokenizerException e) {
      throw new TokenizerException(file + ": " + e.getMessage(), e);
    }
    return model;
  }

  private int size() {
    int largest = -1;
    for (var ids : Arrays.asList(vocabulary, added)) {
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
          file
              + ": merge "
              + rank
              + " ('"
              + merge[0]
              + "' and '"
              + merge[1]
              + "') needs the token '"
              + spelling
              + "', which is not in the vocabulary");
    }
    if (ByteAlphabet.read(spelling) == null) {
      throw new TokenizerException(
          file + ": token '" + spelling + "' of merge " + rank + " is not spelled in bytes");
    }
    return id;
  }

  private void place(byte[][] tokens, int id, byte[] bytes, String spelling) {
    if (tokens[id] != null && !Arrays.equals(tokens[id], bytes)) {
      throw new TokenizerException(
          file + ": two tokens have the id " + id + "; one of them is '" + spelling + "'");
    }
    tokens[id] = bytes;
  }
}
