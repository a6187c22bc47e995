package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static dev.jebena.kernel.cpu.VectorActivations.QUICK;
import static dev.jebena.kernel.cpu.VectorActivations.bendSlope;
import static dev.jebena.kernel.cpu.VectorActivations.bentSigmoid;
import static dev.jebena.kernel.cpu.VectorActivations.normal;
import static dev.jebena.kernel.cpu.VectorActivations.normalDensity;
import static dev.jebena.kernel.cpu.VectorActivations.positive;
import static dev.jebena.kernel.cpu.VectorActivations.quickSigmoid;
import static dev.jebena.kernel.cpu.VectorActivations.step;
import static dev.jebena.kernel.cpu.VectorSigmoids.sigmoid;

import dev.jebena.kernel.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of gated activations, one for each function, over whole vectors at absolute addresses.
 * Forward: {@code out = f(gate) · up}. Backward: {@code gUp = gy · f(gate)}, {@code gGate = gy · up
 * · f′(gate)}.
 */
final class GateLoops {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();

  private GateLoops() {}

  /** A loop forward. */
  interface Forward {
    void run(long gate, long up, long out, int n);
  }

  /** A loop backward. */
  interface Backward {
    void run(long gate, long up, long gy, long gGate, long gUp, int n);
  }

  static Forward forward(Activation f) {
    return switch (f) {
      case IDENTITY -> GateLoops::identity;
      case SIGMOID -> GateLoops::sigmoidGate;
      case RELU -> GateLoops::relu;
      case RELU_SQUARED -> GateLoops::reluSquared;
      case SILU -> GateLoops::silu;
      case GELU -> GateLoops::gelu;
      case GELU_TANH -> GateLoops::geluTanh;
      case QUICK_GELU -> GateLoops::quickGelu;
    };
  }

  static Backward backward(Activation f) {
    return switch (f) {
      case IDENTITY -> GateLoops::identityBack;
      case SIGMOID -> GateLoops::sigmoidBack;
      case RELU -> GateLoops::reluBack;
      case RELU_SQUARED -> GateLoops::reluSquaredBack;
      case SILU -> GateLoops::siluBack;
      case GELU -> GateLoops::geluBack;
      case GELU_TANH -> GateLoops::geluTanhBack;
      case QUICK_GELU -> GateLoops::quickGeluBack;
    };
  }

  private static FloatVector load(long at, int i) {
    return FloatVector.fromMemorySegment(S, ALL, at + 4L * i, ORDER);
  }

  private static void store(FloatVector v, long at, int i) {
    v.intoMemorySegment(ALL, at + 4L * i, ORDER);
  }

  static void identity(long gate, long up, long out, int n) {
    for (int i = 0; i < n; i += L) {
      store(load(gate, i).mul(load(up, i)), out, i);
    }
  }

  static void sigmoidGate(long gate, long up, long out, int n) {
    for (int i = 0; i < n; i += L) {
      store(sigmoid(load(gate, i)).mul(load(up, i)), out, i);
    }
  }

  static void relu(long gate, long up, long out, int n) {
    for (int i = 0; i < n; i += L) {
      store(positive(load(gate, i)).mul(load(up, i)), out, i);
    }
  }

  static void reluSquared(long gate, long up, long out, int n) {
    for (int i = 0; i < n; i += L) {
      var r = positive(load(gate, i));
      store(r.mul(r).mul(load(up, i)), out, i);
    }
  }

  static void silu(long gate, long up, long out, int n) {
    for (int i = 0; i < n; i += L) {
      store(VectorSigmoids.silu(load(gate, i)).mul(load(up, i)), out, i);
    }
  }

  static void gelu(long gate, long up, long out, int n) {
    for (int i = 0; i < n; i += ActivationLoops.BLOCK) {
      long at = 4L * i;
      int size = Math.min(ActivationLoops.BLOCK, n - i);
      ActivationLoops.gelu(gate + at, out + at, size);
      identity(out + at, up + at, out + at, size);
    }
  }

  static void geluTanh(long gate, long up, long out, int n) {
    for (int i = 0; i < n; i += L) {
      var z = load(gate, i);
      store(z.mul(bentSigmoid(z)).mul(load(up, i)), out, i);
    }
  }

