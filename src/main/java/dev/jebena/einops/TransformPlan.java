package dev.jebena.einops;

import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.List;

/**
 * What a pattern does to tensors of one shape: at most one of each of split, fold, permute, expand
 * and merge. Splitting, permuting and expanding are views; merging is one where the axes lie
 * together in memory.
 */
record TransformPlan(List<TransformStep> steps, Shape out) {
  Tensor apply(Tensor x) {
    var y = x;
    for (var step : steps) {
      y = step.apply(y);
    }
    return y;
  }

  /** One line a step: what it does, and whether it is a view. */
  String describe(Layout layout) {
    if (steps.isEmpty()) {
      return "nothing to do";
    }
    var text = new StringBuilder();
    var at = layout;
    for (var step : steps) {
      text.append(text.isEmpty() ? "" : "\n").append(step);
      if (!(step instanceof TransformStep.Fold)) {
        text.append(step.copies(at) ? ": copy" : ": view");
      }
      at = step.layout(at);
    }
    return text.toString();
  }
}
