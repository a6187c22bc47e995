package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise f32 loops whose second operand is one number all along the block: a scalar, or a
 * column that is broadcast along rows. The bits are those of {@link F32Binary} with a block full of
 * that number, which would have to be written and read for nothing.
 */
final class F32Numbers {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();

  private F32Numbers() {}

  /** {@code out} = a + number. */
  static void add(MemorySegment a, long atA, float number, MemorySegment out, long atOut, int n) {
    var all = FloatVector.broadcast(S, number);
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      x.add(all).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, x + number);
    }
  }

  /** {@code out} = a − number. */
  static void sub(MemorySegment a, long atA, float number, MemorySegment out, long atOut, int n) {
    var all = FloatVector.broadcast(S, number);
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      x.sub(all).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, x - number);
    }
  }

  /** {@code out} = number − a. */
  static void subFrom(
      MemorySegment a, long atA, float number, MemorySegment out, long atOut, int n) {
    var all = FloatVector.broadcast(S, number);
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      all.sub(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, number - x);
    }
  }

  /** {@code out} = a · number. */
  static void mul(MemorySegment a, long atA, float number, MemorySegment out, long atOut, int n) {
    var all = FloatVector.broadcast(S, number);
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      x.mul(all).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, x * number);
    }
  }

  /** {@code out} = a / number. */
  static void div(MemorySegment a, long atA, float number, MemorySegment out, long atOut, int n) {
    var all = FloatVector.broadcast(S, number);
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      x.div(all).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, x / number);
    }
  }

  /** {@code out} = number / a. */
  static void divFrom(
      MemorySegment a, long atA, float number, MemorySegment out, long atOut, int n) {
    var all = FloatVector.broadcast(S, number);
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      all.div(x).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, number / x);
    }
  }

  /** {@code out} = the larger; NaN where one is NaN. */
  static void max(MemorySegment a, long atA, float number, MemorySegment out, long atOut, int n) {
    var all = FloatVector.broadcast(S, number);
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      x.max(all).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, Math.max(x, number));
    }
  }

  /** {@code out} = the smaller; NaN where one is NaN. */
  static void min(MemorySegment a, long atA, float number, MemorySegment out, long atOut, int n) {
    var all = FloatVector.broadcast(S, number);
    long p = a.address() + atA;
    long q = out.address() + atOut;
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER);
      x.min(all).intoMemorySegment(ALL, q + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      ALL.set(FLOAT, q + 4L * i, Math.min(x, number));
    }
  }
}
