package dev.jebena.einops;

import dev.jebena.einops.EinopsException.Problem;
import dev.jebena.einops.Term.Anonymous;
import dev.jebena.einops.Term.Composed;
import dev.jebena.einops.Term.Ellipsis;
import dev.jebena.einops.Term.Named;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * A compiled pattern, to be applied to many tensors: {@code Pattern.rearrange("b t (h d) -> b h t
 * d", axis("h", 8))}. Immutable and safe for several threads; the plan for each shape is made once
 * and kept.
 *
 * <p>What a pattern may say stands at {@link Einops}. Errors are {@link EinopsException}s: of the
 * pattern itself when it is compiled, of a tensor that does not fit when it is applied.
 */
public final class Pattern {
  /** Shapes whose plans are kept, for each pattern. */
  private static final int PLANS = 64;

  enum Kind {
    REARRANGE,
    REDUCE,
    REPEAT
  }

  private record Request(Shape shape, List<Axis> sizes) {}

  private final Source source;
  private final Kind kind;
  private final Reduction reduction;
  private final Side left;
  private final Side right;
  private final List<Axis> sizes;
  private final BoundedCache<Request, TransformPlan> plans = new BoundedCache<>(PLANS);

  private Pattern(Source source, Kind kind, Reduction reduction, List<Axis> sizes) {
    this.source = source;
    this.kind = kind;
    this.reduction = reduction;
    this.sizes = sizes;
    var sides = PatternParser.parse(source);
    this.left = sides.left();
    this.right = sides.right();
    checkEllipsis();
    checkNumbers();
    checkNames();
    checkSizes(sizes, "");
  }

  /** Axes in another order, split or merged; none is lost and none is new. */
  public static Pattern rearrange(String pattern, Axis... sizes) {
    return of(Kind.REARRANGE, null, pattern, List.of(sizes));
  }

  /** Axes that the right side does not have are folded. */
  public static Pattern reduce(String pattern, Reduction how, Axis... sizes) {
    return of(Kind.REDUCE, how, pattern, List.of(sizes));
  }

  /** Axes that only the right side has are new, and repeat what is there. */
  public static Pattern repeat(String pattern, Axis... sizes) {
    return of(Kind.REPEAT, null, pattern, List.of(sizes));
  }

  static Pattern of(Kind kind, Reduction how, String pattern, List<Axis> sizes) {
    var operation = kind.name().toLowerCase(java.util.Locale.ROOT);
    return new Pattern(new Source(operation, pattern), kind, how, sizes);
  }

  // ---------------------------------------------------------------- what is well formed

  private void checkEllipsis() {
    for (var term : left.terms()) {
      if (term instanceof Composed composed) {
        composed.parts().stream()
            .filter(Ellipsis.class::isInstance)
            .findFirst()
            .ifPresent(ellipsis -> {
              throw source.error(
                  Problem.ELLIPSIS_IN_PARENTHESES,
                  ellipsis.where(),
                  "'...' in parentheses on the left could be split in many ways");
            });
      }
    }
    var here = left.ellipsis();
    var there = right.ellipsis();
    if (here.isEmpty() && there.isPresent()) {
      throw source.error(
          Problem.ELLIPSIS_MISMATCH, there.get().where(), "'...' stands on the right side only");
    }
    if (here.isPresent() && there.isEmpty() && kind != Kind.REDUCE) {
      throw source.error(
          Problem.ELLIPSIS_MISMATCH,
          here.get().where(),
          "'...' stands on the left side only; " + source.operation() + " loses no axes");
    }
  }

  private void checkNumbers() {
    checkNumbers(left, kind == Kind.REDUCE);
    checkNumbers(right, kind == Kind.REPEAT);
  }

  private void checkNumbers(Side side, boolean allowed) {
    side.elements()
        .filter(term -> term instanceof Anonymous number && number.size() != 1 && !allowed)
        .findFirst()
        .ifPresent(number -> {
          throw source.error(
              Problem.ANONYMOUS_AXIS,
              number.where(),
              "an axis without a name can only be 1 here; give it a name and axis(name, size)");
        });
  }

  private void checkNames() {
    if (kind != Kind.REPEAT) {
      onlyOn(right, left)
          .ifPresent(name -> {
            throw source.error(
                Problem.UNKNOWN_AXIS,
                name.where(),
                "axis '" + name.name() + "' on the right is not on the left");
          });
    }
    if (kind != Kind.REDUCE) {
      onlyOn(left, right)
          .ifPresent(name -> {
            throw source.error(
                Problem.MISSING_AXIS,
                name.where(),
                "axis '"
                    + name.name()
                    + "' is missing on the right; "
                    + source.operation()
                    + " loses no axes, reduce does");
          });
    }
  }

  private static java.util.Optional<Named> onlyOn(Side side, Side other) {
    return side.elements()
        .filter(Named.class::isInstance)
        .map(Named.class::cast)
        .filter(name -> !other.names(name.name()))
        .findFirst();
  }

  private void checkSizes(List<Axis> given, String context) {
    var seen = new HashSet<String>();
    for (var axis : given) {
      if (!left.names(axis.name()) && !right.names(axis.name())) {
        throw source.error(
            Problem.UNUSED_SIZE,
            source.everything(),
            "a size is given for '" + axis.name() + "', which the pattern does not have",
            context);
      }
      var where = place(axis.name());
      if (axis.size() < 0) {
        throw source.error(
            Problem.NEGATIVE_SIZE,
            where,
            "axis '" + axis.name() + "' cannot have " + axis.size() + " elements",
            context);
      }
      if (!seen.add(axis.name())) {
        throw source.error(
            Problem.REPEATED_SIZE, where, "axis '" + axis.name() + "' is given twice", context);
      }
    }
  }

  private Span place(String name) {
    return Stream.of(left, right)
        .flatMap(Side::elements)
        .filter(term -> term instanceof Named named && named.name().equals(name))
        .findFirst()
        .map(Term::where)
        .orElse(source.everything());
  }

  // ---------------------------------------------------------------- use

  /**
   * Applies the pattern.
   *
   * @param more sizes besides those that the pattern was compiled with
   * @return a view where the order of elements in memory allows one, otherwise a copy
   * @throws EinopsException where the tensor's shape, type or the sizes do not fit
   */
  public Tensor apply(Tensor x, Axis... more) {
    var plan = plan(x.shape(), more);
    if (reduction != null && !reduction.takes(x.dtype())) {
      throw source.error(
          Problem.WRONG_DTYPE,
          source.everything(),
          reduction + " does not take " + x.dtype() + "; convert with to(...)",
          Source.context(x.shape(), all(more)));
    }
    return plan.apply(x);
  }

  /**
   * Stacks tensors of one shape along a new first axis and applies the pattern to the stack.
   *
   * @throws dev.jebena.memory.ShapeException where the shapes differ, or there is no tensor
   */
  public Tensor apply(List<Tensor> tensors, Axis... more) {
    return apply(Tensor.stack(0, tensors.toArray(new Tensor[0])), more);
  }

  /**
   * The shape that a tensor of shape {@code x} would become.
   *
   * @throws EinopsException where it does not fit
   */
  public Shape shape(Shape x, Axis... more) {
    return plan(x, more).out();
  }

  /**
   * What {@link #apply} would do to a tensor that lies in memory as {@code x} does: a line a step,
   * and whether it is a view or a copy.
   *
   * @throws EinopsException where the tensor does not fit
   */
  public String describe(Tensor x, Axis... more) {
    return plan(x.shape(), more).describe(x.layout());
  }

  private TransformPlan plan(Shape shape, Axis... more) {
    return plans.get(
        new Request(shape, all(more)),
        request -> {
          if (more.length > 0) {
            checkSizes(request.sizes(), Source.context(shape, request.sizes()));
          }
          return TransformPlanner.plan(this, shape, request.sizes());
        });
  }

  private List<Axis> all(Axis... more) {
    if (more.length == 0) {
      return sizes;
    }
    var all = new ArrayList<>(sizes);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }

  Source source() {
    return source;
  }

  Side left() {
    return left;
  }

  Side right() {
    return right;
  }

  Reduction reduction() {
    return reduction;
  }

  /** All of the left side, for messages about all of its axes. */
  Span leftSpan() {
    return left.terms().isEmpty()
        ? new Span(0, 1)
        : left.terms().getFirst().where().to(left.terms().getLast().where());
  }

  /** The pattern as it was written. */
  @Override
  public String toString() {
    return source.text();
  }
}
