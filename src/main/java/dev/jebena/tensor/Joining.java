package dev.jebena.tensor;

import dev.jebena.memory.DType;
import dev.jebena.memory.ShapeException;
import java.util.ArrayList;
import java.util.List;

/** Several tensors into one, and one into several. */
final class Joining {
  private Joining() {}

  static Tensor cat(int axis, Tensor... parts) {
    if (parts.length == 0) {
      throw new ShapeException("cat: needs at least one tensor");
    }
    var first = parts[0];
    var device = Dispatch.common("cat", first, parts);
    int a = first.shape().axis("cat", axis);
    long total = 0;
    DType dtype = first.dtype();
    for (var part : parts) {
      if (part.rank() != first.rank()
          || !part.shape().with(a, 0).equals(first.shape().with(a, 0))) {
        throw new ShapeException(
            "cat: shapes "
                + first.shape()
                + " and "
                + part.shape()
                + " may differ in axis "
                + a
                + " only");
      }
      total += part.size(a);
      dtype = DType.promote(dtype, part.dtype());
    }
    var out = Dispatch.empty(device, dtype, first.shape().with(a, total));
    long[] starts = new long[parts.length];
    long at = 0;
    for (int i = 0; i < parts.length; i++) {
      starts[i] = at;
      Dispatch.copy(parts[i], out.under(out.layout().slice(a, at, at + parts[i].size(a), 1)));
      at += parts[i].size(a);
    }
    return Tape.record(
        "cat",
        out,
        g -> {
          var gradients = new Tensor[parts.length];
          for (int i = 0; i < parts.length; i++) {
            if (parts[i].requiresGrad()) {
              gradients[i] =
                  g.slice(a, starts[i], starts[i] + parts[i].size(a)).to(parts[i].dtype());
            }
          }
          return gradients;
        },
        parts);
  }

  static Tensor stack(int axis, Tensor... parts) {
    if (parts.length == 0) {
      throw new ShapeException("stack: needs at least one tensor");
    }
    var raised = new Tensor[parts.length];
    for (int i = 0; i < parts.length; i++) {
      if (!parts[i].shape().equals(parts[0].shape())) {
        throw new ShapeException(
            "stack: shapes "
                + parts[0].shape()
                + " and "
                + parts[i].shape()
                + " differ; all must be equal");
      }
      raised[i] = parts[i].unsqueeze(axis);
    }
    return cat(axis, raised);
  }

  static List<Tensor> split(Tensor x, int axis, long... sizes) {
    int a = x.shape().axis("split", axis);
    long total = 0;
    for (long size : sizes) {
      total += size;
    }
    if (total != x.size(a)) {
      throw new ShapeException(
          "split: sizes "
              + java.util.Arrays.toString(sizes)
              + " add up to "
              + total
              + ", but axis "
              + a
              + " of "
              + x.shape()
              + " has "
              + x.size(a));
    }
    var parts = new ArrayList<Tensor>();
    long at = 0;
    for (long size : sizes) {
      parts.add(x.slice(a, at, at + size));
      at += size;
    }
    return parts;
  }

  /** Views of {@code size} elements, the last perhaps smaller. */
  static List<Tensor> splitEvery(Tensor x, int axis, long size) {
    int a = x.shape().axis("splitEvery", axis);
    if (size < 1) {
      throw new ShapeException("splitEvery: parts of " + size + " (1 or more would fit)");
    }
    var parts = new ArrayList<Tensor>();
    long at = 0;
    do {
      parts.add(x.slice(a, at, Math.min(x.size(a), at + size)));
      at += size;
    } while (at < x.size(a));
    return parts;
  }

  static List<Tensor> chunk(Tensor x, int axis, int chunks) {
    int a = x.shape().axis("chunk", axis);
    if (chunks < 1) {
      throw new ShapeException("chunk: " + chunks + " parts (1 or more would fit)");
    }
    if (x.size(a) == 0) {
      return java.util.Collections.nCopies(chunks, x);
    }
    return splitEvery(x, a, Math.ceilDiv(x.size(a), chunks));
  }

  /**
   * Exactly {@code sections} views, the first ones larger by one where it does not come out even.
   */
  static List<Tensor> tensorSplit(Tensor x, int axis, int sections) {
    int a = x.shape().axis("tensorSplit", axis);
    if (sections < 1) {
      throw new ShapeException("tensorSplit: " + sections + " parts (1 or more would fit)");
    }
    long each = x.size(a) / sections;
    long larger = x.size(a) % sections;
    long[] starts = new long[sections - 1];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = (i + 1) * each + Math.min(i + 1, larger);
    }
    return tensorSplit(x, a, starts);
  }

  /** Views between indices, which are cut to the axis as the bounds of a slice are. */
  static List<Tensor> tensorSplit(Tensor x, int axis, long... indices) {
    int a = x.shape().axis("tensorSplit", axis);
    var parts = new ArrayList<Tensor>();
    long at = 0;
    for (long index : indices) {
      parts.add(x.slice(a, at, index));
      at = index;
    }
    parts.add(x.slice(a, at, x.size(a)));
    return parts;
  }

  /** Rows under each other; vectors and scalars count as one row. */
  static Tensor vstack(Tensor... parts) {
    return cat(0, raised(parts, 2));
  }

  /** Side by side: along axis 1, vectors and scalars along axis 0. */
  static Tensor hstack(Tensor... parts) {
    var all = raised(parts, 1);
    return cat(all.length > 0 && all[0].rank() == 1 ? 0 : 1, all);
  }

  /** Behind each other, along axis 2. */
  static Tensor dstack(Tensor... parts) {
    return cat(2, raised(parts, 3));
  }

  /**
   * {@code x} becomes {@code [x]}, {@code [N]} {@code [1, N]}, {@code [M, N]} {@code [M, N, 1]}.
   */
  private static Tensor[] raised(Tensor[] parts, int rank) {
    var out = new Tensor[parts.length];
    for (int i = 0; i < parts.length; i++) {
      var part = parts[i];
      while (part.rank() < rank) {
        part = part.unsqueeze(part.rank() == 2 ? 2 : 0);
      }
      out[i] = part;
    }
    return out;
  }
}
