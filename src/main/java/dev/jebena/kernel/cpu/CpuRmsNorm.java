package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.RmsNormKernel;

/**
 * RMSNorm row by row, bound by memory. The gradient of the weight is summed over blocks of rows,
 * then over the blocks in their order, whichever thread had them.
 */
final class CpuRmsNorm implements RmsNormKernel {
  private final WorkerPool pool;

  CpuRmsNorm(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void forward(
      Operand x,
      Operand residual,
      Operand weight,
      double eps,
      Operand sum,
      Operand out,
      Operand reciprocal) {
    var problem = NormProblem.of(x);
    int width = problem.width();
    long xs = NormProblem.address(x);
    long residuals = NormProblem.address(residual);
    long sums = NormProblem.address(sum);
    long outs = NormProblem.address(out);
    long reciprocals = NormProblem.address(reciprocal);
    long weights = problem.addressOr(weight, 1, Scratch.FUSED, pool);
    pool.run(
        problem.blocks(),
        block -> {
          for (long row = problem.first(block); row < problem.end(block); row++) {
            long at = 4 * row * width;
            long h = xs + at;
            if (residual != null) {
              h = sums + at;
              NormRows.add(xs + at, residuals + at, h, width);
            }
            double meanSquare = (double) NormRows.dot(h, h, width) / width;
            float r = (float) (1 / Math.sqrt(meanSquare + eps));
            ALL.set(FLOAT, reciprocals + 4 * row, r);
            NormRows.scale(h, r, weights, outs + at, width);
          }
        });
  }

  @Override
  public void backward(
      Operand h,
      Operand weight,
      Operand reciprocal,
      Operand gy,
      Operand further,
      Operand gh,
      Operand gWeight) {
    var problem = NormProblem.of(h);
    int width = problem.width();
    long hs = NormProblem.address(h);
    long reciprocals = NormProblem.address(reciprocal);
    long gys = NormProblem.address(gy);
    long others = NormProblem.address(further);
    long ghs = NormProblem.address(gh);
    long weights = problem.addressOr(weight, 1, Scratch.FUSED, pool);
    long row = problem.rowBytes();
    var partials = pool.scratch().area(Scratch.FUSED_PARTIALS, problem.blocks() * row);
    long parts = partials.address();
    pool.run(
        problem.blocks(),
        block -> {
          long part = parts + block * row;
          NormRows.fill(part, 0, width);
          for (long n = problem.first(block); n < problem.end(block); n++) {
            long at = n * row;
            float r = ALL.get(FLOAT, reciprocals + 4 * n);
            float product = NormRows.dot(gys + at, weights, hs + at, 0, width) / width;
            float slope = r * r * r * product;
            NormRows.rmsBack(hs + at, gys + at, weights, r, slope, ghs + at, part, width);
            if (further != null) {
              NormRows.add(ghs + at, others + at, ghs + at, width);
            }
          }
        });
    problem.foldBlocks(pool, parts, row, gWeight);
  }
}
