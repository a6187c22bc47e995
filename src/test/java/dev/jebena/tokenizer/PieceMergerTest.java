package dev.jebena.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Very long pieces are merged block by block, which must not show. */
class PieceMergerTest {
  private static final int WHOLE = 1 << 20;

  /** A vocabulary over a, b and c; in order as if learned, or with its merges shuffled. */
  private static int[] merges(Random random, boolean inOrder) {
    var ids = new HashMap<String, Integer>();
    for (var letter : List.of("a", "b", "c")) {
      ids.put(letter, (int) letter.charAt(0));
    }
    var tokens = new ArrayList<>(ids.keySet());
    var list = new ArrayList<int[]>();
    for (int i = 0; i < 30; i++) {
      var left = tokens.get(random.nextInt(tokens.size()));
      var right = tokens.get(random.nextInt(tokens.size()));
      var both = left + right;
      if (both.length() > 12 || inOrder && ids.containsKey(both)) {
        continue;
      }
      if (!ids.containsKey(both)) {
        ids.put(both, 256 + ids.size());
        tokens.add(both);
      }
      int[] merge = {ids.get(left), ids.get(right), ids.get(both)};
      if (list.stream().noneMatch(m -> m[0] == merge[0] && m[1] == merge[1])) {
        list.add(merge);
      }
    }
    if (!inOrder) {
      Collections.shuffle(list, random);
    }
    return list.stream().flatMapToInt(java.util.Arrays::stream).toArray();
  }

  private static byte[] text(Random random) {
    var text = new StringBuilder();
    int length = random.nextInt(500);
    int kind = random.nextInt(3);
    var period = new StringBuilder();
    for (int i = random.nextInt(7); i >= 0; i--) {
      period.append((char) ('a' + random.nextInt(3)));
    }
    while (text.length() < length) {
      switch (kind) {
        case 0 -> text.append((char) ('a' + random.nextInt(3)));
        case 1 -> text.append(period);
        default ->
            text.repeat('a' + random.nextInt(3), random.nextInt(40)).append(period.charAt(0));
      }
    }
    return Utf8.encode(text);
  }

  private static int[] merge(PieceMerger merger, byte[] text) {
    var out = new IntList(16);
    merger.merge(text, 0, text.length, out);
    return out.takeArray();
  }

  @Test
  @Timeout(120)
  void blocksAreMergedAsTheWholeIs() {
    var random = new Random(40);
    var byteIds = new int[256];
    for (int b = 0; b < 256; b++) {
      byteIds[b] = b;
    }
    var alphabet = new Alphabet.Bytes(byteIds);
    int ordered = 0;
    for (int round = 0; round < 400; round++) {
      var table = new MergeTable(merges(random, random.nextBoolean()));
      ordered += table.inOrder() ? 1 : 0;
      var whole = new PieceMerger(table, alphabet, WHOLE);
      var blocks = new PieceMerger(table, alphabet, 4 + random.nextInt(90));
      for (int i = 0; i < 20; i++) {
        var text = text(random);
        assertThat(merge(blocks, text)).as(Utf8.decode(text)).isEqualTo(merge(whole, text));
      }
    }
    assertThat(ordered).isBetween(100, 350);
  }

  @Test
  void aBlockOfTheUsualSizeIsNoBoundary() {
    var random = new Random(41);
    var text = new StringBuilder("x");
    while (text.length() < 50_000) {
      text.repeat('a' + random.nextInt(3), random.nextInt(9));
    }
    var tokenizer = new BpeTrainer(700).train(List.of(text).iterator());
    var whole =
        new PieceMerger(
            new MergeTable(tokenizer.model().merges()), tokenizer.model().alphabet(), WHOLE);
    var utf8 = Utf8.encode(text);
    assertThat(tokenizer.encode(utf8)).isEqualTo(merge(whole, utf8));
  }
}
