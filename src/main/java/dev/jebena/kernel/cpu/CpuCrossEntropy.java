package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.CrossEntropyKernel;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** Cross-entropy row by row: logits are read once from memory, a second time from the cache. */
final class CpuCrossEntropy implements CrossEntropyKernel {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = F32.length();

  private final WorkerPool pool;

  CpuCrossEntropy(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void forward(
      Operand logitsOperand,
      Operand targetsOperand,
      long ignored,
      Operand lossesOperand,
      Operand logSumExpOperand) {
    int classes = Math.toIntExact(logitsOperand.shape().size(1));
    long[] targets = targets(targetsOperand, ignored, classes);
    var logits = Contiguous.of(logitsOperand);
    var losses = Contiguous.of(lossesOperand);
    var logSumExp = Contiguous.of(logSumExpOperand);
    int step = Contiguous.rowsPerTask(classes);
    pool.run(
        (targets.length + step - 1) / step,
        task -> {
          int end = Math.min(targets.length, (task + 1) * step);
          for (int n = task * step; n < end; n++) {
            var x = logits.segment();
            long at = logits.at((long) n * classes);
            float max = RowSoftmax.max(x, at, classes);
            float sum = RowSoftmax.sumOfExponentials(x, at, max, classes);
            float log = VectorMath.log(sum);
            logSumExp.segment().set(FLOAT, logSumExp.at(n), max + log);
            // (max − logit) + log Σ keeps digits that (max + log Σ) − logit would lose.
            float loss =
                targets[n] == ignored ? 0 : max - x.get(FLOAT, at + targets[n] * Float.BYTES) + log;
            losses.segment().set(FLOAT, losses.at(n), loss);
          }
        });
  }

  /** A copy of the targets, each of which is a class or {@code ignored}. */
  private static long[] targets(Operand operand, long ignored, int classes) {
    var segment = ((HostBuffer) operand.buffer()).segment();
    long offset = operand.layout().offset();
    long[] targets = new long[Math.toIntExact(operand.elements())];
    for (int n = 0; n < targets.length; n++) {
      long target =
          operand.dtype() == DType.I64
              ? segment.get(ValueLayout.JAVA_LONG_UNALIGNED, (offset + n) * Long.BYTES)
              : segment.get(ValueLayout.JAVA_INT_UNALIGNED, (offset + n) * Integer.BYTES);
      if (target != ignored && (target < 0 || target >= classes)) {
        throw new IndexOutOfBoundsException(
            "crossEntropy: target "
                + target
                + " of row "
                + n
                + " is out of range for "
                + classes
                + " classes");
      }
      targets[n] = target;
    }
    return targets;
  }

  @Override
  public void backward(
      Operand logitsOperand,
      Operand targetsOperand,
      long ignored,
      Operand logSumExpOperand,
      Operand gOperand,
      Operand gLogitsOperand) {
    int classes = Math.toIntExact(logitsOperand.shape().size(1));
    long[] targets = targets(targetsOperand, ignored, classes);
    var logits = Contiguous.of(logitsOperand);
    var logSumExp = Contiguous.of(logSumExpOperand);
    var g = Contiguous.of(gOperand);
    var gLogits = Contiguous.of(gLogitsOperand);
    int step = Contiguous.rowsPerTask(classes);
    pool.run(
        (targets.length + step - 1) / step,
        task -> {
          int end = Math.min(targets.length, (task + 1) * step);
          for (int n = task * step; n < end; n++) {
            var out = gLogits.segment();
            long at = gLogits.at((long) n * classes);
            if (targets[n] == ignored) {
              out.asSlice(at, (long) classes * Float.BYTES).fill((byte) 0);
              continue;
            }
            float lse = logSumExp.segment().get(FLOAT, logSumExp.at(n));
            float factor = g.segment().get(FLOAT, g.at(n));
            long from = logits.at((long) n * classes);
            probabilities(logits.segment(), from, lse, factor, out, at, classes);
            long hit = at + targets[n] * Float.BYTES;
            out.set(FLOAT, hit, out.get(FLOAT, hit) - factor);
          }
        });
  }

  /** {@code out = factor · exp(x − lse)}. */
  private static void probabilities(
      MemorySegment x, long at, float lse, float factor, MemorySegment out, long outAt, int n) {
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      VectorMath.exp(FloatVector.fromMemorySegment(F32, x, at + shift, ORDER).sub(lse))
          .mul(factor)
          .intoMemorySegment(out, outAt + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      out.set(FLOAT, outAt + shift, VectorMath.exp(x.get(FLOAT, at + shift) - lse) * factor);
    }
  }
}
