package dev.jebena.einops;

import dev.jebena.einops.EinopsException.Problem;
import dev.jebena.einops.Term.Anonymous;
import dev.jebena.einops.Term.Composed;
import dev.jebena.einops.Term.Ellipsis;
import dev.jebena.einops.Term.Named;
import dev.jebena.memory.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An equation that has met its operands: axes are numbers from 0, and each has a size. {@code ...}
 * has become the axes that it stands for, aligned at the last.
 *
 * @param names for messages and reports
 * @param sizes of the axes
 * @param operands the axis of each operand's axes, {@link #ONE} for {@code 1}
 * @param output the axes of the result, {@link #ONE} for {@code 1}
 */
record SizedEquation(List<String> names, long[] sizes, List<int[]> operands, int[] output) {
  /** An axis of size 1 that takes no part. */
  static final int ONE = -1;

  /** Sets of axes are the bits of a long. */
  private static final int MOST_AXES = 64;

  static SizedEquation of(EinsumParser.Equation equation, List<Shape> shapes) {
    return new Binding(equation, shapes).bind();
  }

  /** One meeting. */
  private static final class Binding {
    private final EinsumParser.Equation equation;
    private final List<Shape> shapes;
    private final List<String> names = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    /** The operand that told the size of an axis. */
    private final List<Integer> tellers = new ArrayList<>();

    private int hidden;

    Binding(EinsumParser.Equation equation, List<Shape> shapes) {
      this.equation = equation;
      this.shapes = shapes;
    }

    private EinopsException error(Problem problem, Span where, String reason) {
      return equation.source().error(problem, where, reason, Source.context(shapes));
    }

    SizedEquation bind() {
      if (shapes.size() != equation.terms().size()) {
        throw error(
            Problem.OPERAND_COUNT,
            equation.source().everything(),
            "the equation has "
                + equation.terms().size()
                + (equation.terms().size() == 1 ? " term, got " : " terms, got ")
                + shapes.size()
                + (shapes.size() == 1 ? " tensor" : " tensors"));
      }
      for (int i = 0; i < shapes.size(); i++) {
        checkRank(i);
      }
      var operands = new ArrayList<int[]>();
      for (int i = 0; i < shapes.size(); i++) {
        operands.add(operand(i));
      }
      int[] output =
          equation.output().terms().stream()
              .flatMapToInt(term -> Arrays.stream(outputAxes(term)))
              .toArray();
      return new SizedEquation(
          List.copyOf(names),
          sizes.stream().mapToLong(Long::longValue).toArray(),
          List.copyOf(operands),
          output);
    }

    private void checkRank(int i) {
      var side = equation.terms().get(i);
      int rank = shapes.get(i).rank();
      boolean open = side.ellipsis().isPresent();
      int named = side.terms().size() - (open ? 1 : 0);
      if (open ? rank < named : rank != named) {
        var where =
            side.terms().isEmpty()
                ? equation.source().everything()
                : side.terms().getFirst().where().to(side.terms().getLast().where());
        boolean letters =
            !equation.words() && rank == 1 && named > 1 || equation.words() && rank > named;
        throw error(
            Problem.WRONG_RANK,
            where,
            "operand "
                + i
                + " has rank "
                + rank
                + ", its term names "
                + (open ? "at least " : "")
                + named
                + (letters ? spelling() : ""));
      }
      if (open) {
        hidden = Math.max(hidden, rank - named);
      }
    }

    private String spelling() {
      return equation.words()
          ? " (with spaces or digits, each word is one axis)"
          : " (without spaces, each letter is one axis; Einsum.words reads words)";
    }

    private int[] operand(int i) {
      var shape = shapes.get(i);
      var side = equation.terms().get(i);
      int[] axes = new int[shape.rank()];
      int at = 0;
      var own = new HashMap<Integer, Long>();
      for (var term : side.terms()) {
        switch (term) {
          case Named name -> {
            long size = shape.size(at);
            int number = number(name.name());
            Long before = own.putIfAbsent(number, size);
            if (before != null && before != size) {
              throw error(
                  Problem.SIZES_CONTRADICT,
                  name.where(),
                  "a diagonal along '"
                      + name.name()
                      + "' needs equal sizes, operand "
                      + i
                      + " has "
                      + before
                      + " and "
                      + size);
            }
            meet(number, size, i, name.where());
            axes[at++] = number;
          }
          case Anonymous one -> {
            if (shape.size(at) != 1) {
              throw error(
                  Problem.SIZES_CONTRADICT,
                  one.where(),
                  "the equation says 1, axis "
                      + at
                      + " of operand "
                      + i
                      + " has size "
                      + shape.size(at));
            }
            axes[at++] = ONE;
          }
          case Ellipsis dots -> {
            int mine = shape.rank() - side.terms().size() + 1;
            for (int j = hidden - mine; j < hidden; j++) {
              int number = number(hiddenName(j));
              meet(number, shape.size(at), i, dots.where());
              axes[at++] = number;
            }
          }
          case Composed composed -> throw new IllegalStateException("composed: " + composed);
        }
      }
      return axes;
    }

    private static String hiddenName(int i) {
      return "..." + i;
    }

    private int number(String name) {
      return numbers.computeIfAbsent(
          name,
          unseen -> {
            if (names.size() == MOST_AXES) {
              throw error(
                  Problem.TOO_MANY_AXES,
                  equation.source().everything(),
                  "more than " + MOST_AXES + " different axes");
            }
            names.add(unseen);
            sizes.add(1L);
            tellers.add(-1);
            return names.size() - 1;
          });
    }

    /** Sizes are equal, or one of them is 1 and broadcasts. */
    private void meet(int number, long size, int operand, Span where) {
      long known = sizes.get(number);
      if (tellers.get(number) < 0 || known == 1) {
        sizes.set(number, size);
        tellers.set(number, operand);
      } else if (size != known && size != 1) {
        boolean dots = names.get(number).startsWith("...");
        throw error(
            dots ? Problem.ELLIPSIS_MISMATCH : Problem.SIZES_CONTRADICT,
            where,
            (dots ? "an axis of '...'" : "axis '" + names.get(number) + "'")
                + " is "
                + known
                + " in operand "
                + tellers.get(number)
                + " and "
                + size
                + " in operand "
                + operand);
      }
    }

    private int[] outputAxes(Term term) {
      return switch (term) {
        case Named name -> new int[] {numbers.get(name.name())};
        case Anonymous _ -> new int[] {ONE};
        case Ellipsis _ -> {
          int[] axes = new int[hidden];
          Arrays.setAll(axes, j -> number(hiddenName(j)));
          yield axes;
        }
        case Composed composed -> throw new IllegalStateException("composed: " + composed);
      };
    }
  }
}
