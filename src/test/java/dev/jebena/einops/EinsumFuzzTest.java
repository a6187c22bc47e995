package dev.jebena.einops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.memory.Shape;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random equations over random layouts, beside one nest of loops over all axes. */
class EinsumFuzzTest {
  private static final int TRIALS = 1500;

  private final Random random = new Random(23);
  private final RandomLayouts layouts = new RandomLayouts(random);

  /** An equation: axes are numbers; negative ones stand under {@code ...}. */
  private record Problem(int[] sizes, List<int[]> terms, int[] output, int dots) {}

  private Problem problem() {
    int axes = 1 + random.nextInt(5);
    int dots = random.nextInt(3) == 0 ? Math.min(axes - 1, random.nextInt(3)) : 0;
    int[] sizes =
        IntStream.range(0, axes)
            .map(i -> random.nextInt(25) == 0 ? 0 : 1 + random.nextInt(4))
            .toArray();
    var terms = new ArrayList<int[]>();
    int operands = 1 + random.nextInt(4);
    for (int i = 0; i < operands; i++) {
      terms.add(term(axes, dots));
    }
    var seen = terms.stream().flatMapToInt(Arrays::stream).distinct().boxed().toList();
    var named = new ArrayList<>(seen.stream().filter(axis -> axis >= dots).toList());
    Collections.shuffle(named, random);
    var output =
        new ArrayList<>(named.subList(0, named.isEmpty() ? 0 : random.nextInt(named.size() + 1)));
    var hidden = IntStream.range(0, dots).filter(seen::contains).boxed().toList();
    if (!hidden.isEmpty()) {
      // aligned at the last: what any operand hides, all up to there do
      var all = IntStream.range(hidden.getFirst(), dots).boxed().toList();
      output.addAll(random.nextInt(output.size() + 1), all);
    }
    return new Problem(sizes, terms, output.stream().mapToInt(Integer::intValue).toArray(), dots);
  }

  /** Named axes, some twice, around the last few of those that are hidden. */
  private int[] term(int axes, int dots) {
    int named = axes - dots;
    int length = named == 0 ? 0 : random.nextInt(4);
    var term = new ArrayList<Integer>();
    for (int i = 0; i < length; i++) {
      term.add(dots + random.nextInt(named));
    }
    int first = dots - random.nextInt(dots + 1);
    term.addAll(random.nextInt(term.size() + 1), IntStream.range(first, dots).boxed().toList());
    return term.stream().mapToInt(Integer::intValue).toArray();
  }

  private String spelled(Problem problem, int[] term, boolean letters, boolean needed) {
    var words = new ArrayList<String>();
    boolean dots = false;
    for (int axis : term) {
      if (axis >= problem.dots()) {
        words.add(letters ? String.valueOf((char) ('p' + axis)) : "axis_" + axis);
      } else if (!dots) {
        words.add("...");
        dots = true;
      }
    }
    if (!dots && needed) {
      words.add(random.nextInt(words.size() + 1), "...");
    }
    return words.stream().collect(Collectors.joining(letters ? "" : " "));
  }

  private String spelled(Problem problem) {
    boolean letters = random.nextBoolean();
    boolean hides = problem.dots() > 0;
    return problem.terms().stream()
            .map(term -> spelled(problem, term, letters, hides && random.nextBoolean()))
            .collect(Collectors.joining(letters ? "," : ", "))
        + "->"
        + spelled(problem, problem.output(), letters, false);
  }

  /** One in a few sizes becomes 1, which broadcasts; never on a diagonal. */
  private long[] shape(Problem problem, int[] term) {
    return Arrays.stream(term)
        .mapToLong(axis -> {
          boolean once = Arrays.stream(term).filter(other -> other == axis).count() == 1;
          return once && random.nextInt(6) == 0 ? 1 : problem.sizes()[axis];
        })
        .toArray();
  }

