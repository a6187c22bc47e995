package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.ColumnSoftmaxKernel;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Softmax down the columns, walking along the rows. The first pass keeps a running maximum and sum
 * of exponentials for each column, a group of rows at a time; the second writes. Columns are the
 * lanes, so that the bits depend neither on the width of vectors nor on how columns are dealt out
 * to threads.
 *
 * <p>The first pass leaves its exponentials, taken below the maximum of the rows so far, where the
 * outer caches hold them, and the second only scales them, by one exponential a group and column:
 * so memory is read once and an element costs 1.25 exponentials. Columns too long for that are read
 * twice, in pieces as long as a page, and computed twice.
 */
final class CpuColumnSoftmax implements ColumnSoftmaxKernel {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();
  private static final FloatVector LOWEST = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
  private static final FloatVector ZERO = FloatVector.zero(S);

  /** Columns of a task at most: a page of f32. */
  private static final int COLUMNS = 1024;

  /** Columns of a task at least, where there are as many: shorter pieces of rows read badly. */
  private static final int FEW_COLUMNS = 128;

  /** Exponentials of a task that are kept at most: 4 MiB. */
  private static final long KEPT = 1 << 20;

  /** Rows of a group: 32 KiB with the columns of a task, which stay in the first-level cache. */
  private static final int ROWS = 8;

  private final WorkerPool pool;

