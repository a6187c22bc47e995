package dev.jebena.einops;

import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Tensor operations that are written as what comes in and what goes out.
 *
 * <pre>{@code
 * import static dev.jebena.einops.Einops.*;
 *
 * rearrange(x, "b t (h d) -> b h t d", axis("h", 8));
 * reduce(images, "b c (h 2) (w 2) -> b c h w", "max");
 * repeat(mask, "t s -> b h t s", axis("b", 4), axis("h", 8));
 * einsum("b h t d, b h s d -> b h t s", q, k);
 * }</pre>
 *
 * <p>A pattern is {@code left -> right}. A side is a sequence of axes: names (letters, digits and
 * underscores, beginning with a letter), {@code 1}, other numbers where {@link #reduce} folds or
 * {@link #repeat} makes an axis that needs no name, one {@code ...} for any number of axes, and
 * parentheses, which see several axes as one. Parentheses on the left split an axis; all its parts
 * but one need a size, given by {@link #axis}. {@code ...} may stand in parentheses on the right.
 * Space between names is needed, all other space is free.
 *
 * <p>Patterns are compiled once and kept, with a plan for each shape; {@link Pattern} and {@link
 * Einsum} are the same for those who hold them in a field. Nothing is copied where strides can say
 * it. Errors are {@link EinopsException}s that point into the pattern.
 */
public final class Einops {
  /** Compiled patterns that are kept, of all kinds together. */
  private static final int PATTERNS = 512;

  private record Key(Pattern.Kind kind, Reduction reduction, String text) {}

  /** Texts to what they mean: no tensors, no shapes, the same for everybody. */
  private static final BoundedCache<Key, Pattern> COMPILED = new BoundedCache<>(PATTERNS);

  private static final BoundedCache<String, Einsum> EQUATIONS = new BoundedCache<>(PATTERNS);

  private static final BoundedCache<Source, PackPattern> PACKINGS = new BoundedCache<>(PATTERNS);

  private Einops() {}

  /** The size of an axis that the shape does not tell. */
  public static Axis axis(String name, long size) {
    return new Axis(name, size);
  }

  private static Pattern compiled(
      Pattern.Kind kind, Reduction how, String text, Shape shape, Axis... sizes) {
    try {
      return COMPILED.get(
          new Key(kind, how, text),
          key -> Pattern.of(key.kind(), key.reduction(), key.text(), List.of()));
    } catch (EinopsException e) {
      throw e.about(Source.context(shape, List.of(sizes)));
    }
  }

  // ---------------------------------------------------------------- transforms

  /**
   * Axes in another order, split and merged: {@code rearrange(x, "b c (h p1) (w p2) -> b (h w) (p1
   * p2 c)", axis("p1", 16), axis("p2", 16))} cuts {@code [10, 3, 224, 224]} into patches {@code
   * [10, 196, 768]}. Every name stands on both sides.
   *
   * @return a view where the merged axes lie together in memory, otherwise a copy
   * @throws EinopsException for a wrong pattern, and where the shape or the sizes do not fit it
   */
  public static Tensor rearrange(Tensor x, String pattern, Axis... sizes) {
    return compiled(Pattern.Kind.REARRANGE, null, pattern, x.shape(), sizes).apply(x, sizes);
  }

  /**
   * The same for tensors of one shape, which are stacked along a new first axis: {@code
   * rearrange(images, "b h w c -> b c h w")}.
   *
   * @throws EinopsException for a wrong pattern, and where the shape or the sizes do not fit it
   * @throws dev.jebena.memory.ShapeException where the shapes differ, or there is no tensor
   */
  public static Tensor rearrange(List<Tensor> tensors, String pattern, Axis... sizes) {
    return rearrange(stacked(tensors), pattern, sizes);
  }

  /**
   * Folds the axes that the right side does not have: {@code reduce(x, "b c h w -> b c",
   * Reduction.MEAN)}.
   *
   * @throws EinopsException for a wrong pattern, where the shape or the sizes do not fit it, for an
   *     element type that the reduction does not take, and for the largest of no elements
   */
  public static Tensor reduce(Tensor x, String pattern, Reduction how, Axis... sizes) {
    return compiled(Pattern.Kind.REDUCE, how, pattern, x.shape(), sizes).apply(x, sizes);
  }

  /**
   * The same, the reduction by its name: {@code sum}, {@code mean}, {@code max}, {@code min},
   * {@code prod}, {@code any} or {@code all}.
   *
   * @throws EinopsException also where there is no such reduction
   */
  public static Tensor reduce(Tensor x, String pattern, String how, Axis... sizes) {
    var context = Source.context(x.shape(), List.of(sizes));
    return reduce(x, pattern, Reduction.named(how, new Source("reduce", pattern), context), sizes);
  }

  /**
   * The same for tensors of one shape, which are stacked along a new first axis.
   *
   * @throws EinopsException as for one tensor
   * @throws dev.jebena.memory.ShapeException where the shapes differ, or there is no tensor
   */
  public static Tensor reduce(List<Tensor> tensors, String pattern, Reduction how, Axis... sizes) {
    return reduce(stacked(tensors), pattern, how, sizes);
  }

  /**
   * The same for tensors of one shape, which are stacked along a new first axis, the reduction by
   * its name.
   *
   * @throws EinopsException as for one tensor
   * @throws dev.jebena.memory.ShapeException where the shapes differ, or there is no tensor
   */
  public static Tensor reduce(List<Tensor> tensors, String pattern, String how, Axis... sizes) {
    return reduce(stacked(tensors), pattern, how, sizes);
  }

  /**
   * Repeats along new axes: {@code repeat(x, "h w -> (h 2) (w 2)")} doubles every pixel. Every name
   * of the left stands on the right; new ones need sizes.
   *
   * @return a view with strides of 0 where no repeated axis is merged, otherwise a copy
   * @throws EinopsException for a wrong pattern, and where the shape or the sizes do not fit it
   */
  public static Tensor repeat(Tensor x, String pattern, Axis... sizes) {
    return compiled(Pattern.Kind.REPEAT, null, pattern, x.shape(), sizes).apply(x, sizes);
  }

  /**
   * The same for tensors of one shape, which are stacked along a new first axis.
   *
   * @throws EinopsException as for one tensor
   * @throws dev.jebena.memory.ShapeException where the shapes differ, or there is no tensor
   */
  public static Tensor repeat(List<Tensor> tensors, String pattern, Axis... sizes) {
    return repeat(stacked(tensors), pattern, sizes);
  }

  private static Tensor stacked(List<Tensor> tensors) {
    return Tensor.stack(0, tensors.toArray(new Tensor[0]));
  }

  // ---------------------------------------------------------------- products

  /**
   * Sums of products, as {@link Einsum} explains: {@code einsum("b h t d, b h s d -> b h t s", q,
   * k)}, or with one letter an axis {@code einsum("bhtd,bhsd->bhts", q, k)}.
   *
   * @throws EinopsException for a wrong equation, and where shapes or element types do not fit it
   */
  public static Tensor einsum(String equation, Tensor... operands) {
    return compiled(equation, operands).apply(operands);
  }

  /**
   * In which order {@link #einsum} would multiply operands of these shapes, and what each step
   * costs.
   *
   * @throws EinopsException for a wrong equation, and where the shapes do not fit it
   */
  public static ContractionPath einsumPath(String equation, PathSearch search, Shape... shapes) {
    return Einsum.of(equation, search).path(shapes);
  }

  private static Einsum compiled(String equation, Tensor... operands) {
    try {
      return EQUATIONS.get(equation, Einsum::of);
    } catch (EinopsException e) {
      throw e.about(Source.context(Arrays.stream(operands).map(Tensor::shape).toList()));
    }
  }

  // ---------------------------------------------------------------- packing

  /**
   * Joins tensors that share the named axes of {@code pattern}; {@code *} stands for any number of
   * others, which become one: tokens {@code [b, d]} and patches {@code [b, h, w, d]} under {@code
   * "b * d"} become {@code [b, 1 + h·w, d]}.
   *
   * @throws EinopsException for a wrong pattern, too few axes, and common axes that differ
   */
  public static Packed pack(List<Tensor> tensors, String pattern) {
    var shapes = tensors.stream().map(Tensor::shape).toList();
    return packing("pack", pattern, Source.context(shapes)).pack(tensors);
  }

  /**
   * Takes apart what {@link #pack} joined, or something else of that size.
   *
   * @param shapes what {@code *} stands for in each part, as in {@link Packed#shapes}
   * @return views
   * @throws EinopsException for a wrong pattern, and where the parts do not add up to the axis
   */
  public static List<Tensor> unpack(Tensor x, List<Shape> shapes, String pattern) {
    return unpack(x, pattern, shapes.stream().map(Shape::toArray).toArray(long[][]::new));
  }

  /**
   * The same with shapes written out; one size in all of them may be −1 and is told from what is
   * left: {@code unpack(x, "b * d", new long[] {}, new long[] {-1})} takes off the first token.
   *
   * @return views
   * @throws EinopsException for a wrong pattern, and where the parts do not add up to the axis
   */
  public static List<Tensor> unpack(Tensor x, String pattern, long[]... shapes) {
    return packing("unpack", pattern, Source.context(x.shape(), List.of()))
        .unpack(x, List.of(shapes));
  }

  private static PackPattern packing(String operation, String pattern, String context) {
    try {
      return PACKINGS.get(new Source(operation, pattern), PackPattern::of);
    } catch (EinopsException e) {
      throw e.about(context);
    }
  }
}
