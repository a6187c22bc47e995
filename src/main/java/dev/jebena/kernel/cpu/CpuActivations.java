package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.ActivationKernel;

/**
 * Activation functions and gates in one pass each: 8 bytes an element forward and 12 backward, with
 * a gate 12 and 20. Bound by memory, those with an exponential by arithmetic where the operands are
 * in the cache.
 */
final class CpuActivations implements ActivationKernel {
  private final WorkerPool pool;

  CpuActivations(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void forward(Activation f, Operand x, Operand out) {
    var loop = ActivationLoops.forward(f);
    run((at, n) -> loop.run(at[0], at[1], n), 1, x, out);
  }

  @Override
  public void backward(Activation f, Operand x, Operand gy, Operand gx) {
    var loop = ActivationLoops.backward(f);
    run((at, n) -> loop.run(at[0], at[1], at[2], n), 2, x, gy, gx);
  }

  @Override
  public void gatedForward(Activation f, Operand gate, Operand up, Operand out) {
    var loop = GateLoops.forward(f);
    run((at, n) -> loop.run(at[0], at[1], at[2], n), 2, gate, up, out);
  }

  @Override
  public void gatedBackward(
      Activation f, Operand gate, Operand up, Operand gy, Operand gGate, Operand gUp) {
    var loop = GateLoops.backward(f);
    run((at, n) -> loop.run(at[0], at[1], at[2], at[3], at[4], n), 3, gate, up, gy, gGate, gUp);
  }

  /** Cuts arrays of one size into chunks and runs the loop over each. */
  private void run(WholeVectors.Loop loop, int inputs, Operand... operands) {
    long elements = operands[0].elements();
    long[] starts = new long[operands.length];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = NormProblem.address(operands[i]);
    }
    pool.run(
        Contiguous.chunks(elements),
        task -> {
          long[] at = new long[starts.length];
          for (int i = 0; i < at.length; i++) {
            at[i] = starts[i] + 4L * Contiguous.CHUNK * task;
          }
          WholeVectors.run(pool, loop, inputs, Contiguous.chunkSize(elements, task), at);
        });
  }
}
