package dev.jebena.autograd;

import dev.jebena.kernel.Device;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Region;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Measures where the time goes, kernel by kernel. It sees the launches of a device of its own,
 * which stands before another; without it nothing is watched and nothing is slower.
 *
 * <pre>{@code
 * var profiler = new Profiler(Context.current().device());
 * profiler.call(() -> {
 *   var model = ...;                 // on the profiler's device, as everything made in here
 *   for (int step = 0; step < 20; step++) {
 *     if (step == 10) {
 *       profiler.clear();            // what the compiler still worked on
 *     }
 *     ...
 *   }
 *   return null;
 * });
 * System.out.print(profiler.table());
 * profiler.writeTrace(Path.of("trace.json"));  // for chrome://tracing or ui.perfetto.dev
 * }</pre>
 *
 * <p>Each launch is waited for, so that on a device that works ahead the sum of times is right and
 * overlap is lost. A device with a clock of its own, such as an OpenCL device, says how long each
 * of its kernels ran: rows are then kernels, named behind the operation that needed them.
 */
public final class Profiler {
  /** What a trace holds at most: about 100 steps of a small model. */
  private static final int TRACED = 200_000;

  private final ProfiledDevice device;
  private final Map<Key, Sum> sums = new LinkedHashMap<>();
  private final List<Event> events = new ArrayList<>();
  private final ThreadLocal<Deque<Open>> open = ThreadLocal.withInitial(ArrayDeque::new);
  private long origin = System.nanoTime();
  private long begun = -1;
  private long elapsed;

  /** Where a kernel ran, and what it was. */
  private record Key(String region, String operation) {}

  /** A region that was entered and not left. */
  private record Open(String name, String path, long start) {}

  /** Adds up the launches of one row. */
  private static final class Sum {
    private long calls;
    private long nanos;
    private double flops;
    private double bytes;
  }

  /** A bar of the trace; times in nanoseconds. */
  record Event(
      String name, String region, long thread, long start, long nanos, Work work, boolean kernel) {}

  /**
   * A row of the table: all launches of one operation in one region.
   *
   * @param region names of nested regions with {@code ›} between them, such as {@code backward ›
   *     linear}; {@code forward} outside of all
   * @param operation the kernel
   * @param calls launches
   * @param milliseconds of all together
   * @param share of the time in kernels, 0 to 1
   * @param gflops multiplications and additions a second, in billions; 0 where they are not counted
   * @param gbps bytes of operands a second, in billions
   */
  public record Row(
      String region,
      String operation,
      long calls,
      double milliseconds,
      double share,
      double gflops,
      double gbps) {}

  /** A profiler of what runs on {@code inner}. */
  public Profiler(Device inner) {
    this.device = new ProfiledDevice(inner, this::launched);
  }

  /** The device whose launches are seen: the inner one by another name. */
  public Device device() {
    return device;
  }

  /** Computes {@code action} with new tensors on the profiler's device, and watches. */
  public <T> T call(Supplier<T> action) {
    synchronized (this) {
      begun = System.nanoTime();
    }
    try {
      return Region.observed(
          new Listening(),
          () -> Context.current().withDevice(device).call(() -> device.watching(action)));
    } finally {
      synchronized (this) {
        elapsed += System.nanoTime() - begun;
        begun = -1;
      }
    }
  }

  /** Runs {@code action} with new tensors on the profiler's device, and watches. */
  public void run(Runnable action) {
    call(() -> {
      action.run();
      return null;
    });
  }

  /** Forgets what was seen so far. */
  public synchronized void clear() {
    sums.clear();
    events.clear();
    elapsed = 0;
    origin = System.nanoTime();
    begun = begun < 0 ? begun : origin;
  }

  private final class Listening implements Region.Listener {
    @Override
    public void entered(String name) {
      var outer = open.get().peek();
      var path = outer == null ? name : outer.path + " › " + name;
      open.get().push(new Open(name, path, System.nanoTime()));
    }

    @Override
    public void left() {
      var region = open.get().pop();
      long now = System.nanoTime();
      trace(
          new Event(
              region.name,
              region.path,
              Thread.currentThread().threadId(),
              region.start,
              now - region.start,
              Work.NONE,
              false));
    }
  }

  private void launched(String operation, long start, long nanos, Work work) {
    var region = open.get().peek();
    var path = region == null ? "forward" : region.path;
    synchronized (this) {
      var sum = sums.computeIfAbsent(new Key(path, operation), key -> new Sum());
      sum.calls++;
      sum.nanos += nanos;
      sum.flops += work.flops();
      sum.bytes += work.bytes();
    }
    trace(new Event(operation, path, Thread.currentThread().threadId(), start, nanos, work, true));
  }

  private synchronized void trace(Event event) {
    // a region that was open when everything was forgotten began before
    if (events.size() < TRACED && event.start >= origin) {
      events.add(event);
    }
  }

  /** What was seen, the longest first. */
  public synchronized List<Row> rows() {
    double all = sums.values().stream().mapToLong(sum -> sum.nanos).sum();
    return sums.entrySet().stream()
        .map(entry -> {
          var sum = entry.getValue();
          double nanos = Math.max(1, sum.nanos);
          return new Row(
              entry.getKey().region,
              entry.getKey().operation,
              sum.calls,
              sum.nanos / 1e6,
              sum.nanos / all,
              sum.flops / nanos,
              sum.bytes / nanos);
        })
        .sorted(Comparator.comparingDouble(Row::milliseconds).reversed())
        .toList();
  }

  /** Milliseconds since watching began, less the time in which it was not on. */
  public synchronized double elapsedMilliseconds() {
    return (elapsed + (begun < 0 ? 0 : System.nanoTime() - begun)) / 1e6;
  }

  /** The rows for people, sums by outermost region, and what was spent outside of kernels. */
  public String table() {
    return ProfileText.of(rows(), elapsedMilliseconds());
  }

  /**
   * Writes what was seen, the first 200,000 launches and regions of it, in the format of Chrome's
   * trace viewer, which Perfetto reads too.
   */
  public void writeTrace(Path file) throws IOException {
    List<Event> copy;
    long begin;
    synchronized (this) {
      copy = events.stream().sorted(byStart()).collect(Collectors.toList());
      begin = origin;
    }
    TraceFile.write(file, copy, begin);
  }

  /** What encloses stands before what it encloses. */
  private static Comparator<Event> byStart() {
    return Comparator.comparingLong(Event::start)
        .thenComparing(Comparator.comparingLong(Event::nanos).reversed());
  }
}
