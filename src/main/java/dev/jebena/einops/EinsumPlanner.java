package dev.jebena.einops;

import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An equation meets operands. Each operand alone first: axes that broadcast go, repeated axes
 * become diagonals, axes that nobody else has and the result does not want are summed. Then
 * products of two, in the order that {@link PathFinder} chose, each by {@link PairPlanner}. Last,
 * the axes of the result are put in order.
 */
final class EinsumPlanner {
  private final EinsumParser.Equation equation;
  private final SizedEquation sized;
  private final PathSearch search;
  private final List<EinsumStep> steps = new ArrayList<>();
  private final List<Piece> pieces = new ArrayList<>();
  private final long output;

  /** Additions of the sums within single operands. */
  private double sums;

  private EinsumPlanner(EinsumParser.Equation equation, List<Layout> layouts, PathSearch search) {
    this.equation = equation;
    this.sized = SizedEquation.of(equation, layouts.stream().map(Layout::shape).toList());
    this.search = search;
    this.output =
        Piece.mask(Arrays.stream(sized.output()).filter(a -> a != SizedEquation.ONE).toArray());
    for (int i = 0; i < layouts.size(); i++) {
      pieces.add(new Piece(steps, i, sized.operands().get(i), layouts.get(i)));
    }
    pieces.forEach(this::simplify);
    for (int i = 0; i < pieces.size(); i++) {
      sumLoneAxes(i);
    }
    if (pieces.size() > PathFinder.MOST && search == PathSearch.OPTIMAL) {
      throw equation
          .source()
          .error(
              EinopsException.Problem.TOO_MANY_OPERANDS,
              equation.source().everything(),
              "the optimal order of "
                  + pieces.size()
                  + " operands takes too long to find, "
                  + PathFinder.MOST
                  + " is the most; use PathSearch.GREEDY");
    }
  }

  static EinsumPlan plan(EinsumParser.Equation equation, List<Layout> layouts, PathSearch search) {
    return new EinsumPlanner(equation, layouts, search).plan();
  }

  static ContractionPath path(
      EinsumParser.Equation equation, List<Shape> shapes, PathSearch search) {
    var layouts = shapes.stream().map(Layout::contiguous).toList();
    return new EinsumPlanner(equation, layouts, search).path(shapes);
  }

  // ---------------------------------------------------------------- one operand

  /** Takes out axes of size 1 that broadcast or stand for nothing, and makes diagonals. */
  private void simplify(Piece piece) {
    boolean[] gone = new boolean[piece.axes().length];
    for (int i = 0; i < gone.length; i++) {
      int axis = piece.axes()[i];
      gone[i] =
          axis == SizedEquation.ONE || piece.layout().size(i) == 1 && sized.sizes()[axis] != 1;
    }
    piece.drop(gone);
    for (int second = 1; second < piece.axes().length; second++) {
      int first = piece.place(piece.axes()[second]);
      if (first < second) {
        piece.diagonal(first, second);
        second = 0; // both places are gone
      }
    }
  }

  private void sumLoneAxes(int i) {
    var piece = pieces.get(i);
    long others = output;
    for (int j = 0; j < pieces.size(); j++) {
      others |= j == i ? 0 : pieces.get(j).mask();
    }
    long shared = others;
    int[] lone =
        IntStream.range(0, piece.axes().length)
            .filter(at -> !Piece.has(shared, piece.axes()[at]))
            .toArray();
    if (lone.length > 0) {
      sums += piece.layout().elements();
      piece.sum(lone);
    }
  }

  // ---------------------------------------------------------------- products

  private PathFinder finder() {
    return new PathFinder(sized.sizes(), output);
  }

  private EinsumPlan plan() {
    var left = new ArrayList<>(pieces);
    for (var pair : finder().find(masks(left), search)) {
      var b = left.remove(pair.right());
      var a = left.remove(pair.left());
      long kept = output;
      for (var other : left) {
        kept |= other.mask();
      }
      left.add(new PairPlanner(steps, a, b, kept, sized.output()).multiply());
    }
    var result = left.getFirst();
    result.permute(
        Arrays.stream(sized.output()).filter(axis -> axis != SizedEquation.ONE).toArray());
    result.reshape(
        Shape.of(
            Arrays.stream(sized.output())
                .mapToLong(axis -> axis == SizedEquation.ONE ? 1 : sized.sizes()[axis])
                .toArray()));
    return new EinsumPlan(equation.source(), List.copyOf(steps), result.slot());
  }

  private static List<Long> masks(List<Piece> pieces) {
    return pieces.stream().map(Piece::mask).toList();
  }

  // ---------------------------------------------------------------- report

  private ContractionPath path(List<Shape> shapes) {
    var finder = finder();
    var list = new ArrayList<>(masks(pieces));
    var report = new ArrayList<ContractionPath.Step>();
    double flops = sums;
    double largest = list.size() == 1 ? finder.elements(output) : 0;
    for (var pair : finder.find(list, search)) {
      long product = finder.product(list, pair);
      long b = list.remove(pair.right());
      long a = list.remove(pair.left());
      list.add(product);
      double cost = finder.flops(a, b, product);
      flops += cost;
      largest = Math.max(largest, finder.elements(product));
      report.add(
          new ContractionPath.Step(
              pair.left(),
              pair.right(),
              words(a) + ", " + words(b) + " -> " + words(product),
              cost,
              Shape.of(bits(product).mapToLong(axis -> sized.sizes()[axis]).toArray())));
    }
    return new ContractionPath(
        equation.source().text(),
        shapes,
        PathFinder.resolve(search, pieces.size()),
        report,
        naive(finder),
        flops,
        largest);
  }

  /**
   * A product of all operands for each element of all axes, and an addition where some are summed.
   */
  private double naive(PathFinder finder) {
    long all = 0;
    for (int[] axes : sized.operands()) {
      int[] named = Arrays.stream(axes).filter(axis -> axis != SizedEquation.ONE).toArray();
      all |= Piece.mask(named);
    }
    return finder.elements(all) * (Math.max(1, pieces.size() - 1) + (all == output ? 0 : 1));
  }

  private String words(long mask) {
    return bits(mask).mapToObj(sized.names()::get).collect(Collectors.joining(" "));
  }

  private static IntStream bits(long mask) {
    return IntStream.range(0, Long.SIZE).filter(axis -> Piece.has(mask, axis));
  }
}
