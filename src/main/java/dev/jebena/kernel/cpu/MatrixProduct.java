package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.cpu.PackedProduct.Finish;
import dev.jebena.kernel.cpu.PackedProduct.Matrix;
import dev.jebena.memory.DType;

/**
 * Matrix products of any type and strides: chooses the kernel and shares out a batch. All choices
 * depend on shapes and strides only.
 */
final class MatrixProduct {
  /** Multiplications below which a second thread costs more than it brings. */
  private static final long SMALL = 1 << 18;

  /** Elements of a small product that a task finishes. */
  private static final int FINISHED = 8192;

  private final WorkerPool pool;

  MatrixProduct(WorkerPool pool) {
    this.pool = pool;
  }

  void matmul(Operand a, Operand b, boolean accumulate, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    int m = Math.toIntExact(out.layout().size(-2));
    int n = Math.toIntExact(out.layout().size(-1));
    int k = Math.toIntExact(a.layout().size(-1));
    var kernel = out.dtype() == DType.F64 ? TileKernel.F64 : TileKernel.F32;
    if (out.dtype() != DType.F32 && out.dtype() != DType.F64 || k == 0) {
      new PlainProduct(pool, a, b, accumulate, out).run();
      return;
    }
    var batch = Walk.of(PlainProduct.heads(out), PlainProduct.heads(a), PlainProduct.heads(b));
    long matrices = batch.elements();
    long work = (long) m * n * k;
    if (matrices == 1 && work > SMALL) {
      one(kernel, batch, 0, a, b, accumulate, out, m, n, k, true);
    } else if (matrices >= 4 || work <= SMALL) {
      int perTask = (int) Math.max(1, SMALL / work);
      pool.run(
          Math.toIntExact((matrices + perTask - 1) / perTask),
          task -> {
            long last = Math.min(matrices, (task + 1L) * perTask);
            for (long i = (long) task * perTask; i < last; i++) {
              one(kernel, batch, i, a, b, accumulate, out, m, n, k, false);
            }
          });
    } else {
      for (long i = 0; i < matrices; i++) {
        one(kernel, batch, i, a, b, accumulate, out, m, n, k, true);
      }
    }
  }

  /**
   * A product of two f32 matrices, and something that is done to each part of it once it is
   * complete: while it is in the cache where the product is made of tiles, otherwise afterwards.
   */
  void matmul(Operand a, Operand b, Operand out, Finish finish) {
    if (out.elements() == 0) {
      return;
    }
    int m = Math.toIntExact(out.layout().size(0));
    int n = Math.toIntExact(out.layout().size(1));
    int k = Math.toIntExact(a.layout().size(1));
    var x = matrix(a, 0);
    var y = matrix(b, 0);
    var z = matrix(out, 0);
    boolean few = RowProduct.fits(y, m) || m > n && RowProduct.fits(x.transposed(), n);
    if ((long) m * n * k > SMALL && !few && !DirectProduct.fits(x, y, z, m, n, k)) {
      new PackedProduct(pool, TileKernel.F32, x, y, z, m, n, k, false, finish).run(true);
      return;
    }
    matmul(a, b, false, out);
    int step = Math.max(1, FINISHED / n);
    pool.run(
        (m + step - 1) / step,
        task -> finish.run(task * step, Math.min(step, m - task * step), 0, n));
  }

  private void one(
      TileKernel kernel,
      Walk batch,
      long index,
      Operand a,
      Operand b,
      boolean accumulate,
      Operand out,
      int m,
      int n,
      int k,
      boolean parallel) {
    var x = matrix(a, batch.offset(1, index));
    var y = matrix(b, batch.offset(2, index));
    var z = matrix(out, batch.offset(0, index));
    if (kernel == TileKernel.F32 && RowProduct.fits(y, m)) {
      new RowProduct(pool, x, y, z, m, n, k, accumulate).run(parallel);
    } else if (kernel == TileKernel.F32 && m > n && RowProduct.fits(x.transposed(), n)) {
      // C' = B'·A': few columns are few rows seen from the other side.
      new RowProduct(pool, y.transposed(), x.transposed(), z.transposed(), n, m, k, accumulate)
          .run(parallel);
    } else if (kernel == TileKernel.F32 && DirectProduct.fits(x, y, z, m, n, k)) {
      new DirectProduct(pool, x, y, z, m, n, k, accumulate).run(parallel);
    } else {
      new PackedProduct(pool, kernel, x, y, z, m, n, k, accumulate, null).run(parallel);
    }
  }

  private static Matrix matrix(Operand operand, long offset) {
    var layout = operand.layout();
    long bytes = operand.dtype().byteSize();
    return new Matrix(
        Memory.of(operand),
        Memory.start(operand) + bytes * offset,
        bytes * layout.stride(-2),
        bytes * layout.stride(-1));
  }
}
