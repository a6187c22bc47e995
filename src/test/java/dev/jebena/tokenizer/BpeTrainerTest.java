package dev.jebena.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class BpeTrainerTest {
  private static List<SlowBpe.Pair> merges(BpeTokenizer tokenizer) {
    return tokenizer.merges().stream()
        .map(m ->
            new SlowBpe.Pair(
                SlowBpe.latin1(tokenizer.tokenBytes(m.left())),
                SlowBpe.latin1(tokenizer.tokenBytes(m.right()))))
        .toList();
  }

  @Test
  @Timeout(30)
  void learnsTheReferenceMergesAndVocabulary() throws IOException {
    var text = Files.readAllBytes(Fixtures.require("tokenizer/corpus.en"));
    var tokenizer = new BpeTrainer(500).trainUtf8(List.of(text).iterator());
    var spelled =
        tokenizer.merges().stream()
            .map(m ->
                ByteAlphabet.spell(tokenizer.tokenBytes(m.left()))
                    + " "
                    + ByteAlphabet.spell(tokenizer.tokenBytes(m.right())))
            .toList();
    assertThat(spelled)
        .isEqualTo(
            Files.readAllLines(Fixtures.require("tokenizer/train-bpe-reference-merges.txt")));
    var expected =
        new JsonMapper()
            .readTree(
                Files.readAllBytes(Fixtures.require("tokenizer/train-bpe-reference-vocab.json")));
    var vocabulary = new HashMap<String, Integer>();
    for (var entry : expected.properties()) {
      vocabulary.put(entry.getKey(), entry.getValue().intValue());
    }
    var ours = new HashMap<String, Integer>();
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      var bytes = tokenizer.tokenBytes(id);
      ours.put(id == 0 ? tokenizer.decode(0) : ByteAlphabet.spell(bytes), id);
    }
    assertThat(ours).isEqualTo(vocabulary);
  }

  @Test
  void agreesWithTheObviousTrainerOnAnyNumberOfThreads() {
    var random = new SplittableRandom(4);
    for (int round = 0; round < 150; round++) {
      var documents = new ArrayList<byte[]>();
      var pieces = new ArrayList<String>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        var text =
            random.nextInt(3) == 0
                ? RandomText.any(random, 120)
                : RandomText.repetitive(random, 200);
        documents.add(Utf8.encode(text));
        pieces.addAll(SlowBpe.pieces(Utf8.encode(text)));
      }
      int count = 1 + random.nextInt(60);
      var expected = SlowBpe.train(pieces, count);
      var trainer = new BpeTrainer(257 + count);
      var one = trainer.withThreads(1).trainUtf8(documents.iterator());
      assertThat(merges(one)).isEqualTo(expected);
      var four = trainer.withThreads(4).trainUtf8(documents.iterator());
      assertThat(four.hash()).isEqualTo(one.hash());
    }
  }

  @Test
  void longDocumentsAreSharedByThreadsWithoutChangingAnyCount() {
    var random = new SplittableRandom(5);
    var text = new StringBuilder();
    while (text.length() < 6 << 20) {
      text.append("w").append(random.nextInt(3000)).append(random.nextInt(9) == 0 ? "\n" : " ");
      if (random.nextInt(50) == 0) {
        text.append("a b a"); // a special token with white space, where texts would else be cut
      }
    }
    for (var cut : PreTokenizer.builtIn()) {
      if (cut instanceof WholePreTokenizer) {
        continue; // nowhere to be cut
      }
      var trainer =
          new BpeTrainer(400)
              .withPreTokenizer(cut)
              .withSpecialTokens(List.of("<|endoftext|>", "a b a"));
      var one = trainer.withThreads(1).train(List.of(text).iterator());
      var four = trainer.withThreads(4).train(List.of(text).iterator());
      assertThat(four.hash()).as(cut.name()).isEqualTo(one.hash());
    }
  }

  @Test
  void specialTokensAreNeverCounted() {
    var tokenizer =
        new BpeTrainer(300).train(List.of("ab<|endoftext|>ab<|endoftext|>cd").iterator());
    assertThat(merges(tokenizer))
        .containsExactly(new SlowBpe.Pair("a", "b"), new SlowBpe.Pair("c", "d"));
    assertThat(tokenizer.vocabularySize()).isEqualTo(259);
  }

  @Test
  @Timeout(60)
  void aVeryLongPieceTakesTimeInProportion() {
    var letters = new SplittableRandom(6);
    var text = new StringBuilder();
    for (int i = 0; i < 1 << 20; i++) {
      text.append((char) ('a' + letters.nextInt(26)));
    }
    var tokenizer = new BpeTrainer(4000).train(List.of(text, "a".repeat(1 << 20)).iterator());
    assertThat(tokenizer.vocabularySize()).isEqualTo(4000);
    var ids = tokenizer.encode(text);
    assertThat(tokenizer.decode(ids)).isEqualTo(text.toString());
  }

  @Test
  void tooSmallAVocabularyIsAnError() {
    assertThatThrownBy(() -> new BpeTrainer(256))
        .isInstanceOf(TokenizerException.class)
        .hasMessage(
            "a vocabulary of 256 tokens is too small: 256 bytes and 1 special tokens need at least"
                + " 257");
    assertThat(new BpeTrainer(257).train(List.of("abab").iterator()).vocabularySize())
        .isEqualTo(257);
  }

  @Test
  void aWorkerThatFailsEndsTheTraining() {
    var broken =
        new PreTokenizer() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public int pieceEnd(byte[] utf8, int start, int limit) {
            throw new IllegalStateException("out of order");
          }

          @Override
          public int safeCut(byte[] utf8, int from, int limit) {
            return limit;
          }
        };
    var trainer = new BpeTrainer(300).withPreTokenizer(broken).withThreads(2);
    assertThatThrownBy(() -> trainer.train(List.of("abc").iterator()))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("out of order");
  }

  @Test
  void interruptingStopsTraining() {
    for (int threads : new int[] {1, 3}) {
      Thread.currentThread().interrupt();
      var trainer = new BpeTrainer(300).withThreads(threads);
      assertThatThrownBy(() -> trainer.train(List.of("some text").iterator()))
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void progressIsReported() {
    var events = new ArrayList<String>();
    var listener =
        new TrainingListener() {
          @Override
          public void counted(long documents, long bytes, int distinctPieces) {
            events.add(documents + " " + bytes + " " + distinctPieces);
          }

          @Override
          public void merged(int done, int total, long count) {
            events.add(done + "/" + total + " " + count);
          }
        };
    for (int threads : new int[] {1, 2}) {
      new BpeTrainer(258)
          .withThreads(threads)
          .withListener(listener)
          .train(List.of("aa aa", "bb").iterator());
    }
    assertThat(events).containsExactly("2 7 3", "1/1 2", "2 7 3", "1/1 2");
  }

  @Test
  void tiesCanBeDecidedAsByHuggingFace() throws IOException {
    var text = Files.readAllBytes(Fixtures.require("tokenizer/corpus.en"));
    var trainer = new BpeTrainer(1000).withTies(Ties.FIRST);
    var tokenizer = trainer.trainUtf8(List.of(text).iterator());
    var spelled =
        tokenizer.merges().stream()
            .map(m ->
                ByteAlphabet.spell(tokenizer.tokenBytes(m.left()))
                    + " "
                    + ByteAlphabet.spell(tokenizer.tokenBytes(m.right())))
            .toList();
    assertThat(spelled)
        .isEqualTo(Files.readAllLines(HuggingFaceFilesTest.file("ties-first-merges.txt")));
    assertThat(new BpeTrainer(1000).trainUtf8(List.of(text).iterator()).hash())
        .isNotEqualTo(tokenizer.hash());
  }

  @Test
  void tokensCanBeKeptShort() {
    var random = new SplittableRandom(7);
    var texts = new ArrayList<String>();
    for (int i = 0; i < 50; i++) {
      texts.add(RandomText.repetitive(random, 300));
    }
    var tokenizer = new BpeTrainer(400).withMaxTokenLength(3).train(texts.iterator());
    int longest = 0;
    for (int id = 1; id < tokenizer.vocabularySize(); id++) {
      longest = Math.max(longest, tokenizer.tokenBytes(id).length);
    }
    assertThat(longest).isEqualTo(3);
    assertThatThrownBy(() -> new BpeTrainer(400).withMaxTokenLength(0))
        .isInstanceOf(TokenizerException.class);
  }

  @Test
  void trainingGoesOnWhereItWasStopped(@TempDir Path folder) throws IOException {
    var random = new SplittableRandom(8);
    var texts = new ArrayList<String>();
    for (int i = 0; i < 200; i++) {
      texts.add(RandomText.repetitive(random, 300) + RandomText.any(random, 20));
    }
    var expected = new BpeTrainer(350).train(texts.iterator()).hash();
    var file = folder.resolve("counts");
    for (int threads : new int[] {1, 2}) {
      var trainer =
          new BpeTrainer(350)
              .withThreads(threads)
              .withCheckpoint(new BpeTrainer.Checkpoint(file, 2_000));
      var failing =
          new Iterator<String>() {
            private int at;

            @Override
            public boolean hasNext() {
              return true;
            }

            @Override
            public String next() {
              if (at == 150) {
                throw new IllegalStateException("unplugged");
              }
              return texts.get(at++);
            }
          };
      assertThatThrownBy(() -> trainer.train(failing)).hasMessage("unplugged");
      assertThat(file).exists();
      var kept = Files.readAllBytes(file);
      assertThat(trainer.train(texts.iterator()).hash()).isEqualTo(expected);
      assertThat(file).doesNotExist();

      Files.write(file, kept);
      assertThatThrownBy(() -> trainer.train(texts.subList(1, 200).iterator()))
          .isInstanceOf(TokenizerException.class)
          .hasMessageContaining("the text is not the one that was counted");
      assertThatThrownBy(
              () -> trainer.withPreTokenizer(Gpt4PreTokenizer.CL100K).train(texts.iterator()))
          .isInstanceOf(TokenizerException.class)
          .hasMessageContaining("other settings");
      kept[kept.length / 2] ^= 4;
      Files.write(file, kept);
      assertThatThrownBy(() -> trainer.train(texts.iterator()))
          .isInstanceOf(TokenizerException.class);
      Files.write(file, Arrays.copyOf(kept, 100));
      assertThatThrownBy(() -> trainer.train(texts.iterator()))
          .isInstanceOf(TokenizerException.class)
          .hasMessageContaining("cut off");
      Files.delete(file);
    }
  }

  @Test
  void aTrainingThatIsAskedToStopPutsItsCountsDown(@TempDir Path folder) throws IOException {
    var random = new SplittableRandom(9);
    var texts = new ArrayList<String>();
    for (int i = 0; i < 300; i++) {
      texts.add(RandomText.repetitive(random, 20_000));
    }
    var expected = new BpeTrainer(350).train(texts.iterator()).hash();
    var file = folder.resolve("counts");
    for (int threads : new int[] {1, 2}) {
      for (boolean merging : new boolean[] {false, true}) {
        var heard = new boolean[1];
        var trainer =
            new BpeTrainer(350)
                .withThreads(threads)
                .withCheckpoint(new BpeTrainer.Checkpoint(file, merging ? 1_000_000 : 1L << 40));
        var stopping =
            trainer.withListener(
                new TrainingListener() {
                  @Override
                  public void counting(long documents, long bytes) {
                    heard[0] = !merging;
                  }

                  @Override
                  public void counted(long documents, long bytes, int distinctPieces) {
                    heard[0] = true;
                  }

                  @Override
                  public boolean stopRequested() {
                    return heard[0];
                  }
                });
        assertThatThrownBy(() -> stopping.train(texts.iterator()))
            .isInstanceOf(CancellationException.class);
        assertThat(file).exists();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        var kept = Files.readAllBytes(file);
        assertThat(trainer.train(texts.iterator()).hash()).isEqualTo(expected);

        Files.write(file, kept);
        var others = new ArrayList<>(texts);
        others.set(0, texts.getFirst().replace('a', 'b'));
        assertThatThrownBy(() -> trainer.train(others.iterator()))
            .isInstanceOf(TokenizerException.class)
            .hasMessageContaining("and others");
        Files.delete(file);
      }
    }
  }
}
