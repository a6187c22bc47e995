package dev.jebena.autograd;

import dev.jebena.tensor.Tensor;
import java.util.List;

/** What the forward of a {@link CustomOperation} leaves for its backward. */
public final class Saved {
  private final boolean[] needs;
  private List<Tensor> tensors = List.of();

  Saved(boolean[] needs) {
    this.needs = needs;
  }

  /** Keeps tensors, inputs or outputs or anything between, in this order. */
  public void save(Tensor... kept) {
    tensors = List.of(kept);
  }

  /** The i-th tensor that was saved. */
  public Tensor get(int i) {
    return tensors.get(i);
  }

  /** Whether input {@code i} wants a gradient; for others backward may give null. */
  public boolean needsGradient(int i) {
    return needs[i];
  }
}
