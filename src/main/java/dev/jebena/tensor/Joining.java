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

  static List<Tensor> chunk(Tensor x, int axis, int chunks) {
    int a = x.shape().axis("chunk", axis);
    long each = (x.size(a) + chunks - 1) / chunks;
    var parts = new ArrayList<Tensor>();
    for (long at = 0; at < x.size(a); at += Math.max(1, each)) {
      parts.add(x.slice(a, at, Math.min(x.size(a), at + each)));
    }
    return parts;
  }
}
