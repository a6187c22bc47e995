package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.SwiGluKernel;

/** SwiGLU's gate and its two gradients, element by element. */
final class ReferenceSwiGlu implements SwiGluKernel {
  @Override
  public void forward(Operand gateOperand, Operand upOperand, Operand outOperand) {
    var gate = Elements.of(gateOperand);
    var up = Elements.of(upOperand);
    var out = Elements.of(outOperand);
    Coordinates.forEach(
        out.shape(),
        at -> {
          double z = gate.real(at);
          out.set(z * Scalars.sigmoid(z) * up.real(at), at);
        });
  }

  @Override
  public void backward(
      Operand gateOperand,
      Operand upOperand,
      Operand gyOperand,
      Operand gGateOperand,
      Operand gUpOperand) {
    var gate = Elements.of(gateOperand);
    var up = Elements.of(upOperand);
    var gy = Elements.of(gyOperand);
    var gGate = Elements.of(gGateOperand);
    var gUp = Elements.of(gUpOperand);
    Coordinates.forEach(
        gate.shape(),
        at -> {
          double z = gate.real(at);
          double u = up.real(at);
          double g = gy.real(at);
          double s = Scalars.sigmoid(z);
          gUp.set(g * z * s, at);
          gGate.set(g * u * s * (1 + z * (1 - s)), at);
        });
  }
}
