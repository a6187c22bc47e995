package dev.jebena.tensor;

import dev.jebena.memory.Scope;
import java.util.Set;

/**
 * Looks for NaN and infinities after each operation and each gradient rule.
 *
 * <p>A NaN is always reported. An infinity is reported where it is made: by an operation that saw
 * none and was not told to write one, so that masks of −∞ are no anomaly.
 */
final class AnomalyInspection {
  /** Operations that write a number which the caller chose. */
  private static final Set<String> GIVEN =
      Set.of(
          "maskedFill", "pad", "indexFill", "maskedFillInPlace", "fillInPlace", "indexFillInPlace");

  private static final String ENGINE = "dev.jebena.tensor.";

  private AnomalyInspection() {}

  /** What is wrong with some values. */
  private enum Finding {
    NONE,
    INFINITY,
    NAN
  }

  /** After an operation: {@code out} was made from {@code inputs}. */
  static void forward(String name, Tensor out, Tensor... inputs) {
    if (Node.running() != null) {
      return; // what a gradient rule makes on its way it may mask away; its results are looked at
    }
    for (var input : inputs) {
      if (input.sharesStorageWith(out) && input != out) {
        return; // a view makes nothing
      }
    }
    var found = finding(out);
    if (found == Finding.NONE) {
      return;
    }
    int from = source(found, inputs);
    if (found == Finding.INFINITY && (from >= 0 || GIVEN.contains(name))) {
      return;
    }
    var here = new Node.RecordedHere(name);
    throw new AnomalyException(
        "forward of "
            + name
            + ": "
            + (from >= 0 ? "passed on NaN that came with input " + from : "made " + word(found))
            + "; inputs "
            + shapes(inputs)
            + ", output "
            + out.shape()
            + place(here),
        here);
  }

  /** After a gradient rule. */
  static void backward(Node node, Tensor gradient, Tensor... gradients) {
    for (int i = 0; i < gradients.length; i++) {
      if (gradients[i] == null || node.edges()[i] == null || gradients[i] == gradient) {
        continue;
      }
      var found = finding(gradients[i]);
      if (found == Finding.NONE) {
        continue;
      }
      boolean came = source(found, gradient) >= 0;
      if (came && found == Finding.INFINITY) {
        continue;
      }
      throw new AnomalyException(
          "backward of "
              + node.name()
              + ": "
              + (came ? "passed on NaN that came with the gradient" : "made " + word(found))
              + "; gradient of the output "
              + gradient.shape()
              + ", of input "
              + i
              + " "
              + gradients[i].shape()
              + place(node.place()),
          node.place());
    }
  }

  private static String word(Finding finding) {
    return finding == Finding.NAN ? "NaN" : "an infinity";
  }

  private static int source(Finding finding, Tensor... inputs) {
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] != null && finding(inputs[i]).compareTo(finding) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private static Finding finding(Tensor x) {
    if (!x.dtype().isFloat() || x.elements() == 0) {
      return Finding.NONE;
    }
    return Context.current()
        .withGradients(false)
        .withAnomalyDetection(false)
        .call(() -> {
          try (var _ = Scope.open()) {
            var values = x.detach();
            if (values.isFinite().all().toBooleans()[0]) {
              return Finding.NONE;
            }
            return values.isNan().any().toBooleans()[0] ? Finding.NAN : Finding.INFINITY;
          }
        });
  }

  private static String shapes(Tensor... inputs) {
    var text = new StringBuilder();
    for (var input : inputs) {
      text.append(text.isEmpty() ? "" : ", ").append(input.shape());
    }
    return text.toString();
  }

  /** The first place outside of this room. */
  private static String place(Throwable recorded) {
    if (recorded == null) {
      return "; recorded outside of anomaly detection";
    }
    for (var frame : recorded.getStackTrace()) {
      var type = frame.getClassName();
      if (!type.startsWith(ENGINE) && !type.startsWith("java.") && !type.startsWith("jdk.")) {
        return "; recorded at " + frame;
      }
    }
    return "";
  }
}
