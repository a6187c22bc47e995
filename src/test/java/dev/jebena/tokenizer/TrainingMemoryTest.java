package dev.jebena.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not fit into memory goes to files, and comes back as it was. */
class TrainingMemoryTest {
  /** Documents with some thousand distinct pieces, short ones and long ones, many of them rare. */
  private static List<byte[]> documents() {
    var random = new SplittableRandom(11);
    var documents = new ArrayList<byte[]>();
    for (int i = 0; i < 60; i++) {
      var text = new StringBuilder();
      for (int word = 0; word < 300; word++) {
        text.append(' ').append(RandomText.repetitive(random, 6));
        if (random.nextInt(8) == 0) {
          text.append(' ').append("xyz".repeat(random.nextInt(40))).append(random.nextInt(3_000));
        }
      }
      documents.add(Utf8.encode(text.append(RandomText.any(random, 50))));
    }
    return documents;
  }

  private static void assertEmpty(Path folder) throws IOException {
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void theBoundOnMemoryChangesNoMerge(@TempDir Path folder) throws IOException {
    var documents = documents();
    for (var ties : Ties.values()) {
      var trainer = new BpeTrainer(600).withTies(ties);
      var expected = trainer.trainUtf8(documents.iterator()).hash();
      for (long bytes : new long[] {1, 20_000, 300_000}) {
        for (int threads : new int[] {1, 3}) {
          var bounded = trainer.withThreads(threads).withMemory(new TrainingMemory(bytes, folder));
          assertThat(bounded.trainUtf8(documents.iterator()).hash())
              .as("%d bytes, %d threads", bytes, threads)
              .isEqualTo(expected);
          assertEmpty(folder);
        }
      }
    }
  }

  @Test
  void countsInFilesAreThoseOfTheWhole(@TempDir Path folder) throws IOException {
    var random = new SplittableRandom(12);
    var expected = new HashMap<String, Long>();
    try (var runs = new PieceRuns(new TrainingMemory(1, folder))) {
      var table = new PieceTable(16, 4_000, runs::add);
      for (int i = 0; i < 30_000; i++) {
        var piece = Utf8.encode(RandomText.repetitive(random, 30) + "!");
        long count = 1 + random.nextInt(5);
        expected.merge(SlowBpe.latin1(piece), count, Long::sum);
        table.add(piece, 0, piece.length, count);
      }
      runs.add(table);
      var merged = runs.merged();
      var found = new HashMap<String, Long>();
      long[] bytes = new long[1];
      merged.forEach((piece, count) -> {
        assertThat(found.put(SlowBpe.latin1(piece), count)).isNull();
        bytes[0] += piece.length;
      });
      assertThat(found).isEqualTo((Map<String, Long>) expected);
      assertThat(merged.size()).isEqualTo(expected.size());
      assertThat(merged.bytes()).isEqualTo(bytes[0]);
    }
    assertEmpty(folder);
  }

  @Test
  void aBoundedTableNeverTakesMore() {
    var random = new SplittableRandom(13);
    int[] handedOver = new int[1];
    var table = new PieceTable(16, 100_000, full -> handedOver[0]++);
    for (int i = 0; i < 50_000; i++) {
      var piece = Utf8.encode("w".repeat(random.nextInt(60)) + random.nextInt(1_000_000));
      table.add(piece, 0, piece.length, 1);
      assertThat(table.takenBytes()).isLessThanOrEqualTo(100_000);
    }
    assertThat(handedOver[0]).isGreaterThan(10);
  }

  @Test
  void pairsKeepToTheirMemory(@TempDir Path folder) throws IOException {
    for (long most : new long[] {0, 500_000, 3_000_000, 1L << 40}) {
      var random = new SplittableRandom(14);
      var expected = new HashMap<Long, Long>();
      try (var store = new CellStore(new TrainingMemory(1, folder), most)) {
        var pairs = new PairTable(store);
        for (int i = 0; i < 100_000; i++) {
          int left = random.nextInt(500);
          int right = random.nextInt(500);
          long count = random.nextLong(1L << 40);
          int pair = pairs.indexOf(left, right);
          if (pair == expected.size()) {
            pairs.setHead(pair, i);
          }
          pairs.addCount(pair, count);
          expected.merge((long) left << 32 | right, count, Long::sum);
          assertThat(store.takenBytes()).isBetween(0L, Math.max(0, most));
        }
        assertThat(pairs.size()).isEqualTo(expected.size());
        for (int pair = 0; pair < pairs.size(); pair++) {
          var key = (long) pairs.left(pair) << 32 | pairs.right(pair);
          assertThat(pairs.count(pair)).isEqualTo(expected.get(key));
          assertThat(pairs.head(pair)).isNotNegative();
          assertThat(pairs.tail(pair)).isEqualTo(-1);
        }
      }
      assertEmpty(folder);
    }
  }

  @Test
  void aStoppedTrainingGoesOnWithCountsThatDoNotFit(@TempDir Path folder) throws IOException {
    var documents = documents();
    var expected = new BpeTrainer(600).trainUtf8(documents.iterator()).hash();
    var file = folder.resolve("counts");
    var temporary = Files.createDirectory(folder.resolve("temporary"));
    for (int threads : new int[] {1, 2}) {
      var trainer =
          new BpeTrainer(600)
              .withThreads(threads)
              .withMemory(new TrainingMemory(20_000, temporary))
              .withCheckpoint(new BpeTrainer.Checkpoint(file, 10_000));
      int[] read = new int[1];
      var stopping =
          trainer.withListener(
              new TrainingListener() {
                @Override
                public boolean stopRequested() {
                  return read[0] == 40;
                }
              });
      var counted =
          new Iterator<byte[]>() {
            @Override
            public boolean hasNext() {
              return read[0] < documents.size();
            }

            @Override
            public byte[] next() {
              return documents.get(read[0]++);
            }
          };
      assertThatThrownBy(() -> stopping.trainUtf8(counted))
          .isInstanceOf(CancellationException.class);
      assertEmpty(temporary);
      assertThat(file).exists();
      assertThat(trainer.trainUtf8(documents.iterator()).hash()).isEqualTo(expected);
      assertThat(file).doesNotExist();
      assertEmpty(temporary);
    }
  }

  @Test
  void aFailureLeavesNoFileBehind(@TempDir Path folder) throws IOException {
    var documents = documents();
    var failing =
        new Iterator<byte[]>() {
          private int read;

          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public byte[] next() {
            if (read == 50) {
              throw new IllegalStateException("unplugged");
            }
            return documents.get(read++);
          }
        };
    var trainer = new BpeTrainer(600).withThreads(2).withMemory(new TrainingMemory(1, folder));
    assertThatThrownBy(() -> trainer.trainUtf8(failing)).hasMessage("unplugged");
    assertEmpty(folder);
  }

  @Test
  void aFolderThatCannotBeIsNamed(@TempDir Path folder) throws IOException {
    var file = Files.createFile(folder.resolve("file"));
    var documents = Arrays.asList(documents().getFirst(), documents().get(1));
    for (int threads : new int[] {1, 2}) {
      var trainer =
          new BpeTrainer(600).withThreads(threads).withMemory(new TrainingMemory(1, file));
      assertThatThrownBy(() -> trainer.trainUtf8(documents.iterator()))
          .isInstanceOf(TokenizerException.class)
          .hasMessageContaining("cannot be put into a temporary file")
          .hasMessageContaining("file");
    }
    assertThatThrownBy(() -> new TrainingMemory(0, null)).isInstanceOf(TokenizerException.class);
  }
}
