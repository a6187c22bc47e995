package dev.jebena.tensor;

import dev.jebena.memory.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Copies in which elements stand more than once or elsewhere, composed of views and joins. */
final class Repeating {
  private Repeating() {}

  /**
   * {@code [a, b]} repeated {@code [r, s]} times is {@code [1, a, 1, b]} seen as {@code [r, a, s,
   * b]}.
   */
  static Tensor repeat(Tensor x, long... times) {
    int lead = times.length - x.rank();
    if (lead < 0) {
      throw new ShapeException(
          "repeat: "
              + times.length
              + " numbers "
              + Arrays.toString(times)
              + " for the "
              + x.rank()
              + " axes of shape "
              + x.shape()
              + " (one an axis, or more for new axes in front; see tile)");
    }
    long[] raised = new long[2 * times.length];
    long[] wide = new long[2 * times.length];
    long[] sizes = new long[times.length];
    for (int i = 0; i < times.length; i++) {
      if (times[i] < 0) {
        throw new ShapeException("repeat: " + times[i] + " times, in " + Arrays.toString(times));
      }
      long size = i < lead ? 1 : x.size(i - lead);
      raised[2 * i] = 1;
      raised[2 * i + 1] = size;
      wide[2 * i] = times[i];
      wide[2 * i + 1] = size;
      sizes[i] = times[i] * size;
    }
    var repeated = x.reshape(raised).expand(wide).reshape(sizes);
    return repeated.sharesStorageWith(x) ? repeated.copy() : repeated;
  }

  static Tensor tile(Tensor x, long... times) {
    long[] all = new long[Math.max(times.length, x.rank())];
    Arrays.fill(all, 1);
    System.arraycopy(times, 0, all, all.length - times.length, times.length);
    return repeat(x, all);
  }

  static Tensor repeatInterleave(Tensor x, int axis, long times) {
    int a = x.shape().axis("repeatInterleave", axis);
    if (times < 0) {
      throw new ShapeException("repeatInterleave: " + times + " times");
    }
    long[] wide = x.unsqueeze(a + 1).shape().toArray();
    wide[a + 1] = times;
    var repeated =
        x.unsqueeze(a + 1).expand(wide).reshape(x.shape().with(a, x.size(a) * times).toArray());
    return repeated.sharesStorageWith(x) ? repeated.copy() : repeated;
  }

  /** Element i of the axis stands {@code counts[i]} times. The counts come to the host. */
  static Tensor repeatInterleave(Tensor x, int axis, Tensor counts) {
    int a = x.shape().axis("repeatInterleave", axis);
    Dispatch.requireIndex("repeatInterleave", counts);
    if (counts.rank() != 1 || counts.size(0) != x.size(a)) {
      throw new ShapeException(
          "repeatInterleave: counts of shape "
              + counts.shape()
              + " for axis "
              + a
              + " of shape "
              + x.shape()
              + " (one count an element would fit: ["
              + x.size(a)
              + "])");
    }
    long[] times = counts.toLongs();
    long total = 0;
    for (long n : times) {
      if (n < 0) {
        throw new ShapeException("repeatInterleave: " + n + " times, in " + Arrays.toString(times));
      }
      total += n;
    }
    long[] source = new long[Math.toIntExact(total)];
    int at = 0;
    for (int i = 0; i < times.length; i++) {
      Arrays.fill(source, at, at + (int) times[i], i);
      at += (int) times[i];
    }
    return x.indexSelect(a, ShapeViews.numbers(x, source));
  }

  /** Elements move {@code shift} places along an axis; what leaves at the end comes in again. */
  static Tensor roll(Tensor x, long shift, int axis) {
    int a = x.shape().axis("roll", axis);
    long size = x.size(a);
    long moved = size == 0 ? 0 : Math.floorMod(shift, size);
    return Tensor.cat(a, x.slice(a, size - moved, size), x.slice(a, 0, size - moved));
  }

  static Tensor roll(Tensor x, long shift) {
    return roll(x.reshape(-1), shift, 0).reshape(x.shape().toArray());
  }

  /** Quarter turns from axis a towards axis b, by flips and an exchange of axes. */
  static Tensor rot90(Tensor x, int turns, int a, int b) {
    int from = x.shape().axis("rot90", a);
    int to = x.shape().axis("rot90", b);
    if (from == to) {
      throw new ShapeException(
          "rot90: takes two different axes, got " + a + " and " + b + " of shape " + x.shape());
    }
    return switch (Math.floorMod(turns, 4)) {
      case 1 -> x.flip(to).transpose(from, to);
      case 2 -> x.flip(from).flip(to);
      case 3 -> x.flip(from).transpose(from, to);
      default -> x.copy();
    };
  }

  static Tensor flip(Tensor x, int... axes) {
    boolean[] seen = new boolean[x.rank()];
    var out = x;
    for (int axis : axes) {
      int a = x.shape().axis("flip", axis);
      if (seen[a]) {
        throw new ShapeException("flip: axis " + a + " stands twice in " + Arrays.toString(axes));
      }
      seen[a] = true;
      out = out.flip(a);
    }
    return out;
  }

  /** One view a vector, all of the shape of the grid; the first varies along axis 0. */
  static List<Tensor> meshgrid(Tensor... vectors) {
    long[] grid = new long[vectors.length];
    for (int i = 0; i < grid.length; i++) {
      if (vectors[i].rank() > 1) {
        throw new ShapeException(
            "meshgrid: takes vectors and scalars, got shape " + vectors[i].shape());
      }
      grid[i] = vectors[i].elements();
    }
    var views = new ArrayList<Tensor>();
    for (int i = 0; i < grid.length; i++) {
      long[] lying = new long[grid.length];
      Arrays.fill(lying, 1);
      lying[i] = grid[i];
      views.add(vectors[i].reshape(lying).expand(grid));
    }
    return views;
  }

  /** Every combination of one element of each vector, {@code [n₁·n₂·…, vectors]}. */
  static Tensor cartesianProduct(Tensor... vectors) {
    if (vectors.length == 0) {
      throw new ShapeException("cartesianProduct: needs at least one vector");
    }
    for (var vector : vectors) {
      if (vector.rank() != 1) {
        throw new ShapeException("cartesianProduct: takes vectors, got shape " + vector.shape());
      }
    }
    if (vectors.length == 1) {
      return vectors[0].copy();
    }
    var columns = meshgrid(vectors).stream().map(grid -> grid.reshape(-1)).toArray(Tensor[]::new);
    return Tensor.stack(1, columns);
  }
}
