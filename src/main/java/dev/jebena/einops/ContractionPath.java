package dev.jebena.einops;

import dev.jebena.memory.Shape;
import java.util.List;
import java.util.Locale;

/**
 * In which order an einsum multiplies its operands, two at a time, and what that costs. A FLOP is
 * one multiplication or one addition of elements, counted as {@code numpy.einsum_path} does.
 *
 * @param equation as it was written
 * @param shapes of the operands
 * @param search that chose the order
 * @param steps the products, in order
 * @param naiveFlops one nest of loops over all axes at once
 * @param flops all steps, and the sums over axes of a single operand that come before them
 * @param largestIntermediate elements of the largest tensor that a step makes, the result too
 */
public record ContractionPath(
    String equation,
    List<Shape> shapes,
    PathSearch search,
    List<Step> steps,
    double naiveFlops,
    double flops,
    double largestIntermediate) {
  /**
   * One product. The operands stand in a list, from which both are taken and at whose end the
   * result joins.
   *
   * @param left a place in the list, the smaller
   * @param right another
   * @param equation of this product alone, in words
   * @param flops of this product
   * @param shape of the result
   */
  public record Step(int left, int right, String equation, double flops, Shape shape) {}

  /** Keeps copies of the lists. */
  public ContractionPath {
    shapes = List.copyOf(shapes);
    steps = List.copyOf(steps);
  }

  /** A table for people, a line a step. */
  public String describe() {
    var text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "einsum \"%s\" of %s%n%s order: %s FLOPs, %s in one nest of loops (%.1f times as"
                    + " many); largest result %s elements",
                equation,
                shapes,
                search.name().toLowerCase(Locale.ROOT),
                number(flops),
                number(naiveFlops),
                flops == 0 ? 1 : naiveFlops / flops,
                number(largestIntermediate)));
    for (var step : steps) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n%3d %3d  %-40s %18s  %s",
              step.left(),
              step.right(),
              step.equation(),
              number(step.flops()),
              step.shape()));
    }
    return text.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 1e15 ? "%,.0f" : "%.3e", value);
  }
}
