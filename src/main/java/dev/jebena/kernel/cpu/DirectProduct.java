package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import dev.jebena.kernel.cpu.PackedProduct.Matrix;
import java.lang.ref.Reference;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * f32 products of matrices that fit the second-level cache, read as they lie: A number by number,
 * so that any strides fit, B and C in vectors along their rows. At size 64 packing would take as
 * long as multiplying.
 *
 * <p>A tile of 4 rows by 3 vectors takes 7 loads for 12 FMAs and 16 vector registers; what 3
 * vectors do not divide goes in tiles of 2. The loop is not a counted one, so that it stays as it
 * is written ({@link NarrowTiles} says why), and runs over absolute addresses, whose checks cost
 * least there.
 *
 * <p>The last rows and columns are those of a whole tile that begins earlier; what it computes a
 * second time is not written. Each element is one sum over k in order, whatever the tile.
 */
final class DirectProduct {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final long VECTOR = 4L * S.length();
  private static final int ROWS = 4;
  private static final int LANES = S.length();
  private static final int TWO = 2 * LANES;
  private static final int THREE = 3 * LANES;
  private static final long SPARE_ROW = 4L * THREE;

  /** Most elements of B: half of a small second-level cache. */
  private static final long MOST = 1 << 16;

  /** Rows above which packing is a small part of the work. */
  private static final int MOST_ROWS = 192;

  /** Multiplications of one task. */
  private static final long WORK = 1 << 17;

  private final WorkerPool pool;
  private final Matrix a;
  private final Matrix b;
  private final Matrix c;
  private final int m;
  private final int n;
  private final int depth;
  private final boolean accumulate;
  private final long addressA;
  private final long addressB;
  private final long addressC;

  DirectProduct(
      WorkerPool pool, Matrix a, Matrix b, Matrix c, int m, int n, int k, boolean accumulate) {
    this.pool = pool;
    this.a = a;
    this.b = b;
    this.c = c;
    this.m = m;
    this.n = n;
    this.depth = k;
    this.accumulate = accumulate;
    this.addressA = a.address(m, k);
    this.addressB = b.address(k, n);
    this.addressC = c.address(m, n);
  }

  static boolean fits(Matrix a, Matrix b, Matrix c, int m, int n, int k) {
    return b.columnStep() == 4
        && c.columnStep() == 4
        && a.columnStep() != 0
        && m >= ROWS
        && m <= MOST_ROWS
        && n >= TWO
        && (long) n * k <= MOST;
  }

  void run(boolean parallel) {
    int tiles = (m + ROWS - 1) / ROWS;
    int perTask = (int) Math.max(1, WORK / ((long) ROWS * n * depth));
    int tasks = (tiles + perTask - 1) / perTask;
    WorkerPool.Body body = task -> rows(task * perTask, Math.min(tiles, (task + 1) * perTask));
    if (parallel) {
      pool.run(tasks, body);
    } else {
      for (int task = 0; task < tasks; task++) {
        body.run(task);
      }
    }
    Reference.reachabilityFence(a);
    Reference.reachabilityFence(b);
    Reference.reachabilityFence(c);
  }

  /** Tiles of rows from {@code first} to {@code last}, for all columns. */
  private void rows(int first, int last) {
    int j = 0;
    // As many tiles of three vectors as leave what two vectors divide, or nearly.
    int narrow = n % THREE == 0 ? 0 : n % THREE <= TWO - LANES && n >= 2 * TWO ? 2 * TWO : TWO;
    for (; j <= n - THREE && n - j > narrow; j += THREE) {
      column(first, last, j, j, THREE);
    }
    for (; j < n; j += TWO) {
      column(first, last, j, Math.min(j, n - TWO), TWO);
    }
  }

  /**
   * Tiles of one width below each other.
   *
   * @param j the first column that is to be written
   * @param from the first column of the tiles
   */
  private void column(int first, int last, int j, int from, int width) {
    var spare = pool.scratch().area(Scratch.TILE, ROWS * SPARE_ROW);
    for (int tile = first; tile < last; tile++) {
      int i = tile * ROWS;
      int row = Math.min(i, m - ROWS);
      boolean whole = row == i && from == j;
      long atA = addressA + row * a.rowStep();
      long atB = addressB + 4L * from;
      long atC = whole ? addressC + i * c.rowStep() + 4L * j : spare.address();
      long rowC = whole ? c.rowStep() : SPARE_ROW;
      boolean add = whole && accumulate;
      if (width == THREE) {
        three(atA, a.rowStep(), a.columnStep(), atB, b.rowStep(), depth, add, atC, rowC);
      } else {
        two(atA, a.rowStep(), a.columnStep(), atB, b.rowStep(), depth, add, atC, rowC);
      }
      if (!whole) {
        put(spare.address(), row, i, from, j, width);
      }
    }
    Reference.reachabilityFence(spare);
  }

