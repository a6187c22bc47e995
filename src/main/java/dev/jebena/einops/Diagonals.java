package dev.jebena.einops;

import dev.jebena.tensor.Tensor;
import java.util.stream.IntStream;

/** What repeated axes of one operand stand for. */
final class Diagonals {
  private Diagonals() {}

  /** The elements whose indices along two axes are equal; both go, the diagonal comes last. */
  static Tensor diagonal(Tensor x, int first, int second) {
    int[] others = IntStream.range(0, x.rank()).filter(i -> i != first && i != second).toArray();
    int[] order = IntStream.concat(IntStream.of(others), IntStream.of(first, second)).toArray();
    long n = x.size(first);
    long[] flat = new long[others.length + 1];
    for (int i = 0; i < others.length; i++) {
      flat[i] = x.size(others[i]);
    }
    flat[others.length] = n * n;
    return x.permute(order).reshape(flat).slice(-1, 0, n * n, n + 1);
  }
}
