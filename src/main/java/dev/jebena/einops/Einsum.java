package dev.jebena.einops;

import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * A compiled equation in the summation convention: the operands are multiplied, and axes that the
 * result does not have are summed. {@code Einsum.of("b h t d, b h s d -> b h t s")} is a batch of
 * matrix products, {@code "i i ->"} a trace, {@code "i, j -> i j"} an outer product.
 *
 * <p>The two spellings: words with space between them, or one letter an axis ({@code
 * "bhtd,bhsd->bhts"}). Any space inside of a term, digit or underscore makes words of the whole
 * equation; {@link #words} does so where there is none. Without {@code ->} the result has the axes
 * that stand once, in the order of the alphabet, after those of {@code ...}. {@code ...} stands for
 * axes that broadcast, aligned at the last; where the result does not have it they are summed. An
 * axis may be 1 in one operand and larger in another, and then broadcasts. In words, {@code 1} is
 * an axis of size 1.
 *
 * <p>The result has the type that the operands promote to. It may be a view of an operand where
 * nothing is to be computed, and need not be contiguous.
 *
 * <p>One operand costs its sums; two are one matrix product, or one product element by element
 * where no axis is summed over both; three or more are multiplied two at a time in an order that
 * {@link PathSearch} chooses and {@link #path} shows. Immutable and safe for several threads; a
 * plan is made once for operands that lie in memory in one way, and kept.
 */
public final class Einsum {
  /** Layouts whose plans are kept, for each equation. */
  private static final int PLANS = 64;

  private final EinsumParser.Equation equation;
  private final PathSearch search;
  private final BoundedCache<List<Layout>, EinsumPlan> plans = new BoundedCache<>(PLANS);

  private Einsum(String equation, boolean words, PathSearch search) {
    this.equation = EinsumParser.parse(new Source("einsum", equation), words);
    this.search = search;
  }

  /**
   * Compiles an equation.
   *
   * @throws EinopsException where it is wrong
   */
  public static Einsum of(String equation) {
    return of(equation, PathSearch.AUTOMATIC);
  }

  /**
   * Compiles an equation whose products are ordered in a way of the caller's choice.
   *
   * @throws EinopsException where it is wrong
   */
  public static Einsum of(String equation, PathSearch search) {
    return new Einsum(equation, false, search);
  }

  /**
   * Compiles an equation whose axes are words, even if none of its terms has two: {@code
   * Einsum.words("time, time ->")}.
   *
   * @throws EinopsException where it is wrong
   */
  public static Einsum words(String equation) {
    return new Einsum(equation, true, PathSearch.AUTOMATIC);
  }

  /**
   * Multiplies and sums.
   *
   * @param operands as many as the equation has terms, with the axes that it names
   * @throws EinopsException where number, shapes or types of the operands do not fit
   * @throws dev.jebena.kernel.DeviceException where they live on different devices
   */
  public Tensor apply(Tensor... operands) {
    return plan(operands).apply(operands);
  }

  /**
   * What {@link #apply} would do to operands that lie in memory as these do, a line a step: the
   * operand's number, what happens, and whether it is a view or a copy.
   *
   * @throws EinopsException where the operands do not fit
   */
  public String describe(Tensor... operands) {
    return plan(operands).describe();
  }

  /**
   * In which order operands of these shapes would be multiplied, and what each step costs.
   *
   * @throws EinopsException where the shapes do not fit
   */
  public ContractionPath path(Shape... shapes) {
    return EinsumPlanner.path(equation, List.of(shapes), search);
  }

  private EinsumPlan plan(Tensor... operands) {
    return plans.get(
        Arrays.stream(operands).map(operand -> atZero(operand.layout())).toList(),
        layouts -> EinsumPlanner.plan(equation, layouts, search));
  }

  /** Where in its buffer an operand begins is of no matter to a plan. */
  private static Layout atZero(Layout layout) {
    return layout.offset() == 0 ? layout : Layout.of(layout.shape(), layout.strides(), 0);
  }

  /** The equation as it was written. */
  @Override
  public String toString() {
    return equation.source().text();
  }
}
