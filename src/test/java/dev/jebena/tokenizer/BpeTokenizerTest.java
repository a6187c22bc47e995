package dev.jebena.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.testing.Fixtures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

class BpeTokenizerTest {
  private static BpeTokenizer gpt2() throws IOException {
    return TokenizerFiles.loadGpt2(
        Fixtures.require("tokenizer/gpt2_vocab.json"),
        Fixtures.require("tokenizer/gpt2_merges.txt"));
  }

  private static BpeTokenizer trained(int merges) {
    var random = new SplittableRandom(7);
    var documents = new ArrayList<String>();
    for (int i = 0; i < 40; i++) {
      documents.add(RandomText.repetitive(random, 300));
      documents.add(RandomText.any(random, 100));
    }
    return new BpeTrainer(258 + merges)
        .withSpecialTokens(List.of("<|endoftext|>", "<|endoftext|><|endoftext|>"))
        .train(documents.iterator());
  }

  @Test
  void givesTheIdsOfTiktokenForGpt2() throws IOException {
    var tokenizer = gpt2();
    assertThat(tokenizer.vocabularySize()).isEqualTo(50257);
    assertThat(tokenizer.endOfText()).hasValue(50256);
    assertThat(tokenizer.specialTokens()).containsOnlyKeys("<|endoftext|>");
    var cases =
        new JsonMapper()
            .readTree(Files.readAllBytes(Fixtures.require("tokenizer/expected_ids.json")));
    assertThat(cases.size()).isGreaterThan(5);
    for (var entry : cases.properties()) {
      var expected = entry.getValue();
      var text =
          expected.has("text")
              ? expected.get("text").stringValue()
              : Files.readString(
                  Fixtures.require("tokenizer/" + expected.get("file").stringValue()));
      var ids = tokenizer.encode(text, SpecialTokenPolicy.all());
      assertThat(ids)
          .as(entry.getKey())
          .isEqualTo(
              IntStream.range(0, expected.get("ids").size())
                  .map(i -> expected.get("ids").get(i).intValue())
                  .toArray());
      assertThat(tokenizer.decode(ids)).isEqualTo(text);
    }
  }

  @Test
  void agreesWithMergingInOrderOfRank() {
    var tokenizer = trained(120);
    var merges =
        tokenizer.merges().stream()
            .map(m ->
                new SlowBpe.Pair(
                    SlowBpe.latin1(tokenizer.tokenBytes(m.left())),
                    SlowBpe.latin1(tokenizer.tokenBytes(m.right()))))
            .toList();
    var random = new SplittableRandom(8);
    for (int i = 0; i < 400; i++) {
      // without spaces most texts are one piece, so that the path for long pieces is taken too
      var text =
          random.nextBoolean()
              ? RandomText.any(random, 60)
              : RandomText.repetitive(random, 300).replace(" ", "");
      var expected = new ArrayList<String>();
      SlowBpe.pieces(Utf8.encode(text)).forEach(p -> expected.addAll(SlowBpe.encode(p, merges)));
      var ours = new ArrayList<String>();
      for (int id : tokenizer.encode(text)) {
        ours.add(SlowBpe.latin1(tokenizer.tokenBytes(id)));
      }
      assertThat(ours).isEqualTo(expected);
    }
  }

  @Test
  void anyBytesComeBackAsTheyWere() {
    var tokenizer = trained(60);
    var random = new SplittableRandom(9);
    for (int i = 0; i < 1_000; i++) {
      var bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      assertThat(tokenizer.decodeBytes(tokenizer.encode(bytes))).isEqualTo(bytes);
    }
  }

  @Test
  @Timeout(30)
  void aMegabyteOfOneLetterIsNotQuadratic() {
    var tokenizer = new BpeTrainer(270).train(List.of("a".repeat(5000)).iterator());
    var text = "a".repeat(1 << 20);
    var ids = tokenizer.encode(text);
    assertThat(ids.length).isLessThan(1 << 10);
    assertThat(tokenizer.decode(ids)).isEqualTo(text);
  }

  @Test
  void thePolicyDecidesOverSpecialTokens() {
    var tokenizer = trained(20);
    var text = "a<|endoftext|><|endoftext|><|endoftext|>b";
    assertThat(tokenizer.encode(text)).doesNotContain(0, 1);
    assertThat(tokenizer.encode(text, SpecialTokenPolicy.all())).containsSequence(1, 0);
    assertThat(tokenizer.encode(text, SpecialTokenPolicy.only("<|endoftext|>")))
        .containsSequence(0, 0, 0)
        .doesNotContain(1);
    assertThatThrownBy(() -> tokenizer.encode(text, SpecialTokenPolicy.reject()))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("<|endoftext|>")
        .hasMessageContaining("at byte 1");
    var twice = "<|endoftext|><|endoftext|>";
    assertThat(
            tokenizer.encode(
                "a" + twice, SpecialTokenPolicy.onlyElseReject(twice, "<|endoftext|>")))
        .endsWith(1);
    assertThat(
            tokenizer.encode("a<|endoftext|>b", SpecialTokenPolicy.onlyElseReject("<|endoftext|>")))
        .contains(0);
    // a token that is rejected is found inside of one that is allowed, too, as by tiktoken
    assertThatThrownBy(
            () -> tokenizer.encode("a" + twice, SpecialTokenPolicy.onlyElseReject(twice)))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("<|endoftext|> at byte 1");
    assertThatThrownBy(() -> tokenizer.encode(text, SpecialTokenPolicy.onlyElseReject("<pad>")))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("<pad> is not a special token");
    assertThatThrownBy(() -> tokenizer.encode(text, SpecialTokenPolicy.only("<pad>")))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("<pad> is not a special token");
    for (var policy : List.of(SpecialTokenPolicy.ordinary(), SpecialTokenPolicy.all())) {
      assertThat(tokenizer.decode(tokenizer.encode(text, policy))).isEqualTo(text);
    }
  }

