package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ADDRESS;
import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.DOUBLE;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of f64, of 6 rows by 2 vectors whatever the machine: {@link NarrowTiles} for doubles, for
 * the same reasons.
 */
final class DoubleTiles implements TileKernel {
  private static final VectorSpecies<Double> S = Lanes.F64;
  private static final int L = S.length();
  private static final long VECTOR = (long) Double.BYTES * L;
  private static final int ROWS = 6;
  private static final int COLUMNS = 2 * L;
  private static final Blocking BLOCKING = new Blocking(320, 96, 2048, true);

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
    return Double.BYTES;
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
    Packing.doubles(x, atX, stepR, stepK, width, depth, out, atOut, padded);
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
    // What follows reads under absolute addresses.
    if (depth % PackedProduct.STEPS != 0) {
      throw new IllegalArgumentException("a depth of " + depth + " (whole steps of k would fit)");
    }
    Objects.checkFromIndexSize(atA, (long) Double.BYTES * ROWS * depth, a.byteSize());
    Objects.checkFromIndexSize(atB, 2 * VECTOR * depth, b.byteSize());
    var tile = scratch.doubles(ROWS * COLUMNS);
    sixRows(a.address() + atA, b.address() + atB, depth, tile);
    Reference.reachabilityFence(a);
    Reference.reachabilityFence(b);
    if (add) {
      add(tile, c, atC, rowC);
    } else {
      store(tile, c, atC, rowC);
    }
  }

  private static void store(double[] tile, MemorySegment c, long atC, long rowC) {
    for (int r = 0; r < ROWS; r++) {
      long to = atC + r * rowC;
      int from = r * COLUMNS;
      DoubleVector.fromArray(S, tile, from).intoMemorySegment(c, to, ORDER);
      DoubleVector.fromArray(S, tile, from + L).intoMemorySegment(c, to + VECTOR, ORDER);
    }
  }

  private static void add(double[] tile, MemorySegment c, long atC, long rowC) {
    for (int r = 0; r < ROWS; r++) {
      long to = atC + r * rowC;
      int from = r * COLUMNS;
      DoubleVector.fromMemorySegment(S, c, to, ORDER)
          .add(DoubleVector.fromArray(S, tile, from))
          .intoMemorySegment(c, to, ORDER);
      DoubleVector.fromMemorySegment(S, c, to + VECTOR, ORDER)
          .add(DoubleVector.fromArray(S, tile, from + L))
          .intoMemorySegment(c, to + VECTOR, ORDER);
    }
  }

  /**
   * {@code tile = A·B} for packed slivers at two addresses, two steps of k at a time: per step 12
   * accumulators, 2 loads and 6 broadcasts for 12 FMAs.
   *
   * @param depth a multiple of {@link PackedProduct#STEPS}
   */
  private static void sixRows(long atA, long atB, int depth, double[] tile) {
    var c00 = DoubleVector.zero(S);
    var c01 = DoubleVector.zero(S);
    var c10 = DoubleVector.zero(S);
    var c11 = DoubleVector.zero(S);
    var c20 = DoubleVector.zero(S);
    var c21 = DoubleVector.zero(S);
    var c30 = DoubleVector.zero(S);
    var c31 = DoubleVector.zero(S);
    var c40 = DoubleVector.zero(S);
    var c41 = DoubleVector.zero(S);
    var c50 = DoubleVector.zero(S);
    var c51 = DoubleVector.zero(S);
    long pa = atA & ADDRESS;
    long pb = atB & ADDRESS;
    long checked = atB;
    long end = atA + 8L * ROWS * depth;
    while (pa != end) { // and not a counted loop, see above
      var b0 = DoubleVector.fromMemorySegment(S, ALL, checked, ORDER);
      var b1 = DoubleVector.fromMemorySegment(S, ALL, pb + VECTOR, ORDER);
      var a = DoubleVector.broadcast(S, ALL.get(DOUBLE, pa));
      c00 = a.fma(b0, c00);
      c01 = a.fma(b1, c01);
      a = DoubleVector.broadcast(S, ALL.get(DOUBLE, pa + 8));
      c10 = a.fma(b0, c10);
      c11 = a.fma(b1, c11);
      a = DoubleVector.broadcast(S, ALL.get(DOUBLE, pa + 16));
      c20 = a.fma(b0, c20);
      c21 = a.fma(b1, c21);
      a = DoubleVector.broadcast(S, ALL.get(DOUBLE, pa + 24));
      c30 = a.fma(b0, c30);
      c31 = a.fma(b1, c31);
      a = DoubleVector.broadcast(S, ALL.get(DOUBLE, pa + 32));
      c40 = a.fma(b0, c40);
      c41 = a.fma(b1, c41);
      a = DoubleVector.broadcast(S, ALL.get(DOUBLE, pa + 40));
      c50 = a.fma(b0, c50);
      c51 = a.fma(b1, c51);
      checked += 2 * VECTOR;
      b0 = DoubleVector.fromMemorySegment(S, ALL, checked, ORDER);
      b1 = DoubleVector.fromMemorySegment(S, ALL, pb + 3 * VECTOR, ORDER);
      a = DoubleVector.broadcast(S, ALL.get(DOUBLE, pa + 48));
      c00 = a.fma(b0, c00);
      c01 = a.fma(b1, c01);
      a = DoubleVector.broadcast(S, ALL.get(DOUBLE, pa + 56));
      c10 = a.fma(b0, c10);
      c11 = a.fma(b1, c11);
      a = DoubleVector.broadcast(S, ALL.get(DOUBLE, pa + 64));
      c20 = a.fma(b0, c20);
      c21 = a.fma(b1, c21);
      a = DoubleVector.broadcast(S, ALL.get(DOUBLE, pa + 72));
      c30 = a.fma(b0, c30);
      c31 = a.fma(b1, c31);
      a = DoubleVector.broadcast(S, ALL.get(DOUBLE, pa + 80));
      c40 = a.fma(b0, c40);
      c41 = a.fma(b1, c41);
      a = DoubleVector.broadcast(S, ALL.get(DOUBLE, pa + 88));
      c50 = a.fma(b0, c50);
      c51 = a.fma(b1, c51);
      checked += 2 * VECTOR;
      pa = (pa + 2 * 8 * ROWS) & ADDRESS;
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
