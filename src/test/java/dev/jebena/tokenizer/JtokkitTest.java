package dev.jebena.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import dev.jebena.data.Corpus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rank files of tiktoken, and the ids that another implementation gets from them. */
class JtokkitTest {
  private record Both(BpeTokenizer ours, Encoding theirs) {
    void agreeOn(String text) {
      var ids = ours.encode(text);
      assertThat(ids).as(text).isEqualTo(theirs.encodeOrdinary(text).toArray());
      assertThat(ours.count(text)).isEqualTo(ids.length);
      assertThat(ours.decode(ids)).isEqualTo(text);
    }
  }

  @TempDir Path folder;

  private Both load(String name) throws IOException {
    var file = folder.resolve(name + ".tiktoken");
    try (var ranks = Encodings.class.getResourceAsStream(name + ".tiktoken")) {
      Files.write(file, ranks.readAllBytes());
    }
    var type = EncodingType.fromName(name).orElseThrow();
    return new Both(
        (BpeTokenizer) TokenizerFiles.load(file),
        Encodings.newLazyEncodingRegistry().getEncoding(type));
  }

  /** Well-formed, since the peer reads lone surrogates otherwise. */
  private static String text(SplittableRandom random) {
    var text =
        switch (random.nextInt(4)) {
          case 0 -> RandomText.repetitive(random, 60);
          case 1 -> Character.toString(RandomText.character(random)).repeat(random.nextInt(200));
          default -> RandomText.any(random, 40);
        };
    text = new String(Utf8.encode(text), StandardCharsets.UTF_8);
    // the peer knows cl100k in its first form, and no long s; the regular expressions decide there
    return text.replace("\u017F", "").replaceAll("(?U)\\s+\\z", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"r50k_base", "p50k_base", "cl100k_base", "o200k_base"})
  void givesTheSameIds(String name) throws IOException {
    var both = load(name);
    var random = new SplittableRandom(20);
    for (int i = 0; i < 5_000; i++) {
      both.agreeOn(text(random));
    }
    long bytes = 0;
    try (var sources =
        Corpus.jdkSources(Path.of(System.getProperty("java.home")), "java.logging").open()) {
      while (sources.hasNext() && bytes < 500_000) {
        var text = sources.next().text().stripTrailing();
        both.agreeOn(text);
        bytes += text.length();
      }
    }
    assertThat(bytes).isPositive();
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"r50k_base", "p50k_base", "cl100k_base", "o200k_base"})
  void givesTheSameIdsForLong(String name) throws IOException {
    var both = load(name);
    var random = new SplittableRandom(System.nanoTime());
    for (int i = 0; i < 50_000; i++) {
      both.agreeOn(text(random));
    }
    try (var sources =
        Corpus.jdkSources(Path.of(System.getProperty("java.home")), "java.base").open()) {
      while (sources.hasNext()) {
        both.agreeOn(sources.next().text().stripTrailing());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"r50k_base", "cl100k_base"})
  void rankFilesAreWrittenAsTheyWereRead(String name) throws IOException {
    var both = load(name);
    var written = folder.resolve("written.tiktoken");
    TokenizerFiles.saveTiktoken(both.ours(), written);
    assertThat(written).hasSameBinaryContentAs(folder.resolve(name + ".tiktoken"));
  }
}
