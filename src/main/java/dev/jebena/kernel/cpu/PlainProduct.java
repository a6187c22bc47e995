package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Matrix products in plain loops, for types that have no packed kernel: one task per row of an
 * output, sums in f64 or 64-bit integers.
 */
final class PlainProduct {
  private final WorkerPool pool;
  private final Operand a;
  private final Operand b;
  private final boolean accumulate;
  private final Operand out;

  PlainProduct(WorkerPool pool, Operand a, Operand b, boolean accumulate, Operand out) {
    this.pool = pool;
    this.a = a;
    this.b = b;
    this.accumulate = accumulate;
    this.out = out;
  }

  void run() {
    if (out.elements() == 0) {
      return;
    }
    var batch = Walk.of(heads(out), heads(a), heads(b));
    long rows = out.layout().size(-2);
    pool.run(
        Math.toIntExact(batch.elements() * rows), task -> row(batch, task / rows, task % rows));
  }

  /** The first element of every matrix. */
  static Operand heads(Operand operand) {
    Layout layout = operand.layout();
    int rank = layout.rank();
    return operand.with(
        Layout.of(
            layout.shape().with(-1, 1).without(-2),
            removeRowStride(layout.strides(), rank),
            layout.offset()));
  }

  private static long[] removeRowStride(long[] strides, int rank) {
    long[] rest = Arrays.copyOf(strides, rank - 1);
    rest[rank - 2] = strides[rank - 1];
    return rest;
  }

  private void row(Walk batch, long matrix, long i) {
    DType type = out.dtype();
    int size = type.byteSize();
    MemorySegment x = Memory.of(a);
    MemorySegment y = Memory.of(b);
    MemorySegment z = Memory.of(out);
    long atA = Memory.start(a) + (batch.offset(1, matrix) + i * a.layout().stride(-2)) * size;
    long atB = Memory.start(b) + batch.offset(2, matrix) * size;
    long atOut = Memory.start(out) + (batch.offset(0, matrix) + i * out.layout().stride(-2)) * size;
    long inner = a.layout().size(-1);
    long stepA = a.layout().stride(-1) * size;
    long rowB = b.layout().stride(-2) * size;
    long stepB = b.layout().stride(-1) * size;
    long stepOut = out.layout().stride(-1) * size;
    long columns = out.layout().size(-1);
    for (long j = 0; j < columns; j++) {
      long to = atOut + j * stepOut;
      if (type.isFloat()) {
        double sum = accumulate ? Scalars.real(type, z, to) : 0;
        for (long k = 0; k < inner; k++) {
          sum +=
              Scalars.real(type, x, atA + k * stepA)
                  * Scalars.real(type, y, atB + k * rowB + j * stepB);
        }
        Scalars.setReal(type, z, to, sum);
      } else {
        long sum = accumulate ? Scalars.whole(type, z, to) : 0;
        for (long k = 0; k < inner; k++) {
          sum +=
              Scalars.whole(type, x, atA + k * stepA)
                  * Scalars.whole(type, y, atB + k * rowB + j * stepB);
        }
        Scalars.setWhole(type, z, to, sum);
      }
    }
  }
}
