package dev.jebena.nn;

import dev.jebena.tensor.Tensor;

/** A row of {@code weight [V, D]} for each id. */
public final class Embedding implements Module {
  private final Tensor weight;

  /**
   * @param weight {@code [V, D]}
   */
  public Embedding(Tensor weight) {
    this.weight = weight.requiresGrad(true);
  }

  /**
   * {@code [...]} ids to {@code [..., D]}.
   *
   * @throws IndexOutOfBoundsException for an id outside of the vocabulary
   */
  public Tensor forward(Tensor ids) {
    return weight.indexSelect(0, ids);
  }

  /** The table, {@code [V, D]}. */
  public Tensor weight() {
    return weight;
  }

  @Override
  public void describe(Visitor visitor) {
    visitor.parameter("weight", weight);
  }
}
