package dev.jebena.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.tokenizer.BpeTrainer;
import dev.jebena.tokenizer.PreTokenizer;
import dev.jebena.tokenizer.RegexPreTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is learned from large texts read in parts is what is learned from them as a whole. */
class PartsTest {
  private static final List<String> WORDS =
      List.of("low", "lower", "12345", "\n", "\n\n", "   ", "\t", " ", "naïve", "<|end of|>", "!?");

  @TempDir Path folder;

  static Stream<PreTokenizer> cuts() {
    return Stream.concat(
        PreTokenizer.builtIn().stream(),
        Stream.of("\\s+|\\w+", "[^ ]+| +", "\\b.", "[^\\n]+|\\n\\s*").map(RegexPreTokenizer::new));
  }

  private static byte[] text(long seed) {
    var random = new SplittableRandom(seed);
    var text = new StringBuilder();
    while (text.length() < 3_000) {
      text.append(WORDS.get(random.nextInt(WORDS.size())));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String learned(BpeTrainer trainer, Corpus corpus) {
    try (var reading = corpus.open()) {
      var texts = Stream.generate(() -> reading.hasNext() ? reading.next().utf8() : null);
      return trainer.trainUtf8(texts.takeWhile(text -> text != null).iterator()).hash();
    }
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void whatIsLearnedDoesNotHangOnTheSizeOfParts(PreTokenizer cut) throws IOException {
    var trainer =
        new BpeTrainer(400).withPreTokenizer(cut).withSpecialTokens(List.of("<|end of|>"));
    for (int seed = 0; seed < 12; seed++) {
      var text = text(seed);
      var file = Files.write(folder.resolve("text"), text);
      var zip = folder.resolve("texts.zip");
      try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
        out.putNextEntry(new ZipEntry("text"));
        out.write(text);
      }
      var books = Files.createDirectories(folder.resolve("books"));
      Files.write(books.resolve("text"), text);
      var whole = trainer.trainUtf8(List.of(text).iterator()).hash();
      var parts = new Parts(64 + 10 * seed, trainer::lastCut);
      assertThat(learned(trainer, new TextFileCorpus(file, parts))).isEqualTo(whole);
      assertThat(learned(trainer, new FolderCorpus(books, parts))).isEqualTo(whole);
      assertThat(learned(trainer, new ZipCorpus(zip, entry -> true, parts))).isEqualTo(whole);
    }
  }

  @Test
  void aPartIsAsLongAsItMustBe() {
    var trainer = new BpeTrainer(300);
    var text = "x".repeat(1_000) + " y".repeat(500);
    var file = folder.resolve("text");
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var read = CorpusTest.read(new TextFileCorpus(file, new Parts(100, trainer::lastCut)));
    assertThat(String.join("", read.values())).isEqualTo(text);
    assertThat(read.get("text#1")).startsWith("x".repeat(1_000));
    assertThat(read).hasSizeGreaterThan(5);
  }
}
