package dev.jebena.nn;

import dev.jebena.memory.Scope;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Something with parameters. A module tells its parts to a {@link Visitor}; names, state
 * dictionaries and modes follow from that.
 */
public interface Module {
  /** Is told the parts of a module, in a fixed order. */
  interface Visitor {
    /** A parameter of this module itself. */
    void parameter(String name, Tensor parameter);

    /** A module inside this one; its names are put behind {@code name} and a point. */
    void module(String name, Module module);
  }

  /** Tells parameters and sub-modules to {@code visitor}. */
  void describe(Visitor visitor);

  /** Told when training begins or ends; modules that behave differently override it. */
  default void setTraining(boolean training) {
    describe(
        new Visitor() {
          @Override
          public void parameter(String name, Tensor parameter) {}

          @Override
          public void module(String name, Module module) {
            module.setTraining(training);
          }
        });
  }

  /** Switches to training mode: dropout drops. */
  default void train() {
    setTraining(true);
  }

  /** Switches to evaluation mode: dropout does nothing. */
  default void eval() {
    setTraining(false);
  }

  /** All parameters by dotted name, such as {@code layers.0.self_attn.q_proj.weight}, in order. */
  default Map<String, Tensor> namedParameters() {
    var found = new LinkedHashMap<String, Tensor>();
    collect("", this, found);
    return found;
  }

  private static void collect(String prefix, Module module, Map<String, Tensor> found) {
    module.describe(
        new Visitor() {
          @Override
          public void parameter(String name, Tensor parameter) {
            if (found.put(prefix + name, parameter) != null) {
              throw new IllegalStateException("two parameters are called " + prefix + name);
            }
          }

          @Override
          public void module(String name, Module part) {
            collect(prefix + name + ".", part, found);
          }
        });
  }

  /** The number of scalars in all parameters. */
  default long parameterCount() {
    return namedParameters().values().stream().mapToLong(Tensor::elements).sum();
  }

  /** The parameters outside of any graph, by name; they share memory with the module. */
  default Map<String, Tensor> stateDict() {
    var state = new LinkedHashMap<String, Tensor>();
    namedParameters().forEach((name, parameter) -> state.put(name, parameter.detach()));
    return state;
  }

  /**
   * Copies values into the parameters, converting the element type.
   *
   * @throws ShapeException where names or shapes differ; nothing is changed then
   */
  default void loadStateDict(Map<String, Tensor> state) {
    var parameters = namedParameters();
    var missing = new TreeSet<>(parameters.keySet());
    missing.removeAll(state.keySet());
    var unexpected = new TreeSet<>(state.keySet());
    unexpected.removeAll(parameters.keySet());
    if (!missing.isEmpty() || !unexpected.isEmpty()) {
      throw new ShapeException(
          "load: "
              + (missing.isEmpty() ? "" : "missing " + shortened(missing))
              + (missing.isEmpty() || unexpected.isEmpty() ? "" : "; ")
              + (unexpected.isEmpty() ? "" : "unexpected " + shortened(unexpected)));
    }
    parameters.forEach((name, parameter) -> {
      if (!state.get(name).shape().equals(parameter.shape())) {
        throw new ShapeException(
            "load: "
                + name
                + " has shape "
                + state.get(name).shape()
                + ", the model needs "
                + parameter.shape());
      }
    });
    Tensor.noGrad(() ->
        parameters.forEach((name, parameter) -> {
          try (var _ = Scope.open()) {
            parameter.copyInPlace(state.get(name).to(parameter.device()));
          }
        }));
  }

  private static String shortened(TreeSet<String> names) {
    var first = names.stream().limit(3).toList();
    return String.join(", ", first)
        + (names.size() > 3 ? " and " + (names.size() - 3) + " more" : "");
  }
}
