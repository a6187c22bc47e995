package dev.jebena.einops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The order of products, held against numpy.einsum_path and against trying all orders. */
class PathFinderTest {
  private static Shape s(long... sizes) {
    return Shape.of(sizes);
  }

  /** Four digits, as NumPy 2 prints them, of {@code einsum_path(..., optimize="optimal")}. */
  @Test
  void costsAreThoseOfNumPy() {
    check("ij,jk,kl->il", 7.5e5, 1.5e4, 500, s(10, 100), s(100, 5), s(5, 50));
    check(
        "ea,fb,abcd,gc,hd->efgh",
        5e8,
        8e5,
        1e4,
        s(10, 10),
        s(10, 10),
        s(10, 10, 10, 10),
        s(10, 10),
        s(10, 10));
    check(
        "ab,bc,cd,de,ef->af",
        7.875e7,
        2.375e4,
        600,
        s(30, 35),
        s(35, 15),
        s(15, 5),
        s(5, 10),
        s(10, 20));
    check(
        "abc,abd,ace,bdef,cf->def",
        3.326e6,
        2.757e5,
        8316,
        s(8, 9, 10),
        s(8, 9, 11),
        s(8, 10, 12),
        s(9, 11, 12, 7),
        s(10, 7));
    check("ab,ab,bc->c", 1008, 196, 8, s(6, 7), s(6, 7), s(7, 8));
  }

  private static void check(
      String equation, double naive, double flops, double largest, Shape... shapes) {
    var path = Einops.einsumPath(equation, PathSearch.OPTIMAL, shapes);
    assertThat(path.naiveFlops()).as(equation).isCloseTo(naive, within(2e-4 * naive));
    assertThat(path.flops()).as(equation).isCloseTo(flops, within(2e-4 * flops));
    assertThat(path.largestIntermediate()).as(equation).isEqualTo(largest);
    assertThat(path.steps()).hasSize(shapes.length - 1);
  }

  @Test
  void aReportNamesEachStep() {
    var path =
        Einops.einsumPath("ij,jk,kl->il", PathSearch.AUTOMATIC, s(10, 100), s(100, 5), s(5, 50));
    assertThat(path.search()).isEqualTo(PathSearch.OPTIMAL);
    assertThat(path.steps())
        .containsExactly(
            new ContractionPath.Step(0, 1, "i j, j k -> i k", 10000, s(10, 5)),
            new ContractionPath.Step(0, 1, "k l, i k -> i l", 5000, s(10, 50)));
    assertThat(path.describe().lines().map(String::stripTrailing))
        .containsExactly(
            "einsum \"ij,jk,kl->il\" of [[10, 100], [100, 5], [5, 50]]",
            "optimal order: 15,000 FLOPs, 750,000 in one nest of loops (50.0 times as many);"
                + " largest result 500 elements",
            "  0   1  i j, j k -> i k                                      10,000  [10, 5]",
            "  0   1  k l, i k -> i l                                       5,000  [10, 50]");
  }

  @Test
  void oneAndTwoOperandsHaveNothingToChoose() {
    var one = Einops.einsumPath("ij->i", PathSearch.AUTOMATIC, s(3, 4));
    assertThat(one.steps()).isEmpty();
    assertThat(one.flops()).isEqualTo(12);
    var two = Einops.einsumPath("ij,jk->ik", PathSearch.GREEDY, s(3, 4), s(4, 5));
    assertThat(two.steps())
        .containsExactly(new ContractionPath.Step(0, 1, "i j, j k -> i k", 120, s(3, 5)));
    assertThat(two.naiveFlops()).isEqualTo(two.flops());
  }

  /** Dynamic programming finds what trying all orders finds. */
  @Test
  void theOptimumIsOne() {
    var random = new Random(5);
    for (int trial = 0; trial < 300; trial++) {
      int axes = 2 + random.nextInt(6);
      long[] sizes = random.longs(axes, 1, 9).toArray();
      var operands = new ArrayList<Long>();
      int n = 3 + random.nextInt(3);
      for (int i = 0; i < n; i++) {
        operands.add(random.nextLong(1L << axes));
      }
      long all = operands.stream().reduce(0L, (a, b) -> a | b);
      var finder = new PathFinder(sizes, all & random.nextLong(1L << axes));
      var least = least(finder, operands);
      assertThat(cost(finder, operands, finder.find(operands, PathSearch.OPTIMAL)))
          .isCloseTo(least, offset(1e-9 * least));
      assertThat(cost(finder, operands, finder.find(operands, PathSearch.GREEDY)))
          .isGreaterThanOrEqualTo(least);
    }
  }

  private static double cost(PathFinder finder, List<Long> operands, List<PathFinder.Pair> path) {
    var list = new ArrayList<>(operands);
    double flops = 0;
    for (var pair : path) {
      flops += step(finder, list, pair);
    }
    assertThat(list).hasSize(1);
    return flops;
  }

  private static double step(PathFinder finder, List<Long> list, PathFinder.Pair pair) {
    long product = finder.product(list, pair);
    long b = list.remove(pair.right());
    long a = list.remove(pair.left());
    list.add(product);
    return finder.flops(a, b, product);
  }

  private static double least(PathFinder finder, List<Long> operands) {
    if (operands.size() == 1) {
      return 0;
    }
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < operands.size(); i++) {
      for (int j = i + 1; j < operands.size(); j++) {
        var list = new ArrayList<>(operands);
        double first = step(finder, list, new PathFinder.Pair(i, j));
        best = Math.min(best, first + least(finder, list));
      }
    }
    return best;
  }

  /** A chain of thirty matrices, where all orders would be too many. */
  @Test
  void greedyManagesMany() {
    int n = 30;
    var shapes =
        IntStream.range(0, n).mapToObj(i -> s(2 + i % 3, 2 + (i + 1) % 3)).toArray(Shape[]::new);
    var text = new StringBuilder();
    for (int i = 0; i < n; i++) {
      text.append(i == 0 ? "" : ", ").append("a" + i + " a" + (i + 1));
    }
    text.append(" -> a0 a" + n);
    var path = Einops.einsumPath(text.toString(), PathSearch.AUTOMATIC, shapes);
    assertThat(path.search()).isEqualTo(PathSearch.GREEDY);
    assertThat(path.flops()).isLessThan(path.naiveFlops() / 1e9);

    var matrices = new Tensor[n];
    Tensor expected = null;
    for (int i = 0; i < n; i++) {
      matrices[i] = Tensor.rand(shapes[i].toArray()).mul(0.7);
      expected = expected == null ? matrices[i] : expected.matmul(matrices[i]);
    }
    var product = Einops.einsum(text.toString(), matrices).toFloats();
    float[] one = expected.toFloats();
    for (int i = 0; i < one.length; i++) {
      assertThat(product[i]).isCloseTo(one[i], within(1e-5f * Math.abs(one[i])));
    }
  }
}
