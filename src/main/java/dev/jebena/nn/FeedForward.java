package dev.jebena.nn;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.fused.ActivationKernel;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.lang.ref.Reference;

/**
 * Works on each position by itself: wider, through a function, and back. {@code down(f(up(x)))}
 * (Vaswani et al., 2017), or with a gate {@code down(f(gate(x)) ∘ up(x))} (Shazeer, 2020): SwiGLU
 * where f is silu, GeGLU where it is gelu, and so on.
 */
public final class FeedForward implements Module {
  private final Activation f;
  private final Linear gate;
  private final Linear up;
  private final Linear down;

  /**
   * @param gate D to F, or null for a layer without a gate
   * @param up D to F
   * @param down F to D
   */
  public FeedForward(Activation f, Linear gate, Linear up, Linear down) {
    this.f = f;
    this.gate = gate;
    this.up = up;
    this.down = down;
  }

  /** {@code [..., D]} to the same. */
  public Tensor forward(Tensor x) {
    return forwardAdded(x, null);
  }

  /**
   * The layer of x, added to a residual stream while it is written.
   *
   * @param residual of x's shape, or null
   */
  public Tensor forwardAdded(Tensor x, Tensor residual) {
    var middle = gate == null ? up.forward(x, f, null) : gated(f, gate.forward(x), up.forward(x));
    return down.forward(middle, Activation.IDENTITY, residual);
  }

  @Override
  public void describe(Visitor visitor) {
    if (gate != null) {
      visitor.module("gate_proj", gate);
    }
    visitor.module("up_proj", up);
    visitor.module("down_proj", down);
  }

  /** The gate itself: {@code f(gate) ∘ up}, two tensors of one shape. */
  public static Tensor gated(Activation f, Tensor gate, Tensor up) {
    if (!gate.shape().equals(up.shape())) {
      throw new ShapeException(
          "gated: gate " + gate.shape() + " and up " + up.shape() + " must have one shape");
    }
    var kernel = Fused.kernel(ActivationKernel.class, gate, up);
    return kernel.isPresent()
        ? fused(kernel.get(), f, gate.contiguous(), up.contiguous())
        : gate.activate(f).mul(up);
  }

  private static Tensor fused(ActivationKernel kernel, Activation f, Tensor gate, Tensor up) {
    var out = Fused.empty(gate, gate.shape().toArray());
    kernel.gatedForward(f, gate.operand(), up.operand(), out.operand());
    Reference.reachabilityFence(gate);
    Reference.reachabilityFence(up);
    return Tape.record(
        "gated",
        out,
        g -> {
          Fused.requireFirstOrder("gated");
          var gy = g.contiguous();
          var gGate = Fused.empty(gate, gate.shape().toArray());
          var gUp = Fused.empty(gate, gate.shape().toArray());
          kernel.gatedBackward(
              f, gate.operand(), up.operand(), gy.operand(), gGate.operand(), gUp.operand());
          Reference.reachabilityFence(gate);
          Reference.reachabilityFence(up);
          Reference.reachabilityFence(gy);
          return gradients(gGate, gUp);
        },
        gate,
        up);
  }
}
