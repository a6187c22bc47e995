package dev.jebena.nn;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.kernel.Activation;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import java.util.List;

/** The rows of gated activations, each under its name. */
final class GateRows {
  private GateRows() {}

  static List<Operation> rows() {
    return List.of(
        row("bilinear", Activation.IDENTITY),
        row("glu", Activation.SIGMOID),
        row("reGlu", Activation.RELU),
        row("reGluSquared", Activation.RELU_SQUARED),
        row("swiGlu", Activation.SILU),
        row("geGlu", Activation.GELU),
        row("geGluTanh", Activation.GELU_TANH),
        row("quickGeGlu", Activation.QUICK_GELU));
  }

  private static Operation row(String name, Activation f) {
    return named(name, (x, a) -> FeedForward.gated(f, x[0], x[1]))
        .sample("rows", List.of(Input.uniform(-4, 4, 5, 37), Input.of(5, 37)))
        .sample("strided", List.of(Input.of(4, 6).as(View.TRANSPOSED), Input.of(4, 6)))
        .sample("no rows", List.of(Input.of(0, 3), Input.of(0, 3)))
        .error(
            "gated: gate [3, 4] and up [3, 5] must have one shape",
            List.of(Input.of(3, 4), Input.of(3, 5)))
        .build();
  }
}
