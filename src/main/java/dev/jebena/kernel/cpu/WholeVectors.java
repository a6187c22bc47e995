package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;

import java.lang.foreign.MemorySegment;

/**
 * Runs loops that take whole vectors only. What is left at the end of the arrays goes through them
 * in a copy of one vector, so that an element's result does not depend on where it stands, and no
 * loop needs a scalar twin.
 */
final class WholeVectors {
  private static final int L = Lanes.F32.length();
  private static final long VECTOR = Lanes.F32.vectorByteSize();

  private WholeVectors() {}

  /** A loop over several arrays that begin at absolute addresses. */
  interface Loop {
    void run(long[] at, int n);
  }

  /**
   * Runs a loop over {@code n} elements.
   *
   * @param inputs so many of the arrays are read, the others written
   * @param at where each array begins
   */
  static void run(WorkerPool pool, Loop loop, int inputs, int n, long... at) {
    int whole = n / L * L;
    loop.run(at, whole);
    if (whole < n) {
      rest(pool, loop, inputs, at, whole, n - whole);
    }
  }

  /**
   * The last {@code n} elements, fewer than a vector holds, that begin {@code from} elements on.
   */
  static void rest(WorkerPool pool, Loop loop, int inputs, long[] at, int from, int n) {
    var room = pool.scratch().area(Scratch.FUSED, at.length * VECTOR);
    room.asSlice(0, at.length * VECTOR).fill((byte) 0);
    long[] copies = new long[at.length];
    for (int i = 0; i < at.length; i++) {
      copies[i] = room.address() + i * VECTOR;
      if (i < inputs) {
        MemorySegment.copy(ALL, at[i] + 4L * from, ALL, copies[i], 4L * n);
      }
    }
    loop.run(copies, L);
    for (int i = inputs; i < at.length; i++) {
      MemorySegment.copy(ALL, copies[i], ALL, at[i] + 4L * from, 4L * n);
    }
  }
}
