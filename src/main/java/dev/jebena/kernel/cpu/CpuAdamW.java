package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AdamWKernel;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** AdamW in one pass, bound by memory: 16 bytes read and 12 written for each parameter. */
final class CpuAdamW implements AdamWKernel {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = F32.length();

  private final WorkerPool pool;

  CpuAdamW(WorkerPool pool) {
    this.pool = pool;
  }

  /**
   * The numbers of one step, computed in f64 and rounded once.
   *
   * @param rate learningRate / (1 − beta1^step)
   * @param root 1 / √(1 − beta2^step)
   */
  private record Step(
      float scale,
      float beta1,
      float rest1,
      float beta2,
      float rest2,
      float keep,
      float rate,
      float root,
      float eps) {}

  @Override
  public void update(
      Operand parameterOperand,
      Operand gradientOperand,
      Operand mOperand,
      Operand vOperand,
      long step,
      double learningRate,
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      double gradientScale) {
    var numbers =
        new Step(
            (float) gradientScale,
            (float) beta1,
            (float) (1 - beta1),
            (float) beta2,
            (float) (1 - beta2),
            (float) (1 - learningRate * weightDecay),
            (float) (learningRate / (1 - StrictMath.pow(beta1, step))),
            (float) (1 / Math.sqrt(1 - StrictMath.pow(beta2, step))),
            (float) eps);
    var parameter = Contiguous.of(parameterOperand);
    var gradient = Contiguous.of(gradientOperand);
    var m = Contiguous.of(mOperand);
    var v = Contiguous.of(vOperand);
    long elements = parameterOperand.elements();
    pool.run(
        Contiguous.chunks(elements),
        task -> {
          long first = (long) task * Contiguous.CHUNK;
          int n = Contiguous.chunkSize(elements, task);
          chunk(numbers, parameter, gradient, m, v, first, n);
        });
  }

  private static void chunk(
      Step step,
      Contiguous parameter,
      Contiguous gradient,
      Contiguous moment1,
      Contiguous moment2,
      long first,
      int n) {
    var pSegment = parameter.segment();
    var gSegment = gradient.segment();
    var mSegment = moment1.segment();
    var vSegment = moment2.segment();
    long pAt = parameter.at(first);
    long gAt = gradient.at(first);
    long mAt = moment1.at(first);
    long vAt = moment2.at(first);
    float scale = step.scale;
    float beta1 = step.beta1;
    float rest1 = step.rest1;
    float beta2 = step.beta2;
    float rest2 = step.rest2;
    float keep = step.keep;
    float rate = step.rate;
    float root = step.root;
    float eps = step.eps;
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      var g = FloatVector.fromMemorySegment(F32, gSegment, gAt + shift, ORDER).mul(scale);
      var m = FloatVector.fromMemorySegment(F32, mSegment, mAt + shift, ORDER);
      var v = FloatVector.fromMemorySegment(F32, vSegment, vAt + shift, ORDER);
      var p = FloatVector.fromMemorySegment(F32, pSegment, pAt + shift, ORDER);
      m = m.mul(beta1).add(g.mul(rest1));
      v = v.mul(beta2).add(g.mul(g).mul(rest2));
      m.intoMemorySegment(mSegment, mAt + shift, ORDER);
      v.intoMemorySegment(vSegment, vAt + shift, ORDER);
      var move = m.mul(rate).div(v.sqrt().mul(root).add(eps));
      p.mul(keep).sub(move).intoMemorySegment(pSegment, pAt + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      float g = gSegment.get(FLOAT, gAt + shift) * scale;
      float m = mSegment.get(FLOAT, mAt + shift) * beta1 + g * rest1;
      float v = vSegment.get(FLOAT, vAt + shift) * beta2 + g * g * rest2;
      mSegment.set(FLOAT, mAt + shift, m);
      vSegment.set(FLOAT, vAt + shift, v);
      float move = m * rate / ((float) Math.sqrt(v) * root + eps);
      pSegment.set(FLOAT, pAt + shift, pSegment.get(FLOAT, pAt + shift) * keep - move);
    }
  }
}
