package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static dev.jebena.kernel.cpu.Memory.ALL;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.SquaresKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * Sums of squares, bound by reading memory: f32 within a part of 1,024 elements, f64 over the parts
 * of a task and over the tasks, each in order.
 */
final class CpuSquares implements SquaresKernel {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
  private static final int LANES = F32.length();
  private static final long WIDTH = F32.vectorByteSize();
  private static final int PART = 1024;

  private final WorkerPool pool;

  CpuSquares(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void sum(Operand[] operands, Operand out) {
    var work = new WorkList(operands);
    int tasks = work.tasks();
    var sums = pool.scratch().area(Scratch.FUSED_PARTIALS, Math.max(1, tasks) * 8L);
    pool.run(
        tasks,
        task -> {
          int tensor = work.tensor(task);
          var operand = operands[tensor];
          long start = operand.layout().offset() + work.start(task, tensor);
          int n = work.size(task, tensor);
          double sum = 0;
          for (int i = 0; i < n; i += PART) {
            sum += part(Memory.of(operand), (start + i) * Float.BYTES, Math.min(PART, n - i));
          }
          sums.set(DOUBLE, task * 8L, sum);
        });
    double total = 0;
    for (int task = 0; task < tasks; task++) {
      total += sums.get(DOUBLE, task * 8L);
    }
    Memory.of(out).set(DOUBLE, out.layout().offset() * Double.BYTES, total);
  }

  private static float part(MemorySegment x, long at, int n) {
    long p = x.address() + at;
    var s0 = FloatVector.zero(F32);
    var s1 = FloatVector.zero(F32);
    var s2 = FloatVector.zero(F32);
    var s3 = FloatVector.zero(F32);
    int i = 0;
    for (; i <= n - 4 * LANES; i += 4 * LANES) {
      long from = p + (long) i * Float.BYTES;
      var x0 = FloatVector.fromMemorySegment(F32, ALL, from, ORDER);
      var x1 = FloatVector.fromMemorySegment(F32, ALL, from + WIDTH, ORDER);
      var x2 = FloatVector.fromMemorySegment(F32, ALL, from + 2 * WIDTH, ORDER);
      var x3 = FloatVector.fromMemorySegment(F32, ALL, from + 3 * WIDTH, ORDER);
      s0 = x0.fma(x0, s0);
      s1 = x1.fma(x1, s1);
      s2 = x2.fma(x2, s2);
      s3 = x3.fma(x3, s3);
    }
    float total = RowDot.fold(s0.add(s1).add(s2.add(s3)));
    for (; i < n; i++) {
      float value = x.get(FLOAT, at + (long) i * Float.BYTES);
      total = Math.fma(value, value, total);
    }
    return total;
  }
}
