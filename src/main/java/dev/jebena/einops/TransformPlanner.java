package dev.jebena.einops;

import dev.jebena.einops.EinopsException.Problem;
import dev.jebena.einops.Term.Anonymous;
import dev.jebena.einops.Term.Composed;
import dev.jebena.einops.Term.Ellipsis;
import dev.jebena.einops.Term.Named;
import dev.jebena.memory.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A pattern meets a shape. The input is split into elementary axes; those that the right side does
 * not have are folded, the others put in its order; new ones are expanded, and parentheses merged.
 */
final class TransformPlanner {
  private final Pattern pattern;
  private final Shape shape;
  private final String context;
  private final Map<String, Long> given = new LinkedHashMap<>();

  /** Sizes of the elementary axes of the input, in its order. */
  private final List<Long> split = new ArrayList<>();

  /** Where in {@link #split} a name stands. */
  private final Map<String, Integer> places = new LinkedHashMap<>();

  /** How many axes {@code ...} stands for. */
  private int hidden;

  /** Elementary axes of the output: a place in {@link #split}, or −1 for a new one. */
  private final List<Integer> order = new ArrayList<>();

  private final List<Long> sizes = new ArrayList<>();

  private TransformPlanner(Pattern pattern, Shape shape, List<Axis> given) {
    this.pattern = pattern;
    this.shape = shape;
    this.context = Source.context(shape, given);
    given.forEach(axis -> this.given.put(axis.name(), axis.size()));
  }

  static TransformPlan plan(Pattern pattern, Shape shape, List<Axis> given) {
    var planner = new TransformPlanner(pattern, shape, given);
    planner.splitInput();
    return planner.steps(planner.arrangeOutput());
  }

  private EinopsException error(Problem problem, Span where, String reason) {
    return pattern.source().error(problem, where, reason, context);
  }

  // ---------------------------------------------------------------- left

  private void splitInput() {
    var terms = pattern.left().terms();
    boolean open = pattern.left().ellipsis().isPresent();
    int named = open ? terms.size() - 1 : terms.size();
    if (open ? shape.rank() < named : shape.rank() != named) {
      throw error(
          Problem.WRONG_RANK,
          pattern.leftSpan(),
          "the left side has "
              + (open ? "at least " : "")
              + counted(named)
              + ", the tensor has "
              + shape.rank());
    }
    hidden = shape.rank() - named;
    int axis = 0;
    for (var term : terms) {
      switch (term) {
        case Named name -> whole(name, axis++);
        case Anonymous number -> anonymous(number, axis++);
        case Composed composed -> decompose(composed, axis++);
        case Ellipsis _ -> {
          for (int i = 0; i < hidden; i++) {
            add(hiddenName(i), shape.size(axis++));
          }
        }
      }
    }
  }

  private static String counted(int axes) {
    return axes == 1 ? "1 axis" : axes + " axes";
  }

  /** No name that a pattern can spell. */
  private static String hiddenName(int i) {
    return "..." + i;
  }

  private void add(String name, long size) {
    places.put(name, split.size());
    split.add(size);
  }

  private void whole(Named axis, int at) {
    long size = shape.size(at);
    Long wanted = given.get(axis.name());
    if (wanted != null && wanted != size) {
      throw error(
          Problem.SIZES_CONTRADICT,
          axis.where(),
          "axis '"
              + axis.name()
              + "' is given as "
              + wanted
              + ", axis "
              + at
              + " has size "
              + size);
    }
    add(axis.name(), size);
  }

  private void anonymous(Anonymous axis, int at) {
    if (shape.size(at) != axis.size()) {
      throw error(
          Problem.SIZES_CONTRADICT,
          axis.where(),
          "the pattern says " + axis.size() + ", axis " + at + " has size " + shape.size(at));
    }
    if (axis.size() != 1) {
      split.add(axis.size());
    }
  }

  private void decompose(Composed composed, int at) {
    long size = shape.size(at);
    var unknown = unknown(composed, at);
    long known = 1;
    for (var part : composed.parts()) {
      known = part == unknown ? known : product(known, told(part));
    }
    if (unknown == null && known != size) {
      throw error(
          Problem.SIZES_CONTRADICT,
          composed.where(),
          "the parts make " + known + ", axis " + at + " has size " + size);
    }
    if (unknown != null && (known == 0 || size % known != 0)) {
      throw error(
          Problem.NOT_DIVISIBLE,
          composed.where(),
          "axis " + at + " of size " + size + " does not divide by " + known);
    }
    for (var part : composed.parts()) {
      if (part instanceof Named name) {
        add(name.name(), part == unknown ? size / known : told(part));
      } else if (told(part) != 1) {
        split.add(told(part)); // 1 is no axis of its own
      }
    }
  }