  /** Brings to C what is new in a tile: rows from i and columns from j on. */
  private void put(long tile, int row, int i, int from, int j, int width) {
    for (int r = i; r < row + ROWS; r++) {
      for (int q = j; q < from + width; q++) {
        float value = ALL.get(FLOAT, tile + (r - row) * SPARE_ROW + 4L * (q - from));
        long at = addressC + r * c.rowStep() + 4L * q;
        ALL.set(FLOAT, at, accumulate ? ALL.get(FLOAT, at) + value : value);
      }
    }
  }

  /** {@code C (+)= A·B} for a tile of three vectors, all positions as addresses. */
  private static void three(
      long atA,
      long rowA,
      long stepA,
      long atB,
      long rowB,
      int depth,
      boolean add,
      long atC,
      long rowC) {
    var c00 = FloatVector.zero(S);
    var c01 = FloatVector.zero(S);
    var c02 = FloatVector.zero(S);
    var c10 = FloatVector.zero(S);
    var c11 = FloatVector.zero(S);
    var c12 = FloatVector.zero(S);
    var c20 = FloatVector.zero(S);
    var c21 = FloatVector.zero(S);
    var c22 = FloatVector.zero(S);
    var c30 = FloatVector.zero(S);
    var c31 = FloatVector.zero(S);
    var c32 = FloatVector.zero(S);
    long pa = atA;
    long pb = atB;
    long end = atA + depth * stepA;
    long third = 3 * rowA;
    while (pa != end) {
      var b0 = FloatVector.fromMemorySegment(S, ALL, pb, ORDER);
      var b1 = FloatVector.fromMemorySegment(S, ALL, pb + VECTOR, ORDER);
      var b2 = FloatVector.fromMemorySegment(S, ALL, pb + 2 * VECTOR, ORDER);
      var a0 = FloatVector.broadcast(S, ALL.get(FLOAT, pa));
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      c02 = a0.fma(b2, c02);
      var a1 = FloatVector.broadcast(S, ALL.get(FLOAT, pa + rowA));
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      c12 = a1.fma(b2, c12);
      var a2 = FloatVector.broadcast(S, ALL.get(FLOAT, pa + 2 * rowA));
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      c22 = a2.fma(b2, c22);
      var a3 = FloatVector.broadcast(S, ALL.get(FLOAT, pa + third));
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      c32 = a3.fma(b2, c32);
      pa += stepA;
      pb += rowB;
    }
    if (add) {
      c00.add(FloatVector.fromMemorySegment(S, ALL, atC, ORDER)).intoMemorySegment(ALL, atC, ORDER);
      c01.add(FloatVector.fromMemorySegment(S, ALL, atC + VECTOR, ORDER))
          .intoMemorySegment(ALL, atC + VECTOR, ORDER);
      c02.add(FloatVector.fromMemorySegment(S, ALL, atC + 2 * VECTOR, ORDER))
          .intoMemorySegment(ALL, atC + 2 * VECTOR, ORDER);
      c10.add(FloatVector.fromMemorySegment(S, ALL, atC + rowC, ORDER))
          .intoMemorySegment(ALL, atC + rowC, ORDER);
      c11.add(FloatVector.fromMemorySegment(S, ALL, atC + rowC + VECTOR, ORDER))
          .intoMemorySegment(ALL, atC + rowC + VECTOR, ORDER);
      c12.add(FloatVector.fromMemorySegment(S, ALL, atC + rowC + 2 * VECTOR, ORDER))
          .intoMemorySegment(ALL, atC + rowC + 2 * VECTOR, ORDER);
      c20.add(FloatVector.fromMemorySegment(S, ALL, atC + 2 * rowC, ORDER))
          .intoMemorySegment(ALL, atC + 2 * rowC, ORDER);
      c21.add(FloatVector.fromMemorySegment(S, ALL, atC + 2 * rowC + VECTOR, ORDER))
          .intoMemorySegment(ALL, atC + 2 * rowC + VECTOR, ORDER);
      c22.add(FloatVector.fromMemorySegment(S, ALL, atC + 2 * rowC + 2 * VECTOR, ORDER))
          .intoMemorySegment(ALL, atC + 2 * rowC + 2 * VECTOR, ORDER);
      c30.add(FloatVector.fromMemorySegment(S, ALL, atC + 3 * rowC, ORDER))
          .intoMemorySegment(ALL, atC + 3 * rowC, ORDER);
      c31.add(FloatVector.fromMemorySegment(S, ALL, atC + 3 * rowC + VECTOR, ORDER))
          .intoMemorySegment(ALL, atC + 3 * rowC + VECTOR, ORDER);
      c32.add(FloatVector.fromMemorySegment(S, ALL, atC + 3 * rowC + 2 * VECTOR, ORDER))
          .intoMemorySegment(ALL, atC + 3 * rowC + 2 * VECTOR, ORDER);
    } else {
      c00.intoMemorySegment(ALL, atC, ORDER);
      c01.intoMemorySegment(ALL, atC + VECTOR, ORDER);
      c02.intoMemorySegment(ALL, atC + 2 * VECTOR, ORDER);
      c10.intoMemorySegment(ALL, atC + rowC, ORDER);
      c11.intoMemorySegment(ALL, atC + rowC + VECTOR, ORDER);
      c12.intoMemorySegment(ALL, atC + rowC + 2 * VECTOR, ORDER);
      c20.intoMemorySegment(ALL, atC + 2 * rowC, ORDER);
      c21.intoMemorySegment(ALL, atC + 2 * rowC + VECTOR, ORDER);
      c22.intoMemorySegment(ALL, atC + 2 * rowC + 2 * VECTOR, ORDER);
      c30.intoMemorySegment(ALL, atC + 3 * rowC, ORDER);
      c31.intoMemorySegment(ALL, atC + 3 * rowC + VECTOR, ORDER);
      c32.intoMemorySegment(ALL, atC + 3 * rowC + 2 * VECTOR, ORDER);
    }
  }