  CpuColumnSoftmax(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void forward(Operand xOperand, boolean log, Operand outOperand) {
    if (outOperand.elements() == 0) {
      return;
    }
    var x = Contiguous.of(xOperand);
    var out = Contiguous.of(outOperand);
    long length = xOperand.shape().size(1);
    long inner = xOperand.shape().size(2);
    int width = (int) Math.min(inner, Math.clamp(KEPT / length, FEW_COLUMNS, COLUMNS));
    boolean keeps = !log && length * width <= KEPT;
    if (!keeps) {
      width = (int) Math.min(COLUMNS, inner);
    }
    int columns = width;
    // whole vectors: what is beyond the last column is computed and thrown away
    int room = (width + L - 1) / L * L;
    long groups = (length + ROWS - 1) / ROWS;
    long lines = keeps ? groups + length + 1 : 3;
    long strips = (inner + width - 1) / width;
    long all = strips * xOperand.shape().size(0);
    long step = Math.max(1, Contiguous.CHUNK / (length * width));
    pool.run(
        Math.toIntExact((all + step - 1) / step),
        task -> {
          long bytes = ((lines + 1) * room + ROWS * L) * Float.BYTES;
          var scratch = pool.scratch().area(Scratch.FUSED, bytes);
          long end = Math.min(all, (task + 1L) * step);
          for (long strip = task * step; strip < end; strip++) {
            long column = strip % strips * columns;
            long first = strip / strips * length * inner + column;
            int n = (int) Math.min(columns, inner - column);
            if (keeps) {
              keptStrip(x, out, first, inner, length, n, scratch.address(), room);
            } else {
              strip(x, out, first, inner, length, n, log, scratch, room);
            }
          }
        });
  }

  private static void strip(
      Contiguous x,
      Contiguous out,
      long first,
      long inner,
      long length,
      int n,
      boolean log,
      MemorySegment scratch,
      int room) {
    long maxima = scratch.address();
    long next = maxima + 4L * room;
    long sums = next + 4L * room;
    long copy = sums + 4L * room;
    for (int i = 0; i < room; i += L) {
      LOWEST.intoMemorySegment(ALL, maxima + 4L * i, ORDER);
      ZERO.intoMemorySegment(ALL, sums + 4L * i, ORDER);
    }
    long from = x.segment().address() + x.at(first);
    int whole = n / L * L;
    for (long row = 0; row < length; row += ROWS) {
      int rows = (int) Math.min(ROWS, length - row);
      long group = from + 4 * row * inner;
      fold(group, 4 * inner, rows, whole, maxima, next, sums);
      if (whole < n) {
        edge(group, 4 * inner, rows, whole, n, copy);
        long shift = 4L * whole;
        fold(copy, 4L * L, rows, L, maxima + shift, next + shift, sums + shift);
      }
    }
    for (int i = 0; i < n; i++) {
      float sum = ALL.get(FLOAT, sums + 4L * i);
      ALL.set(FLOAT, sums + 4L * i, log ? VectorMath.log(sum) : 1 / sum);
    }
    long to = out.segment().address() + out.at(first);
    // backwards: the rows that were read last are still in the cache
    for (long row = length - 1; row >= 0; row--) {
      long shift = 4 * row * inner;
      if (log) {
        logarithms(from + shift, to + shift, n, maxima, sums);
      } else {
        quotients(from + shift, to + shift, n, maxima, sums);
      }
    }
  }

  /** Scratch memory: sums, a line of maxima before and after each group, a block, exponentials. */
  private static void keptStrip(
      Contiguous x,
      Contiguous out,
      long first,
      long inner,
      long length,
      int n,
      long scratch,
      int room) {
    long line = 4L * room;
    long sums = scratch;
    long maxima = sums + line;
    long block = maxima + ((length + ROWS - 1) / ROWS + 1) * line;
    long kept = block + 4L * ROWS * L;
    for (int i = 0; i < room; i += L) {
      LOWEST.intoMemorySegment(ALL, maxima + 4L * i, ORDER);
      ZERO.intoMemorySegment(ALL, sums + 4L * i, ORDER);
    }
    long from = x.segment().address() + x.at(first);
    int whole = n / L * L;
    long last = maxima;
    for (long row = 0; row < length; row += ROWS) {
      int rows = (int) Math.min(ROWS, length - row);
      long group = from + 4 * row * inner;
      long to = kept + row * line;
      keep(group, 4 * inner, rows, whole, last, line, sums, to);
      if (whole < n) {
        edge(group, 4 * inner, rows, whole, n, block);
        long shift = 4L * whole;
        keep(block, 4L * L, rows, L, last + shift, line, sums + shift, to + shift);
      }
      last += line;
    }
    for (int i = 0; i < n; i++) {
      ALL.set(FLOAT, sums + 4L * i, 1 / ALL.get(FLOAT, sums + 4L * i));
    }
    long target = out.segment().address() + out.at(first);
    // backwards: what was kept last is in the nearest cache
    long groupMaxima = last;
    for (long row = (length - 1) / ROWS * ROWS; row >= 0; row -= ROWS) {
      int rows = (int) Math.min(ROWS, length - row);
      scale(
          kept + row * line,
          line,
          rows,
          whole,
          groupMaxima,
          last,
          sums,
          target + 4 * row * inner,
          4 * inner);
      if (whole < n) {
        long shift = 4L * whole;
        scale(
            kept + row * line + shift,
            line,
            rows,
            L,
            groupMaxima + shift,
            last + shift,
            sums + shift,
            block,
            4L * L);
        long to = target + 4 * (row * inner + whole);
        for (int r = 0; r < rows; r++) {
          for (int i = 0; i < n - whole; i++) {
            float y = ALL.get(FLOAT, block + 4L * (r * L + i));
            ALL.set(FLOAT, to + 4 * (r * inner + i), y);
          }
        }
      }
      groupMaxima -= line;
    }
  }

  /**
   * Takes a group of rows into the running maxima, whose new line is {@code line} bytes behind the
   * old one, and sums, and keeps its exponentials; n is a multiple of the lanes.
   */
  private static void keep(
      long group, long stride, int rows, int n, long maxima, long line, long sums, long kept) {
    raise(group, stride, rows, n, maxima, maxima + line);
    for (int i = 0; i < n; i += L) {
      long at = group + 4L * i;
      long to = kept + 4L * i;
      var before = FloatVector.fromMemorySegment(S, ALL, maxima + 4L * i, ORDER);
      var max = FloatVector.fromMemorySegment(S, ALL, maxima + line + 4L * i, ORDER);
      // −inf − (−inf) would be NaN where so far there was nothing else
      var shift = max.blend(0f, max.compare(EQ, Float.NEGATIVE_INFINITY));
      var sum = FloatVector.fromMemorySegment(S, ALL, sums + 4L * i, ORDER);
      sum = sum.mul(VectorMath.expBelowMaximum(before.sub(shift)));
      for (int r = 0; r < rows; r++) {
        var x = FloatVector.fromMemorySegment(S, ALL, at + r * stride, ORDER);
        var e = VectorMath.expBelowMaximum(x.sub(shift));
        e.intoMemorySegment(ALL, to + r * line, ORDER);
        sum = sum.add(e);
      }
      sum.intoMemorySegment(ALL, sums + 4L * i, ORDER);
    }
  }

  /** {@code after = max(before, rows)}; n is a multiple of the lanes. */
  private static void raise(long group, long stride, int rows, int n, long before, long after) {
    if (rows == ROWS) {
      raiseByEight(group, stride, n, before, after);
      return;
    }
    for (int i = 0; i < n; i += L) {
      var max = FloatVector.fromMemorySegment(S, ALL, before + 4L * i, ORDER);
      // a NaN is never greater, and makes the sum NaN
      for (int r = 0; r < rows; r++) {
        var x = FloatVector.fromMemorySegment(S, ALL, group + 4L * i + r * stride, ORDER);
        max = max.blend(x, x.compare(GT, max));
      }
      max.intoMemorySegment(ALL, after + 4L * i, ORDER);
    }
  }

  /**
   * The same for a whole group. One instruction reads one row all along, so that the processor
   * learns to fetch it ahead; in a loop over the rows it would not.
   */
  private static void raiseByEight(long group, long stride, int n, long before, long after) {
    for (long shift = 0; shift != 4L * n; shift += 4L * L) {
      long at = group + shift;
      var x0 = FloatVector.fromMemorySegment(S, ALL, at, ORDER);
      var x1 = FloatVector.fromMemorySegment(S, ALL, at + stride, ORDER);
      var x2 = FloatVector.fromMemorySegment(S, ALL, at + 2 * stride, ORDER);
      var x3 = FloatVector.fromMemorySegment(S, ALL, at + 3 * stride, ORDER);
      var x4 = FloatVector.fromMemorySegment(S, ALL, at + 4 * stride, ORDER);
      var x5 = FloatVector.fromMemorySegment(S, ALL, at + 5 * stride, ORDER);
      var x6 = FloatVector.fromMemorySegment(S, ALL, at + 6 * stride, ORDER);
      var x7 = FloatVector.fromMemorySegment(S, ALL, at + 7 * stride, ORDER);
      var max = FloatVector.fromMemorySegment(S, ALL, before + shift, ORDER);
      max = max.blend(x0, x0.compare(GT, max));
      max = max.blend(x1, x1.compare(GT, max));
      max = max.blend(x2, x2.compare(GT, max));
      max = max.blend(x3, x3.compare(GT, max));
      max = max.blend(x4, x4.compare(GT, max));
      max = max.blend(x5, x5.compare(GT, max));
      max = max.blend(x6, x6.compare(GT, max));
      max = max.blend(x7, x7.compare(GT, max));
      max.intoMemorySegment(ALL, after + shift, ORDER);
    }
  }

  /** {@code out = kept · exp(max of the group − max) · factor}; n is a multiple of the lanes. */
  private static void scale(
      long kept,
      long line,
      int rows,
      int n,
      long groupMaxima,
      long maxima,
      long factors,
      long out,
      long stride) {
    if (rows == ROWS) {
      scaleByEight(kept, line, n, groupMaxima, maxima, factors, out, stride);
      return;
    }
    for (long shift = 0; shift != 4L * n; shift += 4L * L) {
      long at = kept + shift;
      long to = out + shift;
      var top = FloatVector.fromMemorySegment(S, ALL, groupMaxima + shift, ORDER);
      var max = FloatVector.fromMemorySegment(S, ALL, maxima + shift, ORDER);
      var factor = FloatVector.fromMemorySegment(S, ALL, factors + shift, ORDER);
      factor = factor.mul(VectorMath.expBelowMaximum(top.sub(max)));
      for (int r = 0; r < rows; r++) {
        FloatVector.fromMemorySegment(S, ALL, at + r * line, ORDER)
            .mul(factor)
            .intoMemorySegment(ALL, to + r * stride, ORDER);
      }
    }
  }

  /** The same for a whole group, one instruction a row. */
  private static void scaleByEight(
      long kept,
      long line,
      int n,
      long groupMaxima,
      long maxima,
      long factors,
      long out,
      long stride) {
    for (long shift = 0; shift != 4L * n; shift += 4L * L) {
      long at = kept + shift;
      long to = out + shift;
      var top = FloatVector.fromMemorySegment(S, ALL, groupMaxima + shift, ORDER);
      var max = FloatVector.fromMemorySegment(S, ALL, maxima + shift, ORDER);
      var factor = FloatVector.fromMemorySegment(S, ALL, factors + shift, ORDER);
      factor = factor.mul(VectorMath.expBelowMaximum(top.sub(max)));
      FloatVector.fromMemorySegment(S, ALL, at, ORDER)
          .mul(factor)
          .intoMemorySegment(ALL, to, ORDER);
      FloatVector.fromMemorySegment(S, ALL, at + line, ORDER)
          .mul(factor)
          .intoMemorySegment(ALL, to + stride, ORDER);
      FloatVector.fromMemorySegment(S, ALL, at + 2 * line, ORDER)
          .mul(factor)
          .intoMemorySegment(ALL, to + 2 * stride, ORDER);
      FloatVector.fromMemorySegment(S, ALL, at + 3 * line, ORDER)
          .mul(factor)
          .intoMemorySegment(ALL, to + 3 * stride, ORDER);
      FloatVector.fromMemorySegment(S, ALL, at + 4 * line, ORDER)
          .mul(factor)
          .intoMemorySegment(ALL, to + 4 * stride, ORDER);
      FloatVector.fromMemorySegment(S, ALL, at + 5 * line, ORDER)
          .mul(factor)
          .intoMemorySegment(ALL, to + 5 * stride, ORDER);
      FloatVector.fromMemorySegment(S, ALL, at + 6 * line, ORDER)
          .mul(factor)
          .intoMemorySegment(ALL, to + 6 * stride, ORDER);
      FloatVector.fromMemorySegment(S, ALL, at + 7 * line, ORDER)
          .mul(factor)
          .intoMemorySegment(ALL, to + 7 * stride, ORDER);
    }
  }

  /** Copies the columns behind the last whole vector; lanes without a column are 0. */
  private static void edge(long group, long stride, int rows, int whole, int n, long copy) {
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < L; i++) {
        float value = whole + i < n ? ALL.get(FLOAT, group + r * stride + 4L * (whole + i)) : 0;
        ALL.set(FLOAT, copy + 4L * (r * L + i), value);
      }
    }
  }

  /**
   * Takes a group of rows into the running maxima and sums, with room for a line of new maxima; n
   * is a multiple of the lanes.
   */
  private static void fold(
      long group, long stride, int rows, int n, long maxima, long next, long sums) {
    raise(group, stride, rows, n, maxima, next);
    for (int i = 0; i < n; i += L) {
      long at = group + 4L * i;
      var before = FloatVector.fromMemorySegment(S, ALL, maxima + 4L * i, ORDER);
      var max = FloatVector.fromMemorySegment(S, ALL, next + 4L * i, ORDER);
      max.intoMemorySegment(ALL, maxima + 4L * i, ORDER);
      // −inf − (−inf) would be NaN where so far there was nothing else
      var shift = max.blend(0f, max.compare(EQ, Float.NEGATIVE_INFINITY));
      var sum = FloatVector.fromMemorySegment(S, ALL, sums + 4L * i, ORDER);
      sum = sum.mul(VectorMath.expBelowMaximum(before.sub(shift)));
      for (int r = 0; r < rows; r++) {
        var x = FloatVector.fromMemorySegment(S, ALL, at + r * stride, ORDER);
        sum = sum.add(VectorMath.expBelowMaximum(x.sub(shift)));
      }
      sum.intoMemorySegment(ALL, sums + 4L * i, ORDER);
    }
  }

  /** {@code out = exp(x − max) · factor}. */
  private static void quotients(long from, long to, int n, long maxima, long factors) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, from + 4L * i, ORDER);
      var max = FloatVector.fromMemorySegment(S, ALL, maxima + 4L * i, ORDER);
      var factor = FloatVector.fromMemorySegment(S, ALL, factors + 4L * i, ORDER);
      VectorMath.expBelowMaximum(x.sub(max)).mul(factor).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, from + 4L * i) - ALL.get(FLOAT, maxima + 4L * i);
      ALL.set(FLOAT, to + 4L * i, VectorMath.expBelowMaximum(x) * ALL.get(FLOAT, factors + 4L * i));
    }
  }

  /** {@code out = x − max − log Σ}. */
  private static void logarithms(long from, long to, int n, long maxima, long logs) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, ALL, from + 4L * i, ORDER);
      var max = FloatVector.fromMemorySegment(S, ALL, maxima + 4L * i, ORDER);
      var log = FloatVector.fromMemorySegment(S, ALL, logs + 4L * i, ORDER);
      x.sub(max).sub(log).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = ALL.get(FLOAT, from + 4L * i) - ALL.get(FLOAT, maxima + 4L * i);
      ALL.set(FLOAT, to + 4L * i, x - ALL.get(FLOAT, logs + 4L * i));
    }
  }
}
