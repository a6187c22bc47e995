package dev.jebena.kernel.cpu;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.RandomOp;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.ScanOp;
import dev.jebena.kernel.ScatterOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.kernel.cpu.ElementWise.Input;
import dev.jebena.memory.DType;
import java.lang.foreign.MemorySegment;

/** The table of contents of this package: each primitive and the class that computes it. */
final class CpuPrimitives implements Primitives {
  private final WorkerPool pool;
  private final ElementWise elementWise;
  private final TransposedCopy transposed;
  private final Reductions reductions;
  private final Scans scans;
  private final RunningFolds runningFolds;
  private final Sorting sorting;
  private final Searching searching;
  private final Indexing indexing;
  private final Generation generation;
  private final MatrixProduct matrixProduct;

  CpuPrimitives(WorkerPool pool) {
    this.pool = pool;
    this.elementWise = new ElementWise(pool);
    this.transposed = new TransposedCopy(pool);
    this.reductions = new Reductions(pool);
    this.scans = new Scans(pool);
    this.runningFolds = new RunningFolds(pool);
    this.sorting = new Sorting(pool);
    this.searching = new Searching(pool);
    this.indexing = new Indexing(pool);
    this.generation = new Generation(pool);
    this.matrixProduct = new MatrixProduct(pool);
  }

  @Override
  public void fill(Operand out, Number value) {
    var lane = Lane.of(out.dtype());
    elementWise.run(Casts.between(out.dtype(), out.dtype()), out, Input.constant(lane, value));
  }

  @Override
  public void copy(Operand x, Operand out) {
    if (x.dtype() != out.dtype()) {
      elementWise.run(Casts.between(x.dtype(), out.dtype()), out, Input.of(x));
    } else if (x.isContiguous() && out.isContiguous()) {
      copyBytes(x, out);
    } else {
      // Bits are moved as they are, in integers of the same width.
      var bits =
          switch (x.dtype().byteSize()) {
            case 8 -> DType.I64;
            case 4 -> DType.F32; // staged as raw bits, in place where contiguous
            case 2 -> DType.I16;
            default -> DType.U8;
          };
      if (bits == DType.F32 && transposed.fits(x, out)) {
        transposed.run(x, out);
        return;
      }
      var from = new Operand(x.buffer(), bits, x.layout());
      var to = new Operand(out.buffer(), bits, out.layout());
      elementWise.run(Casts.between(bits, bits), to, Input.of(from));
    }
  }

  private void copyBytes(Operand x, Operand out) {
    long bytes = x.elements() * x.dtype().byteSize();
    long perTask = 4L * ElementWise.TASK;
    var from = Memory.of(x);
    var to = Memory.of(out);
    pool.run(
        Math.toIntExact((bytes + perTask - 1) / perTask),
        task -> {
          long at = task * perTask;
          long n = Math.min(perTask, bytes - at);
          MemorySegment.copy(from, Memory.start(x) + at, to, Memory.start(out) + at, n);
        });
  }

  @Override
  public void roundStochastically(Operand x, long seed, long counter, Operand out) {
    generation.round(x, seed, counter, out);
  }

  @Override
  public void unary(UnaryOp op, Operand x, Operand out) {
    var dtype = x.dtype();
    if (op == UnaryOp.NOT && dtype != DType.BOOL) {
      scalar(BinaryOp.EQ, x, 0, false, out);
    } else if (!dtype.isFloat() && (op == UnaryOp.IS_NAN || op == UnaryOp.IS_FINITE)) {
      fill(out, op == UnaryOp.IS_FINITE ? 1 : 0);
    } else if (dtype == DType.BOOL && op != UnaryOp.NOT) {
      copy(x, out); // 0 and 1 are what all functions of whole numbers leave as they are
    } else {
      elementWise.run(Kernels.unary(op, Lane.of(dtype)), out, Input.of(x));
    }
  }

  @Override
  public void binary(BinaryOp op, Operand a, Operand b, Operand out) {
    elementWise.run(Kernels.binary(op, Lane.of(a.dtype())), out, Input.of(a), Input.of(b));
  }

  @Override
  public void scalar(BinaryOp op, Operand x, Number s, boolean scalarFirst, Operand out) {
    var lane = Lane.of(x.dtype());
    var constant = Input.constant(lane, s);
    var kernel = Kernels.binary(op, lane);
    if (scalarFirst) {
      elementWise.run(kernel, out, constant, Input.of(x));
    } else {
      elementWise.run(kernel, out, Input.of(x), constant);
    }
  }

  @Override
  public void where(Operand condition, Operand a, Operand b, Operand out) {
    var kernel = Kernels.where(Lane.of(out.dtype()));
    elementWise.run(kernel, out, Input.of(condition), Input.of(a), Input.of(b));
  }

  @Override
  public void reduce(ReduceOp op, Operand x, int[] axes, Operand out) {
    reductions.reduce(op, x, axes, out);
  }

  @Override
  public void argReduce(ReduceOp op, Operand x, int axis, Operand out) {
    scans.argReduce(op, x, axis, out);
  }

  @Override
  public void cumulativeSum(Operand x, int axis, Operand out) {
    scans.cumulativeSum(x, axis, out);
  }

  @Override
  public void scan(ScanOp op, Operand x, int axis, Operand out) {
    runningFolds.scan(op, x, axis, out);
  }

  @Override
  public void sort(Operand x, int axis, boolean descending, Operand values, Operand indices) {
    sorting.sort(x, axis, descending, values, indices);
  }

  @Override
  public void searchSorted(Operand sorted, Operand values, boolean right, Operand out) {
    searching.searchSorted(sorted, values, right, out);
  }

  @Override
  public void matmul(Operand a, Operand b, boolean accumulate, Operand out) {
    matrixProduct.matmul(a, b, accumulate, out);
  }

  @Override
  public void gather(Operand x, int axis, Operand index, Operand out) {
    indexing.gather(x, axis, index, out);
  }

  @Override
  public void scatter(ScatterOp op, Operand index, Operand source, int axis, Operand out) {
    indexing.scatter(op, index, source, axis, out);
  }

  @Override
  public void wrapIndex(Operand index, int axis, long size, Operand out) {
    indexing.wrapIndex(index, axis, size, out);
  }

  @Override
  public void indexSelect(Operand x, int axis, Operand index, Operand out) {
    indexing.indexSelect(x, axis, index, out);
  }

  @Override
  public void indexAdd(Operand index, Operand source, int axis, Operand out) {
    indexing.indexAdd(index, source, axis, out);
  }

  @Override
  public void arange(Operand out, Number start, Number step) {
    generation.arange(out, start, step);
  }

  @Override
  public void random(RandomOp op, long seed, long counter, double a, double b, Operand out) {
    generation.random(op, seed, counter, a, b, out);
  }
}
