package dev.jebena.einops;

import dev.jebena.einops.EinopsException.Problem;
import dev.jebena.memory.DType;
import dev.jebena.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What {@code reduce} does with the axes that disappear. */
public enum Reduction {
  /** The sum; of integers as i64. */
  SUM,
  /** The mean, of floating numbers. */
  MEAN,
  /** The largest; several that are share the gradient. */
  MAX,
  /** The smallest; several that are share the gradient. */
  MIN,
  /** The product; of integers as i64. */
  PROD,
  /** Whether any is true, of booleans. */
  ANY,
  /** Whether all are true, of booleans. */
  ALL;

  /**
   * The reduction of that name, such as {@code "mean"}.
   *
   * @throws EinopsException where there is none
   */
  static Reduction named(String name, Source source, String context) {
    return Arrays.stream(values())
        .filter(reduction -> reduction.toString().equals(name))
        .findFirst()
        .orElseThrow(() ->
            source.error(
                Problem.UNKNOWN_REDUCTION,
                source.everything(),
                "there is no reduction '"
                    + name
                    + "'; there are "
                    + Arrays.stream(values())
                        .map(Reduction::toString)
                        .collect(Collectors.joining(", ")),
                context));
  }

  boolean takes(DType dtype) {
    return switch (this) {
      case SUM, PROD -> true;
      case MAX, MIN -> dtype != DType.BOOL;
      case MEAN -> dtype.isFloat();
      case ANY, ALL -> dtype == DType.BOOL;
    };
  }

  /** Whether no elements at all have a result. */
  boolean hasNeutral() {
    return this != MAX && this != MIN;
  }

  /** Folds sorted axes, which disappear. */
  Tensor apply(Tensor x, int[] axes) {
    return switch (this) {
      case SUM -> x.sum(axes, false);
      case MEAN -> x.mean(axes, false);
      case PROD -> x.prod(axes, false);
      case ANY -> x.any(axes, false);
      case ALL -> x.all(axes, false);
      case MAX -> x.amax(axes, false);
      case MIN -> x.amin(axes, false);
    };
  }

  /** As in a call: {@code mean}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
