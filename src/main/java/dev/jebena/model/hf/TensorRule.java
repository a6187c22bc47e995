package dev.jebena.model.hf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a tensor of a file is made of parameters: one behind the other along the first axis, and
 * turned where the family keeps matrices as {@code [in, out]}. {@code {i}} in names is the layer.
 *
 * @param file name in the file
 * @param transposed whether a matrix is kept as {@code [in, out]}
 * @param parameters names in the model
 */
record TensorRule(String file, boolean transposed, List<String> parameters) {
  private static final String LAYER = "{i}";

  /** Parameters one behind the other, or one under another name. */
  static TensorRule of(String file, String... parameters) {
    return new TensorRule(file, false, List.of(parameters));
  }

  /** The same, turned. */
  static TensorRule transposed(String file, String... parameters) {
    return new TensorRule(file, true, List.of(parameters));
  }

  private TensorRule at(int layer) {
    var number = String.valueOf(layer);
    return new TensorRule(
        file.replace(LAYER, number),
        transposed,
        parameters.stream().map(name -> name.replace(LAYER, number)).toList());
  }

  /**
   * The rule for each tensor of a file.
   *
   * @param names of all parameters, in order
   */
  static List<TensorRule> all(List<TensorRule> rules, int layers, List<String> names) {
    Map<String, TensorRule> byParameter = new LinkedHashMap<>();
    for (var rule : rules) {
      for (int i = 0; i < (rule.file.contains(LAYER) ? layers : 1); i++) {
        var single = rule.at(i);
        single.parameters.forEach(name -> byParameter.put(name, single));
      }
    }
    var all = new ArrayList<TensorRule>();
    for (var name : names) {
      var rule = byParameter.getOrDefault(name, of(name, name));
      if (rule.parameters.getFirst().equals(name)) {
        all.add(rule);
      }
    }
    return all;
  }
}
