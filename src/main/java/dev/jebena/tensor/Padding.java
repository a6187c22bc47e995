package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.memory.ShapeException;
import java.util.Arrays;
import java.util.Locale;

/** Elements put before and after the axes of a tensor. */
final class Padding {
  private Padding() {}

  /** A constant; negative amounts cut off. */
  static Tensor constant(Tensor x, double value, int axis, long before, long after) {
    int a = x.shape().axis("pad", axis);
    long size = x.size(a) + before + after;
    if (size < 0 || x.size(a) + Math.min(0, before) + Math.min(0, after) < 0) {
      throw new ShapeException(
          "pad: amounts "
              + before
              + " and "
              + after
              + " cut more off axis "
              + a
              + " of shape "
              + x.shape()
              + " than it has");
    }
    var kept = x.slice(a, Math.max(0, -before), x.size(a) + Math.min(0, after));
    long start = Math.max(0, before);
    long end = start + kept.size(a);
    var out = Tensor.full(x.device(), x.dtype(), x.shape().with(a, size), value);
    Dispatch.copy(kept, out.slice(a, start, end));
    return Tape.record("pad", out, g -> gradients(g.slice(a, start, end)), kept);
  }

  static Tensor mirrored(Tensor x, PadMode mode, int axis, long before, long after) {
    int a = x.shape().axis("pad", axis);
    long size = x.size(a);
    long widest = mode.widest(size);
    if (before < 0 || after < 0 || before > widest || after > widest) {
      throw new ShapeException(
          "pad: "
              + mode.name().toLowerCase(Locale.ROOT)
              + " takes 0 to "
              + (widest == Long.MAX_VALUE ? "any number of" : widest)
              + " elements beside axis "
              + a
              + " of shape "
              + x.shape()
              + ", got "
              + before
              + " and "
              + after);
    }
    long[] source = new long[Math.toIntExact(before + size + after)];
    Arrays.setAll(source, i -> mode.source(i - before, size));
    return x.indexSelect(a, ShapeViews.numbers(x, source));
  }

  /** Pairs of amounts for the last axis, the one before it, and so on. */
  static Tensor constant(Tensor x, double value, long... amounts) {
    requirePairs(x, amounts);
    var out = x;
    for (int i = 0; i < amounts.length; i += 2) {
      out = constant(out, value, -1 - i / 2, amounts[i], amounts[i + 1]);
    }
    return out;
  }

  static Tensor mirrored(Tensor x, PadMode mode, long... amounts) {
    requirePairs(x, amounts);
    var out = x;
    for (int i = 0; i < amounts.length; i += 2) {
      out = mirrored(out, mode, -1 - i / 2, amounts[i], amounts[i + 1]);
    }
    return out;
  }

  private static void requirePairs(Tensor x, long[] amounts) {
    if (amounts.length % 2 != 0 || amounts.length > 2 * x.rank()) {
      throw new ShapeException(
          "pad: takes a pair of amounts for the last axis, one for the axis before it, and so on,"
              + " at most "
              + x.rank()
              + " for shape "
              + x.shape()
              + "; got "
              + Arrays.toString(amounts));
    }
  }
}
