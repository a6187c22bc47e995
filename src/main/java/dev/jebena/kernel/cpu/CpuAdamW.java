package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.Memory.ALL;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AdamWKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * AdamW over all parameters in one call of the pool, bound by memory: 16 bytes read and 12 written
 * for each parameter.
 */
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
   * @param rate learningRate / (1 − beta1^number)
   * @param root 1 / √(1 − beta2^number)
   */
  private record Numbers(
      float scale,
      float beta1,
      float rest1,
      float beta2,
      float rest2,
      float rate,
      float root,
      float eps) {
    static Numbers of(Step step, float scale) {
      return new Numbers(
          scale,
          (float) step.beta1(),
          (float) (1 - step.beta1()),
          (float) step.beta2(),
          (float) (1 - step.beta2()),
          (float) (step.learningRate() / (1 - StrictMath.pow(step.beta1(), step.number()))),
          (float) (1 / Math.sqrt(1 - StrictMath.pow(step.beta2(), step.number()))),
          (float) step.eps());
    }
  }

  @Override
  public void update(
      Operand[] parameters,
      Operand[] gradients,
      Operand[] means,
      Operand[] squares,
      double[] weightDecays,
      Step step,
      Operand gradientScale) {
    double scale = Memory.of(gradientScale).get(Memory.DOUBLE, Memory.start(gradientScale));
    var numbers = Numbers.of(step, (float) scale);
    var work = new WorkList(parameters);
    pool.run(
        work.tasks(),
        task -> {
          int i = work.tensor(task);
          long start = work.start(task, i);
          float keep = (float) (1 - step.learningRate() * weightDecays[i]);
          chunk(
              numbers,
              keep,
              Memory.of(parameters[i]),
              at(parameters[i], start),
              Memory.of(gradients[i]),
              at(gradients[i], start),
              Memory.of(means[i]),
              at(means[i], start),
              Memory.of(squares[i]),
              at(squares[i], start),
              work.size(task, i));
        });
  }

  private static long at(Operand operand, long start) {
    return (operand.layout().offset() + start) * Float.BYTES;
  }

  private static void chunk(
      Numbers numbers,
      float keep,
      MemorySegment pSegment,
      long pStart,
      MemorySegment gSegment,
      long gStart,
      MemorySegment mSegment,
      long mStart,
      MemorySegment vSegment,
      long vStart,
      int n) {
    long pAt = pSegment.address() + pStart;
    long gAt = gSegment.address() + gStart;
    long mAt = mSegment.address() + mStart;
    long vAt = vSegment.address() + vStart;
    float scale = numbers.scale;
    float beta1 = numbers.beta1;
    float rest1 = numbers.rest1;
    float beta2 = numbers.beta2;
    float rest2 = numbers.rest2;
    float rate = numbers.rate;
    float root = numbers.root;
    float eps = numbers.eps;
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      var g = FloatVector.fromMemorySegment(F32, ALL, gAt + shift, ORDER).mul(scale);
      var m = FloatVector.fromMemorySegment(F32, ALL, mAt + shift, ORDER);
      var v = FloatVector.fromMemorySegment(F32, ALL, vAt + shift, ORDER);
      var p = FloatVector.fromMemorySegment(F32, ALL, pAt + shift, ORDER);
      m = m.mul(beta1).add(g.mul(rest1));
      v = v.mul(beta2).add(g.mul(g).mul(rest2));
      m.intoMemorySegment(ALL, mAt + shift, ORDER);
      v.intoMemorySegment(ALL, vAt + shift, ORDER);
      var move = m.mul(rate).div(v.sqrt().mul(root).add(eps));
      p.mul(keep).sub(move).intoMemorySegment(ALL, pAt + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      float g = ALL.get(FLOAT, gAt + shift) * scale;
      float m = ALL.get(FLOAT, mAt + shift) * beta1 + g * rest1;
      float v = ALL.get(FLOAT, vAt + shift) * beta2 + g * g * rest2;
      ALL.set(FLOAT, mAt + shift, m);
      ALL.set(FLOAT, vAt + shift, v);
      float move = m * rate / ((float) Math.sqrt(v) * root + eps);
      ALL.set(FLOAT, pAt + shift, ALL.get(FLOAT, pAt + shift) * keep - move);
    }
  }
}
