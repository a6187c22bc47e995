package dev.jebena.tensor;

import dev.jebena.kernel.RandomOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import dev.jebena.memory.TruncatedNormal;
import java.util.function.Supplier;

/**
 * Random tensors beyond uniform and normal. All are functions of the context's seed and position,
 * so every device and any number of threads gives the same; each draws {@link RandomOp#blocks} of
 * its elements.
 */
final class Sampling {
  /** The smallest draw that becomes a logarithm: an exponential number is below 37.5. */
  private static final double SMALLEST = 0x1p-54;

  private Sampling() {}

  private static <T> T on(Tensor x, Supplier<T> action) {
    return Context.current().withDevice(x.device()).call(action);
  }

  static Tensor truncatedNormal(double mean, double std, double low, double high, Shape shape) {
    if (!(std > 0)) {
      throw new IllegalArgumentException("truncatedNormal: std " + std + " is not positive");
    }
    if (!(low < high)) {
      throw new IllegalArgumentException(
          "truncatedNormal: the range [" + low + ", " + high + "] is empty");
    }
    double a = (low - mean) / std;
    double b = (high - mean) / std;
    double reach = Math.min(Math.abs(a), Math.abs(b));
    boolean oneSide = a > 0 == b > 0;
    if (oneSide && reach > TruncatedNormal.FARTHEST) {
      throw new IllegalArgumentException(
          "truncatedNormal: ["
              + low
              + ", "
              + high
              + "] is "
              + reach
              + " standard deviations from the mean, where no probability is left (up to "
              + TruncatedNormal.FARTHEST
              + " would fit)");
    }
    return Tensor.random(RandomOp.TRUNCATED_NORMAL, a, b, DType.F32, shape)
        .mul(std)
        .add(mean)
        .clamp(low, high); // rounding to f32 must not leave the range
  }

  static Tensor randperm(long n) {
    if (n < 0) {
      throw new ShapeException("randperm: " + n + " is negative");
    }
    return Ordering.argsort(
        Tensor.random(RandomOp.UNIFORM, 0, 1, DType.F64, Shape.of(n)), 0, false);
  }

  static Tensor bernoulli(double p, Shape shape) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("bernoulli: " + p + " is no probability");
    }
    return Tensor.random(RandomOp.UNIFORM, 0, 1, DType.F32, shape).lt(p).to(DType.F32);
  }

  static Tensor bernoulli(Tensor p) {
    Dispatch.requireFloat("bernoulli", p);
    var uniform = on(p, () -> Tensor.random(RandomOp.UNIFORM, 0, 1, DType.F32, p.shape()));
    return uniform.lt(p.detach()).to(p.dtype());
  }

  static Tensor exponential(double rate, Shape shape) {
    if (!(rate > 0)) {
      throw new IllegalArgumentException("exponential: rate " + rate + " is not positive");
    }
    return waiting(shape).div(rate).to(DType.F32);
  }

  static Tensor gumbel(Shape shape) {
    return waiting(shape).log().neg().to(DType.F32);
  }

  /** Exponential with rate 1 in f64, never 0. */
  private static Tensor waiting(Shape shape) {
    return Tensor.random(RandomOp.UNIFORM, SMALLEST, 1, DType.F64, shape).log().neg();
  }

  static Tensor multinomial(Tensor weights, long count, boolean replacement) {
    Dispatch.requireFloat("multinomial", weights);
    if (weights.rank() != 1 && weights.rank() != 2 || weights.size(-1) == 0) {
      throw new ShapeException(
          "multinomial: takes weights [C] or [B, C] with C above 0, got " + weights.shape());
    }
    if (count < 1 || !replacement && count > weights.size(-1)) {
      throw new ShapeException(
          "multinomial: "
              + count
              + " of "
              + weights.size(-1)
              + (replacement ? "" : " without replacement")
              + "; at least 1"
              + (replacement ? "" : " and at most " + weights.size(-1))
              + " would fit");
    }
    var p = weights.detach().to(DType.F64);
    requireWeights(p, replacement ? 1 : count);
    if (!replacement) {
      // the first to arrive of independent waiting times with these rates (Efraimidis and
      // Spirakis, 2006)
      return topOfRace(p, count);
    }
    var running = p.cumsum(-1);
    long c = p.size(-1);
    var reached = running.div(running.slice(-1, c - 1, c));
    var uniform =
        on(p, () -> Tensor.random(RandomOp.UNIFORM, 0, 1, DType.F64, p.shape().with(-1, count)));
    return Ordering.searchSorted(reached.contiguous(), uniform, true);
  }

  private static Tensor topOfRace(Tensor p, long count) {
    var speed = p.div(on(p, () -> waiting(p.shape())));
    return Dispatch.sort(speed, p.rank() - 1, true, count).indices();
  }

  private static void requireWeights(Tensor p, long needed) {
    if (p.elements() == 0) {
      return;
    }
    if (p.isFinite().not().any().to(DType.I64).itemLong() != 0 || p.min().item() < 0) {
      throw new IllegalArgumentException("multinomial: weights must be finite and not negative");
    }
    long fewest = p.ne(0).sum(p.rank() - 1, false).min().itemLong();
    if (fewest < needed) {
      throw new IllegalArgumentException(
          "multinomial: a row has "
              + fewest
              + " weights that are not 0; "
              + needed
              + (needed == 1 ? " is needed" : " are needed"));
    }
  }
}
