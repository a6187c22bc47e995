package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.ScatterOp;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;

/** Kernels that look elements up by index, and their gradients, which add them back. */
final class Indexing {
  private Indexing() {}

  static void gather(Operand xOperand, int axis, Operand indexOperand, Operand outOperand) {
    var x = Elements.of(xOperand);
    var index = Elements.of(indexOperand);
    var out = Elements.of(outOperand);
    Coordinates.forEach(
        out.shape(),
        at -> {
          long found = check("gather", index.whole(at), axis, x);
          move(x, Coordinates.with(at, axis, found), out, at);
        });
  }

  static void indexSelect(Operand xOperand, int axis, Operand indexOperand, Operand outOperand) {
    var x = Elements.of(xOperand);
    var index = Elements.of(indexOperand);
    var out = Elements.of(outOperand);
    Coordinates.forEach(
        out.shape(),
        at -> {
          long found = check("indexSelect", index.whole(at[axis]), axis, x);
          move(x, Coordinates.with(at, axis, found), out, at);
        });
  }

  static void scatter(
      ScatterOp op, Operand indexOperand, Operand source, int axis, Operand outOperand) {
    var index = Elements.of(indexOperand);
    var out = Elements.of(outOperand);
    var sums = new Sums(out);
    var values = Elements.of(source);
    Coordinates.forEach(
        values.shape(),
        at -> {
          long found = check(op.operation(), index.whole(at), axis, out);
          sums.combine(op, values, at, Coordinates.with(at, axis, found));
        });
    sums.writeBack();
  }

  static void indexAdd(Operand indexOperand, Operand source, int axis, Operand outOperand) {
    var index = Elements.of(indexOperand);
    var out = Elements.of(outOperand);
    var sums = new Sums(out);
    var values = Elements.of(source);
    Coordinates.forEach(
        values.shape(),
        at -> {
          long found = check("indexAdd", index.whole(at[axis]), axis, out);
          sums.combine(ScatterOp.ADD, values, at, Coordinates.with(at, axis, found));
        });
    sums.writeBack();
  }

  static void wrapIndex(Operand indexOperand, int axis, long size, Operand outOperand) {
    var index = Elements.of(indexOperand);
    var out = Elements.of(outOperand);
    Coordinates.forEach(out.shape(), at -> out.set(wrapped(index.whole(at), axis, size), at));
  }

  private static long wrapped(long index, int axis, long size) {
    if (index < -size || index >= size) {
      throw new IndexOutOfBoundsException(
          "index "
              + index
              + " is out of range for axis "
              + axis
              + " of size "
              + size
              + " (valid: "
              + -size
              + " to "
              + (size - 1)
              + ")");
    }
    return index < 0 ? index + size : index;
  }

  private static long check(String operation, long index, int axis, Elements indexed) {
    if (index < 0 || index >= indexed.size(axis)) {
      throw new IndexOutOfBoundsException(
          operation
              + ": index "
              + index
              + " is out of range for axis "
              + axis
              + " of size "
              + indexed.size(axis)
              + " (shape "
              + indexed.shape()
              + ")");
    }
    return index;
  }

  private static void move(Elements from, long[] fromAt, Elements to, long[] toAt) {
    if (from.isFloat()) {
      to.set(from.real(fromAt), toAt);
    } else {
      to.set(from.whole(fromAt), toAt);
    }
  }

  /** An output held in f64 (or 64-bit integers) while much is added to it, rounded once. */
  private static final class Sums {
    private final Elements out;
    private final Layout places;
    private final double[] real;
    private final long[] whole;

    Sums(Elements out) {
      this.out = out;
      Shape shape = out.shape();
      this.places = Layout.contiguous(shape);
      int elements = Math.toIntExact(shape.elements());
      this.real = new double[out.isFloat() ? elements : 0];
      this.whole = new long[out.isFloat() ? 0 : elements];
      Coordinates.forEach(
          shape,
          at -> {
            int i = (int) places.indexOf(at);
            if (out.isFloat()) {
              real[i] = out.real(at);
            } else {
              whole[i] = out.whole(at);
            }
          });
    }

    void combine(ScatterOp op, Elements source, long[] from, long[] to) {
      int i = (int) places.indexOf(to);
      if (out.isFloat()) {
        double value = source.real(from);
        real[i] =
            switch (op) {
              case SET -> value;
              case ADD -> real[i] + value;
              case MUL -> real[i] * value;
              case MAX -> Math.max(real[i], value);
              case MIN -> Math.min(real[i], value);
            };
      } else {
        long value = source.whole(from);
        whole[i] =
            switch (op) {
              case SET -> value;
              case ADD -> whole[i] + value;
              case MUL -> whole[i] * value;
              case MAX -> Math.max(whole[i], value);
              case MIN -> Math.min(whole[i], value);
            };
      }
    }

    void writeBack() {
      Coordinates.forEach(
          out.shape(),
          at -> {
            int i = (int) places.indexOf(at);
            if (out.isFloat()) {
              out.set(real[i], at);
            } else {
              out.set(whole[i], at);
            }
          });
    }
  }
}
