package dev.jebena.optim;

import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adafactor (Shazeer and Stern, 2018), in PyTorch's form: of the squares of a matrix of gradients
 * only means of rows and columns are remembered, and steps are relative to the parameter's size.
 *
 * @param beta2Decay the mean of squares forgets {@code step^beta2Decay} of itself a step; negative
 * @param eps1 least root of a mean square
 * @param eps2 least size that steps are relative to
 * @param clip the root mean square of a step before the rate is cut to it
 */
public record Adafactor(double beta2Decay, double eps1, double eps2, double clip)
    implements UpdateRule {
  /** The paper's, with f32's ε. */
  public static final Adafactor USUAL = new Adafactor(-0.8, 0x1p-23, 1e-3, 1);

  @Override
  public Map<String, Shape> state(Shape parameter) {
    if (parameter.rank() < 2) {
      return Map.of("variance", parameter);
    }
    var state = new LinkedHashMap<String, Shape>();
    state.put("row_var", parameter.with(-1, 1));
    state.put("col_var", parameter.with(-2, 1));
    return state;
  }

  @Override
  public void apply(Update u) {
    var p = u.parameter();
    double share = Math.pow(u.step(), beta2Decay);
    double rate = Math.min(u.learningRate(), 1 / Math.sqrt(u.step()));
    double size = Math.max(eps2, rootMeanSquare(p.detach())) * rate;
    u.decay();
    var change = variance(u, share).clampMin(eps1 * eps1).rsqrt().mul(u.gradient());
    double cut = Math.max(1, rootMeanSquare(change) / clip);
    p.addInPlace(change.mul(-size / cut));
  }

  /** The mean square of each element, or what rows and columns make of it. */
  private Tensor variance(Update u, double share) {
    var squares = u.gradient().square();
    if (u.gradient().rank() < 2) {
      return moved(u.state().get("variance"), squares, share);
    }
    var rows = moved(u.state().get("row_var"), squares.mean(new int[] {-1}, true), share);
    var columns = moved(u.state().get("col_var"), squares.mean(new int[] {-2}, true), share);
    return rows.mul(columns).div(rows.mean(new int[] {-2}, true).clampMin(eps1));
  }

  private static Tensor moved(Tensor mean, Tensor now, double share) {
    return mean.addInPlace(now.sub(mean).mul(share));
  }

  private static double rootMeanSquare(Tensor x) {
    return Math.sqrt(x.square().mean().item());
  }
}
