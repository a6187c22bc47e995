package dev.jebena.einops;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an equation does to operands that lie in memory in one way.
 *
 * @param steps in order
 * @param result the slot where the result stays
 */
record EinsumPlan(Source source, List<EinsumStep> steps, int result) {
  Tensor apply(Tensor... operands) {
    var dtype = operands[0].dtype();
    for (var operand : operands) {
      dtype = DType.promote(dtype, operand.dtype());
    }
    var slots = new Tensor[operands.length];
    for (int i = 0; i < slots.length; i++) {
      if (operands[i].dtype() == DType.BOOL && steps.stream().anyMatch(EinsumStep::computes)) {
        throw source.error(
            EinopsException.Problem.WRONG_DTYPE,
            source.everything(),
            "operand " + i + " is bool, which has no arithmetic; convert with to(DType.F32)",
            Source.context(shapes(operands)));
      }
      slots[i] = operands[i].to(dtype);
    }
    for (var step : steps) {
      step.run(slots);
    }
    return slots[result];
  }

  private static List<Shape> shapes(Tensor... operands) {
    return java.util.Arrays.stream(operands).map(Tensor::shape).toList();
  }

  /** One line a step: the slot, what happens, and whether it is a view. */
  String describe() {
    return steps.isEmpty()
        ? "nothing to do"
        : steps.stream().map(EinsumStep::toString).collect(Collectors.joining("\n"));
  }
}
