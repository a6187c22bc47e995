package dev.jebena.model.hf;

import dev.jebena.kernel.Activation;
import dev.jebena.model.ModelFileException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Activations by the names of Hugging Face; where there are several, the first is written. */
final class Activations {
  private static final Map<String, Activation> NAMES = new LinkedHashMap<>();

  static {
    NAMES.put("silu", Activation.SILU);
    NAMES.put("swish", Activation.SILU);
    NAMES.put("gelu", Activation.GELU);
    NAMES.put("gelu_new", Activation.GELU_TANH);
    NAMES.put("gelu_pytorch_tanh", Activation.GELU_TANH);
    NAMES.put("gelu_fast", Activation.GELU_TANH);
    NAMES.put("gelu_accurate", Activation.GELU_TANH);
    NAMES.put("gelu_python_tanh", Activation.GELU_TANH);
    NAMES.put("gelu_python", Activation.GELU);
    NAMES.put("quick_gelu", Activation.QUICK_GELU);
    NAMES.put("relu", Activation.RELU);
    NAMES.put("relu2", Activation.RELU_SQUARED);
    NAMES.put("sigmoid", Activation.SIGMOID);
    NAMES.put("linear", Activation.IDENTITY);
  }

  private Activations() {}

  static Activation read(ConfigReader json, String key, String otherwise)
      throws ModelFileException {
    var activation = NAMES.get(json.text(key, otherwise));
    if (activation == null) {
      throw json.wrong(key, "one of " + String.join(", ", NAMES.keySet()));
    }
    return activation;
  }

  static String name(Activation activation) {
    for (var entry : NAMES.entrySet()) {
      if (entry.getValue() == activation) {
        return entry.getKey();
      }
    }
    throw new IllegalStateException("no name for " + activation);
  }
}
