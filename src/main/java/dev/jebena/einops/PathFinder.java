package dev.jebena.einops;

import java.util.ArrayList;
import java.util.List;

/**
 * Chooses in which order operands are multiplied, two at a time. Sets of axes are bits of a long.
 */
final class PathFinder {
  /** Operands up to which {@link PathSearch#AUTOMATIC} means optimal. */
  static final int AUTOMATIC = 10;

  /** Operands up to which the optimum can be asked for. */
  static final int MOST = 14;

  /**
   * A product of the operands at two places of a list: both leave it and the result joins it at the
   * end. {@code left < right}.
   */
  record Pair(int left, int right) {}

  private final long[] sizes;
  private final long output;

  /**
   * @param sizes of the axes
   * @param output the axes of the result
   */
  PathFinder(long[] sizes, long output) {
    this.sizes = sizes;
    this.output = output;
  }

  /** The products that leave one operand, in order. */
  List<Pair> find(List<Long> operands, PathSearch search) {
    if (operands.size() < 2) {
      return List.of();
    }
    if (operands.size() == 2) {
      return List.of(new Pair(0, 1));
    }
    return resolve(search, operands.size()) == PathSearch.OPTIMAL
        ? optimal(operands)
        : greedy(operands);
  }

  static PathSearch resolve(PathSearch search, int operands) {
    if (search != PathSearch.AUTOMATIC) {
      return search;
    }
    return operands <= AUTOMATIC ? PathSearch.OPTIMAL : PathSearch.GREEDY;
  }

  // ---------------------------------------------------------------- costs

  /** Elements of a tensor with these axes. */
  double elements(long axes) {
    double product = 1;
    for (long rest = axes; rest != 0; rest &= rest - 1) {
      product *= sizes[Long.numberOfTrailingZeros(rest)];
    }
    return product;
  }

  /** Multiplications, and additions where axes are summed. */
  double flops(long left, long right, long result) {
    long all = left | right;
    return elements(all) * (all == result ? 1 : 2);
  }

  /** The axes that a product must keep: those of the result, and those that others still have. */
  private long kept(long axes, Iterable<Long> others) {
    long wanted = output;
    for (long other : others) {
      wanted |= other;
    }
    return axes & wanted;
  }

  // ---------------------------------------------------------------- greedy

  private List<Pair> greedy(List<Long> operands) {
    var left = new ArrayList<>(operands);
    var path = new ArrayList<Pair>();
    while (left.size() > 1) {
      var pair = best(left);
      path.add(pair);
      long product = product(left, pair);
      left.remove(pair.right());
      left.remove(pair.left());
      left.add(product);
    }
    return path;
  }

  /** The axes of the product of a pair of a list. */
  long product(List<Long> list, Pair pair) {
    var others = new ArrayList<>(list);
    others.remove(pair.right());
    others.remove(pair.left());
    return kept(list.get(pair.left()) | list.get(pair.right()), others);
  }

  private Pair best(List<Long> list) {
    Pair best = null;
    boolean bestShares = false;
    double bestGrowth = 0;
    double bestFlops = 0;
    for (int i = 0; i < list.size(); i++) {
      for (int j = i + 1; j < list.size(); j++) {
        var pair = new Pair(i, j);
        long product = product(list, pair);
        boolean shares = (list.get(i) & list.get(j)) != 0;
        double growth = elements(product) - elements(list.get(i)) - elements(list.get(j));
        double flops = flops(list.get(i), list.get(j), product);
        boolean better =
            best == null
                || (shares != bestShares
                    ? shares
                    : growth != bestGrowth ? growth < bestGrowth : flops < bestFlops);
        if (better) {
          best = pair;
          bestShares = shares;
          bestGrowth = growth;
          bestFlops = flops;
        }
      }
    }
    return best;
  }

  // ---------------------------------------------------------------- optimal

  private List<Pair> optimal(List<Long> operands) {
    int n = operands.size();
    int sets = 1 << n;
    long[] union = new long[sets];
    for (int set = 1; set < sets; set++) {
      union[set] = union[set & set - 1] | operands.get(Integer.numberOfTrailingZeros(set));
    }
    long[] axes = new long[sets]; // of the product of a set
    double[] flops = new double[sets];
    double[] memory = new double[sets];
    int[] cut = new int[sets]; // one half of the best last product
    for (int set = 1; set < sets; set++) {
      if (Integer.bitCount(set) == 1) {
        axes[set] = union[set];
        continue;
      }
      axes[set] = union[set] & (output | union[sets - 1 - set]);
      flops[set] = Double.POSITIVE_INFINITY;
      // each cut is met once, from the side of its larger number
      for (int half = set - 1 & set; 2 * half > set; half = half - 1 & set) {
        tryCut(set, half, axes, flops, memory, cut);
      }
      memory[set] += elements(axes[set]);
    }
    var list = new ArrayList<Integer>();
    for (int i = 0; i < n; i++) {
      list.add(1 << i);
    }
    var path = new ArrayList<Pair>();
    unfold(sets - 1, cut, list, path);
    return path;
  }

  private void tryCut(int set, int half, long[] axes, double[] flops, double[] memory, int[] cut) {
    int other = set ^ half;
    double cost = flops[half] + flops[other] + flops(axes[half], axes[other], axes[set]);
    double bytes = memory[half] + memory[other];
    if (cost < flops[set] || cost == flops[set] && bytes < memory[set]) {
      flops[set] = cost;
      memory[set] = bytes;
      cut[set] = half;
    }
  }

  /** Multiplies the halves of a set, then the set itself. */
  private static void unfold(int set, int[] cut, List<Integer> list, List<Pair> path) {
    if (Integer.bitCount(set) == 1) {
      return;
    }
    int half = cut[set];
    unfold(half, cut, list, path);
    unfold(set ^ half, cut, list, path);
    int a = list.indexOf(half);
    int b = list.indexOf(set ^ half);
    path.add(new Pair(Math.min(a, b), Math.max(a, b)));
    list.remove(Math.max(a, b));
    list.remove(Math.min(a, b));
    list.add(set);
  }
}