  @Test
  void idsOutOfRangeAreNamed() {
    var tokenizer = trained(0);
    for (int id : new int[] {-1, 258, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> tokenizer.decode(40, id))
          .isInstanceOf(TokenizerException.class)
          .hasMessage("token id " + id + " is not in the vocabulary of 258 tokens (ids 0..257)");
    }
  }

  @Test
  void loneSurrogatesBecomeTheReplacementCharacter() {
    var tokenizer = trained(10);
    assertThat(tokenizer.decode(tokenizer.encode("a\uD800b\uDC00🙃\uDBFF")))
        .isEqualTo("a\uFFFDb\uFFFD🙃\uFFFD");
  }

  @Test
  void streamedTextIsTheDecodedText() {
    var tokenizer = trained(30);
    var random = new SplittableRandom(10);
    for (int i = 0; i < 3_000; i++) {
      int[] ids;
      if (random.nextBoolean()) {
        ids = tokenizer.encode(RandomText.any(random, 30));
      } else {
        ids = random.ints(random.nextInt(30), 0, tokenizer.vocabularySize()).toArray();
      }
      var stream = tokenizer.streamDecoder();
      var text = new StringBuilder();
      for (int id : ids) {
        text.append(stream.accept(id));
      }
      assertThat(text.append(stream.finish()).toString()).isEqualTo(tokenizer.decode(ids));
    }
  }

  @Test
  void aCharacterIsShownOnlyWhenItIsWhole() {
    var tokenizer = new BpeTrainer(257).train(List.<String>of().iterator());
    var stream = tokenizer.streamDecoder();
    var shown = new ArrayList<String>();
    for (int id : tokenizer.encode("é🙃")) {
      shown.add(stream.accept(id));
    }
    assertThat(shown).containsExactly("", "é", "", "", "", "🙃");
    assertThat(stream.finish()).isEmpty();
  }

  @Test
  void manyThreadsShareOneTokenizer() {
    var tokenizer = trained(200);
    var random = new SplittableRandom(11);
    var texts = IntStream.range(0, 400).mapToObj(i -> RandomText.any(random, 300)).toList();
    var documents = texts.stream().map(Utf8::encode).toList();
    var ids = new ArrayList<int[]>();
    new ParallelEncoder(tokenizer, SpecialTokenPolicy.ordinary(), 4)
        .encodeAll(documents.iterator(), ids::add);
    assertThat(ids).hasSize(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      assertThat(ids.get(i)).isEqualTo(tokenizer.encode(texts.get(i)));
    }
  }

  @Test
  void aFullCacheStartsAnewAndChangesNothing() {
    var tokenizer = trained(50);
    var random = new SplittableRandom(12);
    var text = new StringBuilder();
    for (int i = 0; i < 200_000; i++) {
      text.append(' ')
          .append(Integer.toString(random.nextInt(1 << 28), 26).replaceAll("[0-9]", "z"));
    }
    var ids = tokenizer.encode(text);
    assertThat(tokenizer.decode(ids)).isEqualTo(text.toString());
    assertThat(tokenizer.encode(text)).isEqualTo(ids);
    assertThat(tokenizer.encode(text.toString().getBytes(StandardCharsets.UTF_8))).isEqualTo(ids);
  }

  @Test
  void offsetsTellWhatEachTokenCovers() {
    var tokenizer = trained(120);
    var random = new SplittableRandom(13);
    for (int i = 0; i < 2_000; i++) {
      var text = new String(Utf8.encode(RandomText.any(random, 40)), StandardCharsets.UTF_8);
      var utf8 = Utf8.encode(text);
      var spans = tokenizer.encodeWithOffsets(text, SpecialTokenPolicy.all());
      assertThat(spans.ids()).isEqualTo(tokenizer.encode(text, SpecialTokenPolicy.all()));
      int end = 0;
      for (int t = 0; t < spans.size(); t++) {
        assertThat(spans.byteStart(t)).isEqualTo(end);
        end = spans.byteEnd(t);
        assertThat(Arrays.copyOfRange(utf8, spans.byteStart(t), end))
            .isEqualTo(tokenizer.tokenBytes(spans.id(t)));
        // the shortest stretch of whole characters around the bytes
        int from = spans.byteStart(t);
        while (from > 0 && (utf8[from] & 0xC0) == 0x80) {
          from--;
        }
        int to = end;
        while (to < utf8.length && (utf8[to] & 0xC0) == 0x80) {
          to++;
        }
        assertThat(text.substring(spans.charStart(t), spans.charEnd(t)))
            .isEqualTo(new String(utf8, from, to - from, StandardCharsets.UTF_8));
        assertThat(text.substring(0, spans.charStart(t)))
            .isEqualTo(new String(utf8, 0, from, StandardCharsets.UTF_8));
      }
      assertThat(end).isEqualTo(utf8.length);
    }
  }

