package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.LinearKernel;

/**
 * A linear layer. Bias, activation and residual are applied to a rectangle of the product as soon
 * as it is complete, a row at a time, by the thread that computed it and has it in its cache.
 */
final class CpuLinear implements LinearKernel {
  /** Elements that go through all steps before the next ones come: 32 KiB of each operand. */
  private static final int BLOCK = 8192;

  private static final int LANES = Lanes.F32.length();

  private final WorkerPool pool;
  private final MatrixProduct product;

  CpuLinear(WorkerPool pool) {
    this.pool = pool;
    this.product = new MatrixProduct(pool);
  }

  private static int rowsOfBlock(int width) {
    return Math.max(1, BLOCK / Math.max(1, width));
  }

  @Override
  public void forward(
      Operand x,
      Operand weight,
      Operand bias,
      Activation f,
      Operand residual,
      Operand before,
      Operand out) {
    var target = before == null ? out : before;
    var transposed = weight.with(weight.layout().transpose(0, 1));
    if (bias == null && f == Activation.IDENTITY && residual == null && before == null) {
      product.matmul(x, transposed, false, out);
      return;
    }
    int width = Math.toIntExact(out.shape().size(1));
    long zs = NormProblem.address(target);
    long ys = NormProblem.address(out);
    long biases = NormProblem.address(bias);
    long residuals = NormProblem.address(residual);
    var loop = f == Activation.IDENTITY && before == null ? null : ActivationLoops.forward(f);
    product.matmul(
        x,
        transposed,
        target,
        (row, rows, column, columns) -> {
          for (int i = row; i < row + rows; i++) {
            long at = 4L * ((long) i * width + column);
            if (bias != null) {
              NormRows.add(zs + at, biases + 4L * column, zs + at, columns);
            }
            if (loop != null) {
              bend(loop, zs + at, ys + at, columns);
            }
            if (residual != null) {
              NormRows.add(ys + at, residuals + at, ys + at, columns);
            }
          }
        });
  }

  private void bend(ActivationLoops.Forward loop, long z, long y, int n) {
    int whole = n / LANES * LANES;
    loop.run(z, y, whole);
    if (whole < n) {
      long[] at = {z, y};
      WholeVectors.rest(pool, (a, m) -> loop.run(a[0], a[1], m), 1, at, whole, n - whole);
    }
  }

  @Override
  public void backward(Activation f, Operand before, Operand gy, Operand gz, Operand gBias) {
    var problem = NormProblem.of(gz);
    int width = problem.width();
    int step = rowsOfBlock(width);
    long zs = NormProblem.address(before);
    long gys = NormProblem.address(gy);
    long gzs = NormProblem.address(gz);
    long row = problem.rowBytes();
    long bytes = Math.max(64, gBias == null ? 0 : problem.blocks() * row);
    long parts = pool.scratch().area(Scratch.FUSED_PARTIALS, bytes).address();
    var loop = ActivationLoops.backward(f);
    pool.run(
        problem.blocks(),
        block -> {
          long part = parts + block * row;
          if (gBias != null) {
            NormRows.fill(part, 0, width);
          }
          long end = problem.end(block);
          for (long first = problem.first(block); first < end; first += step) {
            int count = (int) Math.min(step, end - first);
            long at = first * row;
            WholeVectors.run(
                pool,
                (a, m) -> loop.run(a[0], a[1], a[2], m),
                2,
                count * width,
                zs + at,
                gys + at,
                gzs + at);
            for (int i = 0; gBias != null && i < count; i++) {
              NormRows.add(part, gzs + at + i * row, part, width);
            }
          }
        });
    problem.foldBlocks(pool, parts, row, gBias);
  }
}
