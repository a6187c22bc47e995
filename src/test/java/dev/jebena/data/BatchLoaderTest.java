package dev.jebena.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchLoaderTest {
  /** A document whose tokens are all different: 256 and then 0, 1, …, 98. */
  private final TokenData data = numbers(99);

  private static TokenData numbers(int count) {
    return TokenData.encode(
        Corpus.ofDocuments(Document.of("numbers", "x")),
        new Encoding(utf8 -> java.util.stream.IntStream.range(0, count).toArray(), 1000, 256, "h"),
        1);
  }

  @AfterEach
  void close() {
    data.close();
  }

  @Test
  void targetsAreTheInputsOneFurther() {
    var batch = new BatchLoader(data, 3, 7, 1).next();
    assertThat(batch.tokens()).isEqualTo(21);
    for (int i = 0; i < 21; i++) {
      int input = batch.inputs()[i];
      int next = input == 256 ? 0 : input == 98 ? 256 : input + 1;
      assertThat(batch.targets()[i]).isEqualTo(next);
      if (i % 7 < 6) {
        assertThat(batch.inputs()[i + 1]).isEqualTo(next);
      }
    }
  }

  @Test
  void anEpochPredictsEveryTokenOnce() {
    var loader = new BatchLoader(data, 5, 10, 42); // 100 tokens: 10 windows, 2 batches
    assertThat(loader.windowsPerEpoch()).isEqualTo(10);
    for (int epoch = 0; epoch < 20; epoch++) {
      var seen = new int[257];
      for (int i = 0; i < 2; i++) {
        for (int target : loader.next().targets()) {
          seen[target]++;
        }
      }
      for (int id = 0; id < 99; id++) {
        assertThat(seen[id]).isEqualTo(1);
      }
      assertThat(seen[256]).isEqualTo(1);
    }
    assertThat(loader.epochs()).isEqualTo(20.0);
  }

  @Test
  void whereTheContextDoesNotDivideFewerThanOneContextIsSeenTwice() {
    var loader = new BatchLoader(data, 1, 7, 3); // 100 = 14 · 7 + 2: 15 windows, 5 tokens twice
    var seen = new int[257];
    for (int i = 0; i < 15; i++) {
      for (int target : loader.next().targets()) {
        seen[target]++;
      }
    }
    int twice = 0;
    for (int id = 0; id < 257; id++) {
      if (id < 99 || id == 256) {
        assertThat(seen[id]).isBetween(1, 2);
        twice += seen[id] - 1;
      }
    }
    assertThat(twice).isEqualTo(5);
  }

  @Test
  void orderAndPhaseChangeWithEpochAndSeed() {
    var loader = new BatchLoader(data, 10, 10, 1);
    var first = loader.next();
    assertThat(loader.next().inputs()).isNotEqualTo(first.inputs());
    assertThat(new BatchLoader(data, 10, 10, 1).next().inputs()).isEqualTo(first.inputs());
    assertThat(new BatchLoader(data, 10, 10, 2).next().inputs()).isNotEqualTo(first.inputs());
  }

  @Test
  void aRestoredLoaderGoesOnExactlyWhereTheOtherStood() {
    for (int steps = 0; steps < 12; steps++) {
      var straight = new BatchLoader(data, 3, 7, 9);
      for (int i = 0; i < steps; i++) {
        straight.next();
      }
      var resumed = new BatchLoader(data, 3, 7, 9);
      resumed.restore(straight.state());
      for (int i = 0; i < 10; i++) {
        assertThat(resumed.next().inputs()).isEqualTo(straight.next().inputs());
      }
    }
  }

  @Test
  void microBatchesAreTheRowsOfOneBatch() {
    var large = new BatchLoader(data, 6, 7, 9).next();
    var small = new BatchLoader(data, 2, 7, 9);
    var rows = java.util.stream.IntStream.empty();
    for (int i = 0; i < 3; i++) {
      rows =
          java.util.stream.IntStream.concat(rows, java.util.Arrays.stream(small.next().inputs()));
    }
    assertThat(rows.toArray()).isEqualTo(large.inputs());
  }

  @Test
  void statesThatDoNotFitAreRefused() {
    var loader = new BatchLoader(data, 3, 7, 9);
    var state = loader.state();
    for (var other :
        new BatchLoader.State[] {
          new BatchLoader.State(8, 0, 7, state.tokens()),
          new BatchLoader.State(9, 0, 8, state.tokens()),
          new BatchLoader.State(9, 0, 7, state.tokens() + 1),
          new BatchLoader.State(9, -1, 7, state.tokens())
        }) {
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> loader.restore(other))
          .withMessageContaining("does not fit");
    }
  }

  @Test
  void aCorpusShorterThanAContextIsRefused() {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> new BatchLoader(data, 1, 100, 1))
        .withMessageContaining("100 tokens are too few for one context: it takes 101");
    new BatchLoader(data, 1, 99, 1).next();
  }
}
