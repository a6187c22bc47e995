package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.BYTE;
import static dev.jebena.kernel.cpu.Memory.DOUBLE;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.LONG;
import static dev.jebena.kernel.cpu.Memory.ORDER;

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

  private Folds() {}

  /** Folds n floats; {@code lanes} is a place for four vectors. */
  static double f32(ReduceOp op, MemorySegment x, long at, int n, MemorySegment lanes, long spare) {
    return switch (op) {
      case SUM -> sum(x, at, n, lanes, spare);
      case MAX -> FloatRange.max(x, at, n);
      case MIN -> FloatRange.min(x, at, n);
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
      long p = x.address() + at;
      i = n / (4 * L) * (4 * L);
      // not a counted loop: see ElementWise on what is fetched ahead
      for (long end = p + 4L * i; p != end; p += 16L * L) {
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
