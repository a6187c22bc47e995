package dev.jebena.einops;

import dev.jebena.einops.EinopsException.Problem;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.LongStream;

/**
 * {@code "b * d"}: axes that all tensors share, and one {@code *} for any number of axes that they
 * need not share.
 */
final class PackPattern {
  private final Source source;
  private final int before;
  private final int after;

  private PackPattern(Source source, int before, int after) {
    this.source = source;
    this.before = before;
    this.after = after;
  }

  static PackPattern of(Source source) {
    var names = new HashSet<String>();
    int star = -1;
    int at = 0;
    for (var token : Lexer.tokens(source)) {
      switch (token.kind()) {
        case NAME -> {
          if (!names.add(token.text())) {
            throw source.error(
                Problem.REPEATED_AXIS, token.where(), "axis '" + token.text() + "' stands twice");
          }
        }
        case STAR -> {
          if (star >= 0) {
            throw source.error(Problem.REPEATED_STAR, token.where(), "a second '*'");
          }
          star = at;
        }
        default ->
            throw source.error(
                Problem.MISPLACED,
                token.where(),
                "'" + token.text() + "' has no meaning here; a pattern is names and one '*'");
      }
      at++;
    }
    if (star < 0) {
      throw source.error(
          Problem.MISSING_STAR, source.everything(), "no '*' for the axes that are packed");
    }
    return new PackPattern(source, star, at - star - 1);
  }

  Packed pack(List<Tensor> tensors) {
    if (tensors.isEmpty()) {
      throw source.error(
          Problem.OPERAND_COUNT, source.everything(), "needs at least one tensor, got none");
    }
    var parts = new Tensor[tensors.size()];
    var shapes = new ArrayList<Shape>();
    for (int i = 0; i < parts.length; i++) {
      var shape = tensors.get(i).shape();
      requireRank(shape, i, tensors);
      requireCommon(shape, i, tensors);
      long[] all = shape.toArray();
      var packed = Shape.of(Arrays.copyOfRange(all, before, all.length - after));
      shapes.add(packed);
      parts[i] = tensors.get(i).reshape(around(shape, packed.elements()));
    }
    return new Packed(parts.length == 1 ? parts[0] : Tensor.cat(before, parts), shapes);
  }

  /** The common axes of a shape around something else. */
  private long[] around(Shape shape, long... middle) {
    long[] all = shape.toArray();
    return LongStream.concat(
            LongStream.concat(Arrays.stream(all, 0, before), Arrays.stream(middle)),
            Arrays.stream(all, all.length - after, all.length))
        .toArray();
  }

  private void requireRank(Shape shape, int i, List<Tensor> tensors) {
    if (shape.rank() < before + after) {
      throw source.error(
          Problem.WRONG_RANK,
          source.everything(),
          "the pattern names " + (before + after) + " axes, tensor " + i + " has " + shape.rank(),
          context(tensors));
    }
  }

  private void requireCommon(Shape shape, int i, List<Tensor> tensors) {
    var first = tensors.getFirst().shape();
    for (int j = 0; j < before + after; j++) {
      int axis = j < before ? j : j - before - after;
      if (shape.size(axis) != first.size(axis)) {
        throw source.error(
            Problem.SIZES_CONTRADICT,
            source.everything(),
            "tensor "
                + i
                + " has "
                + shape.size(axis)
                + " in axis "
                + axis
                + ", tensor 0 has "
                + first.size(axis)
                + "; only the axes of '*' may differ",
            context(tensors));
      }
    }
  }

  private static String context(List<Tensor> tensors) {
    return Source.context(tensors.stream().map(Tensor::shape).toList());
  }

  /**
   * Views of the parts.
   *
   * @param shapes what {@code *} stands for in each; one −1 in all is told from what is left
   */
  List<Tensor> unpack(Tensor x, List<long[]> shapes) {
    if (x.rank() != before + after + 1) {
      throw source.error(
          Problem.WRONG_RANK,
          source.everything(),
          "the pattern has " + (before + after + 1) + " axes, the tensor has " + x.rank(),
          Source.context(x.shape(), List.of()));
    }
    long[] lengths = lengths(x, shapes);
    var parts = new ArrayList<Tensor>();
    long start = 0;
    for (int i = 0; i < lengths.length; i++) {
      var part = lengths[i] == x.size(before) ? x : x.slice(before, start, start + lengths[i]);
      parts.add(part.reshape(around(x.shape(), filled(shapes.get(i), lengths[i]))));
      start += lengths[i];
    }
    return parts;
  }

  /** How much of the packed axis each part takes. */
  private long[] lengths(Tensor x, List<long[]> shapes) {
    long size = x.size(before);
    long[] lengths = new long[shapes.size()];
    int open = -1;
    long known = 0;
    long unit = 1;
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = 1;
      for (long s : shapes.get(i)) {
        if (s < -1 || s == -1 && open >= 0) {
          throw error(x, shapes, s < -1 ? "a size of " + s : "a second -1; only one can be told");
        }
        if (s == -1) {
          open = i;
        } else {
          lengths[i] *= s;
        }
      }
      if (open == i) {
        unit = lengths[i];
      } else {
        known += lengths[i];
      }
    }
    if (open >= 0) {
      long left = size - known;
      if (left < 0 || unit == 0 || left % unit != 0) {
        throw error(x, shapes, left + " elements are left for -1, in units of " + unit);
      }
      lengths[open] = left;
    } else if (known != size) {
      throw error(x, shapes, "the parts have " + known + " elements, the axis has " + size);
    }
    return lengths;
  }

  private static long[] filled(long[] shape, long length) {
    long known = Arrays.stream(shape).filter(s -> s != -1).reduce(1, (a, b) -> a * b);
    return Arrays.stream(shape).map(s -> s == -1 ? length / known : s).toArray();
  }

  private EinopsException error(Tensor x, List<long[]> shapes, String reason) {
    return source.error(
        Problem.PACKED_SIZES,
        source.everything(),
        reason,
        Source.context(x.shape(), List.of())
            + ", packed "
            + shapes.stream().map(Arrays::toString).toList());
  }
}
