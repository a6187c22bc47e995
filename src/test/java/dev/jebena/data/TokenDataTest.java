package dev.jebena.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenDataTest {
  static final int END_OF_TEXT = 256;

  @TempDir Path folder;

  /** One token per byte, 256 between documents. */
  static Encoding bytes(int vocabularySize) {
    return new Encoding(
        utf8 -> {
          var ids = new int[utf8.length];
          for (int i = 0; i < ids.length; i++) {
            ids[i] = utf8[i] & 0xFF;
          }
          return ids;
        },
        vocabularySize,
        END_OF_TEXT,
        "hash-of-bytes");
  }

  static int[] all(TokenData data) {
    var ids = new int[(int) data.count()];
    data.copyCircular(0, ids, 0, ids.length);
    return ids;
  }

  private static Corpus corpus(int documents) {
    var random = new Random(5);
    var list = new Document[documents];
    for (int i = 0; i < documents; i++) {
      list[i] = Document.of("d" + i, "abcdefgh\n".repeat(1 + random.nextInt(300)) + i);
    }
    return Corpus.ofDocuments(list);
  }

  @Test
  void everyDocumentStandsBehindAnEndOfText() {
    try (var data =
        TokenData.encode(
            Corpus.ofDocuments(Document.of("a", "xy"), Document.of("b", "é")), bytes(257), 1)) {
      assertThat(all(data)).containsExactly(256, 'x', 'y', 256, 0xC3, 0xA9);
      assertThat(data.textBytes()).isEqualTo(4);
      assertThat(data.documents()).isEqualTo(2);
      assertThat(data.documentStart(0)).isZero();
      assertThat(data.documentStart(1)).isEqualTo(3);
    }
  }

  @Test
  void aFileMadeWithoutMemoryIsTheSame() throws IOException {
    var corpus = corpus(300);
    for (int vocabularySize : new int[] {257, 70_000}) {
      var written = folder.resolve("written.tokens");
      var streamed = folder.resolve("streamed.tokens");
      try (var data = TokenData.encode(corpus, bytes(vocabularySize), 1)) {
        data.write(written);
        var told = TokenData.encodeTo(streamed, corpus, bytes(vocabularySize), 3);
        assertThat(told)
            .isEqualTo(new WrittenTokens(data.count(), data.documents(), data.textBytes()));
        assertThat(streamed).hasSameBinaryContentAs(written);
        try (var mapped = TokenData.open(streamed, "hash-of-bytes")) {
          for (int i = 0; i < 300; i++) {
            assertThat(mapped.get(mapped.documentStart(i))).isEqualTo(END_OF_TEXT);
            assertThat(mapped.documentStart(i)).isEqualTo(data.documentStart(i));
          }
        }
      }
    }
  }

  /** 65,536 ids are what two bytes can tell apart; the last of them has no sign. */
  @ParameterizedTest
  @ValueSource(ints = {65_535, 65_536, 65_537})
  void idsTakeTwoBytesAsLongAsTheyFit(int vocabularySize) throws IOException {
    int idBytes = vocabularySize == 65_537 ? 4 : 2;
    var ids = new int[] {0, 1, 32_767, 32_768, 65_534, vocabularySize - 1};
    var encoding = new Encoding(utf8 -> ids, vocabularySize, vocabularySize - 1, "h");
    var streamed = folder.resolve("streamed.tokens");
    var written = folder.resolve("written.tokens");
    var corpus = Corpus.ofDocuments(Document.of("d", "text"));
    TokenData.encodeTo(streamed, corpus, encoding, 1);
    try (var data = TokenData.encode(corpus, encoding, 1)) {
      data.write(written);
    }
    for (var file : new Path[] {streamed, written}) {
      var raw = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(raw.getInt(12)).isEqualTo(idBytes);
      try (var tokens = TokenData.open(file, "h")) {
        assertThat(tokens.idBytes()).isEqualTo(idBytes);
        assertThat(tokens.get(0)).isEqualTo(vocabularySize - 1);
        for (int i = 0; i < ids.length; i++) {
          assertThat(tokens.get(i + 1)).isEqualTo(ids[i]);
          int at = 128 + idBytes * (i + 1);
          assertThat(idBytes == 2 ? raw.getShort(at) & 0xFFFF : raw.getInt(at)).isEqualTo(ids[i]);
        }
        assertThat(all(tokens)).endsWith(ids);
      }
    }
    var outside = new Encoding(utf8 -> new int[] {vocabularySize}, vocabularySize, 0, "h");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> TokenData.encodeTo(streamed, corpus, outside, 1))
        .withMessageContaining("token id " + vocabularySize + " is outside of the vocabulary");
  }

  @Test
  void nothingIsLeftOfAFileThatCannotBeFinished() throws IOException {
    var file = folder.resolve("t.tokens");
    var outside = new Encoding(utf8 -> new int[] {300}, 300, END_OF_TEXT, "h");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> TokenData.encodeTo(file, corpus(3), outside, 1))
        .withMessageContaining("d0: token id 300 is outside");
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void filesOfTheFirstVersionAreStillRead() throws IOException {
    var file = folder.resolve("t.tokens");
    try (var data = TokenData.encode(corpus(3), bytes(257), 1)) {
      data.write(file);
      var whole = Files.readAllBytes(file);
      var first = Arrays.copyOf(whole, (int) (128 + 2 * data.count()));
      first[8] = 1;
      var sum = new java.util.zip.CRC32C();
      sum.update(first, 0, 124);
      for (int i = 0; i < 4; i++) {
        first[124 + i] = (byte) (sum.getValue() >>> 8 * i);
      }
      Files.write(file, first);
      try (var mapped = TokenData.open(file, "hash-of-bytes")) {
        assertThat(all(mapped)).isEqualTo(all(data));
        assertThatExceptionOfType(DataException.class)
            .isThrownBy(() -> mapped.documentStart(0))
            .withMessageContaining("first version");
      }
    }
  }

  @Test
  void theIdsDoNotDependOnTheNumberOfThreads() {
    var corpus = corpus(300);
    // Threads that are held up at random finish in another order than they began.
    var slow =
        new Encoding(
            utf8 -> {
              if (utf8.length % 7 == 0) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
              }
              return bytes(300).encoder().encode(utf8);
            },
            300,
            END_OF_TEXT,
            "h");
    try (var one = TokenData.encode(corpus, slow, 1);
        var many = TokenData.encode(corpus, slow, 7)) {
      assertThat(all(many)).isEqualTo(all(one));
      assertThat(many.count()).isEqualTo(corpus.size().bytes() + 300);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {257, 65_536, 65_537, 200_000})
  void aTokenFileGivesBackWhatWasWritten(int vocabularySize) {
    var file = folder.resolve("train.tokens");
    var encoding =
        new Encoding(
            utf8 -> new int[] {0, 1, 32_767, 32_768, vocabularySize - 1},
            Math.max(vocabularySize, 32_769),
            END_OF_TEXT,
            "tokenizer-hash");
    try (var data =
        TokenData.encode(
            Corpus.ofDocuments(Document.of("a", "text"), Document.of("b", "more")),
            vocabularySize == 257 ? bytes(257) : encoding,
            2)) {
      data.write(file);
      try (var mapped = TokenData.open(file, data.tokenizerHash())) {
        assertThat(all(mapped)).isEqualTo(all(data));
        assertThat(mapped.vocabularySize()).isEqualTo(data.vocabularySize());
        assertThat(mapped.idBytes()).isEqualTo(vocabularySize <= 65_536 ? 2 : 4);
        assertThat(mapped.documents()).isEqualTo(2);
        assertThat(mapped.textBytes()).isEqualTo(8);
      }
    }
  }

  @Test
  void aFileThatWasCutOffAtAnyByteIsRefused() throws IOException {
    var file = folder.resolve("t.tokens");
    try (var data = TokenData.encode(Corpus.ofDocuments(Document.of("a", "text")), bytes(257), 1)) {
      data.write(file);
    }
    var whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused(file, "hash-of-bytes", "cut off");
    }
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertRefused(file, "hash-of-bytes", "153 bytes where 5 tokens of 1 documents take 152");
  }

  @Test
  void filesThatDoNotFitAreRefusedWithOneLine() throws IOException {
    var file = folder.resolve("t.tokens");
    assertRefused(file, "h", "no such token file");
    try (var data = TokenData.encode(Corpus.ofDocuments(Document.of("a", "text")), bytes(257), 1)) {
      data.write(file);
    }
    assertRefused(file, "another-hash", "made with another tokenizer");
    var whole = Files.readAllBytes(file);
    for (int at : new int[] {0, 8, 12, 16, 20, 31, 39, 47, 60, 127}) {
      var damaged = whole.clone();
      damaged[at] = (byte) 0xFF;
      Files.write(file, damaged);
      assertRefused(file, "hash-of-bytes", file.toString());
    }
  }

  private static void assertRefused(Path file, String hash, String message) {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> TokenData.open(file, hash).close())
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void badEncodersAreNamed() {
    var corpus = Corpus.ofDocuments(Document.of("poem", "text"));
    var outside = new Encoding(utf8 -> new int[] {300}, 300, END_OF_TEXT, "h");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> TokenData.encode(corpus, outside, 1))
        .withMessage("poem: token id 300 is outside of the vocabulary (0 to 299)");
    var broken =
        new Encoding(
            utf8 -> {
              throw new IllegalStateException("no token for 't'");
            },
            300,
            END_OF_TEXT,
            "h");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> TokenData.encode(corpus, broken, 2))
        .withMessage("poem: cannot be encoded: no token for 't'");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> TokenData.encode(Corpus.ofDocuments(), bytes(257), 1))
        .withMessageContaining("no text to encode");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> bytes(256))
        .withMessageContaining("end-of-text token 256");
  }

  @Test
  void tooFewTokensForAContextAreCounted() {
    try (var data =
        TokenData.encode(Corpus.ofDocuments(Document.of("haiku", "text")), bytes(257), 1)) {
      data.requireContext(4);
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> data.requireContext(8))
          .withMessageContaining("haiku: 5 tokens are too few for one context: it takes 9");
    }
  }
}
