package dev.jebena.kernel.fused;

import dev.jebena.kernel.Operand;

/**
 * The gate of SwiGLU (Shazeer, 2020): {@code silu(gate) ∘ up}. All operands contiguous, one shape.
 */
public interface SwiGluKernel {
  /** {@code out = silu(gate) · up}; all of one shape. */
  void forward(Operand gate, Operand up, Operand out);

  /** With s = sigmoid(gate): gUp = gy · gate · s; gGate = gy · up · s · (1 + gate · (1 − s)). */
  void backward(Operand gate, Operand up, Operand gy, Operand gGate, Operand gUp);
}
