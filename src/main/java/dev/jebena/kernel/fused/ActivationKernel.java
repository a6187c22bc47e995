package dev.jebena.kernel.fused;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.Operand;

/**
 * Activation functions and their gates, each in one pass. All operands of a call are contiguous and
 * of one shape; an output is none of the inputs.
 */
public interface ActivationKernel {
  /** {@code out = f(x)}. */
  void forward(Activation f, Operand x, Operand out);

  /** {@code gx = gy · f′(x)}. */
  void backward(Activation f, Operand x, Operand gy, Operand gx);

  /** {@code out = f(gate) · up}. */
  void gatedForward(Activation f, Operand gate, Operand up, Operand out);

  /** {@code gUp = gy · f(gate)} and {@code gGate = gy · up · f′(gate)}. */
  void gatedBackward(
      Activation f, Operand gate, Operand up, Operand gy, Operand gGate, Operand gUp);
}
