package dev.jebena.model;

import dev.jebena.nn.Module;
import dev.jebena.tensor.Tensor;

/** What is added to embeddings so that positions differ: a learned table, or sines and cosines. */
final class Positions implements Module {
  private final Tensor table;
  private final boolean learned;

  private Positions(Tensor table, boolean learned) {
    this.table = table;
    this.learned = learned;
  }

  /**
   * @param table {@code [contextLength, D]}
   */
  static Positions learned(Tensor table) {
    return new Positions(table.requiresGrad(true), true);
  }

  /** {@code sin(t·θ^(−2i/D))} at feature 2i, the cosine at 2i + 1 (Vaswani et al., 2017). */
  static Positions sinusoidal(int contextLength, int dModel, double theta) {
    float[] values = new float[contextLength * dModel];
    for (int t = 0; t < contextLength; t++) {
      for (int i = 0; i < dModel; i++) {
        double angle = t * StrictMath.pow(theta, -(double) (i - i % 2) / dModel);
        values[t * dModel + i] =
            (float) (i % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle));
      }
    }
    return new Positions(Tensor.of(values, contextLength, dModel), false);
  }

  /** {@code [T, D]} for positions from {@code start} on. */
  Tensor rows(long start, long count) {
    return table.slice(0, start, start + count);
  }

  @Override
  public void describe(Visitor visitor) {
    if (learned) {
      visitor.parameter("weight", table);
    }
  }
}
