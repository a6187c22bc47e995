package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of f32 for machines with 32 vector registers (AVX-512, NEON): 8 rows by 2 vectors of C stay
 * in registers while a sliver of A ({@code [depth, 8]}) and a sliver of B ({@code [depth, 2
 * vectors]}) stream by from cache. Bound by the FMA ports.
 *
 * <p>Everything is a local variable of one method, and each operand has a segment of its own: a
 * vector in a field, an array or another method would be boxed. The methods are kept short: the
 * first compiler (C1) runs out of virtual registers in longer ones, for example with code that adds
 * to C, and a method that C1 gives up on can stay a hundred times slower for the life of the
 * process. So a tile is always stored; where it is to be added it goes to a spare tile first.
 *
 * <p>A sliver of A stays in L1 while the slivers of a panel of B (at most 1.5 MiB) stream by from
 * L2, and C is written forward along its rows. The other order jumps from row to row of C and was 5
 * % slower.
 */
final class WideTiles implements TileKernel {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final long VECTOR = 4L * S.length();
  private static final int ROWS = 8;
  private static final int COLUMNS = 2 * S.length();
  private static final Blocking BLOCKING = new Blocking(512, 128, 768, false);

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
    if (add) {
      var spare = scratch.area(Scratch.TILE, ROWS * 2 * VECTOR);
      eightRows(a, atA, b, atB, depth, spare, 0, 2 * VECTOR);
      addTile(spare, c, atC, rowC);
    } else {
      eightRows(a, atA, b, atB, depth, c, atC, rowC);
    }
  }

  /** {@code C += tile} for a whole tile with rows of {@link #COLUMNS} floats. */
  private static void addTile(MemorySegment tile, MemorySegment c, long atC, long rowC) {
    for (int r = 0; r < ROWS; r++) {
      long from = r * 2 * VECTOR;
      long to = atC + r * rowC;
      FloatVector.fromMemorySegment(S, c, to, ORDER)
          .add(FloatVector.fromMemorySegment(S, tile, from, ORDER))
          .intoMemorySegment(c, to, ORDER);
      FloatVector.fromMemorySegment(S, c, to + VECTOR, ORDER)
          .add(FloatVector.fromMemorySegment(S, tile, from + VECTOR, ORDER))
          .intoMemorySegment(c, to + VECTOR, ORDER);
    }
  }

  /** Eight rows: 16 accumulators, 2 loads and 8 broadcasts per 16 FMAs. */
  private static void eightRows(
      MemorySegment a,
      long atA,
      MemorySegment b,
      long atB,
      int depth,
      MemorySegment c,
      long atC,
      long rowC) {
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
    var c60 = FloatVector.zero(S);
    var c61 = FloatVector.zero(S);
    var c70 = FloatVector.zero(S);
    var c71 = FloatVector.zero(S);
    long pa = atA;
    long pb = atB;
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromMemorySegment(S, b, pb, ORDER);
      var b1 = FloatVector.fromMemorySegment(S, b, pb + VECTOR, ORDER);
      var a0 = FloatVector.broadcast(S, a.get(FLOAT, pa + 0));
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      var a1 = FloatVector.broadcast(S, a.get(FLOAT, pa + 4));
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      var a2 = FloatVector.broadcast(S, a.get(FLOAT, pa + 8));
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      var a3 = FloatVector.broadcast(S, a.get(FLOAT, pa + 12));
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      var a4 = FloatVector.broadcast(S, a.get(FLOAT, pa + 16));
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      var a5 = FloatVector.broadcast(S, a.get(FLOAT, pa + 20));
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      var a6 = FloatVector.broadcast(S, a.get(FLOAT, pa + 24));
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      var a7 = FloatVector.broadcast(S, a.get(FLOAT, pa + 28));
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
      pa += 4L * ROWS;
      pb += 2 * VECTOR;
    }
    c00.intoMemorySegment(c, atC, ORDER);
    c01.intoMemorySegment(c, atC + VECTOR, ORDER);
    c10.intoMemorySegment(c, atC + 1 * rowC, ORDER);
    c11.intoMemorySegment(c, atC + 1 * rowC + VECTOR, ORDER);
    c20.intoMemorySegment(c, atC + 2 * rowC, ORDER);
    c21.intoMemorySegment(c, atC + 2 * rowC + VECTOR, ORDER);
    c30.intoMemorySegment(c, atC + 3 * rowC, ORDER);
    c31.intoMemorySegment(c, atC + 3 * rowC + VECTOR, ORDER);
    c40.intoMemorySegment(c, atC + 4 * rowC, ORDER);
    c41.intoMemorySegment(c, atC + 4 * rowC + VECTOR, ORDER);
    c50.intoMemorySegment(c, atC + 5 * rowC, ORDER);
    c51.intoMemorySegment(c, atC + 5 * rowC + VECTOR, ORDER);
    c60.intoMemorySegment(c, atC + 6 * rowC, ORDER);
    c61.intoMemorySegment(c, atC + 6 * rowC + VECTOR, ORDER);
    c70.intoMemorySegment(c, atC + 7 * rowC, ORDER);
    c71.intoMemorySegment(c, atC + 7 * rowC + VECTOR, ORDER);
  }
}
