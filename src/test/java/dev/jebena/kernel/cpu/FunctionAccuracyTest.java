package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.kernel.reference.SpecialFunctions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The f32 loops of single functions against f64, over all sizes of numbers and in their tails. */
class FunctionAccuracyTest {
  /** What is exact and how far off the loop may be, in units in the last place. */
  enum Function {
    EXP2(UnaryOp.EXP2, x -> StrictMath.pow(2, x), 1),
    EXPM1(UnaryOp.EXPM1, StrictMath::expm1, 2),
    SINH(UnaryOp.SINH, StrictMath::sinh, 2),
    COSH(UnaryOp.COSH, StrictMath::cosh, 2),
    ERFC(UnaryOp.ERFC, SpecialFunctions::erfc, 4),
    LOG2(UnaryOp.LOG2, SpecialFunctions::log2, 2.5),
    LOG10(UnaryOp.LOG10, StrictMath::log10, 2.5),
    LOG1P(UnaryOp.LOG1P, StrictMath::log1p, 2),
    SOFTPLUS(UnaryOp.SOFTPLUS, SpecialFunctions::softplus, 2.5),
    ASINH(UnaryOp.ASINH, SpecialFunctions::asinh, 3),
    ACOSH(UnaryOp.ACOSH, SpecialFunctions::acosh, 3),
    ATANH(UnaryOp.ATANH, SpecialFunctions::atanh, 3),
    TAN(UnaryOp.TAN, StrictMath::tan, 4),
    ASIN(UnaryOp.ASIN, StrictMath::asin, 2.5),
    ACOS(UnaryOp.ACOS, StrictMath::acos, 2),
    ATAN(UnaryOp.ATAN, StrictMath::atan, 2),
    TRUNC(UnaryOp.TRUNC, x -> x < 0 ? Math.ceil(x) : Math.floor(x), 0);

    private final UnaryOp op;
    private final DoubleUnaryOperator exact;
    private final double ulps;

    Function(UnaryOp op, DoubleUnaryOperator exact, double ulps) {
      this.op = op;
      this.exact = exact;
      this.ulps = ulps;
    }
  }

  /** Floats of all sizes and both signs, and many of ordinary size. */
  private static float[] everywhere() {
    float[] x = new float[400_000];
    var random = new SplittableRandom(5);
    for (int i = 0; i < x.length; i++) {
      x[i] =
          i % 2 == 0
              ? Float.intBitsToFloat((int) (i / 2 * 21_473L))
              : (float) Math.scalb(random.nextDouble(-1, 1), random.nextInt(-12, 9));
    }
    x[1] = Float.NaN;
    x[3] = Float.POSITIVE_INFINITY;
    x[5] = Float.NEGATIVE_INFINITY;
    x[7] = -0f;
    x[9] = 1f;
    x[11] = -1f;
    return x;
  }

  private static float[] run(UnaryOp op, float[] x) {
    try (var arena = Arena.ofConfined()) {
      var a = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
      var out = arena.allocate(a.byteSize(), 4);
      var kernel = Kernels.unary(op, Lane.F32);
      kernel.run(a, 0, a, 0, a, 0, out, 0, x.length);
      return out.toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void isAccurateEverywhere(Function function) {
    float[] x = everywhere();
    float[] y = run(function.op, x);
    double worst = 0;
    float worstAt = 0;
    for (int i = 0; i < x.length; i++) {
      double exact = function.exact.applyAsDouble(x[i]);
      float nearest = (float) exact;
      boolean flushed = Math.abs(exact) < Float.MIN_NORMAL && y[i] == 0;
      if (Float.compare(nearest, y[i]) == 0 || nearest == y[i] || flushed) {
        continue;
      }
      double error = Math.abs(y[i] - exact) / Math.ulp(nearest);
      if (!(error <= worst)) {
        worst = error;
        worstAt = x[i];
      }
    }
    System.out.printf("%s: largest error %.3f ulp at %s%n", function, worst, worstAt);
    assertThat(worst).as("error in ulp at %s", worstAt).isLessThanOrEqualTo(function.ulps);
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void theTailOfABlockGivesTheSameBits(Function function) {
    float[] x = new float[Lanes.F32.length() * 8];
    System.arraycopy(everywhere(), 100, x, 0, x.length);
    x[0] = 1e20f; // too large for the vector form of the sine
    float[] whole = run(function.op, x);
    for (int from = 0; from < x.length; from++) {
      for (int n = 1; n < Lanes.F32.length() && from + n <= x.length; n++) {
        float[] part = run(function.op, java.util.Arrays.copyOfRange(x, from, from + n));
        for (int i = 0; i < n; i++) {
          assertThat(Float.floatToIntBits(part[i]))
              .isEqualTo(Float.floatToIntBits(whole[from + i]));
        }
      }
    }
  }

  @Test
  void angleOfAPoint() {
    float[] special = {0f, -0f, 1f, -1f, 1e-30f, -3e20f, 1e38f, Float.NaN, 1e-40f};
    float[] values = java.util.Arrays.copyOf(special, 64);
    var random = new SplittableRandom(6);
    for (int i = special.length; i < values.length; i++) {
      values[i] = (float) Math.scalb(random.nextDouble(-1, 1), random.nextInt(-20, 20));
    }
    values[60] = Float.POSITIVE_INFINITY;
    values[61] = Float.NEGATIVE_INFINITY;
    double worst = 0;
    try (var arena = Arena.ofConfined()) {
      var b = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
      MemorySegment out = arena.allocate(b.byteSize(), 4);
      for (float y : values) {
        float[] ys = new float[values.length];
        java.util.Arrays.fill(ys, y);
        var a = arena.allocateFrom(ValueLayout.JAVA_FLOAT, ys);
        Kernels.binary(BinaryOp.ATAN2, Lane.F32).run(a, 0, b, 0, b, 0, out, 0, values.length);
        for (int i = 0; i < values.length; i++) {
          float angle = out.getAtIndex(ValueLayout.JAVA_FLOAT, i);
          double exact = StrictMath.atan2(y, values[i]);
          if (Math.abs(exact) < Float.MIN_NORMAL || Double.isNaN(exact)) {
            assertThat(Double.valueOf(angle))
                .as("%s, %s", y, values[i])
                .isEqualTo(Double.valueOf((float) exact));
          } else {
            worst = Math.max(worst, Math.abs(angle - exact) / Math.ulp((float) exact));
          }
        }
      }
    }
    assertThat(worst).isLessThanOrEqualTo(3);
  }
}
