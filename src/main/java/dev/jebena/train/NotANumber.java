package dev.jebena.train;

import dev.jebena.memory.Scope;
import dev.jebena.model.Transformer;
import dev.jebena.tensor.Tensor;
import java.util.Map;

/** Says where a number that is none first stands: a parameter, an activation, or a gradient. */
final class NotANumber {
  private NotANumber() {}

  /**
   * One sentence about the first tensor with a NaN or an infinity.
   *
   * @param ids {@code [B, T]} that led to it
   */
  static String where(Transformer model, Tensor ids) {
    return Tensor.noGrad(() -> {
      for (var entry : model.namedParameters().entrySet()) {
        if (!finite(entry.getValue().detach())) {
          return "parameter " + entry.getKey() + " has a NaN or an infinity";
        }
      }
      var first = new String[1];
      model.watch(
          ids,
          (name, x) -> {
            if (first[0] == null && !finite(x)) {
              first[0] = "the output of " + name + " is the first with a NaN or an infinity";
            }
          });
      return first[0] == null ? gradient(model.namedParameters()) : first[0];
    });
  }

  private static String gradient(Map<String, Tensor> parameters) {
    for (var entry : parameters.entrySet()) {
      var gradient = entry.getValue().grad();
      if (gradient != null && !finite(gradient)) {
        return "the gradient of " + entry.getKey() + " has a NaN or an infinity";
      }
    }
    return "no parameter, layer or gradient has one any more";
  }

  private static boolean finite(Tensor x) {
    try (var _ = Scope.open()) {
      return x.isFinite().all().item() != 0;
    }
  }
}
