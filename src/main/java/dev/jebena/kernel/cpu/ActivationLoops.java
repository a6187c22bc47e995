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

import dev.jebena.kernel.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of activation functions, one for each, over whole vectors at absolute addresses.
 * Forward: {@code out = f(x)}. Backward: {@code gx = gy · f′(x)}.
 */
final class ActivationLoops {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final float SQRT_HALF = 0.70710677f;
  private static final int L = S.length();

  /** Elements that go through both loops of a function before the next ones come. */
  static final int BLOCK = 1024;

  private ActivationLoops() {}

  /** A loop forward. */
  interface Forward {
    void run(long x, long out, int n);
  }

  /** A loop backward. */
  interface Backward {
    void run(long x, long gy, long gx, int n);
  }

  static Forward forward(Activation f) {
    return switch (f) {
      case IDENTITY -> ActivationLoops::identity;
      case SIGMOID -> ActivationLoops::sigmoid;
      case RELU -> ActivationLoops::relu;
      case RELU_SQUARED -> ActivationLoops::reluSquared;
      case SILU -> ActivationLoops::silu;
      case GELU -> ActivationLoops::gelu;
      case GELU_TANH -> ActivationLoops::geluTanh;
      case QUICK_GELU -> ActivationLoops::quickGelu;
    };
  }

  static Backward backward(Activation f) {
    return switch (f) {
      case IDENTITY -> ActivationLoops::identityBack;
      case SIGMOID -> ActivationLoops::sigmoidBack;
      case RELU -> ActivationLoops::reluBack;
      case RELU_SQUARED -> ActivationLoops::reluSquaredBack;
      case SILU -> ActivationLoops::siluBack;
      case GELU -> ActivationLoops::geluBack;
      case GELU_TANH -> ActivationLoops::geluTanhBack;
      case QUICK_GELU -> ActivationLoops::quickGeluBack;
    };
  }

  private static FloatVector load(long at, int i) {
    return FloatVector.fromMemorySegment(S, ALL, at + 4L * i, ORDER);
  }

  private static void store(FloatVector v, long at, int i) {
    v.intoMemorySegment(ALL, at + 4L * i, ORDER);
  }

  static void identity(long x, long out, int n) {
    for (int i = 0; i < n; i += L) {
      store(load(x, i), out, i);
    }
  }

  static void sigmoid(long x, long out, int n) {
    F32Functions.sigmoid(ALL, x, ALL, out, n);
  }

  static void relu(long x, long out, int n) {
    for (int i = 0; i < n; i += L) {
      store(positive(load(x, i)), out, i);
    }
  }

  static void reluSquared(long x, long out, int n) {
    for (int i = 0; i < n; i += L) {
      var r = positive(load(x, i));
      store(r.mul(r), out, i);
    }
  }

  static void silu(long x, long out, int n) {
    F32Functions.silu(ALL, x, ALL, out, n);
  }

  static void gelu(long x, long out, int n) {
    F32Functions.gelu(ALL, x, ALL, out, n);
  }

  /**
   * {@code out = erf(x·√½)}. An error function beside an exponential, or even beside a few more
   * operations, is more than the compiler inlines before it begins to box vectors: so it has a loop
   * of its own, whose result the next loop finds in the first-level cache.
   */
  static void errors(long x, long out, int n) {
    for (int i = 0; i < n; i += L) {
      store(load(x, i).mul(SQRT_HALF), out, i);
    }
    F32Functions.erf(ALL, out, ALL, out, n);
  }

  static void geluTanh(long x, long out, int n) {
    for (int i = 0; i < n; i += L) {
      var z = load(x, i);
      store(z.mul(bentSigmoid(z)), out, i);
    }
  }

  static void quickGelu(long x, long out, int n) {
    for (int i = 0; i < n; i += L) {
      var z = load(x, i);
      store(z.mul(quickSigmoid(z)), out, i);
    }
  }

  static void identityBack(long x, long gy, long gx, int n) {
    for (int i = 0; i < n; i += L) {
      store(load(gy, i), gx, i);
    }
  }

  static void sigmoidBack(long x, long gy, long gx, int n) {
    for (int i = 0; i < n; i += L) {
      var s = VectorSigmoids.sigmoid(load(x, i));
      store(load(gy, i).mul(s.mul(s.neg().add(1f))), gx, i);
    }
  }

  static void reluBack(long x, long gy, long gx, int n) {
    for (int i = 0; i < n; i += L) {
      store(step(load(x, i), load(gy, i)), gx, i);
    }
  }

  static void reluSquaredBack(long x, long gy, long gx, int n) {
    for (int i = 0; i < n; i += L) {
      var r = positive(load(x, i));
      store(load(gy, i).mul(r.add(r)), gx, i);
    }
  }

  static void siluBack(long x, long gy, long gx, int n) {
    for (int i = 0; i < n; i += L) {
      var z = load(x, i);
      var s = VectorSigmoids.sigmoid(z);
      // s · (1 + z · (1 − s))
      var slope = z.mul(s).mul(s.neg().add(1f)).add(s);
      store(load(gy, i).mul(slope), gx, i);
    }
  }

  static void geluBack(long x, long gy, long gx, int n) {
    for (int i = 0; i < n; i += BLOCK) {
      long at = 4L * i;
      int size = Math.min(BLOCK, n - i);
      errors(x + at, gx + at, size);
      geluBackBehind(x + at, gy + at, gx + at, size);
    }
  }

  /** The second half, where gx holds what {@link #errors} left. */
  private static void geluBackBehind(long x, long gy, long gx, int n) {
    for (int i = 0; i < n; i += L) {
      var z = load(x, i);
      store(load(gy, i).mul(normalDensity(z).fma(z, normal(load(gx, i)))), gx, i);
    }
  }

  static void geluTanhBack(long x, long gy, long gx, int n) {
    for (int i = 0; i < n; i += L) {
      var z = load(x, i);
      var s = bentSigmoid(z);
      var slope = z.mul(s).mul(s.neg().add(1f)).fma(bendSlope(z), s);
      store(load(gy, i).mul(slope), gx, i);
    }
  }

  static void quickGeluBack(long x, long gy, long gx, int n) {
    for (int i = 0; i < n; i += L) {
      var z = load(x, i);
      var s = quickSigmoid(z);
      var slope = z.mul(s).mul(s.neg().add(1f)).fma(QUICK, s);
      store(load(gy, i).mul(slope), gx, i);
    }
  }
}
