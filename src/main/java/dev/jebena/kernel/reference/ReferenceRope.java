package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.RopeKernel;

/** Each pair of features is a point in the plane, turned by the angle of its position. */
final class ReferenceRope implements RopeKernel {
  @Override
  public void rotate(
      Operand xOperand,
      Operand cosOperand,
      Operand sinOperand,
      boolean interleaved,
      boolean inverse,
      Operand outOperand) {
    var x = Elements.of(xOperand);
    var cos = Elements.of(cosOperand);
    var sin = Elements.of(sinOperand);
    var out = Elements.of(outOperand);
    int last = x.shape().rank() - 1;
    int half = cos.size(1);
    Rows.forEach(
        x.shape(),
        row -> {
          long t = row[last - 1];
          for (long k = 0; k < half; k++) {
            long[] first = Coordinates.with(row, last, interleaved ? 2 * k : k);
            long[] second = Coordinates.with(row, last, interleaved ? 2 * k + 1 : k + half);
            double c = cos.real(t, k);
            double s = inverse ? -sin.real(t, k) : sin.real(t, k);
            double a = x.real(first);
            double b = x.real(second);
            out.set(a * c - b * s, first);
            out.set(a * s + b * c, second);
          }
          for (long k = 2L * half; k < x.size(-1); k++) {
            long[] still = Coordinates.with(row, last, k);
            out.set(x.real(still), still);
          }
        });
  }
}
