package dev.jebena.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SplitTest {
  private static Corpus documents(int count, int bytes) {
    var documents = new ArrayList<Document>();
    for (int i = 0; i < count; i++) {
      documents.add(Document.of("d" + i, ("text " + i + " ").repeat(bytes).substring(0, bytes)));
    }
    return Corpus.ofDocuments(documents.toArray(Document[]::new));
  }

  private static List<String> texts(Corpus corpus) {
    return List.copyOf(CorpusTest.read(corpus).values());
  }

  @Test
  void aSmallShareOfTheDocumentsIsHeldOutAndNothingIsLost() {
    var corpus = documents(1000, 200);
    var split = Split.of(corpus, 1);
    assertThat(split.heldOutBytes())
        .isBetween(2_000L, 3_000L)
        .isEqualTo(split.heldOut().size().bytes());
    assertThat(split.train().size().bytes() + split.heldOutBytes()).isEqualTo(200_000);
    assertThat(texts(split.train())).doesNotContainAnyElementsOf(texts(split.heldOut()));
    assertThat(texts(Split.of(corpus, 1).heldOut())).isEqualTo(texts(split.heldOut()));
    assertThat(texts(Split.of(corpus, 2).heldOut())).isNotEqualTo(texts(split.heldOut()));
  }

  @Test
  void theHoldOutIsBounded() {
    var split = Split.of(documents(1000, 200), 1, 700);
    assertThat(split.heldOut().size()).isEqualTo(new CorpusSize(3, 600, 0));
  }

  @Test
  void duplicatesAreNeverOnBothSides() {
    for (int seed = 0; seed < 50; seed++) {
      var documents = new ArrayList<Document>();
      for (int i = 0; i < 300; i++) {
        documents.add(Document.of("d" + i, "content " + i % 100));
      }
      var split = Split.of(Corpus.ofDocuments(documents.toArray(Document[]::new)), seed);
      var held = new HashSet<>(texts(split.heldOut()));
      assertThat(held).isNotEmpty();
      assertThat(texts(split.train())).doesNotContainAnyElementsOf(held);
      assertThat(split.heldOut().size().documents()).isEqualTo(3L * held.size());
    }
  }

  @Test
  void aFewLargeDocumentsGiveOneWhole() {
    var split = Split.of(documents(20, 500), 3);
    assertThat(split.heldOut().size()).isEqualTo(new CorpusSize(1, 500, 0));
  }

  @Test
  void aSingleDocumentHoldsOutItsLastTenthFromALineStart() {
    var text = "Zeile ü\n".repeat(100);
    var split = Split.of(Corpus.ofDocuments(Document.of("a", text)), 1);
    assertThat(texts(split.train())).containsExactly("Zeile ü\n".repeat(90));
    assertThat(texts(split.heldOut())).containsExactly("Zeile ü\n".repeat(10));
    assertThat(split.heldOutBytes()).isEqualTo(90);
    assertThat(Split.of(Corpus.ofDocuments(Document.of("a", text)), 1, 30).heldOutBytes())
        .isEqualTo(27);
  }

  @Test
  void aDocumentOfOneLineIsCutBetweenCharacters() {
    for (int length = 2; length < 60; length++) {
      var split = Split.of(Corpus.ofDocuments(Document.of("a", "☕".repeat(length))), 1);
      assertThat(texts(split.train()).getFirst() + texts(split.heldOut()).getFirst())
          .isEqualTo("☕".repeat(length));
    }
  }

  @Test
  void tooLittleTextIsRefused() {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Split.of(Corpus.ofDocuments(Document.of("a", "x")), 1))
        .withMessageContaining("too few");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Split.of(Corpus.ofDocuments(), 1))
        .withMessageContaining("no text");
  }
}
