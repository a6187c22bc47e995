package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import java.util.Arrays;

/** Row times column. Sums of float products accumulate in f64 and are rounded once. */
final class MatrixProduct {
  private MatrixProduct() {}

  /** {@code [..., M, K] · [..., K, N] → [..., M, N]}. */
  static void matmul(Operand aOperand, Operand bOperand, boolean accumulate, Operand outOperand) {
    var a = Elements.of(aOperand);
    var b = Elements.of(bOperand);
    var out = Elements.of(outOperand);
    int rank = out.shape().rank();
    Coordinates.forEach(
        out.shape(),
        at -> {
          long[] inA = at.clone();
          long[] inB = Arrays.copyOf(at, rank);
          if (out.isFloat()) {
            double sum = accumulate ? out.real(at) : 0;
            for (int k = 0; k < a.size(-1); k++) {
              inA[rank - 1] = k;
              inB[rank - 2] = k;
              sum += a.real(inA) * b.real(inB);
            }
            out.set(sum, at);
          } else {
            long sum = accumulate ? out.whole(at) : 0;
            for (int k = 0; k < a.size(-1); k++) {
              inA[rank - 1] = k;
              inB[rank - 2] = k;
              sum += a.whole(inA) * b.whole(inB);
            }
            out.set(sum, at);
          }
        });
  }
}
