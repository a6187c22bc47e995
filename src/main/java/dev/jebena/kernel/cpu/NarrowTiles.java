package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of f32 for machines with 16 vector registers (AVX2, SSE): 6 rows by 2 vectors of C, 2
 * vectors of B and a broadcast number of A take 15 of them. Bound by the FMA ports.
 *
 * <p>Two things make the compiler's loop the one that is written here. The loop ends on {@code !=}
 * with a step that is not 1, so that it is not a counted loop: those are unrolled and rescheduled
 * until accumulators go through memory (44 instead of 100 GFLOP/s). And panels are arrays: checks
 * of an array's bounds cost one instruction an access, those of a segment several (84 GFLOP/s); no
 * process was seen in which they stayed in slow code.
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
  public Panel panel(long elements) {
    return Panel.ofFloats(Math.toIntExact(elements));
  }

  @Override
  public void pack(
      MemorySegment x,
      long atX,
      long stepR,
      long stepK,
      int width,
      int depth,
      Panel out,
      long atOut,
      int padded) {
    ArrayPacking.sliver(x, atX, stepR, stepK, width, depth, out.floats(), (int) atOut, padded);
  }

  @Override
  public void tile(
      Panel a,
      long atA,
      Panel b,
      long atB,
      int depth,
      boolean add,
      MemorySegment spare,
      MemorySegment c,
      long atC,
      long rowC) {
    sixRows(a.floats(), (int) atA, b.floats(), (int) atB, depth, add, c, atC, rowC);
  }

  /** {@code C (+)= A·B}: 12 accumulators, 2 loads and 6 broadcasts per 12 FMAs. */
  private static void sixRows(
      float[] a,
      int atA,
      float[] b,
      int atB,
      int depth,
      boolean add,
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
    int pa = atA;
    int pb = atB;
    int end = atA + ROWS * depth;
    while (pa != end) { // and not a counted loop, see above
      var b0 = FloatVector.fromArray(S, b, pb);
      var b1 = FloatVector.fromArray(S, b, pb + L);
      var a0 = FloatVector.broadcast(S, a[pa]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      var a1 = FloatVector.broadcast(S, a[pa + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      var a2 = FloatVector.broadcast(S, a[pa + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      var a3 = FloatVector.broadcast(S, a[pa + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      var a4 = FloatVector.broadcast(S, a[pa + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      var a5 = FloatVector.broadcast(S, a[pa + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      pa += ROWS;
      pb += COLUMNS;
    }
    if (add) {
      c00.add(FloatVector.fromMemorySegment(S, c, atC, ORDER)).intoMemorySegment(c, atC, ORDER);
      c01.add(FloatVector.fromMemorySegment(S, c, atC + VECTOR, ORDER))
          .intoMemorySegment(c, atC + VECTOR, ORDER);
      c10.add(FloatVector.fromMemorySegment(S, c, atC + 1 * rowC, ORDER))
          .intoMemorySegment(c, atC + 1 * rowC, ORDER);
      c11.add(FloatVector.fromMemorySegment(S, c, atC + 1 * rowC + VECTOR, ORDER))
          .intoMemorySegment(c, atC + 1 * rowC + VECTOR, ORDER);
      c20.add(FloatVector.fromMemorySegment(S, c, atC + 2 * rowC, ORDER))
          .intoMemorySegment(c, atC + 2 * rowC, ORDER);
      c21.add(FloatVector.fromMemorySegment(S, c, atC + 2 * rowC + VECTOR, ORDER))
          .intoMemorySegment(c, atC + 2 * rowC + VECTOR, ORDER);
      c30.add(FloatVector.fromMemorySegment(S, c, atC + 3 * rowC, ORDER))
          .intoMemorySegment(c, atC + 3 * rowC, ORDER);
      c31.add(FloatVector.fromMemorySegment(S, c, atC + 3 * rowC + VECTOR, ORDER))
          .intoMemorySegment(c, atC + 3 * rowC + VECTOR, ORDER);
      c40.add(FloatVector.fromMemorySegment(S, c, atC + 4 * rowC, ORDER))
          .intoMemorySegment(c, atC + 4 * rowC, ORDER);
      c41.add(FloatVector.fromMemorySegment(S, c, atC + 4 * rowC + VECTOR, ORDER))
          .intoMemorySegment(c, atC + 4 * rowC + VECTOR, ORDER);
      c50.add(FloatVector.fromMemorySegment(S, c, atC + 5 * rowC, ORDER))
          .intoMemorySegment(c, atC + 5 * rowC, ORDER);
      c51.add(FloatVector.fromMemorySegment(S, c, atC + 5 * rowC + VECTOR, ORDER))
          .intoMemorySegment(c, atC + 5 * rowC + VECTOR, ORDER);
    } else {
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
    }
  }
}
