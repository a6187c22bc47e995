package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.Memory.ALL;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.SoftmaxKernel;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Layout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** Softmax row by row; the second pass over a row finds it in a cache. */
final class CpuSoftmax implements SoftmaxKernel {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = F32.length();

  private final WorkerPool pool;

  CpuSoftmax(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void forward(Operand x, boolean log, Operand outOperand) {
    if (outOperand.elements() == 0) {
      return;
    }
    var segment = ((HostBuffer) x.buffer()).segment();
    var layout = x.layout();
    var out = Contiguous.of(outOperand);
    var target = out.segment();
    int width = Math.toIntExact(x.shape().size(-1));
    long rows = x.elements() / width;
    int step = Contiguous.rowsPerLongTask(width, rows);
    pool.run(
        Math.toIntExact((rows + step - 1) / step),
        task -> {
          var online = new OnlineSoftmax(pool.scratch().area(Scratch.BLOCKS, OnlineSoftmax.ROOM));
          long end = Math.min(rows, (task + 1L) * step);
          for (long row = (long) task * step; row < end; row++) {
            long at = rowStart(layout, row) * Float.BYTES;
            long to = out.at(row * width);
            online.fold(segment, at, width);
            if (log) {
              float total = VectorMath.log(online.sum());
              differences(segment, at, online.max(), total, target, to, width);
            } else {
              quotients(segment, at, online.max(), 1 / online.sum(), target, to, width);
            }
          }
        });
  }

  /** {@code out = exp(x − max) · factor}. */
  private static void quotients(
      MemorySegment x, long at, float max, float factor, MemorySegment out, long outAt, int n) {
    long p = x.address() + at;
    long q = out.address() + outAt;
    int i = Float.isFinite(max) ? n / LANES * LANES : 0;
    // not a counted loop: see ElementWise on what is fetched ahead
    for (long shift = 0; shift != 4L * i; shift += 4L * LANES) {
      var d = FloatVector.fromMemorySegment(F32, ALL, p + shift, ORDER).sub(max);
      VectorMath.expBelowMaximum(d).mul(factor).intoMemorySegment(ALL, q + shift, ORDER);
    }
    for (; i < n; i++) {
      float e = VectorMath.expBelowMaximum(x.get(FLOAT, at + 4L * i) - max);
      out.set(FLOAT, outAt + 4L * i, e * factor);
    }
  }

  /** {@code out = x − max − logSum}. */
  private static void differences(
      MemorySegment x, long at, float max, float logSum, MemorySegment out, long outAt, int n) {
    long p = x.address() + at;
    long q = out.address() + outAt;
    int i = n / LANES * LANES;
    for (long shift = 0; shift != 4L * i; shift += 4L * LANES) {
      FloatVector.fromMemorySegment(F32, ALL, p + shift, ORDER)
          .sub(max)
          .sub(logSum)
          .intoMemorySegment(ALL, q + shift, ORDER);
    }
    for (; i < n; i++) {
      out.set(FLOAT, outAt + 4L * i, x.get(FLOAT, at + 4L * i) - max - logSum);
    }
  }

  /** The first element of a row, counted in row-major order over all axes but the last. */
  static long rowStart(Layout layout, long row) {
    long at = layout.offset();
    long rest = row;
    for (int axis = layout.rank() - 2; axis >= 0; axis--) {
      long size = layout.size(axis);
      at += rest % size * layout.stride(axis);
      rest /= size;
    }
    return at;
  }

  @Override
  public void backward(Operand yOperand, Operand gyOperand, boolean log, Operand gxOperand) {
    if (gxOperand.elements() == 0) {
      return;
    }
    var y = Contiguous.of(yOperand);
    var gy = Contiguous.of(gyOperand);
    var gx = Contiguous.of(gxOperand);
    int width = Math.toIntExact(yOperand.shape().size(-1));
    long rows = yOperand.elements() / width;
    int step = Contiguous.rowsPerTask(width);
    pool.run(
        Math.toIntExact((rows + step - 1) / step),
        task -> {
          long end = Math.min(rows, (task + 1L) * step);
          for (long row = (long) task * step; row < end; row++) {
            long first = row * width;
            if (log) {
              logBackward(y, gy, gx, first, width);
            } else {
              backward(y, gy, gx, first, width);
            }
          }
        });
  }

  private static void backward(Contiguous y, Contiguous gy, Contiguous gx, long first, int n) {
    var ySegment = y.segment();
    var gySegment = gy.segment();
    var gxSegment = gx.segment();
    long yAt = y.at(first);
    long gyAt = gy.at(first);
    long gxAt = gx.at(first);
    float sum = RowDot.dot(ySegment, yAt, gySegment, gyAt, n);
    long yFrom = ySegment.address() + yAt;
    long gyFrom = gySegment.address() + gyAt;
    long gxFrom = gxSegment.address() + gxAt;
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      var p = FloatVector.fromMemorySegment(F32, ALL, yFrom + shift, ORDER);
      var g = FloatVector.fromMemorySegment(F32, ALL, gyFrom + shift, ORDER);
      p.mul(g.sub(sum)).intoMemorySegment(ALL, gxFrom + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      float p = ySegment.get(FLOAT, yAt + shift);
      float g = gySegment.get(FLOAT, gyAt + shift);
      gxSegment.set(FLOAT, gxAt + shift, p * (g - sum));
    }
  }

  private static void logBackward(Contiguous y, Contiguous gy, Contiguous gx, long first, int n) {
    var ySegment = y.segment();
    var gySegment = gy.segment();
    var gxSegment = gx.segment();
    long yAt = y.at(first);
    long gyAt = gy.at(first);
    long gxAt = gx.at(first);
    float sum = RowDot.sum(gySegment, gyAt, n);
    long yFrom = ySegment.address() + yAt;
    long gyFrom = gySegment.address() + gyAt;
    long gxFrom = gxSegment.address() + gxAt;
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      var p = VectorMath.exp(FloatVector.fromMemorySegment(F32, ALL, yFrom + shift, ORDER));
      var g = FloatVector.fromMemorySegment(F32, ALL, gyFrom + shift, ORDER);
      g.sub(p.mul(sum)).intoMemorySegment(ALL, gxFrom + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      float p = VectorMath.exp(ySegment.get(FLOAT, yAt + shift));
      float g = gySegment.get(FLOAT, gyAt + shift);
      gxSegment.set(FLOAT, gxAt + shift, g - p * sum);
    }
  }
}
