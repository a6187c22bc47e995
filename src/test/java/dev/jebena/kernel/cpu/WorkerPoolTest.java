package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {
  @Test
  void everyTaskRunsExactlyOnceInEveryOfManyCalls() {
    for (int threads : new int[] {1, 2, 3, 5}) {
      try (var pool = new WorkerPool(threads)) {
        for (int call = 0; call < 20_000; call++) {
          int count = call % 9;
          var runs = new AtomicIntegerArray(9);
          pool.run(count, runs::incrementAndGet);
          for (int task = 0; task < 9; task++) {
            assertThat(runs.get(task)).isEqualTo(task < count ? 1 : 0);
          }
        }
      }
    }
  }

  @Test
  void aFailureReachesTheCallerAndThePoolLivesOn() {
    try (var pool = new WorkerPool(3)) {
      assertThatThrownBy(() ->
              pool.run(
                  100,
                  task -> {
                    if (task == 17) {
                      throw new IllegalStateException("task 17");
                    }
                  }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("task 17");
      assertThat(sumOfTasks(pool, 10)).isEqualTo(45);
    }
  }

  @Test
  void aTaskMayCallThePoolAgain() {
    try (var pool = new WorkerPool(2)) {
      var sum = new AtomicLong();
      pool.run(4, outer -> pool.run(3, inner -> sum.addAndGet(10L * outer + inner)));
      assertThat(sum.get()).isEqualTo(3 * 60 + 4 * 3);
    }
  }

  @Test
  void severalCallersShareOnePool() throws InterruptedException {
    try (var pool = new WorkerPool(2)) {
      var wrong = new AtomicLong();
      var callers = new Thread[4];
      for (int i = 0; i < callers.length; i++) {
        callers[i] =
            Thread.ofPlatform()
                .start(() -> {
                  for (int call = 0; call < 2_000; call++) {
                    if (sumOfTasks(pool, 7) != 21) {
                      wrong.incrementAndGet();
                    }
                  }
                });
      }
      for (var caller : callers) {
        caller.join();
      }
      assertThat(wrong.get()).isZero();
    }
  }

  @Test
  void aClosedPoolStillRunsTasks() {
    var pool = new WorkerPool(2);
    pool.close();
    assertThat(sumOfTasks(pool, 5)).isEqualTo(10);
  }

  @Test
  void noThreadsAtAllIsRefused() {
    assertThatThrownBy(() -> new WorkerPool(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 threads");
  }

  private static long sumOfTasks(WorkerPool pool, int count) {
    var sum = new AtomicLong();
    pool.run(count, sum::addAndGet);
    return sum.get();
  }
}
