package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.Memory.ALL;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.SoftmaxKernel;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Layout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** Softmax row by row; all passes over a row but the first find it in the cache. */
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
    if (log) {
      logForward(x, outOperand);
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
          var scratch = pool.scratch().area(Scratch.BLOCKS, SoftmaxRows.ROOM);
          var passes = new SoftmaxRows(scratch);
          long end = Math.min(rows, (task + 1L) * step);
          long at = rowStart(layout, (long) task * step) * Float.BYTES;
          float max = RowSoftmax.max(segment, at, width);
          long before = out.at((long) task * step * width);
          float last = 1;
          for (long row = (long) task * step; row < end; row++) {
            long next = row + 1 < end ? rowStart(layout, row + 1) * Float.BYTES : -1;
            long to = out.at(row * width);
            last = 1 / passes.exponentials(segment, at, target, to, max, width, next, before, last);
            before = to;
            at = next;
            max = passes.nextMax();
          }
          F32Numbers.mul(target, before, last, target, before, width);
        });
  }

  /** A row is written when the next one has been summed up: once, and while x is still near. */
  private void logForward(Operand x, Operand outOperand) {
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
          var scratch = pool.scratch().area(Scratch.BLOCKS, SoftmaxRows.ROOM);
          var passes = new SoftmaxRows(scratch);
          long first = (long) task * step;
          long end = Math.min(rows, first + step);
          long at = rowStart(layout, first) * Float.BYTES;
          float max = RowSoftmax.max(segment, at, width);
          long before = -1;
          float beforeMax = 0;
          float last = 0;
          for (long row = first; row < end; row++) {
            long next = row + 1 < end ? rowStart(layout, row + 1) * Float.BYTES : -1;
            float sum;
            if (row == first) {
              sum = passes.sumOfExponentials(segment, at, max, width, next);
            } else {
              long outBefore = out.at((row - 1) * width);
              sum =
                  passes.sumBesideDifferences(
                      segment, at, max, width, next, before, target, outBefore, beforeMax, last);
            }
            last = VectorMath.log(sum);
            before = at;
            beforeMax = max;
            at = next;
            max = passes.nextMax();
          }
          long to = out.at((end - 1) * width);
          SoftmaxRows.differences(segment, before, beforeMax, last, target, to, width);
        });
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
