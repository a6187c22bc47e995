package dev.jebena.train;

import dev.jebena.memory.Scope;
import dev.jebena.model.Transformer;
import dev.jebena.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How large things are in each layer in one step, which shows what drifts before the loss does.
 *
 * @param activation root mean square of what the layer gives; NaN where it was not watched
 * @param gradient length of the gradients of all its parameters, before clipping
 * @param update length of what the step added to them
 */
public record LayerNorms(double activation, double gradient, double update) {
  private static final Pattern LAYER = Pattern.compile("(model\\.layers\\.\\d+)\\..*");

  /** The layer of a parameter: {@code model.layers.3}, or its module elsewhere. */
  static String layer(String parameter) {
    var matcher = LAYER.matcher(parameter);
    return matcher.matches()
        ? matcher.group(1)
        : parameter.substring(0, Math.max(0, parameter.lastIndexOf('.')));
  }

  /** Watches one step: made before it, asked after it. */
  static final class Watch {
    private final Transformer model;
    private final Map<String, Tensor> before = new LinkedHashMap<>();
    private final Map<String, Double> activations = new LinkedHashMap<>();
    private final Map<String, Double> gradients = new LinkedHashMap<>();

    /**
     * Takes gradients and weights as they are; belongs to the open scope.
     *
     * @param ids {@code [B, T]} of the step's last batch
     */
    Watch(Transformer model, Tensor ids) {
      this.model = model;
      Tensor.noGrad(() -> {
        model
            .namedParameters()
            .forEach((name, p) -> {
              before.put(name, p.detach().copy());
              if (p.grad() != null) {
                gradients.merge(layer(name), squares(p.grad()), Double::sum);
              }
            });
        model.watch(ids, (name, x) -> activations.put(name, Math.sqrt(squares(x) / x.elements())));
      });
    }

    /** By layer, in the order of the model. */
    Map<String, LayerNorms> after() {
      var updates = new LinkedHashMap<String, Double>();
      Tensor.noGrad(() ->
          model
              .namedParameters()
              .forEach((name, p) -> {
                try (var _ = Scope.open()) {
                  updates.merge(
                      layer(name), squares(p.detach().sub(before.get(name))), Double::sum);
                }
              }));
      var norms = new LinkedHashMap<String, LayerNorms>();
      updates.forEach((name, square) ->
          norms.put(
              name,
              new LayerNorms(
                  activations.getOrDefault(name, Double.NaN),
                  Math.sqrt(gradients.getOrDefault(name, 0.0)),
                  Math.sqrt(square))));
      return norms;
    }

    private static double squares(Tensor x) {
      try (var _ = Scope.open()) {
        return x.square().sum().item();
      }
    }
  }
}
