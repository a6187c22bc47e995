package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ORDER;

import dev.jebena.memory.HugePages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The plainest loop over memory: reads some arrays of f32, writes at most one, and computes next to
 * nothing. No kernel with the same mix of reads and writes over as much memory can be faster, so
 * this is the yardstick of kernels that are bound by bandwidth.
 */
public final class StreamLoop implements AutoCloseable {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();

  /** Elements of a task: long enough that handing it out costs nothing. */
  private static final int TASK = 1 << 17;

  private final int reads;
  private final int writes;
  private final long elements;
  private final WorkerPool pool;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment[] inputs;
  private final MemorySegment output;

  /**
   * Makes the arrays.
   *
   * @param reads arrays to read: 0, 1 or 2
   * @param writes arrays to write: 0 or 1
   * @param elements of each
   * @throws IllegalArgumentException for another mix, or where elements are not a multiple of
   *     131072
   */
  public StreamLoop(int reads, int writes, long elements, int threads) {
    if (reads < 0 || reads > 2 || writes < 0 || writes > 1 || reads + writes == 0) {
      throw new IllegalArgumentException(
          "a loop with "
              + reads
              + " reads and "
              + writes
              + " writes (0 to 2 and 0 to 1 would fit)");
    }
    if (elements < TASK || elements % TASK != 0) {
      throw new IllegalArgumentException(
          elements + " elements (a multiple of " + TASK + " would fit)");
    }
    this.reads = reads;
    this.writes = writes;
    this.elements = elements;
    pool = new WorkerPool(threads);
    inputs = new MemorySegment[reads];
    for (int i = 0; i < reads; i++) {
      inputs[i] = array();
    }
    // a loop that only reads leaves the sum of each task here
    output = writes == 1 ? array() : arena.allocate(elements / TASK * S.vectorByteSize(), 64);
    fill();
  }

  private MemorySegment array() {
    return HugePages.allocate(arena, 4 * elements);
  }

  /** Pages that were never written are all one page, which no memory bus sees. */
  private void fill() {
    for (var input : inputs) {
      pool.run(tasks(), task -> write(input, 4L * TASK * task, 1));
    }
    run();
  }

  private int tasks() {
    return Math.toIntExact(elements / TASK);
  }

  /** Bytes that one pass reads and writes. */
  public long bytes() {
    return 4 * elements * (reads + writes);
  }

  /** One pass over the arrays. */
  public void run() {
    pool.run(tasks(), this::pass);
  }

  private void pass(int task) {
    long at = 4L * TASK * task;
    if (writes == 0) {
      long to = (long) task * S.vectorByteSize();
      if (reads == 1) {
        sum(inputs[0], at, output, to);
      } else {
        sum(inputs[0], inputs[1], at, output, to);
      }
    } else if (reads == 0) {
      write(output, at, 2);
    } else if (reads == 1) {
      copy(inputs[0], output, at);
    } else {
      add(inputs[0], inputs[1], output, at);
    }
  }

  private static void write(MemorySegment out, long at, float value) {
    var v = FloatVector.broadcast(S, value);
    for (int i = 0; i < TASK; i += L) {
      v.intoMemorySegment(out, at + 4L * i, ORDER);
    }
  }

  private static void copy(MemorySegment a, MemorySegment out, long at) {
    for (int i = 0; i < TASK; i += L) {
      FloatVector.fromMemorySegment(S, a, at + 4L * i, ORDER)
          .intoMemorySegment(out, at + 4L * i, ORDER);
    }
  }

  private static void add(MemorySegment a, MemorySegment b, MemorySegment out, long at) {
    for (int i = 0; i < TASK; i += L) {
      FloatVector.fromMemorySegment(S, a, at + 4L * i, ORDER)
          .add(FloatVector.fromMemorySegment(S, b, at + 4L * i, ORDER))
          .intoMemorySegment(out, at + 4L * i, ORDER);
    }
  }

  private static void sum(MemorySegment a, long at, MemorySegment out, long to) {
    var s = FloatVector.zero(S);
    var t = s;
    var u = s;
    var v = s;
    for (int i = 0; i < TASK; i += 4 * L) {
      s = s.add(FloatVector.fromMemorySegment(S, a, at + 4L * i, ORDER));
      t = t.add(FloatVector.fromMemorySegment(S, a, at + 4L * (i + L), ORDER));
      u = u.add(FloatVector.fromMemorySegment(S, a, at + 4L * (i + 2 * L), ORDER));
      v = v.add(FloatVector.fromMemorySegment(S, a, at + 4L * (i + 3 * L), ORDER));
    }
    s.add(t).add(u.add(v)).intoMemorySegment(out, to, ORDER);
  }

  private static void sum(MemorySegment a, MemorySegment b, long at, MemorySegment out, long to) {
    var s = FloatVector.zero(S);
    var t = s;
    for (int i = 0; i < TASK; i += L) {
      s = s.add(FloatVector.fromMemorySegment(S, a, at + 4L * i, ORDER));
      t = t.add(FloatVector.fromMemorySegment(S, b, at + 4L * i, ORDER));
    }
    s.add(t).intoMemorySegment(out, to, ORDER);
  }

  @Override
  public void close() {
    pool.close();
    arena.close();
  }
}