  @Test
  void countingCountsWhatEncodingGives() {
    var tokenizer = trained(120);
    var random = new SplittableRandom(14);
    for (int i = 0; i < 2_000; i++) {
      var text = Utf8.encode(RandomText.any(random, 60));
      var policy = random.nextBoolean() ? SpecialTokenPolicy.all() : SpecialTokenPolicy.ordinary();
      assertThat(tokenizer.count(text, 0, text.length, policy))
          .isEqualTo(tokenizer.encode(text, 0, text.length, policy).length);
    }
  }

  @Test
  void aStreamGivesTheIdsOfTheWhole() throws IOException {
    var tokenizer = trained(200);
    var random = new SplittableRandom(15);
    for (int i = 0; i < 2_000; i++) {
      var text = new StringBuilder();
      while (text.length() < 150) {
        text.append(
            switch (random.nextInt(3)) {
              case 0 -> RandomText.any(random, 30);
              case 1 -> RandomText.repetitive(random, 60);
              default -> "<|endoftext|>".substring(0, random.nextInt(14));
            });
      }
      var utf8 = Utf8.encode(text);
      var policy = random.nextBoolean() ? SpecialTokenPolicy.all() : SpecialTokenPolicy.ordinary();
      var ids = new ArrayList<Integer>();
      tokenizer.encodeStream(
          new ByteArrayInputStream(utf8),
          policy,
          part -> Arrays.stream(part).forEach(ids::add),
          16 + random.nextInt(60));
      assertThat(ids.stream().mapToInt(Integer::intValue).toArray())
          .isEqualTo(tokenizer.encode(utf8, 0, utf8.length, policy));
    }
  }

  @Test
  void aStreamNeedsNoMoreThanAChunk() throws IOException {
    var tokenizer = trained(200);
    var parts = new ArrayList<Integer>();
    var line = Utf8.encode("some words of a line\n");
    var endless =
        new InputStream() {
          private long at;

          @Override
          public int read() {
            return at < 3_000_000 ? line[(int) (at++ % line.length)] & 0xFF : -1;
          }
        };
    tokenizer.encodeStream(endless, SpecialTokenPolicy.all(), part -> parts.add(part.length));
    assertThat(parts).hasSizeGreaterThan(10);
    assertThatThrownBy(() ->
            tokenizer.encodeStream(
                new ByteArrayInputStream(Utf8.encode("ab ".repeat(50) + "<|endoftext|>")),
                SpecialTokenPolicy.reject(),
                part -> {},
                40))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("at byte 150");
  }

  @Test
  void batchesGiveTheIdsOfEach() {
    var tokenizer = trained(200);
    var texts = List.of("one", "", "three words here", "ça va\uD800");
    var ids = tokenizer.encodeBatch(texts, SpecialTokenPolicy.ordinary(), 2);
    assertThat(ids).hasSize(4);
    for (int i = 0; i < 4; i++) {
      assertThat(ids.get(i)).isEqualTo(tokenizer.encode(texts.get(i)));
    }
  }

  @Test
  void longPiecesMergeAsShortOnesDo() {
    var random = new SplittableRandom(17);
    for (int round = 0; round < 30; round++) {
      var texts = new ArrayList<String>();
      for (int i = 0; i < 10; i++) {
        texts.add(RandomText.repetitive(random, 300).replace(" ", ""));
      }
      var tokenizer = new BpeTrainer(257 + random.nextInt(200)).train(texts.iterator());
      var merges =
          tokenizer.merges().stream()
              .map(m ->
                  new SlowBpe.Pair(
                      SlowBpe.latin1(tokenizer.tokenBytes(m.left())),
                      SlowBpe.latin1(tokenizer.tokenBytes(m.right()))))
              .toList();
      for (int i = 0; i < 5; i++) {
        var text = RandomText.repetitive(random, 3_000).replace(" ", "");
        var ours = new ArrayList<String>();
        for (int id : tokenizer.encode(text)) {
          ours.add(SlowBpe.latin1(tokenizer.tokenBytes(id)));
        }
        var expected = new ArrayList<String>();
        SlowBpe.pieces(Utf8.encode(text)).forEach(p -> expected.addAll(SlowBpe.encode(p, merges)));
        assertThat(ours).isEqualTo(expected);
      }
    }
  }
}