  /** {@code C (+)= A·B} for a tile of two vectors. */
  private static void two(
      long atA,
      long rowA,
      long stepA,
      long atB,
      long rowB,
      int depth,
      boolean add,
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
    long pa = atA;
    long pb = atB;
    long end = atA + depth * stepA;
    long third = 3 * rowA;
    while (pa != end) {
      var b0 = FloatVector.fromMemorySegment(S, ALL, pb, ORDER);
      var b1 = FloatVector.fromMemorySegment(S, ALL, pb + VECTOR, ORDER);
      var a0 = FloatVector.broadcast(S, ALL.get(FLOAT, pa));
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      var a1 = FloatVector.broadcast(S, ALL.get(FLOAT, pa + rowA));
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      var a2 = FloatVector.broadcast(S, ALL.get(FLOAT, pa + 2 * rowA));
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      var a3 = FloatVector.broadcast(S, ALL.get(FLOAT, pa + third));
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      pa += stepA;
      pb += rowB;
    }
    if (add) {
      c00.add(FloatVector.fromMemorySegment(S, ALL, atC, ORDER)).intoMemorySegment(ALL, atC, ORDER);
      c01.add(FloatVector.fromMemorySegment(S, ALL, atC + VECTOR, ORDER))
          .intoMemorySegment(ALL, atC + VECTOR, ORDER);
      c10.add(FloatVector.fromMemorySegment(S, ALL, atC + rowC, ORDER))
          .intoMemorySegment(ALL, atC + rowC, ORDER);
      c11.add(FloatVector.fromMemorySegment(S, ALL, atC + rowC + VECTOR, ORDER))
          .intoMemorySegment(ALL, atC + rowC + VECTOR, ORDER);
      c20.add(FloatVector.fromMemorySegment(S, ALL, atC + 2 * rowC, ORDER))
          .intoMemorySegment(ALL, atC + 2 * rowC, ORDER);
      c21.add(FloatVector.fromMemorySegment(S, ALL, atC + 2 * rowC + VECTOR, ORDER))
          .intoMemorySegment(ALL, atC + 2 * rowC + VECTOR, ORDER);
      c30.add(FloatVector.fromMemorySegment(S, ALL, atC + 3 * rowC, ORDER))
          .intoMemorySegment(ALL, atC + 3 * rowC, ORDER);
      c31.add(FloatVector.fromMemorySegment(S, ALL, atC + 3 * rowC + VECTOR, ORDER))
          .intoMemorySegment(ALL, atC + 3 * rowC + VECTOR, ORDER);
    } else {
      c00.intoMemorySegment(ALL, atC, ORDER);
      c01.intoMemorySegment(ALL, atC + VECTOR, ORDER);
      c10.intoMemorySegment(ALL, atC + rowC, ORDER);
      c11.intoMemorySegment(ALL, atC + rowC + VECTOR, ORDER);
      c20.intoMemorySegment(ALL, atC + 2 * rowC, ORDER);
      c21.intoMemorySegment(ALL, atC + 2 * rowC + VECTOR, ORDER);
      c30.intoMemorySegment(ALL, atC + 3 * rowC, ORDER);
      c31.intoMemorySegment(ALL, atC + 3 * rowC + VECTOR, ORDER);
    }
  }
}
