package dev.jebena.kernel.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed crew of daemon threads that shares numbered tasks with the thread that calls.
 *
 * <p>Tasks are handed out one by one in order, so that a thread that the system took away for a
 * while does not hold up the others. Results must not depend on who runs what: callers cut their
 * work into tasks by shape alone.
 *
 * <p>One call has the crew at a time. A second thread that calls meanwhile, or a task that calls
 * again, runs its tasks itself: nobody waits for the pool, and there are never more busy threads
 * than callers plus workers.
 *
 * <p>Workers spin for some microseconds after a call, since the next kernel usually follows at
 * once, and then park.
 */
public final class WorkerPool implements AutoCloseable {
  private static final int WORKER_SPINS = 4_000;
  private static final int CALLER_SPINS = 20_000;
  private static final long TASK_MASK = 0xFFFF_FFFFL;

  /** One task of a call. */
  @FunctionalInterface
  public interface Body {
    void run(int task);
  }

  private final Thread[] workers;
  private final AtomicBoolean[] parked;
  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);
  private final AtomicBoolean busy = new AtomicBoolean();

  /** Upper half: number of the call; lower half: its next task. Changes only by compare-and-set. */
  private final AtomicLong state = new AtomicLong(TASK_MASK);

  private final AtomicInteger done = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile Body body;
  private volatile int tasks;
  private volatile boolean closed;

  /**
   * A pool for {@code threads} threads in all, the caller among them.
   *
   * @throws IllegalArgumentException if there is not even one
   */
  public WorkerPool(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(
          "a pool of " + threads + " threads (at least 1 would fit)");
    }
    workers = new Thread[threads - 1];
    parked = new AtomicBoolean[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      int index = i;
      parked[i] = new AtomicBoolean();
      workers[i] =
          Thread.ofPlatform()
              .daemon()
              .name("jebena-worker-" + (i + 1))
              .unstarted(() -> work(index));
    }
    for (var worker : workers) {
      worker.start();
    }
  }

  /** Threads that share the tasks of a call, the caller among them. */
  public int threads() {
    return workers.length + 1;
  }

  /** Working memory of the calling thread. */
  Scratch scratch() {
    return scratch.get();
  }

  /**
   * Runs {@code body} for each task from 0 to {@code count}−1 and returns when all are done.
   *
   * <p>Where a task throws, tasks that have not begun are skipped and the first failure is thrown
   * here.
   */
  public void run(int count, Body body) {
    if (count <= 1 || workers.length == 0 || !busy.compareAndSet(false, true)) {
      for (int task = 0; task < count; task++) {
        body.run(task);
      }
      return;
    }
    try {
      share(count, body);
    } finally {
      // Before the next call replaces body and count no thread may take from this one's numbers.
      state.set(state.get() | TASK_MASK);
      this.body = null;
      busy.set(false);
    }
  }

  private void share(int count, Body body) {
    failure.set(null);
    done.set(0);
    this.body = body;
    tasks = count;
    long call = (state.get() >>> 32) + 1;
    state.set(call << 32); // from here on workers take tasks
    int helpers = Math.min(workers.length, count - 1);
    for (int i = 0; i < helpers; i++) {
      if (parked[i].compareAndSet(true, false)) {
        LockSupport.unpark(workers[i]);
      }
    }
    while (takeOne()) {
      // until no task is left to begin
    }
    for (int spins = 0; done.get() < count; spins++) {
      if (spins < CALLER_SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    var thrown = failure.get();
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown != null) {
      throw (RuntimeException) thrown;
    }
  }

  /** Takes and runs the next task; false where there is none. */
  private boolean takeOne() {
    while (true) {
      long seen = state.get();
      long task = seen & TASK_MASK;
      int count = tasks;
      var current = body;
      if (task >= count || current == null) {
        return false;
      }
      // Succeeds only if the call is still the one whose body and count were read, since they
      // change only while no task can be taken and each call has its own number.
      if (state.compareAndSet(seen, seen + 1)) {
        runOne(current, (int) task);
        return true;
      }
    }
  }

  private void runOne(Body current, int task) {
    try {
      if (failure.get() == null) {
        current.run(task);
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    } finally {
      done.incrementAndGet();
    }
  }

  private void work(int index) {
    int idle = 0;
    while (!closed) {
      if (takeOne()) {
        idle = 0;
      } else if (idle++ < WORKER_SPINS) {
        Thread.onSpinWait();
      } else {
        parked[index].set(true);
        if (!available() && !closed) {
          LockSupport.park(this);
        }
        parked[index].set(false);
        idle = 0;
      }
    }
  }

  private boolean available() {
    return body != null && (state.get() & TASK_MASK) < tasks;
  }

  /** Ends the workers. Later calls still work: the calling thread runs all tasks. */
  @Override
  public void close() {
    closed = true;
    for (var worker : workers) {
      LockSupport.unpark(worker);
    }
  }
}
