package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ADDRESS;
import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of f32 for machines with 16 vector registers (AVX2, SSE): 6 rows by 2 vectors of C, 2
 * vectors of B and a broadcast number of A take 15 of them. Bound by the FMA ports, and where
 * another thread shares the core by the instructions that it takes to feed them: 20 for 12 FMAs at
 * least, of which a check of bounds for each access would make 33, this loop 28.
 *
 * <p>Four things make the compiler's loop the one that is written here. It ends on {@code !=} with
 * a step that is not 1, so that it is not a counted loop: those are unrolled and rescheduled until
 * accumulators go through memory (44 instead of 100 GFLOP/s). Panels are read under absolute
 * addresses that a mask keeps positive, which the compiler sees and leaves the checks out. One
 * address of each step is left without a mask: its check is where the compiler must stop moving
 * loads upwards, for without it there are more numbers under way than registers. And the tile is
 * written to an array, and no more than two steps are in the loop: in longer methods with so many
 * accesses to segments one start in three leaves every accumulator in an object of its own at each
 * multiply-add (which of them depends on what else was compiled before), or the first compiler (C1)
 * runs out of virtual registers; either way the method stays ten to a hundred times slower for the
 * life of the process.
 *
 * <p>A sliver of B (320 deep, 20 KiB with 256 bits) stays in L1 while slivers of A stream by from
 * L2, 4 bytes a cycle.
 */
final class NarrowTiles implements TileKernel {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();
  private static final long VECTOR = (long) Float.BYTES * L;
  private static final int ROWS = 6;
  private static final int COLUMNS = 2 * L;
  private static final Blocking BLOCKING = new Blocking(320, 144, 3072, true);

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public int bytes() {
    return Float.BYTES;
  }

  @Override
  public Blocking blocking() {
    return BLOCKING;
  }

  @Override
  public void pack(
      MemorySegment x,
      long atX,
      long stepR,
      long stepK,
      int width,
      int depth,
      MemorySegment out,
      long atOut,
      int padded) {
    Packing.sliver(x, atX, stepR, stepK, width, depth, out, atOut, padded);
  }

  @Override
  public void tile(
      MemorySegment a,
      long atA,
      MemorySegment b,
      long atB,
      int depth,
      boolean add,
      Scratch scratch,
      MemorySegment c,
      long atC,
      long rowC) {
    var tile = tile(a, atA, b, atB, depth, scratch);
    if (add) {
      add(tile, c, atC, rowC);
    } else {
      store(tile, c, atC, rowC);
    }
  }

  @Override
  public void tile(
      MemorySegment a,
      long atA,
      MemorySegment b,
      long atB,
      int depth,
      Scratch scratch,
      float[] c,
      int at) {
    var tile = tile(a, atA, b, atB, depth, scratch);
    System.arraycopy(tile, 0, c, at, ROWS * COLUMNS);
  }

  /** The tile in an array of its own. */
  private static float[] tile(
      MemorySegment a, long atA, MemorySegment b, long atB, int depth, Scratch scratch) {
    // What follows reads under absolute addresses.
    if (depth % PackedProduct.STEPS != 0) {
      throw new IllegalArgumentException("a depth of " + depth + " (whole steps of k would fit)");
    }
    Objects.checkFromIndexSize(atA, (long) Float.BYTES * ROWS * depth, a.byteSize());
    Objects.checkFromIndexSize(atB, 2 * VECTOR * depth, b.byteSize());
    var tile = scratch.floats(ROWS * COLUMNS);
    sixRows(a.address() + atA, b.address() + atB, depth, tile);
    Reference.reachabilityFence(a);
    Reference.reachabilityFence(b);
    return tile;
  }

  private static void store(float[] tile, MemorySegment c, long atC, long rowC) {
    for (int r = 0; r < ROWS; r++) {
      long to = atC + r * rowC;
      int from = r * COLUMNS;
      FloatVector.fromArray(S, tile, from).intoMemorySegment(c, to, ORDER);
      FloatVector.fromArray(S, tile, from + L).intoMemorySegment(c, to + VECTOR, ORDER);
    }
  }

  private static void add(float[] tile, MemorySegment c, long atC, long rowC) {
    for (int r = 0; r < ROWS; r++) {
      long to = atC + r * rowC;
      int from = r * COLUMNS;
      FloatVector.fromMemorySegment(S, c, to, ORDER)
          .add(FloatVector.fromArray(S, tile, from))
          .intoMemorySegment(c, to, ORDER);
      FloatVector.fromMemorySegment(S, c, to + VECTOR, ORDER)
          .add(FloatVector.fromArray(S, tile, from + L))
          .intoMemorySegment(c, to + VECTOR, ORDER);
    }
  }

