package dev.jebena.optim;

import dev.jebena.tensor.Tensor;
import java.util.Map;

/** Puts back what an optimiser remembered. */
final class SavedState {
  private SavedState() {}

  static void copy(Map<String, Tensor> own, Map<String, Tensor> saved) {
    own.forEach((name, tensor) -> {
      var other = saved.get(name);
      if (other == null || !other.shape().equals(tensor.shape())) {
        throw new IllegalArgumentException(
            "optimiser state: "
                + name
                + (other == null ? " is missing" : " has shape " + other.shape())
                + ", needed is "
                + tensor.shape());
      }
    });
    Tensor.noGrad(() -> own.forEach((name, tensor) -> tensor.copyInPlace(saved.get(name))));
  }
}
