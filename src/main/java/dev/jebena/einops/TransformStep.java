package dev.jebena.einops;

import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.Arrays;

/** One tensor operation of a plan. Each knows how it would lay out its result. */
sealed interface TransformStep {
  Tensor apply(Tensor x);

  /** The layout of the result. */
  Layout layout(Layout x);

  /** Whether the elements move. */
  default boolean copies(Layout x) {
    return false;
  }

  /** The same elements in the same order under another shape. */
  record Reshape(Shape to) implements TransformStep {
    @Override
    public Tensor apply(Tensor x) {
      return x.reshape(to.toArray());
    }

    @Override
    public Layout layout(Layout x) {
      return x.reshape(to).orElseGet(() -> Layout.contiguous(to));
    }

    @Override
    public boolean copies(Layout x) {
      return x.reshape(to).isEmpty();
    }

    @Override
    public String toString() {
      return "reshape to " + to;
    }
  }

  /** Axes in another order. */
  record Permute(int... order) implements TransformStep {
    @Override
    public Tensor apply(Tensor x) {
      return x.permute(order);
    }

    @Override
    public Layout layout(Layout x) {
      return x.permute(order);
    }

    @Override
    public String toString() {
      return "permute to " + Arrays.toString(order);
    }
  }

  /** Axes folded away. */
  record Fold(Reduction how, int... axes) implements TransformStep {
    @Override
    public Tensor apply(Tensor x) {
      return how.apply(x, axes);
    }

    @Override
    public Layout layout(Layout x) {
      var shape = x.shape();
      for (int i = axes.length - 1; i >= 0; i--) {
        shape = shape.without(axes[i]);
      }
      return Layout.contiguous(shape);
    }

    @Override
    public String toString() {
      return how + " over " + Arrays.toString(axes);
    }
  }

  /** Axes of size 1 repeated with stride 0. */
  record Expand(Shape to) implements TransformStep {
    @Override
    public Tensor apply(Tensor x) {
      return x.expand(to.toArray());
    }

    @Override
    public Layout layout(Layout x) {
      return x.expand(to);
    }

    @Override
    public String toString() {
      return "expand to " + to;
    }
  }
}
