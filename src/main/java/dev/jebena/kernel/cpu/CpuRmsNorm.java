package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.RmsNormKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * RMSNorm row by row. The gradient of the weight is summed over blocks of {@value #BLOCK} rows,
 * then over the blocks in their order, whichever thread had them.
 */
final class CpuRmsNorm implements RmsNormKernel {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = F32.length();

  /** Rows of a task. */
  private static final int BLOCK = 32;

  private final WorkerPool pool;

  CpuRmsNorm(WorkerPool pool) {
    this.pool = pool;
  }

  private static int blocks(long rows) {
    return Math.toIntExact((rows + BLOCK - 1) / BLOCK);
  }

  @Override
  public void forward(
      Operand xOperand,
      Operand weightOperand,
      double eps,
      Operand outOperand,
      Operand reciprocalOperand) {
    var x = Contiguous.of(xOperand);
    var weight = Contiguous.of(weightOperand);
    var out = Contiguous.of(outOperand);
    var reciprocal = Contiguous.of(reciprocalOperand);
    long rows = xOperand.shape().size(0);
    int width = Math.toIntExact(xOperand.shape().size(1));
    pool.run(
        blocks(rows),
        task -> {
          long end = Math.min(rows, (task + 1L) * BLOCK);
          for (long n = (long) task * BLOCK; n < end; n++) {
            long at = x.at(n * width);
            float squares = RowDot.dot(x.segment(), at, x.segment(), at, width);
            float r = (float) (1 / Math.sqrt((double) squares / width + eps));
            reciprocal.segment().set(FLOAT, reciprocal.at(n), r);
            long outAt = out.at(n * width);
            scale(x.segment(), at, r, weight.segment(), weight.base(), out.segment(), outAt, width);
          }
        });
  }

  /** {@code out = x · r ∘ weight}. */
  private static void scale(
      MemorySegment x,
      long at,
      float r,
      MemorySegment weight,
      long weightAt,
      MemorySegment out,
      long outAt,
      int n) {
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(F32, x, at + shift, ORDER)
          .mul(r)
          .mul(FloatVector.fromMemorySegment(F32, weight, weightAt + shift, ORDER))
          .intoMemorySegment(out, outAt + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      out.set(
          FLOAT, outAt + shift, x.get(FLOAT, at + shift) * r * weight.get(FLOAT, weightAt + shift));
    }
  }

  @Override
  public void backward(
      Operand xOperand,
      Operand weightOperand,
      Operand reciprocalOperand,
      Operand gyOperand,
      Operand gxOperand,
      Operand gWeightOperand) {
    var x = Contiguous.of(xOperand);
    var weight = Contiguous.of(weightOperand);
    var reciprocal = Contiguous.of(reciprocalOperand);
    var gy = Contiguous.of(gyOperand);
    var gx = Contiguous.of(gxOperand);
    var gWeight = Contiguous.of(gWeightOperand);
    long rows = xOperand.shape().size(0);
    int width = Math.toIntExact(xOperand.shape().size(1));
    long row = (long) width * Float.BYTES;
    int blocks = blocks(rows);
    var partials = pool.scratch().area(Scratch.FUSED_PARTIALS, blocks * row);
    pool.run(
        blocks,
        task -> {
          partials.asSlice(task * row, row).fill((byte) 0);
          long end = Math.min(rows, (task + 1L) * BLOCK);
          for (long n = (long) task * BLOCK; n < end; n++) {
            long first = n * width;
            float r = reciprocal.segment().get(FLOAT, reciprocal.at(n));
            float dot = weightedDot(x, gy, weight, first, width);
            // gx = r·h − x · r³ · mean(h∘x)
            float back = r * r * r * dot / width;
            rowBackward(x, gy, weight, gx, first, r, back, partials, task * row, width);
          }
        });
    gWeight.segment().asSlice(gWeight.base(), row).fill((byte) 0);
    for (int block = 0; block < blocks; block++) {
      add(partials, block * row, gWeight.segment(), gWeight.base(), width);
    }
  }

  /** Σ gy · weight · x. */
  private static float weightedDot(
      Contiguous x, Contiguous gy, Contiguous weight, long first, int n) {
    var xSegment = x.segment();
    var gySegment = gy.segment();
    var weightSegment = weight.segment();
    long xAt = x.at(first);
    long gyAt = gy.at(first);
    long weightAt = weight.base();
    var sum = FloatVector.zero(F32);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      var v = FloatVector.fromMemorySegment(F32, xSegment, xAt + shift, ORDER);
      var g = FloatVector.fromMemorySegment(F32, gySegment, gyAt + shift, ORDER);
      var w = FloatVector.fromMemorySegment(F32, weightSegment, weightAt + shift, ORDER);
      sum = g.mul(w).fma(v, sum);
    }
    float total = RowDot.fold(sum);
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      float h = gySegment.get(FLOAT, gyAt + shift) * weightSegment.get(FLOAT, weightAt + shift);
      total = Math.fma(h, xSegment.get(FLOAT, xAt + shift), total);
    }
    return total;
  }

  private static void rowBackward(
      Contiguous x,
      Contiguous gy,
      Contiguous weight,
      Contiguous gx,
      long first,
      float r,
      float back,
      MemorySegment sums,
      long sumsAt,
      int n) {
    var xSegment = x.segment();
    var gySegment = gy.segment();
    var weightSegment = weight.segment();
    var gxSegment = gx.segment();
    long xAt = x.at(first);
    long gyAt = gy.at(first);
    long gxAt = gx.at(first);
    long weightAt = weight.base();
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      var v = FloatVector.fromMemorySegment(F32, xSegment, xAt + shift, ORDER);
      var g = FloatVector.fromMemorySegment(F32, gySegment, gyAt + shift, ORDER);
      var w = FloatVector.fromMemorySegment(F32, weightSegment, weightAt + shift, ORDER);
      var sum = FloatVector.fromMemorySegment(F32, sums, sumsAt + shift, ORDER);
      sum.add(g.mul(v).mul(r)).intoMemorySegment(sums, sumsAt + shift, ORDER);
      g.mul(w).mul(r).sub(v.mul(back)).intoMemorySegment(gxSegment, gxAt + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      float v = xSegment.get(FLOAT, xAt + shift);
      float g = gySegment.get(FLOAT, gyAt + shift);
      float w = weightSegment.get(FLOAT, weightAt + shift);
      sums.set(FLOAT, sumsAt + shift, sums.get(FLOAT, sumsAt + shift) + g * v * r);
      gxSegment.set(FLOAT, gxAt + shift, g * w * r - v * back);
    }
  }

  private static void add(MemorySegment x, long at, MemorySegment out, long outAt, int n) {
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(F32, out, outAt + shift, ORDER)
          .add(FloatVector.fromMemorySegment(F32, x, at + shift, ORDER))
          .intoMemorySegment(out, outAt + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      out.set(FLOAT, outAt + shift, out.get(FLOAT, outAt + shift) + x.get(FLOAT, at + shift));
    }
  }
}