  private static int flat(int[] term, long[] shape, int... index) {
    int at = 0;
    for (int i = 0; i < term.length; i++) {
      at = at * (int) shape[i] + (shape[i] == 1 ? 0 : index[term[i]]);
    }
    return at;
  }

  private static double[] slow(Problem problem, List<Tensor> operands, long[] full, long[] out) {
    double[] result = new double[(int) Arrays.stream(out).reduce(1, (a, b) -> a * b)];
    var values = operands.stream().map(Tensor::toDoubles).toList();
    var shapes = operands.stream().map(x -> x.shape().toArray()).toList();
    if (Arrays.stream(full).anyMatch(size -> size == 0)) {
      return result;
    }
    int[] index = new int[full.length];
    do {
      double product = 1;
      for (int i = 0; i < values.size(); i++) {
        product *= values.get(i)[flat(problem.terms().get(i), shapes.get(i), index)];
      }
      result[flat(problem.output(), out, index)] += product;
    } while (next(index, full));
    return result;
  }

  private static boolean next(int[] index, long... sizes) {
    for (int i = index.length - 1; i >= 0; i--) {
      if (++index[i] < sizes[i]) {
        return true;
      }
      index[i] = 0;
    }
    return false;
  }

  /** Sizes as the operands tell them: 1 where all broadcast or nobody has the axis. */
  private static long[] full(Problem problem, List<Tensor> operands) {
    long[] sizes = new long[problem.sizes().length];
    Arrays.fill(sizes, 1);
    for (int i = 0; i < operands.size(); i++) {
      int[] term = problem.terms().get(i);
      for (int j = 0; j < term.length; j++) {
        long size = operands.get(i).size(j);
        sizes[term[j]] = size == 1 ? sizes[term[j]] : size;
      }
    }
    return sizes;
  }

  @ParameterizedTest
  @EnumSource
  void einsum(PathSearch search) {
    for (int trial = 0; trial < TRIALS; trial++) {
      var problem = problem();
      var operands =
          problem.terms().stream().map(term -> layouts.tensor(shape(problem, term))).toList();
      var equation = spelled(problem);
      var what =
          equation
              + " of "
              + operands.stream().map(x -> x.layout().toString()).collect(Collectors.joining("; "));
      long[] full = full(problem, operands);
      long[] out = Arrays.stream(problem.output()).mapToLong(axis -> full[axis]).toArray();
      Tensor actual;
      try {
        actual = Einsum.of(equation, search).apply(operands.toArray(new Tensor[0]));
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
      assertThat(actual.shape()).as(what).isEqualTo(Shape.of(out));
      Values.assertClose(what, actual, slow(problem, operands, full, out), 1e-10, 1e-10);
    }
  }

  /** Each copy that happens was announced, and so was each matrix product. */
  @Test
  void launchesAreThoseOfTheDescription() {
    var device = new CountingDevice(Devices.get("cpu"));
    for (int trial = 0; trial < TRIALS; trial++) {
      var problem = problem();
      var operands =
          Context.current()
              .withDevice(device)
              .call(() ->
                  problem.terms().stream()
                      .map(term -> layouts.tensor(shape(problem, term)))
                      .toArray(Tensor[]::new));
      if (Arrays.stream(operands).anyMatch(x -> x.elements() == 0)) {
        continue;
      }
      var equation = Einsum.of(spelled(problem));
      var lines = equation.describe(operands).lines().toList();
      var launches = device.launchesOf(() -> equation.apply(operands));
      var what = equation + ": " + lines;
      for (var kind :
          Map.of(": copy", "copy", ": matmul", "matmul", "multiply", "binary", "sum over", "reduce")
              .entrySet()) {
        assertThat(launches.stream().filter(kind.getValue()::equals).count())
            .as(kind.getValue() + " in " + what)
            .isEqualTo(lines.stream().filter(line -> line.contains(kind.getKey())).count());
      }
    }
  }
}
