package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.ActivationKernel;
import java.lang.foreign.MemorySegment;

/**
 * Activation functions and gates in one pass each: 8 bytes an element forward and 12 backward, with
 * a gate 12 and 20. Bound by memory, those with an exponential by arithmetic where the operands are
 * in the cache.
 *
 * <p>Loops take whole vectors. What is left at the end of an array goes through them in a copy of
 * one vector, so that an element's result does not depend on where it stands.
 */
final class CpuActivations implements ActivationKernel {
  private static final int L = Lanes.F32.length();
  private static final long VECTOR = Lanes.F32.vectorByteSize();

  private final WorkerPool pool;

  CpuActivations(WorkerPool pool) {
    this.pool = pool;
  }

  private interface Two {
    void run(long a, long b, int n);
  }

  private interface Three {
    void run(long a, long b, long c, int n);
  }

  private interface Five {
    void run(long a, long b, long c, long d, long e, int n);
  }

  @Override
  public void forward(Activation f, Operand x, Operand out) {
    Two loop =
        switch (f) {
          case IDENTITY -> ActivationLoops::identity;
          case SIGMOID -> ActivationLoops::sigmoid;
          case RELU -> ActivationLoops::relu;
          case RELU_SQUARED -> ActivationLoops::reluSquared;
          case SILU -> ActivationLoops::silu;
          case GELU -> ActivationLoops::gelu;
          case GELU_TANH -> ActivationLoops::geluTanh;
        };
    run((at, n) -> loop.run(at[0], at[1], n), out.elements(), 1, x, out);
  }

  @Override
  public void backward(Activation f, Operand x, Operand gy, Operand gx) {
    Three loop =
        switch (f) {
          case IDENTITY -> ActivationLoops::identityBack;
          case SIGMOID -> ActivationLoops::sigmoidBack;
          case RELU -> ActivationLoops::reluBack;
          case RELU_SQUARED -> ActivationLoops::reluSquaredBack;
          case SILU -> ActivationLoops::siluBack;
          case GELU -> ActivationLoops::geluBack;
          case GELU_TANH -> ActivationLoops::geluTanhBack;
        };
    run((at, n) -> loop.run(at[0], at[1], at[2], n), gx.elements(), 2, x, gy, gx);
  }

  @Override
  public void gatedForward(Activation f, Operand gate, Operand up, Operand out) {
    Three loop =
        switch (f) {
          case IDENTITY -> GateLoops::identity;
          case SIGMOID -> GateLoops::sigmoidGate;
          case RELU -> GateLoops::relu;
          case RELU_SQUARED -> GateLoops::reluSquared;
          case SILU -> GateLoops::silu;
          case GELU -> GateLoops::gelu;
          case GELU_TANH -> GateLoops::geluTanh;
        };
    run((at, n) -> loop.run(at[0], at[1], at[2], n), out.elements(), 2, gate, up, out);
  }

  @Override
  public void gatedBackward(
      Activation f, Operand gate, Operand up, Operand gy, Operand gGate, Operand gUp) {
    Five loop =
        switch (f) {
          case IDENTITY -> GateLoops::identityBack;
          case SIGMOID -> GateLoops::sigmoidBack;
          case RELU -> GateLoops::reluBack;
          case RELU_SQUARED -> GateLoops::reluSquaredBack;
          case SILU -> GateLoops::siluBack;
          case GELU -> GateLoops::geluBack;
          case GELU_TANH -> GateLoops::geluTanhBack;
        };
    run(
        (at, n) -> loop.run(at[0], at[1], at[2], at[3], at[4], n),
        gate.elements(),
        3,
        gate,
        up,
        gy,
        gGate,
        gUp);
  }

  /** A loop over several arrays that begin at absolute addresses. */
  private interface Loop {
    void run(long[] at, int n);
  }

  /**
   * Cuts arrays into chunks and runs the loop over each.
   *
   * @param inputs so many operands are read, the others written
   */
  private void run(Loop loop, long elements, int inputs, Operand... operands) {
    long[] starts = new long[operands.length];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = Memory.of(operands[i]).address() + Memory.start(operands[i]);
    }
    pool.run(
        Contiguous.chunks(elements),
        task -> {
          int n = Contiguous.chunkSize(elements, task);
          int whole = n / L * L;
          long[] at = new long[starts.length];
          for (int i = 0; i < at.length; i++) {
            at[i] = starts[i] + 4L * Contiguous.CHUNK * task;
          }
          loop.run(at, whole);
          if (whole < n) {
            rest(loop, inputs, at, whole, n - whole);
          }
        });
  }

  /** The last {@code n} elements, fewer than a vector holds. */
  private void rest(Loop loop, int inputs, long[] at, int from, int n) {
    var room = pool.scratch().area(Scratch.FUSED, at.length * VECTOR);
    room.asSlice(0, at.length * VECTOR).fill((byte) 0);
    long[] copies = new long[at.length];
    for (int i = 0; i < at.length; i++) {
      copies[i] = room.address() + i * VECTOR;
      if (i < inputs) {
        MemorySegment.copy(ALL, at[i] + 4L * from, ALL, copies[i], 4L * n);
      }
    }
    loop.run(copies, L);
    for (int i = inputs; i < at.length; i++) {
      MemorySegment.copy(ALL, copies[i], ALL, at[i] + 4L * from, 4L * n);
    }
  }
}