  static void quickGelu(long gate, long up, long out, int n) {
    for (int i = 0; i < n; i += L) {
      var z = load(gate, i);
      store(z.mul(quickSigmoid(z)).mul(load(up, i)), out, i);
    }
  }

  static void identityBack(long gate, long up, long gy, long gGate, long gUp, int n) {
    for (int i = 0; i < n; i += L) {
      var g = load(gy, i);
      store(g.mul(load(gate, i)), gUp, i);
      store(g.mul(load(up, i)), gGate, i);
    }
  }

  static void sigmoidBack(long gate, long up, long gy, long gGate, long gUp, int n) {
    for (int i = 0; i < n; i += L) {
      var g = load(gy, i);
      var s = sigmoid(load(gate, i));
      var slope = s.mul(s.neg().add(1f));
      store(g.mul(s), gUp, i);
      store(g.mul(load(up, i)).mul(slope), gGate, i);
    }
  }

  static void reluBack(long gate, long up, long gy, long gGate, long gUp, int n) {
    for (int i = 0; i < n; i += L) {
      var g = load(gy, i);
      var z = load(gate, i);
      store(g.mul(positive(z)), gUp, i);
      store(step(z, g.mul(load(up, i))), gGate, i);
    }
  }

  static void reluSquaredBack(long gate, long up, long gy, long gGate, long gUp, int n) {
    for (int i = 0; i < n; i += L) {
      var g = load(gy, i);
      var r = positive(load(gate, i));
      store(g.mul(r.mul(r)), gUp, i);
      store(g.mul(load(up, i)).mul(r.add(r)), gGate, i);
    }
  }

  static void siluBack(long gate, long up, long gy, long gGate, long gUp, int n) {
    for (int i = 0; i < n; i += L) {
      var z = load(gate, i);
      var g = load(gy, i);
      var s = sigmoid(z);
      var y = z.mul(s);
      // s · (1 + z · (1 − s))
      var slope = y.mul(s.neg().add(1f)).add(s);
      store(g.mul(y), gUp, i);
      store(g.mul(load(up, i)).mul(slope), gGate, i);
    }
  }

  static void geluBack(long gate, long up, long gy, long gGate, long gUp, int n) {
    for (int i = 0; i < n; i += ActivationLoops.BLOCK) {
      long at = 4L * i;
      int size = Math.min(ActivationLoops.BLOCK, n - i);
      ActivationLoops.errors(gate + at, gUp + at, size);
      geluBackBehind(gate + at, up + at, gy + at, gGate + at, gUp + at, size);
    }
  }

  /** The second half, where gUp holds what {@link ActivationLoops#errors} left. */
  private static void geluBackBehind(long gate, long up, long gy, long gGate, long gUp, int n) {
    for (int i = 0; i < n; i += L) {
      var z = load(gate, i);
      var g = load(gy, i);
      var c = normal(load(gUp, i));
      var slope = normalDensity(z).fma(z, c);
      store(g.mul(z.mul(c)), gUp, i);
      store(g.mul(load(up, i)).mul(slope), gGate, i);
    }
  }

  static void geluTanhBack(long gate, long up, long gy, long gGate, long gUp, int n) {
    for (int i = 0; i < n; i += L) {
      var z = load(gate, i);
      var g = load(gy, i);
      var s = bentSigmoid(z);
      var y = z.mul(s);
      var slope = y.mul(s.neg().add(1f)).fma(bendSlope(z), s);
      store(g.mul(y), gUp, i);
      store(g.mul(load(up, i)).mul(slope), gGate, i);
    }
  }

  static void quickGeluBack(long gate, long up, long gy, long gGate, long gUp, int n) {
    for (int i = 0; i < n; i += L) {
      var z = load(gate, i);
      var g = load(gy, i);
      var s = quickSigmoid(z);
      var y = z.mul(s);
      var slope = y.mul(s.neg().add(1f)).fma(QUICK, s);
      store(g.mul(y), gUp, i);
      store(g.mul(load(up, i)).mul(slope), gGate, i);
    }
  }
}
