package dev.jebena.kernel.reference;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.RandomOp;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.ScanOp;
import dev.jebena.kernel.ScatterOp;
import dev.jebena.kernel.UnaryOp;

/** The table of contents of this package: each primitive and the file that defines it. */
final class ReferencePrimitives implements Primitives {
  @Override
  public void fill(Operand out, Number value) {
    Elementwise.fill(out, value);
  }

  @Override
  public void copy(Operand x, Operand out) {
    Elementwise.copy(x, out);
  }

  @Override
  public void roundStochastically(Operand x, long seed, long counter, Operand out) {
    RandomNumbers.round(x, seed, counter, out);
  }

  @Override
  public void unary(UnaryOp op, Operand x, Operand out) {
    Elementwise.unary(op, x, out);
  }

  @Override
  public void binary(BinaryOp op, Operand a, Operand b, Operand out) {
    Elementwise.binary(op, a, b, out);
  }

  @Override
  public void scalar(BinaryOp op, Operand x, Number s, boolean scalarFirst, Operand out) {
    Elementwise.scalar(op, x, s, scalarFirst, out);
  }

  @Override
  public void where(Operand condition, Operand a, Operand b, Operand out) {
    Elementwise.where(condition, a, b, out);
  }

  @Override
  public void reduce(ReduceOp op, Operand x, int[] axes, Operand out) {
    Reductions.reduce(op, x, axes, out);
  }

  @Override
  public void argReduce(ReduceOp op, Operand x, int axis, Operand out) {
    Reductions.argReduce(op, x, axis, out);
  }

  @Override
  public void cumulativeSum(Operand x, int axis, Operand out) {
    Reductions.cumulativeSum(x, axis, out);
  }

  @Override
  public void scan(ScanOp op, Operand x, int axis, Operand out) {
    Scans.scan(op, x, axis, out);
  }

  @Override
  public void sort(Operand x, int axis, boolean descending, Operand values, Operand indices) {
    Sorting.sort(x, axis, descending, values, indices);
  }

  @Override
  public void searchSorted(Operand sorted, Operand values, boolean right, Operand out) {
    Sorting.searchSorted(sorted, values, right, out);
  }

  @Override
  public void matmul(Operand a, Operand b, boolean accumulate, Operand out) {
    MatrixProduct.matmul(a, b, accumulate, out);
  }

  @Override
  public void gather(Operand x, int axis, Operand index, Operand out) {
    Indexing.gather(x, axis, index, out);
  }

  @Override
  public void scatter(ScatterOp op, Operand index, Operand source, int axis, Operand out) {
    Indexing.scatter(op, index, source, axis, out);
  }

  @Override
  public void wrapIndex(Operand index, int axis, long size, Operand out) {
    Indexing.wrapIndex(index, axis, size, out);
  }

  @Override
  public void indexSelect(Operand x, int axis, Operand index, Operand out) {
    Indexing.indexSelect(x, axis, index, out);
  }

  @Override
  public void indexAdd(Operand index, Operand source, int axis, Operand out) {
    Indexing.indexAdd(index, source, axis, out);
  }

  @Override
  public void arange(Operand out, Number start, Number step) {
    Elementwise.arange(out, start, step);
  }

  @Override
  public void random(RandomOp op, long seed, long counter, double a, double b, Operand out) {
    RandomNumbers.random(op, seed, counter, a, b, out);
  }
}
