package dev.jebena.kernel.opencl;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.RandomOp;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.ScanOp;
import dev.jebena.kernel.ScatterOp;
import dev.jebena.kernel.UnaryOp;

/** The table of contents of this package: each primitive and the class that launches it. */
final class ClPrimitives implements Primitives {
  private final ElementWise elementWise;
  private final Moves moves;
  private final Reductions reductions;
  private final Sorting sorting;
  private final Scattering scattering;
  private final RandomNumbers randomNumbers;
  private final MatrixProduct product;

  ClPrimitives(Engine engine) {
    elementWise = new ElementWise(engine);
    moves = new Moves(engine);
    reductions = new Reductions(engine, moves);
    sorting = new Sorting(engine);
    scattering = new Scattering(engine);
    randomNumbers = new RandomNumbers(engine, moves);
    product = new MatrixProduct(engine, moves, engine.tuning(), TensorCores.of(engine));
  }

  @Override
  public void fill(Operand out, Number value) {
    moves.fill(out, value);
  }

  @Override
  public void copy(Operand x, Operand out) {
    moves.copy(x, out);
  }

  @Override
  public void roundStochastically(Operand x, long seed, long counter, Operand out) {
    randomNumbers.round(x, seed, counter, out);
  }

  @Override
  public void unary(UnaryOp op, Operand x, Operand out) {
    elementWise.unary(op, x, out);
  }

  @Override
  public void binary(BinaryOp op, Operand a, Operand b, Operand out) {
    elementWise.binary(op, a, b, out);
  }

  @Override
  public void scalar(BinaryOp op, Operand x, Number s, boolean scalarFirst, Operand out) {
    elementWise.scalar(op, x, s, scalarFirst, out);
  }

  @Override
  public void where(Operand condition, Operand a, Operand b, Operand out) {
    moves.where(condition, a, b, out);
  }

  @Override
  public void reduce(ReduceOp op, Operand x, int[] axes, Operand out) {
    reductions.reduce(op, x, axes, out);
  }

  @Override
  public void argReduce(ReduceOp op, Operand x, int axis, Operand out) {
    reductions.argReduce(op, x, axis, out);
  }

  @Override
  public void cumulativeSum(Operand x, int axis, Operand out) {
    reductions.cumulativeSum(x, axis, out);
  }

  @Override
  public void scan(ScanOp op, Operand x, int axis, Operand out) {
    reductions.scan(op, x, axis, out);
  }

  @Override
  public void sort(Operand x, int axis, boolean descending, Operand values, Operand indices) {
    sorting.sort(x, axis, descending, values, indices);
  }

  @Override
  public void searchSorted(Operand sorted, Operand values, boolean right, Operand out) {
    sorting.searchSorted(sorted, values, right, out);
  }

  @Override
  public void matmul(Operand a, Operand b, boolean accumulate, Operand out) {
    product.matmul(a, b, accumulate, out);
  }

  @Override
  public void gather(Operand x, int axis, Operand index, Operand out) {
    moves.gather(x, axis, index, out);
  }

  @Override
  public void scatter(ScatterOp op, Operand index, Operand source, int axis, Operand out) {
    scattering.scatter(op, index, source, axis, out);
  }

  @Override
  public void wrapIndex(Operand index, int axis, long size, Operand out) {
    scattering.wrapIndex(index, axis, size, out);
  }

  @Override
  public void indexSelect(Operand x, int axis, Operand index, Operand out) {
    moves.indexSelect(x, axis, index, out);
  }

  @Override
  public void indexAdd(Operand index, Operand source, int axis, Operand out) {
    scattering.indexAdd(index, source, axis, out);
  }

  @Override
  public void arange(Operand out, Number start, Number step) {
    moves.arange(out, start, step);
  }

  @Override
  public void random(RandomOp op, long seed, long counter, double a, double b, Operand out) {
    randomNumbers.random(op, seed, counter, a, b, out);
  }
}
