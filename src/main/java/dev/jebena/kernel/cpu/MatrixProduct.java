package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;

/** Matrix products of any type and strides. */
final class MatrixProduct {
  private final WorkerPool pool;

  MatrixProduct(WorkerPool pool) {
    this.pool = pool;
  }

  void matmul(Operand a, Operand b, boolean accumulate, Operand out) {
    new PlainProduct(pool, a, b, accumulate, out).run();
  }
}
