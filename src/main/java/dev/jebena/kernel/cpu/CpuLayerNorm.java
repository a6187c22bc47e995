package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.LayerNormKernel;

/**
 * LayerNorm row by row, bound by memory. The gradients of weight and bias are summed over blocks of
 * rows, then over the blocks in their order, whichever thread had them.
 */
final class CpuLayerNorm implements LayerNormKernel {
  private final WorkerPool pool;

  CpuLayerNorm(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void forward(
      Operand x,
      Operand residual,
      Operand weight,
      Operand bias,
      double eps,
      Operand sum,
      Operand out,
      Operand mean,
      Operand reciprocal) {
    var problem = NormProblem.of(x);
    int width = problem.width();
    long xs = NormProblem.address(x);
    long residuals = NormProblem.address(residual);
    long sums = NormProblem.address(sum);
    long outs = NormProblem.address(out);
    long means = NormProblem.address(mean);
    long reciprocals = NormProblem.address(reciprocal);
    long weights = problem.addressOr(weight, 1, Scratch.FUSED, pool);
    long biases = problem.addressOr(bias, 0, Scratch.FUSED_PARTIALS, pool);
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
            float m = NormRows.sum(h, width) / width;
            double variance = (double) NormRows.squares(h, m, width) / width;
            float r = (float) (1 / Math.sqrt(variance + eps));
            ALL.set(FLOAT, means + 4 * row, m);
            ALL.set(FLOAT, reciprocals + 4 * row, r);
            NormRows.normalise(h, m, r, weights, biases, outs + at, width);
          }
        });
  }

  @Override
  public void backward(
      Operand h,
      Operand weight,
      Operand mean,
      Operand reciprocal,
      Operand gy,
      Operand further,
      Operand gh,
      Operand gWeight,
      Operand gBias) {
    var problem = NormProblem.of(h);
    int width = problem.width();
    long hs = NormProblem.address(h);
    long means = NormProblem.address(mean);
    long reciprocals = NormProblem.address(reciprocal);
    long gys = NormProblem.address(gy);
    long others = NormProblem.address(further);
    long ghs = NormProblem.address(gh);
    long weights = problem.addressOr(weight, 1, Scratch.FUSED, pool);
    // a row for the weight and a row for the bias a block
    long row = problem.rowBytes();
    var partials = pool.scratch().area(Scratch.FUSED_PARTIALS, problem.blocks() * 2 * row);
    long parts = partials.address();
    pool.run(
        problem.blocks(),
        block -> {
          long part = parts + block * 2 * row;
          NormRows.fill(part, 0, 2 * width);
          for (long n = problem.first(block); n < problem.end(block); n++) {
            long at = n * row;
            float m = ALL.get(FLOAT, means + 4 * n);
            float r = ALL.get(FLOAT, reciprocals + 4 * n);
            float g = NormRows.dot(gys + at, weights, width) / width;
            float product = NormRows.dot(gys + at, weights, hs + at, m, width) / width * r;
            NormRows.layerBack(
                hs + at,
                gys + at,
                weights,
                m,
                r,
                product * r,
                g * r,
                ghs + at,
                part,
                part + row,
                width);
            if (further != null) {
              NormRows.add(ghs + at, others + at, ghs + at, width);
            }
          }
        });
    problem.foldBlocks(pool, parts, 2 * row, gWeight);
    problem.foldBlocks(pool, parts + row, 2 * row, gBias);
  }
}
