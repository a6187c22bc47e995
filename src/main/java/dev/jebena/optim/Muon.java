package dev.jebena.optim;

import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.Map;

/**
 * Muon (Jordan et al., 2024): the momentum of a matrix is replaced by the nearest orthogonal matrix
 * before it is added, so that all its directions move alike. For hidden matrices; embeddings, the
 * output and vectors are left to Adam.
 *
 * <p>Orthogonal means here by five Newton–Schulz steps, whose polynomial {@code ax + bx³ + cx⁵}
 * brings singular values near 1, not to it.
 *
 * @param momentum of the mean of gradients
 * @param nesterov looks one step of momentum ahead
 * @param iterations of Newton–Schulz
 * @param likeAdamW scales the step to the root mean square that AdamW's have, {@code 0.2·√max(m,
 *     n)} (Liu et al., "Muon is scalable", 2025), so that AdamW's learning rates can be kept;
 *     otherwise by {@code √max(1, m/n)}
 */
public record Muon(double momentum, boolean nesterov, int iterations, boolean likeAdamW)
    implements UpdateRule {
  /** 0.95 with a look ahead, five iterations, AdamW's learning rates. */
  public static final Muon USUAL = new Muon(0.95, true, 5, true);

  private static final double A = 3.4445;
  private static final double B = -4.7750;
  private static final double C = 2.0315;
  private static final double EPS = 1e-7;

  @Override
  public Map<String, Shape> state(Shape parameter) {
    if (parameter.rank() != 2) {
      throw new IllegalArgumentException(
          "Muon: a parameter of shape " + parameter + " is no matrix; leave it to Adam");
    }
    return Map.of("momentum_buffer", parameter);
  }

  @Override
  public void apply(Update u) {
    var g = u.gradient();
    var mean = u.state().get("momentum_buffer");
    mean.mulInPlace(momentum).addInPlace(g.mul(1 - momentum));
    var ahead = nesterov ? g.mul(1 - momentum).add(mean.mul(momentum)) : mean.detach();
    long rows = g.size(0);
    long columns = g.size(1);
    double factor =
        likeAdamW
            ? 0.2 * Math.sqrt(Math.max(rows, columns))
            : Math.sqrt(Math.max(1, (double) rows / columns));
    u.decay();
    u.parameter().addInPlace(orthogonal(ahead, iterations).mul(-u.learningRate() * factor));
  }

  /** The matrix with its singular values brought near 1. */
  static Tensor orthogonal(Tensor matrix, int iterations) {
    boolean tall = matrix.size(0) > matrix.size(1);
    var x = tall ? matrix.transpose() : matrix; // the smaller product is on the left
    x = x.div(Math.max(EPS, Math.sqrt(x.square().sum().item())));
    for (int i = 0; i < iterations; i++) {
      var gram = x.matmul(x.transpose());
      var polynomial = gram.mul(B).add(gram.matmul(gram).mul(C));
      x = x.mul(A).add(polynomial.matmul(x));
    }
    return tall ? x.transpose() : x;
  }
}
