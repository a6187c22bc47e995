package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.ColumnSoftmaxKernel;
import dev.jebena.kernel.fused.SoftmaxKernel;

/** Turns the columns to rows: plain loops go along any strides. */
final class ReferenceColumnSoftmax implements ColumnSoftmaxKernel {
  private static final SoftmaxKernel ROWS = new ReferenceSoftmax();

  @Override
  public void forward(Operand x, boolean log, Operand out) {
    ROWS.forward(x.with(x.layout().transpose(1, 2)), log, out.with(out.layout().transpose(1, 2)));
  }
}
