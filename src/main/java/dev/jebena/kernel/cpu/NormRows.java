package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Passes over one row of a norm, at absolute addresses; n floats. The first pass of a row brings it
 * from memory, the others find it in the first-level cache. Sums run in four vectors, so that one
 * addition need not wait for the one before.
 */
final class NormRows {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();

  private NormRows() {}

  private static FloatVector load(long at) {
    return FloatVector.fromMemorySegment(S, ALL, at, ORDER);
  }

  static void fill(long out, float value, int n) {
    for (int i = 0; i < n; i++) {
      ALL.set(FLOAT, out + 4L * i, value);
    }
  }

  /** {@code out = x + y}; out may be one of them. */
  static void add(long x, long y, long out, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      load(x + 4L * i).add(load(y + 4L * i)).intoMemorySegment(ALL, out + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      ALL.set(FLOAT, out + 4L * i, ALL.get(FLOAT, x + 4L * i) + ALL.get(FLOAT, y + 4L * i));
    }
  }

  /** Σ x. */
  static float sum(long x, int n) {
    var a = FloatVector.zero(S);
    var b = a;
    var c = a;
    var d = a;
    int i = 0;
    for (; i <= n - 4 * L; i += 4 * L) {
      a = a.add(load(x + 4L * i));
      b = b.add(load(x + 4L * (i + L)));
      c = c.add(load(x + 4L * (i + 2 * L)));
      d = d.add(load(x + 4L * (i + 3 * L)));
    }
    for (; i <= n - L; i += L) {
      a = a.add(load(x + 4L * i));
    }
    float total = RowDot.fold(a.add(b).add(c.add(d)));
    for (; i < n; i++) {
      total += ALL.get(FLOAT, x + 4L * i);
    }
    return total;
  }

  /** Σ (x − mean)². */
  static float squares(long x, float mean, int n) {
    var m = FloatVector.broadcast(S, mean);
    var a = FloatVector.zero(S);
    var b = a;
    var c = a;
    var d = a;
    int i = 0;
    for (; i <= n - 4 * L; i += 4 * L) {
      var p = load(x + 4L * i).sub(m);
      var q = load(x + 4L * (i + L)).sub(m);
      var r = load(x + 4L * (i + 2 * L)).sub(m);
      var s = load(x + 4L * (i + 3 * L)).sub(m);
      a = p.fma(p, a);
      b = q.fma(q, b);
      c = r.fma(r, c);
      d = s.fma(s, d);
    }
    for (; i <= n - L; i += L) {
      var p = load(x + 4L * i).sub(m);
      a = p.fma(p, a);
    }
    float total = RowDot.fold(a.add(b).add(c.add(d)));
    for (; i < n; i++) {
      float p = ALL.get(FLOAT, x + 4L * i) - mean;
      total = Math.fma(p, p, total);
    }
    return total;
  }

