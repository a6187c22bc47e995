package dev.jebena.tensor;

import static dev.jebena.tensor.Operation.named;
import static java.util.List.of;

import dev.jebena.kernel.Activation;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import java.util.ArrayList;
import java.util.List;

/** The rows of linear layers with what follows them: bias, activation, residual. */
final class LinearRows {
  private LinearRows() {}

  static List<Operation> rows() {
    return of(
        row("linearResidual", Activation.IDENTITY),
        row("linearRelu", Activation.RELU),
        row("linearReluSquared", Activation.RELU_SQUARED),
        row("linearSilu", Activation.SILU),
        row("linearSigmoid", Activation.SIGMOID),
        row("linearGelu", Activation.GELU),
        row("linearGeluTanh", Activation.GELU_TANH),
        row("linearQuickGelu", Activation.QUICK_GELU));
  }

  /** Inputs are x, weight, a bias where the flag says so, and a residual where one more is left. */
  private static Operation row(String name, Activation f) {
    return named(
            name,
            (x, a) -> {
              var rest = new ArrayList<>(List.of(x).subList(2, x.length));
              var bias = a.flag("bias") ? rest.removeFirst() : null;
              return x[0].linear(x[1], bias, f, rest.isEmpty() ? null : rest.getFirst());
            })
        .sample(
            "everything", of(small(2, 5, 7), small(3, 7), small(3), small(2, 5, 3)), "bias", true)
        .sample("wide", of(small(3, 8), small(37, 8), small(37), small(3, 37)), "bias", true)
        .sample("bias", of(small(5, 7), small(3, 7), small(3)), "bias", true)
        .sample("residual", of(small(5, 7), small(3, 7), small(5, 3)), "bias", false)
        .sample("product alone", of(small(5, 7), small(3, 7)), "bias", false)
        .sample(
            "strided",
            of(
                small(6, 7).as(View.TRANSPOSED),
                small(5, 7).as(View.SLICED),
                small(5).as(View.SLICED),
                small(6, 5).as(View.TRANSPOSED)),
            "bias",
            true)
        .sample("no rows", of(small(0, 7), small(3, 7), small(3)), "bias", true)
        .error(
            "linear: residual [3, 5] and result [5, 3] differ",
            of(small(5, 7), small(3, 7), small(3, 5)),
            "bias",
            false)
        .build();
  }

  /** Small enough that a product in a narrow type is not all rounding. */
  private static Input small(long... sizes) {
    return Input.uniform(-0.6, 0.6, sizes);
  }
}
