package dev.jebena.nn;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.fused.SwiGluKernel;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;

/** A gated feed-forward layer: {@code down(silu(gate(x)) ∘ up(x))} (Shazeer, 2020). */
public final class SwiGlu implements Module {
  private final Linear gate;
  private final Linear up;
  private final Linear down;

  /**
   * @param gate D to F
   * @param up D to F
   * @param down F to D
   */
  public SwiGlu(Linear gate, Linear up, Linear down) {
    this.gate = gate;
    this.up = up;
    this.down = down;
  }

  /** {@code [..., D]} to the same. */
  public Tensor forward(Tensor x) {
    return down.forward(gated(gate.forward(x), up.forward(x)));
  }

  @Override
  public void describe(Visitor visitor) {
    visitor.module("gate_proj", gate);
    visitor.module("up_proj", up);
    visitor.module("down_proj", down);
  }

  /** The gate itself: {@code silu(gate) ∘ up}, two tensors of one shape. */
  public static Tensor gated(Tensor gate, Tensor up) {
    if (!gate.shape().equals(up.shape())) {
      throw new ShapeException(
          "swiGlu: gate " + gate.shape() + " and up " + up.shape() + " must have one shape");
    }
    var kernel = Fused.kernel(SwiGluKernel.class, gate, up);
    return kernel.isPresent()
        ? fused(kernel.get(), gate.contiguous(), up.contiguous())
        : gate.silu().mul(up);
  }

  private static Tensor fused(SwiGluKernel kernel, Tensor gate, Tensor up) {
    var out = Fused.empty(gate, gate.shape().toArray());
    kernel.forward(gate.operand(), up.operand(), out.operand());
    Reference.reachabilityFence(gate);
    Reference.reachabilityFence(up);
    return Tape.record(
        "swiGlu",
        out,
        g -> {
          Fused.requireFirstOrder("swiGlu");
          var gy = g.contiguous();
          var gGate = Fused.empty(gate, gate.shape().toArray());
          var gUp = Fused.empty(gate, gate.shape().toArray());
          kernel.backward(
              gate.operand(), up.operand(), gy.operand(), gGate.operand(), gUp.operand());
          Reference.reachabilityFence(gate);
          Reference.reachabilityFence(up);
          Reference.reachabilityFence(gy);
          return gradients(gGate, gUp);
        },
        gate,
        up);
  }
}
