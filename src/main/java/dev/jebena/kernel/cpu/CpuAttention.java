package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AttentionKernel;
import dev.jebena.kernel.fused.AttentionOptions;
import java.lang.foreign.ValueLayout;

/**
 * Chooses how attention is computed: tile by tile, or key by key where there are too few queries to
 * fill a tile, as in decoding.
 */
final class CpuAttention implements AttentionKernel {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /** Up to here a tile would be mostly padding. */
  private static final int FEW_QUERIES = 4;

  private final WorkerPool pool;

  CpuAttention(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void forward(
      Operand q,
      Operand k,
      Operand v,
      Operand sinks,
      AttentionOptions options,
      Operand out,
      Operand logSumExp) {
    if (out.elements() == 0) {
      return;
    }
    var problem = new AttentionProblem(q, k, v, sinks, options);
    var outRows = Heads.of(out);
    var lse = Heads.ofRows(logSumExp);
    if (problem.queries <= FEW_QUERIES) {
      var decode = new AttentionDecode(pool, problem, outRows, lse);
      pool.run(problem.batch * problem.heads, decode::run);
    } else {
      var forward = new AttentionForward(pool, problem, outRows, lse);
      pool.run(forward.tasks(), forward::run);
    }
  }

  @Override
  public void backward(
      Operand q,
      Operand k,
      Operand v,
      Operand sinks,
      AttentionOptions options,
      Operand out,
      Operand logSumExp,
      Operand gOut,
      Operand gq,
      Operand gk,
      Operand gv,
      Operand gSinks) {
    if (gq.elements() == 0 && gk.elements() == 0 && gSinks == null) {
      return;
    }
    var problem = new AttentionProblem(q, k, v, sinks, options);
    var backward =
        new AttentionBackward(
            pool,
            problem,
            Heads.of(out),
            Heads.ofRows(logSumExp),
            Heads.of(gOut),
            Heads.of(gq),
            Heads.of(gk),
            Heads.of(gv));
    pool.run(problem.batch * problem.groups, backward::run);
    if (gSinks != null) {
      var to = Heads.ofNumbers(gSinks);
      pool.run(problem.heads, h -> to.segment().set(FLOAT, to.at(0, 0, h), backward.sink(h)));
    }
  }
}
