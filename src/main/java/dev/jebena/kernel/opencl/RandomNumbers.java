package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.RandomOp;
import dev.jebena.memory.BernoulliBits;
import dev.jebena.memory.BoxMuller;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Philox;
import dev.jebena.memory.Shape;
import dev.jebena.memory.TruncatedNormal;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/**
 * Host side of {@code random.cl}, and of the distribution that no kernel makes.
 *
 * <p>One seed gives the same bits on every device. Bits, comparisons, products, quotients, roots
 * and sums in f64 are rounded the same way everywhere, so kernels are made of these alone: normal
 * numbers have series of their own, see {@link BoxMuller}, since a driver's logarithm and sine
 * differ in their last place. The quantile of a truncated normal distribution, with which some
 * parameters begin, goes through a hundred steps of a continued fraction; and devices without f64
 * could not round as others do. These numbers are computed on the host as the reference does, and
 * copied.
 */
final class RandomNumbers {
  private static final String PROGRAM = "random";

  /** Numbers made on the host go over in pieces of this many. */
  private static final int CHUNK = 1 << 17;

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
      case TRUNCATED_NORMAL -> onTheHost(op, seed, counter, a, b, target);
    }
    if (target != out) {
      moves.copy(target, out);
      target.buffer().release();
    }
  }

  private void uniform(RandomOp op, long seed, long counter, double a, double b, Operand out) {
    if (!engine.doubles()) {
      onTheHost(op, seed, counter, a, b, out);
      return;
    }
    engine
        .launch(PROGRAM, "", "uniform")
        .operand(out)
        .integers(out.dtype().ordinal())
        .integers(op == RandomOp.INTEGER ? 1 : 0)
        .longs(seed)
        .longs(counter)
        .real(a)
        .real(b)
        .longs(out.elements())
        .run((out.elements() + 1) / 2, engine.group());
  }

  private void normal(long seed, long counter, double a, double b, Operand out) {
    if (!engine.doubles()) {
      onTheHost(RandomOp.NORMAL, seed, counter, a, b, out);
      return;
    }
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

  /** In f64 where the device has it, which the device then rounds to the type asked for. */
  private void onTheHost(RandomOp op, long seed, long counter, double a, double b, Operand out) {
    long elements = out.elements();
    var wide = engine.doubles() ? DType.F64 : DType.F32;
    for (long from = 0; from < elements; from += CHUNK) {
      int n = (int) Math.min(CHUNK, elements - from);
      var piece = engine.scratch(wide, Shape.of(n));
      var buffer = ClBuffer.of(piece);
      try (var arena = Arena.ofConfined()) {
        var values = arena.allocate((long) n * wide.byteSize(), 64);
        int[] words = new int[4];
        for (int i = 0; i < n; i++) {
          if (i % 2 == 0) {
            Philox.block(seed, counter + (from + i) / 2, words);
          }
          double value = draw(op, words, i % 2 == 0, a, b);
          if (wide == DType.F64) {
            values.setAtIndex(ValueLayout.JAVA_DOUBLE, i, value);
          } else {
            float single = (float) value;
            boolean reached = op == RandomOp.UNIFORM && single >= b;
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, reached ? (float) a : single);
          }
        }
        engine.queue().write(values, buffer.memory(), buffer.offset());
      }
      long offset = out.layout().offset() + from;
      moves.copy(piece, out.with(Layout.of(Shape.of(n), new long[] {1}, offset)));
      piece.buffer().release();
    }
  }

  private static double draw(RandomOp op, int[] words, boolean even, double a, double b) {
    double first = Philox.toUnitDouble(words[0], words[1]);
    double second = Philox.toUnitDouble(words[2], words[3]);
    double own = even ? first : second;
    return switch (op) {
      case NORMAL -> a + b * BoxMuller.normal(first, second, even);
      case TRUNCATED_NORMAL -> TruncatedNormal.quantile(own, a, b);
      case UNIFORM -> a + (b - a) * own;
      case INTEGER -> Math.floor(a + (b - a) * own);
      case BERNOULLI -> throw new IllegalStateException("drawn in groups");
    };
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
