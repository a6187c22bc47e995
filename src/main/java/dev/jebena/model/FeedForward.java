package dev.jebena.model;

import dev.jebena.kernel.Activation;
import dev.jebena.nn.Linear;
import dev.jebena.nn.Module;
import dev.jebena.nn.SwiGlu;
import dev.jebena.tensor.Tensor;

/** Works on each position by itself: wider, through a function, with a gate or not, and back. */
final class FeedForward implements Module {
  private final Activation activation;
  private final Linear gate;
  private final Linear up;
  private final Linear down;

  /**
   * @param gate D to F, or null for {@code down(f(up(x)))}
   * @param up D to F
   * @param down F to D
   */
  FeedForward(Activation activation, Linear gate, Linear up, Linear down) {
    this.activation = activation;
    this.gate = gate;
    this.up = up;
    this.down = down;
  }

  /** {@code [..., D]} to the same. */
  Tensor forward(Tensor x) {
    return down.forward(
        gate == null
            ? activate(activation, up.forward(x))
            : gated(activation, gate.forward(x), up.forward(x)));
  }

  private static Tensor gated(Activation activation, Tensor gate, Tensor up) {
    return activation == Activation.SILU
        ? SwiGlu.gated(gate, up)
        : activate(activation, gate).mul(up);
  }

  private static Tensor activate(Activation activation, Tensor x) {
    return switch (activation) {
      case IDENTITY -> x;
      case RELU -> x.relu();
      case RELU_SQUARED -> x.relu().square();
      case GELU -> x.gelu();
      case GELU_TANH -> x.geluTanh();
      case SILU -> x.silu();
      case SIGMOID -> x.sigmoid();
    };
  }

  @Override
  public void describe(Visitor visitor) {
    if (gate != null) {
      visitor.module("gate_proj", gate);
    }
    visitor.module("up_proj", up);
    visitor.module("down_proj", down);
  }
}
