package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.BYTE;
import static dev.jebena.kernel.cpu.Memory.DOUBLE;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.LONG;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.jebena.kernel.ReduceOp;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Folds one contiguous block to one number, in a fixed order: four vectors of running results,
 * joined lane by lane from the first to the last, then what is left behind the last vector.
 */
final class Folds {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();
  private static final FloatVector ZERO = FloatVector.zero(S);

  private Folds() {}

  /** Folds n floats; {@code lanes} is a place for four vectors. */
  static double f32(ReduceOp op, MemorySegment x, long at, int n, MemorySegment lanes, long spare) {
    return switch (op) {
      case SUM -> sum(x, at, n, lanes, spare);
      case MAX -> max(x, at, n);
      case MIN -> min(x, at, n);
      case PROD -> product(x, at, n);
      case ANY, ALL -> throw new IllegalArgumentException(op + " of floats (booleans would fit)");
    };
  }

  private static double sum(MemorySegment x, long at, int n, MemorySegment lanes, long spare) {
    double total = 0;
    int i = 0;
    if (n >= 4 * L) {
      var s0 = FloatVector.zero(S);
      var s1 = FloatVector.zero(S);
      var s2 = FloatVector.zero(S);
      var s3 = FloatVector.zero(S);
      for (; i <= n - 4 * L; i += 4 * L) {
        long p = x.address() + at + 4L * i;
        s0 = s0.add(FloatVector.fromMemorySegment(S, ALL, p, ORDER));
        s1 = s1.add(FloatVector.fromMemorySegment(S, ALL, p + 4L * L, ORDER));
        s2 = s2.add(FloatVector.fromMemorySegment(S, ALL, p + 8L * L, ORDER));
        s3 = s3.add(FloatVector.fromMemorySegment(S, ALL, p + 12L * L, ORDER));
      }
      s0.add(s1).add(s2.add(s3)).intoMemorySegment(lanes, spare, ORDER);
      for (int lane = 0; lane < L; lane++) {
        total += lanes.get(FLOAT, spare + 4L * lane);
      }
    }
    for (; i < n; i++) {
      total += x.get(FLOAT, at + 4L * i);
    }
    return total;
  }

  /**
   * Compared and chosen, with the zero multiples of all elements summed up beside: that sum is a
   * number unless NaN or an infinity is among them, and only then the vector max, which takes the
   * processor three times as many instructions to be right about NaN, goes over the block again.
   */
  private static double max(MemorySegment x, long at, int n) {
    float best = Float.NEGATIVE_INFINITY;
    int i = 0;
    if (n >= 4 * L) {
      var m0 = FloatVector.broadcast(S, best);
      var m1 = m0;
      var m2 = m0;
      var m3 = m0;
      var t0 = FloatVector.zero(S);
      var t1 = t0;
      for (; i <= n - 4 * L; i += 4 * L) {
        long p = x.address() + at + 4L * i;
        var x0 = FloatVector.fromMemorySegment(S, ALL, p, ORDER);
        var x1 = FloatVector.fromMemorySegment(S, ALL, p + 4L * L, ORDER);
        var x2 = FloatVector.fromMemorySegment(S, ALL, p + 8L * L, ORDER);
        var x3 = FloatVector.fromMemorySegment(S, ALL, p + 12L * L, ORDER);
        m0 = m0.blend(x0, x0.compare(GT, m0));
        m1 = m1.blend(x1, x1.compare(GT, m1));
        m2 = m2.blend(x2, x2.compare(GT, m2));
        m3 = m3.blend(x3, x3.compare(GT, m3));
        t0 = x0.fma(ZERO, t0);
        t1 = x1.fma(ZERO, t1);
        t0 = x2.fma(ZERO, t0);
        t1 = x3.fma(ZERO, t1);
      }
      if (t0.add(t1).compare(EQ, 0f).allTrue()) {
        best = RowDot.foldMax(m0.max(m1).max(m2.max(m3)));
      } else {
        best = exactMax(x, at, i);
      }
    }
    for (; i < n; i++) {
      best = Math.max(best, x.get(FLOAT, at + 4L * i));
    }
    return best;
  }