  /** The part whose size only the whole can tell, or null. */
  private Named unknown(Composed composed, int at) {
    Named unknown = null;
    for (var part : composed.parts()) {
      if (!(part instanceof Named name) || given.containsKey(name.name())) {
        continue;
      }
      if (unknown != null) {
        throw error(
            Problem.UNDEFINED_SIZE,
            composed.where(),
            "the sizes of '"
                + unknown.name()
                + "' and '"
                + name.name()
                + "' cannot both be told from axis "
                + at
                + " of size "
                + shape.size(at)
                + "; give one of them");
      }
      unknown = name;
    }
    return unknown;
  }

  /** The size of a part that does not depend on the whole. */
  private long told(Term part) {
    return switch (part) {
      case Anonymous number -> number.size();
      case Named name -> given.get(name.name());
      case Composed _, Ellipsis _ ->
          throw new IllegalStateException("cannot stand in parentheses: " + part);
    };
  }

  /** A product that stays too large instead of overflowing. */
  private static long product(long a, long b) {
    return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
  }

  // ---------------------------------------------------------------- right

  private Shape arrangeOutput() {
    var merged = new ArrayList<Long>();
    for (var term : pattern.right().terms()) {
      switch (term) {
        case Composed composed -> {
          long product = 1;
          for (var part : composed.parts()) {
            for (long size : place(part)) {
              product = product(product, size);
            }
          }
          merged.add(product);
        }
        case Anonymous one when one.size() == 1 -> merged.add(1L);
        default -> merged.addAll(place(term));
      }
    }
    return shape(merged);
  }

  /** Puts the elementary axes of a term behind those that are placed, and gives their sizes. */
  private List<Long> place(Term term) {
    return switch (term) {
      case Named name when places.containsKey(name.name()) -> List.of(old(name.name()));
      case Named name -> List.of(fresh(newSize(name)));
      case Anonymous one when one.size() == 1 -> List.of();
      case Anonymous number -> List.of(fresh(number.size()));
      case Ellipsis _ -> IntStream.range(0, hidden).mapToObj(i -> old(hiddenName(i))).toList();
      case Composed composed -> throw new IllegalStateException("nested: " + composed);
    };
  }

  private long old(String name) {
    int place = places.get(name);
    order.add(place);
    sizes.add(split.get(place));
    return split.get(place);
  }

  private long fresh(long size) {
    order.add(-1);
    sizes.add(size);
    return size;
  }

  private long newSize(Named name) {
    Long size = given.get(name.name());
    if (size == null) {
      throw error(
          Problem.UNDEFINED_SIZE,
          name.where(),
          "the new axis '" + name.name() + "' needs a size: axis(\"" + name.name() + "\", ...)");
    }
    return size;
  }

  // ---------------------------------------------------------------- steps

  private TransformPlan steps(Shape out) {
    var steps = new ArrayList<TransformStep>();
    int[] folded = IntStream.range(0, split.size()).filter(i -> !order.contains(i)).toArray();
    if (folded.length > 0) {
      requireElements(folded);
    }
    int[] kept = IntStream.range(0, split.size()).filter(order::contains).toArray();
    int[] permuted =
        order.stream()
            .filter(place -> place >= 0)
            .mapToInt(place -> java.util.Arrays.binarySearch(kept, place))
            .toArray();
    boolean moves = !isSorted(permuted);
    boolean grows = order.contains(-1);
    if (folded.length > 0 || moves || grows) {
      reshape(steps, shape, shape(split));
      if (folded.length > 0) {
        steps.add(new TransformStep.Fold(pattern.reduction(), folded));
      }
      if (moves) {
        steps.add(new TransformStep.Permute(permuted));
      }
      if (grows) {
        var narrow = new ArrayList<Long>();
        for (int i = 0; i < order.size(); i++) {
          narrow.add(order.get(i) < 0 ? 1L : sizes.get(i));
        }
        steps.add(new TransformStep.Reshape(shape(narrow)));
        steps.add(new TransformStep.Expand(shape(sizes)));
      }
      reshape(steps, shape(sizes), out);
    } else {
      reshape(steps, shape, out);
    }
    return new TransformPlan(List.copyOf(steps), out);
  }

  private static void reshape(List<TransformStep> steps, Shape from, Shape to) {
    if (!from.equals(to)) {
      steps.add(new TransformStep.Reshape(to));
    }
  }

  private void requireElements(int[] folded) {
    if (pattern.reduction().hasNeutral()) {
      return;
    }
    for (int axis : folded) {
      if (split.get(axis) == 0) {
        throw error(
            Problem.EMPTY_REDUCTION,
            pattern.leftSpan(),
            "no elements have no " + pattern.reduction() + ", and an axis that goes has size 0");
      }
    }
  }

  private static boolean isSorted(int[] values) {
    for (int i = 1; i < values.length; i++) {
      if (values[i] < values[i - 1]) {
        return false;
      }
    }
    return true;
  }

  private static Shape shape(List<Long> sizes) {
    return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
  }
}