  /**
   * {@code tile = A·B} for packed slivers at two addresses, two steps of k at a time: per step 12
   * accumulators, 2 loads and 6 broadcasts for 12 FMAs.
   *
   * @param depth a multiple of {@link PackedProduct#STEPS}
   */
  private static void sixRows(long atA, long atB, int depth, float[] tile) {
    var c00 = FloatVector.zero(S);
    var c01 = FloatVector.zero(S);
    var c10 = FloatVector.zero(S);
    var c11 = FloatVector.zero(S);
    var c20 = FloatVector.zero(S);
    var c21 = FloatVector.zero(S);
    var c30 = FloatVector.zero(S);
    var c31 = FloatVector.zero(S);
    var c40 = FloatVector.zero(S);
    var c41 = FloatVector.zero(S);
    var c50 = FloatVector.zero(S);
    var c51 = FloatVector.zero(S);
    long pa = atA & ADDRESS;
    long pb = atB & ADDRESS;
    long checked = atB;
    long end = atA + 4L * ROWS * depth;
    while (pa != end) { // and not a counted loop, see above
      var b0 = FloatVector.fromMemorySegment(S, ALL, checked, ORDER);
      var b1 = FloatVector.fromMemorySegment(S, ALL, pb + VECTOR, ORDER);
      var a = FloatVector.broadcast(S, ALL.get(FLOAT, pa));
      c00 = a.fma(b0, c00);
      c01 = a.fma(b1, c01);
      a = FloatVector.broadcast(S, ALL.get(FLOAT, pa + 4));
      c10 = a.fma(b0, c10);
      c11 = a.fma(b1, c11);
      a = FloatVector.broadcast(S, ALL.get(FLOAT, pa + 8));
      c20 = a.fma(b0, c20);
      c21 = a.fma(b1, c21);
      a = FloatVector.broadcast(S, ALL.get(FLOAT, pa + 12));
      c30 = a.fma(b0, c30);
      c31 = a.fma(b1, c31);
      a = FloatVector.broadcast(S, ALL.get(FLOAT, pa + 16));
      c40 = a.fma(b0, c40);
      c41 = a.fma(b1, c41);
      a = FloatVector.broadcast(S, ALL.get(FLOAT, pa + 20));
      c50 = a.fma(b0, c50);
      c51 = a.fma(b1, c51);
      checked += 2 * VECTOR;
      b0 = FloatVector.fromMemorySegment(S, ALL, checked, ORDER);
      b1 = FloatVector.fromMemorySegment(S, ALL, pb + 3 * VECTOR, ORDER);
      a = FloatVector.broadcast(S, ALL.get(FLOAT, pa + 24));
      c00 = a.fma(b0, c00);
      c01 = a.fma(b1, c01);
      a = FloatVector.broadcast(S, ALL.get(FLOAT, pa + 28));
      c10 = a.fma(b0, c10);
      c11 = a.fma(b1, c11);
      a = FloatVector.broadcast(S, ALL.get(FLOAT, pa + 32));
      c20 = a.fma(b0, c20);
      c21 = a.fma(b1, c21);
      a = FloatVector.broadcast(S, ALL.get(FLOAT, pa + 36));
      c30 = a.fma(b0, c30);
      c31 = a.fma(b1, c31);
      a = FloatVector.broadcast(S, ALL.get(FLOAT, pa + 40));
      c40 = a.fma(b0, c40);
      c41 = a.fma(b1, c41);
      a = FloatVector.broadcast(S, ALL.get(FLOAT, pa + 44));
      c50 = a.fma(b0, c50);
      c51 = a.fma(b1, c51);
      checked += 2 * VECTOR;
      pa = (pa + 2 * 4 * ROWS) & ADDRESS;
      pb = (pb + 4 * VECTOR) & ADDRESS;
    }
    c00.intoArray(tile, 0);
    c01.intoArray(tile, L);
    c10.intoArray(tile, 1 * COLUMNS);
    c11.intoArray(tile, 1 * COLUMNS + L);
    c20.intoArray(tile, 2 * COLUMNS);
    c21.intoArray(tile, 2 * COLUMNS + L);
    c30.intoArray(tile, 3 * COLUMNS);
    c31.intoArray(tile, 3 * COLUMNS + L);
    c40.intoArray(tile, 4 * COLUMNS);
    c41.intoArray(tile, 4 * COLUMNS + L);
    c50.intoArray(tile, 5 * COLUMNS);
    c51.intoArray(tile, 5 * COLUMNS + L);
  }
}