  /** With NaN and infinities; n is a multiple of the vector's length. */
  private static float exactMax(MemorySegment x, long at, int n) {
    var m = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < n; i += L) {
      m = m.max(FloatVector.fromMemorySegment(S, x, at + 4L * i, ORDER));
    }
    return RowDot.foldMax(m);
  }

  /**
   * Compared and chosen, with the zero multiples of all elements summed up beside: that sum is a
   * number unless NaN or an infinity is among them, and only then the vector min, which takes the
   * processor three times as many instructions to be right about NaN, goes over the block again.
   */
  private static double min(MemorySegment x, long at, int n) {
    float best = Float.POSITIVE_INFINITY;
    int i = 0;
    if (n >= 4 * L) {
      var m0 = FloatVector.broadcast(S, best);
      var m1 = m0;
      var m2 = m0;
      var m3 = m0;
      var t0 = FloatVector.zero(S);
      var t1 = t0;
      for (; i <= n - 4 * L; i += 4 * L) {
        long p = x.address() + at + 4L * i;
        var x0 = FloatVector.fromMemorySegment(S, ALL, p, ORDER);
        var x1 = FloatVector.fromMemorySegment(S, ALL, p + 4L * L, ORDER);
        var x2 = FloatVector.fromMemorySegment(S, ALL, p + 8L * L, ORDER);
        var x3 = FloatVector.fromMemorySegment(S, ALL, p + 12L * L, ORDER);
        m0 = m0.blend(x0, x0.compare(LT, m0));
        m1 = m1.blend(x1, x1.compare(LT, m1));
        m2 = m2.blend(x2, x2.compare(LT, m2));
        m3 = m3.blend(x3, x3.compare(LT, m3));
        t0 = x0.fma(ZERO, t0);
        t1 = x1.fma(ZERO, t1);
        t0 = x2.fma(ZERO, t0);
        t1 = x3.fma(ZERO, t1);
      }
      if (t0.add(t1).compare(EQ, 0f).allTrue()) {
        best = RowDot.foldMin(m0.min(m1).min(m2.min(m3)));
      } else {
        best = exactMin(x, at, i);
      }
    }
    for (; i < n; i++) {
      best = Math.min(best, x.get(FLOAT, at + 4L * i));
    }
    return best;
  }

  /** With NaN and infinities; n is a multiple of the vector's length. */
  private static float exactMin(MemorySegment x, long at, int n) {
    var m = FloatVector.broadcast(S, Float.POSITIVE_INFINITY);
    for (int i = 0; i < n; i += L) {
      m = m.min(FloatVector.fromMemorySegment(S, x, at + 4L * i, ORDER));
    }
    return RowDot.foldMin(m);
  }

  private static double product(MemorySegment x, long at, int n) {
    double product = 1;
    for (int i = 0; i < n; i++) {
      product *= x.get(FLOAT, at + 4L * i);
    }
    return product;
  }

  /** Folds n doubles. */
  static double f64(ReduceOp op, MemorySegment x, long at, int n) {
    double total = neutral(op);
    for (int i = 0; i < n; i++) {
      total = join(op, total, x.get(DOUBLE, at + 8L * i));
    }
    return total;
  }

  /** Folds n whole numbers. */
  static long i64(ReduceOp op, MemorySegment x, long at, int n) {
    long total = neutralWhole(op);
    for (int i = 0; i < n; i++) {
      total = join(op, total, x.get(LONG, at + 8L * i));
    }
    return total;
  }

  /** Folds n booleans as 0 and 1. */
  static long bool(ReduceOp op, MemorySegment x, long at, int n) {
    long total = neutralWhole(op);
    for (int i = 0; i < n; i++) {
      total = join(op, total, x.get(BYTE, at + i));
    }
    return total;
  }

  static double neutral(ReduceOp op) {
    return switch (op) {
      case SUM -> 0;
      case PROD -> 1;
      case MAX -> Double.NEGATIVE_INFINITY;
      case MIN -> Double.POSITIVE_INFINITY;
      case ANY, ALL -> throw new IllegalArgumentException(op + " of floats (booleans would fit)");
    };
  }

  static long neutralWhole(ReduceOp op) {
    return switch (op) {
      case SUM, ANY -> 0;
      case PROD, ALL -> 1;
      case MAX -> Long.MIN_VALUE;
      case MIN -> Long.MAX_VALUE;
    };
  }

  /** Two partial results in one. */
  static double join(ReduceOp op, double a, double b) {
    return switch (op) {
      case SUM -> a + b;
      case PROD -> a * b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case ANY, ALL -> throw new IllegalArgumentException(op + " of floats (booleans would fit)");
    };
  }

  /** Two partial results in one. */
  static long join(ReduceOp op, long a, long b) {
    return switch (op) {
      case SUM -> a + b;
      case PROD -> a * b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case ANY -> a != 0 || b != 0 ? 1 : 0;
      case ALL -> a != 0 && b != 0 ? 1 : 0;
    };
  }
}
