package dev.jebena.tensor;

import dev.jebena.io.NamedArray;
import dev.jebena.memory.Scope;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Where two tensors differ, in words made for a failing test. Two numbers are close when {@code
 * |actual − expected| ≤ atol + rtol·|expected|}, as in NumPy and PyTorch; equal infinities are
 * close, and NaN is close to NaN where that was asked for.
 *
 * @param problem that shapes or types differ, in words, and then nothing was compared; else null
 * @param elements how many pairs were compared
 * @param count how many of them are not close
 * @param first the first of these in row-major order, a few
 * @param largest the pair with the largest absolute error (NaN counts as the largest), or null
 *     where all are close
 * @param rule what was asked, in words
 */
public record TensorDifference(
    String problem,
    long elements,
    long count,
    List<Mismatch> first,
    Mismatch largest,
    String rule) {
  private static final int LISTED = 5;

  /** Two numbers at one coordinate that are not close; whole numbers are exact. */
  public record Mismatch(List<Long> coordinate, Number actual, Number expected) {
    /** {@code |actual − expected|}; NaN where one of them is, infinite at infinities. */
    public double absoluteError() {
      if (actual instanceof Long a && expected instanceof Long e) {
        return Math.abs((double) a - (double) e) > 1L << 53
            ? Math.abs((double) a - (double) e)
            : Math.abs(a - e);
      }
      return Math.abs(actual.doubleValue() - expected.doubleValue());
    }

    /** The absolute error divided by {@code |expected|}. */
    public double relativeError() {
      return absoluteError() / Math.abs(expected.doubleValue());
    }

    /** Coordinate, both numbers, both errors. */
    @Override
    public String toString() {
      return "at "
          + coordinate
          + ": "
          + text(actual)
          + " instead of "
          + text(expected)
          + String.format(
              Locale.ROOT, " (abs. error %.3g, rel. error %.3g)", absoluteError(), relativeError());
    }

    private static String text(Number number) {
      return number instanceof Double d && d == Math.rint(d) && Math.abs(d) < 1e15
          ? Long.toString(d.longValue()) + ".0"
          : number.toString();
    }
  }

  /** How close two numbers must be. */
  private record Rule(double rtol, double atol, boolean equalNan) {
    boolean close(double actual, double expected) {
      if (Double.isNaN(actual) || Double.isNaN(expected)) {
        return equalNan && Double.isNaN(actual) && Double.isNaN(expected);
      }
      if (actual == expected) {
        return true;
      }
      return Double.isFinite(expected)
          && Math.abs(actual - expected) <= atol + rtol * Math.abs(expected);
    }

    String words() {
      var nan = equalNan ? ", NaN equals NaN" : "";
      return rtol == 0 && atol == 0 ? "equal" + nan : "rtol " + rtol + ", atol " + atol + nan;
    }
  }

  /** Whether there is none: same shape, every pair close (and, where it was asked, same type). */
  public boolean isNone() {
    return problem == null && count == 0;
  }

  /** Throws {@link AssertionError} with this as its message unless {@link #isNone}. */
  public void orThrow() {
    if (!isNone()) {
      throw new AssertionError(toString());
    }
  }

  /** One line on everything, then the first mismatches and the largest. */
  @Override
  public String toString() {
    if (problem != null) {
      return problem;
    }
    if (count == 0) {
      return "no difference in " + elements + " elements (" + rule + ")";
    }
    var lines = new ArrayList<String>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d of %d elements differ, %.2g%% (%s)",
            count,
            elements,
            100.0 * count / elements,
            rule));
    first.forEach(mismatch -> lines.add("  " + mismatch));
    if (count > first.size()) {
      lines.add("  and " + (count - first.size()) + " more");
    }
    lines.add("  largest " + largest);
    return String.join("\n", lines);
  }

  /** Bit for bit apart from NaN and signs of zero, of one type and shape. */
  static TensorDifference exact(Tensor actual, Tensor expected) {
    if (actual.dtype() != expected.dtype()) {
      return problem(
          "dtypes differ: "
              + actual.dtype()
              + " "
              + actual.shape()
              + " instead of "
              + expected.dtype()
              + " "
              + expected.shape());
    }
    return between(actual, expected, new Rule(0, 0, true));
  }

  static TensorDifference within(
      Tensor actual, Tensor expected, double rtol, double atol, boolean equalNan) {
    if (!(rtol >= 0) || !(atol >= 0)) {
      throw new IllegalArgumentException(
          "allClose: rtol " + rtol + " and atol " + atol + "; neither may be negative or NaN");
    }
    return between(actual, expected, new Rule(rtol, atol, equalNan));
  }

  private static TensorDifference problem(String words) {
    return new TensorDifference(words, 0, 0, List.of(), null, "");
  }

  private static TensorDifference between(Tensor actual, Tensor expected, Rule rule) {
    if (!actual.shape().equals(expected.shape())) {
      return problem("shapes differ: " + actual.shape() + " instead of " + expected.shape());
    }
    if (!actual.dtype().isFloat() && !expected.dtype().isFloat()) {
      return integers(read(actual).toLongs(), read(expected).toLongs(), actual.shape(), rule);
    }
    return floats(read(actual).toDoubles(), read(expected).toDoubles(), actual.shape(), rule);
  }

  private static NamedArray read(Tensor x) {
    if (x.elements() > Integer.MAX_VALUE - 8) {
      throw new ShapeException(
          "difference: shape " + x.shape() + " is more than can be compared at once; slice it");
    }
    var bytes = Arena.ofAuto().allocate(Math.max(1, x.elements() * x.dtype().byteSize()), 8);
    var exact = bytes.asSlice(0, x.elements() * x.dtype().byteSize());
    try (var _ = Scope.open()) {
      x.toBytes(exact);
    }
    return new NamedArray("", x.dtype(), x.shape(), exact);
  }

  private static TensorDifference integers(long[] actual, long[] expected, Shape shape, Rule rule) {
    var found = new Found(shape, rule);
    for (int i = 0; i < actual.length; i++) {
      if (actual[i] != expected[i]
          && (rule.rtol == 0 && rule.atol == 0 || !rule.close(actual[i], expected[i]))) {
        found.add(i, actual[i], expected[i]);
      }
    }
    return found.result();
  }

  private static TensorDifference floats(
      double[] actual, double[] expected, Shape shape, Rule rule) {
    var found = new Found(shape, rule);
    for (int i = 0; i < actual.length; i++) {
      if (!rule.close(actual[i], expected[i])) {
        found.add(i, actual[i], expected[i]);
      }
    }
    return found.result();
  }

  /** Collects mismatches. */
  private static final class Found {
    private final Shape shape;
    private final Rule rule;
    private final List<Mismatch> first = new ArrayList<>();
    private Mismatch largest;
    private long count;

    Found(Shape shape, Rule rule) {
      this.shape = shape;
      this.rule = rule;
    }

    void add(int index, Number actual, Number expected) {
      count++;
      boolean listed = first.size() < LISTED;
      var mismatch = new Mismatch(listed ? coordinate(index) : null, actual, expected);
      if (listed) {
        first.add(mismatch);
      }
      // compare() puts NaN above everything
      if (largest == null
          || Double.compare(mismatch.absoluteError(), largest.absoluteError()) > 0) {
        largest = listed ? mismatch : new Mismatch(coordinate(index), actual, expected);
      }
    }

    private List<Long> coordinate(long index) {
      var coordinate = new Long[shape.rank()];
      long rest = index;
      for (int axis = coordinate.length - 1; axis >= 0; axis--) {
        coordinate[axis] = rest % shape.size(axis);
        rest /= shape.size(axis);
      }
      return Arrays.asList(coordinate);
    }

    TensorDifference result() {
      return new TensorDifference(
          null, shape.elements(), count, List.copyOf(first), largest, rule.words());
    }
  }
}