  /** {@code out = (x − mean) · r ∘ weight + bias}. */
  static void normalise(long x, float mean, float r, long weight, long bias, long out, int n) {
    var m = FloatVector.broadcast(S, mean);
    var rs = FloatVector.broadcast(S, r);
    int i = 0;
    for (; i <= n - L; i += L) {
      load(x + 4L * i)
          .sub(m)
          .mul(rs)
          .fma(load(weight + 4L * i), load(bias + 4L * i))
          .intoMemorySegment(ALL, out + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float normal = (ALL.get(FLOAT, x + 4L * i) - mean) * r;
      float w = ALL.get(FLOAT, weight + 4L * i);
      ALL.set(FLOAT, out + 4L * i, Math.fma(normal, w, ALL.get(FLOAT, bias + 4L * i)));
    }
  }

  /** {@code out = x · r ∘ weight}. */
  static void scale(long x, float r, long weight, long out, int n) {
    var rs = FloatVector.broadcast(S, r);
    int i = 0;
    for (; i <= n - L; i += L) {
      load(x + 4L * i)
          .mul(rs)
          .mul(load(weight + 4L * i))
          .intoMemorySegment(ALL, out + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float w = ALL.get(FLOAT, weight + 4L * i);
      ALL.set(FLOAT, out + 4L * i, ALL.get(FLOAT, x + 4L * i) * r * w);
    }
  }

  /** Σ g∘w. */
  static float dot(long g, long w, int n) {
    var a = FloatVector.zero(S);
    var b = a;
    var c = a;
    var d = a;
    int i = 0;
    for (; i <= n - 4 * L; i += 4 * L) {
      a = load(g + 4L * i).fma(load(w + 4L * i), a);
      b = load(g + 4L * (i + L)).fma(load(w + 4L * (i + L)), b);
      c = load(g + 4L * (i + 2 * L)).fma(load(w + 4L * (i + 2 * L)), c);
      d = load(g + 4L * (i + 3 * L)).fma(load(w + 4L * (i + 3 * L)), d);
    }
    for (; i <= n - L; i += L) {
      a = load(g + 4L * i).fma(load(w + 4L * i), a);
    }
    float total = RowDot.fold(a.add(b).add(c.add(d)));
    for (; i < n; i++) {
      total = Math.fma(ALL.get(FLOAT, g + 4L * i), ALL.get(FLOAT, w + 4L * i), total);
    }
    return total;
  }

  /** Σ g∘w∘(x − mean). */
  static float dot(long g, long w, long x, float mean, int n) {
    var m = FloatVector.broadcast(S, mean);
    var a = FloatVector.zero(S);
    var b = a;
    int i = 0;
    for (; i <= n - 2 * L; i += 2 * L) {
      var p = load(g + 4L * i).mul(load(w + 4L * i));
      var q = load(g + 4L * (i + L)).mul(load(w + 4L * (i + L)));
      a = load(x + 4L * i).sub(m).fma(p, a);
      b = load(x + 4L * (i + L)).sub(m).fma(q, b);
    }
    for (; i <= n - L; i += L) {
      a = load(x + 4L * i).sub(m).fma(load(g + 4L * i).mul(load(w + 4L * i)), a);
    }
    float total = RowDot.fold(a.add(b));
    for (; i < n; i++) {
      float p = ALL.get(FLOAT, g + 4L * i) * ALL.get(FLOAT, w + 4L * i);
      total = Math.fma(ALL.get(FLOAT, x + 4L * i) - mean, p, total);
    }
    return total;
  }

  /**
   * The last pass back through one row of LayerNorm: with {@code normal = (x − mean) · r}, {@code
   * gx = g∘w·r − normal·slope − shift}, {@code gWeight += g∘normal} and {@code gBias += g}.
   */
  static void layerBack(
      long x,
      long g,
      long w,
      float mean,
      float r,
      float slope,
      float shift,
      long gx,
      long gWeight,
      long gBias,
      int n) {
    var m = FloatVector.broadcast(S, mean);
    var rs = FloatVector.broadcast(S, r);
    var slopes = FloatVector.broadcast(S, -slope);
    var shifts = FloatVector.broadcast(S, -shift);
    int i = 0;
    for (; i <= n - L; i += L) {
      var gy = load(g + 4L * i);
      var normal = load(x + 4L * i).sub(m).mul(rs);
      gy.fma(normal, load(gWeight + 4L * i)).intoMemorySegment(ALL, gWeight + 4L * i, ORDER);
      gy.add(load(gBias + 4L * i)).intoMemorySegment(ALL, gBias + 4L * i, ORDER);
      gy.mul(load(w + 4L * i))
          .fma(rs, normal.fma(slopes, shifts))
          .intoMemorySegment(ALL, gx + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float gy = ALL.get(FLOAT, g + 4L * i);
      float normal = (ALL.get(FLOAT, x + 4L * i) - mean) * r;
      ALL.set(FLOAT, gWeight + 4L * i, Math.fma(gy, normal, ALL.get(FLOAT, gWeight + 4L * i)));
      ALL.set(FLOAT, gBias + 4L * i, gy + ALL.get(FLOAT, gBias + 4L * i));
      float back = Math.fma(normal, -slope, -shift);
      ALL.set(FLOAT, gx + 4L * i, Math.fma(gy * ALL.get(FLOAT, w + 4L * i), r, back));
    }
  }

  /**
   * The last pass back through one row of RMSNorm: {@code gx = g∘w·r − x·slope} and {@code gWeight
   * += g∘x·r}.
   */
  static void rmsBack(long x, long g, long w, float r, float slope, long gx, long gWeight, int n) {
    var rs = FloatVector.broadcast(S, r);
    var slopes = FloatVector.broadcast(S, -slope);
    int i = 0;
    for (; i <= n - L; i += L) {
      var gr = load(g + 4L * i).mul(rs);
      var v = load(x + 4L * i);
      gr.fma(v, load(gWeight + 4L * i)).intoMemorySegment(ALL, gWeight + 4L * i, ORDER);
      gr.fma(load(w + 4L * i), v.mul(slopes)).intoMemorySegment(ALL, gx + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float gr = ALL.get(FLOAT, g + 4L * i) * r;
      float v = ALL.get(FLOAT, x + 4L * i);
      ALL.set(FLOAT, gWeight + 4L * i, Math.fma(gr, v, ALL.get(FLOAT, gWeight + 4L * i)));
      ALL.set(FLOAT, gx + 4L * i, Math.fma(gr, ALL.get(FLOAT, w + 4L * i), v * -slope));
    }
  }
}
