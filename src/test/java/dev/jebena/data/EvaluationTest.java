package dev.jebena.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.testing.Fixtures;
import dev.jebena.tokenizer.BpeTrainer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluationTest {
  private static final Corpus CORPUS =
      Corpus.ofDocuments(
          Document.of("a", "The quick brown fox"),
          Document.of("b", "é"),
          Document.of("c", "jumps"));

  @ParameterizedTest
  @CsvSource({"1,1", "1,5", "2,4", "3,7", "4,9", "2,13", "1,27", "5,1000"})
  void everyTokenIsATargetOnceAndEveryByteIsScored(int batchSize, int contextLength) {
    try (var data = TokenData.encode(CORPUS, TokenDataTest.bytes(257), 1)) {
      var targets = new ArrayList<Integer>();
      var inputs = new ArrayList<Integer>();
      var windows = new EvaluationWindows(data, batchSize, contextLength);
      long bytes = 0;
      for (var batch : windows) {
        assertThat(batch.batchSize()).isBetween(1, batchSize);
        assertThat(batch.contextLength()).isBetween(1, contextLength);
        for (int i = 0; i < batch.tokens(); i++) {
          inputs.add(batch.inputs()[i]);
          targets.add(batch.targets()[i]);
          bytes += batch.targets()[i] < 256 ? 1 : 0;
        }
      }
      var all = java.util.Arrays.stream(TokenDataTest.all(data)).boxed().toList();
      assertThat(targets).isEqualTo(all.subList(1, all.size()));
      assertThat(inputs).isEqualTo(all.subList(0, all.size() - 1));
      assertThat(windows.targets()).isEqualTo(targets.size());
      assertThat(bytes)
          .isEqualTo(CORPUS.size().bytes())
          .isEqualTo(windows.textBytes())
          .isEqualTo(26);
      assertThat(windows.bitsPerByte(26 * Math.log(2))).isCloseTo(1.0, within(1e-12));
    }
  }

  @Test
  void theScoredBytesAreTheHeldOutBytes() {
    var documents = new ArrayList<Document>();
    for (int i = 0; i < 500; i++) {
      documents.add(Document.of("d" + i, ("ärger " + i).repeat(1 + i % 17)));
    }
    var split = Split.of(Corpus.ofDocuments(documents.toArray(Document[]::new)), 1);
    try (var data = TokenData.encode(split.heldOut(), TokenDataTest.bytes(257), 3)) {
      assertThat(new EvaluationWindows(data, 4, 16).textBytes())
          .isEqualTo(split.heldOutBytes())
          .isEqualTo(GzipBaseline.of(split.heldOut()).textBytes());
    }
  }

  @Test
  void aRealTokenizerScoresEveryByteToo() {
    var tokenizer =
        new BpeTrainer(300)
            .trainUtf8(
                java.util.List.of(Document.of("t", "the quick the quick the brown").utf8())
                    .iterator());
    try (var data = TokenData.encode(CORPUS, Encoding.of(tokenizer), 2)) {
      long bytes = 0;
      int ends = 0;
      for (var batch : new EvaluationWindows(data, 2, 5)) {
        for (int target : batch.targets()) {
          boolean end = target == tokenizer.endOfText().getAsInt();
          ends += end ? 1 : 0;
          bytes += end ? 0 : tokenizer.tokenBytes(target).length;
        }
      }
      assertThat(bytes).isEqualTo(data.textBytes()).isEqualTo(26);
      assertThat(ends).isEqualTo(2);
      assertThat(data.count()).isLessThan(29);
      assertThat(data.tokenizerHash()).isEqualTo(tokenizer.hash());
    }
  }

  @Test
  void thereMustBeSomethingToPredict() {
    var nothing = new Encoding(utf8 -> new int[0], 257, 256, "h");
    try (var data = TokenData.encode(Corpus.ofDocuments(Document.of("a", "x")), nothing, 1)) {
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> new EvaluationWindows(data, 1, 8))
          .withMessageContaining("1 tokens are too few");
    }
  }

  @Test
  void gzipCountsWhatAGzipFileOfTheSameBytesTakes() throws Exception {
    var bytes = new ByteArrayOutputStream();
    var documents = new ArrayList<Document>();
    for (int i = 0; i < 400; i++) {
      documents.add(Document.of("d" + i, "line " + i * 7919 % 1000 + "\n"));
      bytes.write(documents.getLast().utf8());
    }
    var file = new ByteArrayOutputStream();
    try (var gzip =
        new GZIPOutputStream(file) {
          {
            def.setLevel(9);
          }
        }) {
      new ByteArrayInputStream(bytes.toByteArray()).transferTo(gzip);
    }
    var baseline = GzipBaseline.of(Corpus.ofDocuments(documents.toArray(Document[]::new)));
    assertThat(baseline.textBytes()).isEqualTo(bytes.size());
    assertThat(baseline.compressedBytes()).isEqualTo(file.size());
    assertThat(baseline.bitsPerByte()).isEqualTo(8.0 * file.size() / bytes.size());
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> GzipBaseline.of(Corpus.ofDocuments()));
  }

  @Test
  void gzipAgreesWithTheProgramOfThatName() {
    var corpus = Corpus.of(Fixtures.require("corpora/tinyshakespeare.txt"));
    // gzip -9 -n < tinyshakespeare.txt | wc -c, GNU gzip 1.12; zlib differs from it by a little
    assertThat((double) GzipBaseline.of(corpus).compressedBytes())
        .isCloseTo(GNU_GZIP_BYTES, within(0.005 * GNU_GZIP_BYTES));
  }

  private static final double GNU_GZIP_BYTES = 433627;
}
