package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import dev.jebena.kernel.cpu.PackedProduct.Matrix;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * f32 products of a few rows with a large matrix, {@code [M, K] · [K, N]} with M up to {@link
 * #MOST_ROWS}: what decoding a token does with every weight. Bound by the bandwidth with which B
 * arrives, so that B is read once, as it lies, and nothing is packed.
 */
final class RowProduct {
  /** Above that a packed B pays. */
  static final int MOST_ROWS = 4;

  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();
  private static final long VECTOR = 4L * L;

  /** Multiplications of one task. */
  private static final long WORK = 1 << 16;

  /** Columns that one pass over B's rows takes: eight vectors. */
  private static final int STRIP = 8 * L;

  private final WorkerPool pool;
  private final Matrix a;
  private final Matrix b;
  private final Matrix c;
  private final int m;
  private final int n;
  private final int depth;
  private final boolean accumulate;

  RowProduct(
      WorkerPool pool, Matrix a, Matrix b, Matrix c, int m, int n, int k, boolean accumulate) {
    this.pool = pool;
    this.a = a;
    this.b = b;
    this.c = c;
    this.m = m;
    this.n = n;
    this.depth = k;
    this.accumulate = accumulate;
  }

  static boolean fits(Matrix b, int m) {
    return m <= MOST_ROWS && (b.rowStep() == 4 || b.columnStep() == 4);
  }

  void run(boolean parallel) {
    var rows = contiguousRows();
    int unit = b.rowStep() == 4 ? 4 : STRIP;
    long units = (n + unit - 1) / unit;
    long perTask = Math.max(1, WORK / ((long) unit * depth * m));
    int tasks = Math.toIntExact((units + perTask - 1) / perTask);
    WorkerPool.Body body =
        task -> {
          int first = (int) (task * perTask * unit);
          int last = (int) Math.min(n, (task + 1) * perTask * unit);
          if (unit == 4) {
            dots(rows, first, last);
          } else {
            strips(rows, first, last);
          }
        };
    if (parallel) {
      pool.run(tasks, body);
    } else {
      for (int task = 0; task < tasks; task++) {
        body.run(task);
      }
    }
  }

  /** The rows of A one after the other. */
  private MemorySegment contiguousRows() {
    var rows = pool.scratch().area(Scratch.PACKED_B, 4L * m * depth);
    for (int i = 0; i < m; i++) {
      for (int k = 0; k < depth; k++) {
        float value = a.segment().get(FLOAT, a.at() + i * a.rowStep() + k * a.columnStep());
        rows.set(FLOAT, 4 * ((long) i * depth + k), value);
      }
    }
    return rows;
  }

  private void put(int i, int j, float value) {
    long at = c.at() + i * c.rowStep() + j * c.columnStep();
    c.segment().set(FLOAT, at, accumulate ? c.segment().get(FLOAT, at) + value : value);
  }

  /** Columns of B lie in one piece each: an output is a dot product. */
  private void dots(MemorySegment rows, int first, int last) {
    var lanes = pool.scratch().area(Scratch.TILE, 4 * VECTOR);
    for (int j = first; j < last; j += 4) {
      int columns = Math.min(4, last - j);
      for (int i = 0; i < m; i++) {
        long x = 4L * i * depth;
        if (columns == 4) {
          long step = b.columnStep();
          fourDots(rows, x, b.segment(), b.at() + j * step, step, depth, lanes);
          for (int q = 0; q < 4; q++) {
            put(i, j + q, fold(lanes, q * VECTOR) + tail(rows, x, j + q));
          }
        } else {
          for (int q = 0; q < columns; q++) {
            oneDot(rows, x, b.segment(), b.at() + (j + q) * b.columnStep(), depth, lanes);
            put(i, j + q, fold(lanes, 0) + tail(rows, x, j + q));
          }
        }
      }
    }
  }

  /** The sum of the lanes of a vector, every fourth to one of four. */
  private static float fold(MemorySegment lanes, long at) {
    float p = 0;
    float q = 0;
    float r = 0;
    float s = 0;
    for (int lane = 0; lane < L; lane += 4) {
      p += lanes.get(FLOAT, at + 4L * lane);
      q += lanes.get(FLOAT, at + 4L * lane + 4);
      r += lanes.get(FLOAT, at + 4L * lane + 8);
      s += lanes.get(FLOAT, at + 4L * lane + 12);
    }
    return (p + q) + (r + s);
  }

  /** What is left of a dot product behind the last two vectors. */
  private float tail(MemorySegment rows, long x, int j) {
    float sum = 0;
    long y = b.at() + j * b.columnStep();
    for (int k = depth / (2 * L) * (2 * L); k < depth; k++) {
      sum = Math.fma(rows.get(FLOAT, x + 4L * k), b.segment().get(FLOAT, y + 4L * k), sum);
    }
    return sum;
  }

  /** Four dot products at once, which share the loads of x; leaves four vectors of partial sums. */
  private static void fourDots(
      MemorySegment rows,
      long x,
      MemorySegment b,
      long y,
      long step,
      int depth,
      MemorySegment lanes) {
    var s0 = FloatVector.zero(S);
    var t0 = FloatVector.zero(S);
    var s1 = FloatVector.zero(S);
    var t1 = FloatVector.zero(S);
    var s2 = FloatVector.zero(S);
    var t2 = FloatVector.zero(S);
    var s3 = FloatVector.zero(S);
    var t3 = FloatVector.zero(S);
    for (int k = 0; k <= depth - 2 * L; k += 2 * L) {
      var x0 = FloatVector.fromMemorySegment(S, rows, x + 4L * k, ORDER);
      var x1 = FloatVector.fromMemorySegment(S, rows, x + 4L * k + VECTOR, ORDER);
      long p = y + 4L * k;
      s0 = FloatVector.fromMemorySegment(S, b, p, ORDER).fma(x0, s0);
      t0 = FloatVector.fromMemorySegment(S, b, p + VECTOR, ORDER).fma(x1, t0);
      s1 = FloatVector.fromMemorySegment(S, b, p + 1 * step, ORDER).fma(x0, s1);
      t1 = FloatVector.fromMemorySegment(S, b, p + 1 * step + VECTOR, ORDER).fma(x1, t1);
      s2 = FloatVector.fromMemorySegment(S, b, p + 2 * step, ORDER).fma(x0, s2);
      t2 = FloatVector.fromMemorySegment(S, b, p + 2 * step + VECTOR, ORDER).fma(x1, t2);
      s3 = FloatVector.fromMemorySegment(S, b, p + 3 * step, ORDER).fma(x0, s3);
      t3 = FloatVector.fromMemorySegment(S, b, p + 3 * step + VECTOR, ORDER).fma(x1, t3);
    }
    s0.add(t0).intoMemorySegment(lanes, 0, ORDER);
    s1.add(t1).intoMemorySegment(lanes, VECTOR, ORDER);
    s2.add(t2).intoMemorySegment(lanes, 2 * VECTOR, ORDER);
    s3.add(t3).intoMemorySegment(lanes, 3 * VECTOR, ORDER);
  }

  /** One dot product, in the order of {@link #fourDots}. */
  private static void oneDot(
      MemorySegment rows, long x, MemorySegment b, long y, int depth, MemorySegment lanes) {

    var s0 = FloatVector.zero(S);
    var t0 = FloatVector.zero(S);
    for (int k = 0; k <= depth - 2 * L; k += 2 * L) {
      var x0 = FloatVector.fromMemorySegment(S, rows, x + 4L * k, ORDER);
      var x1 = FloatVector.fromMemorySegment(S, rows, x + 4L * k + VECTOR, ORDER);
      long p = y + 4L * k;
      s0 = FloatVector.fromMemorySegment(S, b, p, ORDER).fma(x0, s0);
      t0 = FloatVector.fromMemorySegment(S, b, p + VECTOR, ORDER).fma(x1, t0);
    }
    s0.add(t0).intoMemorySegment(lanes, 0, ORDER);
  }

  /** Rows of B lie in one piece each: strips of columns gather multiples of rows. */
  private void strips(MemorySegment rows, int first, int last) {
    var sums = pool.scratch().area(Scratch.TILE, 8 * VECTOR);
    for (int j = first; j < last; j += STRIP) {
      int columns = Math.min(STRIP, last - j);
      long y = b.at() + 4L * j;
      for (int i = 0; i < m; i++) {
        long x = 4L * i * depth;
        if (columns == STRIP) {
          strip(rows, x, b.segment(), y, b.rowStep(), depth, sums);
        } else {
          narrowStrip(rows, x, b.segment(), y, b.rowStep(), depth, sums, columns);
        }
        for (int q = 0; q < columns; q++) {
          put(i, j + q, sums.get(FLOAT, 4L * q));
        }
      }
    }
  }

  private static void strip(
      MemorySegment rows,
      long x,
      MemorySegment b,
      long y,
      long rowStep,
      int depth,
      MemorySegment sums) {
    var s0 = FloatVector.zero(S);
    var s1 = FloatVector.zero(S);
    var s2 = FloatVector.zero(S);
    var s3 = FloatVector.zero(S);
    var s4 = FloatVector.zero(S);
    var s5 = FloatVector.zero(S);
    var s6 = FloatVector.zero(S);
    var s7 = FloatVector.zero(S);
    for (int k = 0; k < depth; k++) {
      var v = FloatVector.broadcast(S, rows.get(FLOAT, x + 4L * k));
      long p = y + k * rowStep;
      s0 = v.fma(FloatVector.fromMemorySegment(S, b, p, ORDER), s0);
      s1 = v.fma(FloatVector.fromMemorySegment(S, b, p + VECTOR, ORDER), s1);
      s2 = v.fma(FloatVector.fromMemorySegment(S, b, p + 2 * VECTOR, ORDER), s2);
      s3 = v.fma(FloatVector.fromMemorySegment(S, b, p + 3 * VECTOR, ORDER), s3);
      s4 = v.fma(FloatVector.fromMemorySegment(S, b, p + 4 * VECTOR, ORDER), s4);
      s5 = v.fma(FloatVector.fromMemorySegment(S, b, p + 5 * VECTOR, ORDER), s5);
      s6 = v.fma(FloatVector.fromMemorySegment(S, b, p + 6 * VECTOR, ORDER), s6);
      s7 = v.fma(FloatVector.fromMemorySegment(S, b, p + 7 * VECTOR, ORDER), s7);
    }
    s0.intoMemorySegment(sums, 0, ORDER);
    s1.intoMemorySegment(sums, VECTOR, ORDER);
    s2.intoMemorySegment(sums, 2 * VECTOR, ORDER);
    s3.intoMemorySegment(sums, 3 * VECTOR, ORDER);
    s4.intoMemorySegment(sums, 4 * VECTOR, ORDER);
    s5.intoMemorySegment(sums, 5 * VECTOR, ORDER);
    s6.intoMemorySegment(sums, 6 * VECTOR, ORDER);
    s7.intoMemorySegment(sums, 7 * VECTOR, ORDER);
  }

  /** The last columns, in the order of {@link #strip}. */
  private static void narrowStrip(
      MemorySegment rows,
      long x,
      MemorySegment b,
      long y,
      long rowStep,
      int depth,
      MemorySegment sums,
      int columns) {
    for (int q = 0; q < columns; q++) {
      float sum = 0;
      for (int k = 0; k < depth; k++) {
        float value = b.get(FLOAT, y + k * rowStep + 4L * q);
        sum = Math.fma(rows.get(FLOAT, x + 4L * k), value, sum);
      }
      sums.set(FLOAT, 4L * q, sum);
    }
  }
}
