package dev.jebena.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Learning from a text that is many times larger than the heap, and its distinct pieces too. */
class BoundedMemoryTest {
  private static final int DOCUMENTS = 1_000;
  private static final int DOCUMENT_BYTES = 100_000;
  private static final int DISTINCT_WORDS = 300_000;

  /** Documents of 5,000 words in ever other order. */
  private static Iterator<byte[]> documents() {
    var random = new SplittableRandom(1);
    var words = new byte[5_000][];
    for (int i = 0; i < words.length; i++) {
      var word = new StringBuilder(" ");
      for (int length = 2 + random.nextInt(8); length > 0; length--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      words[i] = word.toString().getBytes(StandardCharsets.US_ASCII);
    }
    return new Iterator<>() {
      private int count;

      @Override
      public boolean hasNext() {
        return count < DOCUMENTS;
      }

      @Override
      public byte[] next() {
        count++;
        var document = new byte[DOCUMENT_BYTES];
        int at = 0;
        while (true) {
          var word = words[random.nextInt(words.length)];
          if (at + word.length > document.length) {
            return java.util.Arrays.copyOf(document, at);
          }
          System.arraycopy(word, 0, document, at, word.length);
          at += word.length;
        }
      }
    };
  }

  /** Documents in which no word occurs twice. */
  private static Iterator<byte[]> distinctWords() {
    return new Iterator<>() {
      private long word;

      @Override
      public boolean hasNext() {
        return word < DISTINCT_WORDS;
      }

      @Override
      public byte[] next() {
        var document = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
          document.append(' ');
          for (long left = ++word * 0x9E3779B97F4A7C15L; left != 0; left = left >>> 5) {
            document.append((char) ('a' + (left & 15)));
          }
        }
        return document.toString().getBytes(StandardCharsets.US_ASCII);
      }
    };
  }

  /** Documents in which nearly all bytes stand beside each other. */
  private static Iterator<byte[]> noise() {
    var random = new SplittableRandom(2);
    return Stream.generate(
            () -> {
              var document = new byte[100_000];
              random.nextBytes(document);
              return document;
            })
        .limit(60)
        .iterator();
  }

  private static BpeTrainer trainer(String kind) {
    return switch (kind) {
      case "distinct" -> new BpeTrainer(300);
      case "noise" -> new BpeTrainer(6_000).withPreTokenizer(new WholePreTokenizer());
      default -> new BpeTrainer(1_000);
    };
  }

  private static Iterator<byte[]> documents(String kind) {
    return switch (kind) {
      case "distinct" -> distinctWords();
      case "noise" -> noise();
      default -> documents();
    };
  }

  /** Runs in a JVM of its own. */
  public static void main(String[] args) {
    long[] heard = new long[2];
    var tokenizer =
        trainer(args[1])
            .withThreads(Integer.parseInt(args[0]))
            .withListener(
                new TrainingListener() {
                  @Override
                  public void counted(long documents, long bytes, int distinctPieces) {
                    heard[0] = bytes;
                    heard[1] = distinctPieces;
                  }
                })
            .trainUtf8(documents(args[1]));
    System.out.println(heard[0] + " " + heard[1] + " " + tokenizer.hash());
  }

  private static String run(int threads, String kind) throws IOException, InterruptedException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process =
        new ProcessBuilder(
                java,
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                BoundedMemoryTest.class.getName(),
                "" + threads,
                kind)
            .redirectErrorStream(true)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output.strip();
  }

  @Test
  @Timeout(180)
  void memoryGrowsWithPiecesAndNotWithText() throws IOException, InterruptedException {
    var one = run(1, "words");
    assertThat(Long.parseLong(one.split(" ")[0])).isGreaterThan(95_000_000L);
    assertThat(Long.parseLong(one.split(" ")[1])).isBetween(4_500L, 5_000L);
    assertThat(run(2, "words")).isEqualTo(one);
  }

  @Test
  @Timeout(180)
  void distinctPiecesThatDoNotFitGoToFiles() throws IOException, InterruptedException {
    var one = run(1, "distinct");
    assertThat(Long.parseLong(one.split(" ")[1])).isEqualTo(DISTINCT_WORDS);
    assertThat(run(2, "distinct")).isEqualTo(one);
  }

  @Test
  @Timeout(180)
  void pairsThatDoNotFitGoToFiles() throws IOException, InterruptedException {
    var expected = trainer("noise").trainUtf8(noise());
    assertThat(expected.vocabularySize()).isEqualTo(6_000);
    assertThat(run(1, "noise").split(" ")[2]).isEqualTo(expected.hash());
  }
}
