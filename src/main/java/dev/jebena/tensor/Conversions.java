package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import java.lang.ref.Reference;

/** Conversions between floating types by other rules than to nearest. */
final class Conversions {
  private Conversions() {}

  /** The gradient goes through as if nothing had been rounded. */
  static Tensor toStochastic(Tensor x, DType dtype) {
    requireFloats("toStochastic", x, dtype);
    if (x.dtype() == dtype || dtype == DType.F64) {
      return x.to(dtype); // nothing to round
    }
    var generator = Context.current().generator();
    long counter = generator.take((x.elements() + 3) / 4);
    var out = Dispatch.empty(x.device(), dtype, x.shape());
    x.device()
        .primitives()
        .roundStochastically(x.operand(), generator.seed(), counter, out.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(out);
    var from = x.dtype();
    return Tape.record("toStochastic", out, g -> gradients(g.to(from)), x);
  }

  /** The gradient is 0 where the value was cut. */
  static Tensor toSaturating(Tensor x, DType dtype) {
    requireFloats("toSaturating", x, dtype);
    return x.clamp(-dtype.largest(), dtype.largest()).to(dtype);
  }

  private static void requireFloats(String operation, Tensor x, DType dtype) {
    if (!x.dtype().isFloat() || !dtype.isFloat()) {
      throw new DTypeException(
          operation + ": converts between floating types, got " + x.dtype() + " to " + dtype);
    }
  }
}
