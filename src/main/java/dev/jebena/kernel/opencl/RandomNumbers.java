package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.RandomOp;
import dev.jebena.memory.BernoulliBits;
import dev.jebena.memory.BoxMuller;
import dev.jebena.memory.DType;
import dev.jebena.memory.TruncatedNormal;

/**
 * Host side of {@code random.cl}.
 *
 * <p>One seed gives the same bits on every device. Bits, comparisons, products, quotients, roots
 * and sums in f64 are rounded the same way everywhere, so kernels are made of these alone: normal
 * numbers and quantiles of truncated normal distributions have series of their own, see {@link
 * BoxMuller} and {@link TruncatedNormal}, since a driver's logarithm and sine differ in their last
 * place. A device without f64 does the same arithmetic in whole numbers, see {@code real64.cl}.
 */
final class RandomNumbers {
  private static final String PROGRAM = "random";

  private final Engine engine;
  private final Moves moves;

  RandomNumbers(Engine engine, Moves moves) {
    this.engine = engine;
    this.moves = moves;
  }

  void random(RandomOp op, long seed, long counter, double a, double b, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    var target = out.isContiguous() ? out : engine.scratch(out.dtype(), out.shape());
    switch (op) {
      case UNIFORM, INTEGER -> uniform(op, seed, counter, a, b, target);
      case BERNOULLI -> bernoulli(seed, counter, a, target);
      case NORMAL -> normal(seed, counter, a, b, target);
      case TRUNCATED_NORMAL -> truncatedNormal(seed, counter, a, b, target);
    }
    if (target != out) {
      moves.copy(target, out);
      target.buffer().release();
    }
  }

  private void uniform(RandomOp op, long seed, long counter, double a, double b, Operand out) {
    engine
        .launch(PROGRAM, "", "uniform")
        .operand(out)
        .integers(out.dtype().ordinal())
        .integers(op == RandomOp.INTEGER ? 1 : 0)
        .longs(seed)
        .longs(counter)
        .real(a)
        .real(b)
        .real(b - a)
        .longs(out.elements())
        .run((out.elements() + 1) / 2, engine.group());
  }

  private void normal(long seed, long counter, double a, double b, Operand out) {
    engine
        .launch(PROGRAM, "", "normal")
        .operand(out)
        .integers(out.dtype().ordinal())
        .longs(seed)
        .longs(counter)
        .real(a)
        .real(b)
        .longs(out.elements())
        .run((out.elements() + 1) / 2, engine.group());
  }

  private void truncatedNormal(long seed, long counter, double a, double b, Operand out) {
    boolean mirrored = a > 0;
    double low = mirrored ? -b : a;
    double high = mirrored ? -a : b;
    double start = TruncatedNormal.cdf(low);
    engine
        .launch(PROGRAM, "", "truncated_normal")
        .operand(out)
        .integers(out.dtype().ordinal())
        .longs(seed)
        .longs(counter)
        .integers(mirrored ? 1 : 0)
        .real(low)
        .real(high)
        .real(start)
        .real(TruncatedNormal.cdf(high) - start)
        .longs(out.elements())
        .run((out.elements() + 1) / 2, engine.group());
  }

  private void bernoulli(long seed, long counter, double p, Operand out) {
    engine
        .launch(PROGRAM, "", "bernoulli")
        .operand(out)
        .integers(out.dtype().ordinal())
        .integers(BernoulliBits.threshold(p))
        .longs(seed)
        .longs(counter)
        .longs(out.elements())
        .run(RandomOp.BERNOULLI.blocks(out.elements()), engine.group());
  }

  void round(Operand x, long seed, long counter, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    var source = moves.contiguous(x);
    var target = out.isContiguous() ? out : engine.scratch(out.dtype(), out.shape());
    var type = out.dtype();
    var launch =
        engine
            .launch(PROGRAM, "", "round_all")
            .operand(source)
            .operand(target)
            .integers(source.dtype().ordinal())
            .integers(type.ordinal())
            .longs(seed)
            .longs(counter)
            .integers(mantissaBits(type))
            .integers(minExponent(type));
    engine.wide(launch, type.largest());
    launch.longs(out.elements()).run((out.elements() + 3) / 4, engine.group());
    Moves.releaseIfCopy(source, x);
    if (target != out) {
      moves.copy(target, out);
      target.buffer().release();
    }
  }

  private static int mantissaBits(DType dtype) {
    return switch (dtype) {
      case F16 -> 10;
      case BF16 -> 7;
      case F8_E4M3 -> 3;
      case F8_E5M2 -> 2;
      default -> 23;
    };
  }

  private static int minExponent(DType dtype) {
    return switch (dtype) {
      case F16, F8_E5M2 -> -14;
      case F8_E4M3 -> -6;
      default -> Float.MIN_EXPONENT;
    };
  }
}
