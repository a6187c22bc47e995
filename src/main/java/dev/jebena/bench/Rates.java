package dev.jebena.bench;

import java.util.List;

/** Rates of equal runs, in the order in which they ran. */
public record Rates(List<Double> values) {
  public Rates {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("rates of no runs");
    }
    values = List.copyOf(values);
  }

  /** One after the other. */
  static Rates joined(List<Rates> parts) {
    return new Rates(parts.stream().flatMap(part -> part.values.stream()).toList());
  }

  /** The middle one; of an even number the mean of the two in the middle. */
  public double median() {
    var sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  public double min() {
    return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  public double max() {
    return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }
}
