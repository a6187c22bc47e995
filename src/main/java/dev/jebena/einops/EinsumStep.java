package dev.jebena.einops;

import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.Arrays;

/** One tensor operation of an einsum. Operands stand in slots; a product stays in the left one. */
sealed interface EinsumStep {
  void run(Tensor[] slots);

  /** Whether it computes, instead of looking at the same memory in another way. */
  default boolean computes() {
    return true;
  }

  /** The diagonal of two axes, which becomes the last axis. */
  record Diagonal(int slot, int first, int second) implements EinsumStep {
    @Override
    public void run(Tensor[] slots) {
      slots[slot] = slots[slot].diagonal(0, first, second);
    }

    @Override
    public boolean computes() {
      return false;
    }

    @Override
    public String toString() {
      return slot + ": diagonal of axes " + first + " and " + second + ": view";
    }
  }

  /** Axes in another order. */
  record Permute(int slot, int... order) implements EinsumStep {
    @Override
    public void run(Tensor[] slots) {
      slots[slot] = slots[slot].permute(order);
    }

    @Override
    public boolean computes() {
      return false;
    }

    @Override
    public String toString() {
      return slot + ": permute to " + Arrays.toString(order) + ": view";
    }
  }

  /** Axes merged, split, or of size 1 put in or taken out. */
  record Reshape(int slot, Shape to, boolean copies) implements EinsumStep {
    @Override
    public void run(Tensor[] slots) {
      slots[slot] = slots[slot].reshape(to.toArray());
    }

    @Override
    public boolean computes() {
      return false;
    }

    @Override
    public String toString() {
      return slot + ": reshape to " + to + (copies ? ": copy" : ": view");
    }
  }

  /** Axes summed away; integers keep their type. */
  record Sum(int slot, int... axes) implements EinsumStep {
    @Override
    public void run(Tensor[] slots) {
      slots[slot] = slots[slot].sum(axes, false).to(slots[slot].dtype());
    }

    @Override
    public String toString() {
      return slot + ": sum over " + Arrays.toString(axes);
    }
  }

  /** Element by element, broadcast. */
  record Multiply(int left, int right) implements EinsumStep {
    @Override
    public void run(Tensor[] slots) {
      slots[left] = slots[left].mul(slots[right]);
      slots[right] = null;
    }

    @Override
    public String toString() {
      return left + ": multiply by " + right;
    }
  }

  /**
   * Many dot products, over the last axes of two operands with the same axes. Narrow floats go
   * through a matrix product, which keeps their products in f32 until they are summed.
   */
  record Dots(int left, int right, int... axes) implements EinsumStep {
    @Override
    public void run(Tensor[] slots) {
      var a = slots[left];
      var b = slots[right];
      slots[right] = null;
      slots[left] =
          a.dtype().isFloat() && a.dtype().byteSize() < 4
              ? matrices(a, b)
              : a.mul(b).sum(axes, false).to(a.dtype());
    }

    private Tensor matrices(Tensor a, Tensor b) {
      long[] batch = Arrays.copyOf(a.shape().toArray(), axes[0]);
      long[] row = Arrays.copyOf(batch, batch.length + 2);
      long[] column = row.clone();
      row[batch.length] = 1;
      column[batch.length + 1] = 1;
      long k = 1;
      for (int axis : axes) {
        k *= a.size(axis);
      }
      row[batch.length + 1] = k;
      column[batch.length] = k;
      return a.reshape(row).matmul(b.reshape(column)).reshape(batch);
    }

    @Override
    public String toString() {
      return left + ": multiply by " + right + ", sum over " + Arrays.toString(axes);
    }
  }

  /** {@code [..., M, K] · [..., K, N]}; the slot says where the product stays. */
  record MatMul(int left, int right, int slot) implements EinsumStep {
    @Override
    public void run(Tensor[] slots) {
      var product = slots[left].matmul(slots[right]);
      slots[left] = null;
      slots[right] = null;
      slots[slot] = product;
    }

    @Override
    public String toString() {
      return slot + ": matmul of " + left + " and " + right;
    }
  }
}
