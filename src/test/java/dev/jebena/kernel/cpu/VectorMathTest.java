package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.kernel.reference.SpecialFunctions;
import dev.jebena.testing.ChildJvm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.zip.CRC32;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VectorMathTest {
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float NAN = Float.NaN;

  /** The functions with what is exact and how far off they may be, in units in the last place. */
  enum Function {
    EXP(StrictMath::exp, 1.0),
    LOG(StrictMath::log, 1.0),
    SIGMOID(x -> 1 / (1 + StrictMath.exp(-x)), 2.5),
    // the exponential is infinite from there down
    SILU(x -> x < -88.72283 && x > -INF ? -0.0 : x / (1 + StrictMath.exp(-x)), 2.5),
    TANH(StrictMath::tanh, 2.0),
    ERF(SpecialFunctions::erf, 2.0),
    SIN(StrictMath::sin, 1.5),
    COS(StrictMath::cos, 1.5);

    private final DoubleUnaryOperator exact;
    private final double ulps;

    Function(DoubleUnaryOperator exact, double ulps) {
      this.exact = exact;
      this.ulps = ulps;
    }

    float scalar(float x) {
      return switch (this) {
        case EXP -> VectorMath.exp(x);
        case LOG -> VectorMath.log(x);
        case SIGMOID -> VectorSigmoids.sigmoid(x);
        case SILU -> VectorSigmoids.silu(x);
        case TANH -> VectorSigmoids.tanh(x);
        case ERF -> VectorSigmoids.erf(x);
        case SIN -> VectorSines.sin(x);
        case COS -> VectorSines.cos(x);
      };
    }

    /** The vector form over a whole array, whose length is a multiple of the lanes. */
    void vector(float[] x, float[] y) {
      int lanes = Lanes.F32.length();
      for (int i = 0; i < x.length; i += lanes) {
        var v = FloatVector.fromArray(Lanes.F32, x, i);
        if ((this == SIN || this == COS) && VectorSines.needsScalarSine(v)) {
          for (int lane = i; lane < i + lanes; lane++) {
            y[lane] = scalar(x[lane]);
          }
          continue;
        }
        var result =
            switch (this) {
              case EXP -> VectorMath.exp(v);
              case LOG -> VectorMath.log(v);
              case SIGMOID -> VectorSigmoids.sigmoid(v);
              case SILU -> VectorSigmoids.silu(v);
              case TANH -> VectorSigmoids.tanh(v);
              case ERF -> VectorSigmoids.erf(v);
              case SIN -> VectorSines.sin(v);
              case COS -> VectorSines.cos(v);
            };
        result.intoArray(y, i);
      }
    }
  }

  /** Floats of all sizes and both signs, evenly spread over the bit patterns. */
  private static float[] everywhere(int step) {
    int count = (int) ((1L << 32) / step) / 64 * 64;
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = Float.intBitsToFloat(i * step);
    }
    return x;
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void isAccurateEverywhere(Function function) {
    double worst = 0;
    float worstAt = 0;
    for (float x : everywhere(4093)) {
      double exact = function.exact.applyAsDouble(x);
      float y = function.scalar(x);
      if (Double.isNaN(exact)) {
        assertThat(y).as("at %s", x).isNaN();
        continue;
      }
      float nearest = (float) exact;
      if (nearest == y || Math.abs(exact) < Float.MIN_NORMAL && y == 0) {
        continue;
      }
      double error = Math.abs(y - exact) / Math.ulp(nearest);
      if (!(error <= worst)) {
        worst = error;
        worstAt = x;
      }
    }
    System.out.printf("%s: largest error %.3f ulp at %s%n", function, worst, worstAt);
    assertThat(worst).as("error in ulp at %s", worstAt).isLessThanOrEqualTo(function.ulps);
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void lanesAndScalarsAgreeBitForBit(Function function) {
    float[] x = everywhere(8191);
    float[] y = new float[x.length];
    function.vector(x, y);
    for (int i = 0; i < x.length; i++) {
      if (Float.floatToIntBits(y[i]) != Float.floatToIntBits(function.scalar(x[i]))) {
        assertThat(y[i]).as("%s of %s", function, x[i]).isEqualTo(function.scalar(x[i]));
      }
    }
  }

  /** Above 0 in units in the last place; below, where it is next to nothing, by the difference. */
  @Test
  void geluIsAccurateAndTheSameInLanes() {
    float[] x = everywhere(4093);
    double worstAbove = 0;
    double worstBelow = 0;
    int lanes = Lanes.F32.length();
    float[] y = new float[lanes];
    for (int i = 0; i < x.length; i += lanes) {
      VectorSigmoids.gelu(FloatVector.fromArray(Lanes.F32, x, i)).intoArray(y, 0);
      for (int lane = 0; lane < lanes; lane++) {
        float at = x[i + lane];
        float scalar = VectorSigmoids.gelu(at);
        assertThat(Float.floatToIntBits(y[lane])).isEqualTo(Float.floatToIntBits(scalar));
        double exact = at * 0.5 * SpecialFunctions.erfc(-at * Math.sqrt(0.5));
        if (Double.isNaN(at)) {
          assertThat(scalar).isNaN();
        } else if (at == Float.NEGATIVE_INFINITY) {
          assertThat(scalar).isNaN(); // −∞·0, as in PyTorch
        } else if (at >= Float.MIN_NORMAL && at < INF) {
          double error = Math.abs(scalar - exact) / Math.ulp((float) exact);
          worstAbove = Math.max(worstAbove, error);
        } else if (at != INF) {
          worstBelow = Math.max(worstBelow, Math.abs(scalar - exact));
        }
      }
    }
    System.out.printf("GELU: largest error %.3f ulp, below 0 %.2g%n", worstAbove, worstBelow);
    assertThat(worstAbove).isLessThanOrEqualTo(3.5);
    assertThat(worstBelow).isLessThanOrEqualTo(1e-7);
    assertThat(VectorSigmoids.gelu(INF)).isEqualTo(INF);
  }

  @Test
  void exponentialsOfASoftmaxAreAccurateAndTheSameInLanes() {
    int lanes = Lanes.F32.length();
    float[] x = new float[lanes];
    float[] y = new float[lanes];
    double worst = 0;
    double worstFar = 0;
    for (int i = 0; i < 2_000_000; i += lanes) {
      for (int lane = 0; lane < lanes; lane++) {
        x[lane] = -90f * (i + lane) / 2_000_000 * (lane % 2 == 0 ? 1 : 0.1f);
      }
      VectorMath.expBelowMaximum(FloatVector.fromArray(Lanes.F32, x, 0)).intoArray(y, 0);
      for (int lane = 0; lane < lanes; lane++) {
        float scalar = VectorMath.expBelowMaximum(x[lane]);
        assertThat(Float.floatToIntBits(y[lane])).isEqualTo(Float.floatToIntBits(scalar));
        double exact = StrictMath.exp(x[lane]);
        double error =
            exact < Float.MIN_NORMAL ? 0 : Math.abs(scalar - exact) / Math.ulp((float) exact);
        if (x[lane] > -5) {
          worst = Math.max(worst, error);
        } else {
          worstFar = Math.max(worstFar, error);
        }
      }
    }
    System.out.printf("softmax: largest error %.3f ulp, far down %.3f%n", worst, worstFar);
    assertThat(worst).isLessThanOrEqualTo(2);
    assertThat(worstFar).isLessThanOrEqualTo(5);
    assertThat(VectorMath.expBelowMaximum(0f)).isEqualTo(1f);
    assertThat(VectorMath.expBelowMaximum(-INF)).isEqualTo(0f);
    assertThat(VectorMath.expBelowMaximum(NAN)).isNaN();
    // what a NaN carries besides must not turn it into a number
    float laden = Float.intBitsToFloat(0x7fc00001);
    assertThat(VectorMath.expBelowMaximum(FloatVector.broadcast(Lanes.F32, laden)).lane(0)).isNaN();
  }

  /** One special number among ordinary ones, in each place of a step and behind the last one. */
  @Test
  void loopsGiveTheSameBitsBesideSpecialNumbersAndInPlace() {
    float[] special = {
      NAN, INF, -INF, -0f, Float.MIN_VALUE, 41f, -41f, 9.5f, -9.5f, 88.8f, -88.8f, 1e30f, -1e30f
    };
    Map<String, Loop> loops =
        Map.of(
            "exp", new Loop(F32Functions::exp, VectorMath::exp),
            "log", new Loop(F32Functions::log, VectorMath::log),
            "tanh", new Loop(F32Functions::tanh, VectorSigmoids::tanh),
            "sigmoid", new Loop(F32Functions::sigmoid, VectorSigmoids::sigmoid),
            "silu", new Loop(F32Functions::silu, VectorSigmoids::silu),
            "gelu", new Loop(F32Functions::gelu, VectorSigmoids::gelu));
    int n = 1100;
    try (var arena = Arena.ofConfined()) {
      var x = arena.allocate(4L * n, 4);
      var y = arena.allocate(4L * n, 4);
      for (int at : new int[] {-1, 0, 300, 511, 512, 1023, 1024, 1099}) {
        for (float number : special) {
          for (int i = 0; i < n; i++) {
            float ordinary = (i * 37 % 101 + 1) / 30f;
            x.setAtIndex(ValueLayout.JAVA_FLOAT, i, i == at ? number : ordinary);
          }
          for (var entry : loops.entrySet()) {
            entry.getValue().vectors.run(x, 0, y, 0, n);
            var inPlace =
                arena.allocateFrom(ValueLayout.JAVA_FLOAT, x.toArray(ValueLayout.JAVA_FLOAT));
            entry.getValue().vectors.run(inPlace, 0, inPlace, 0, n);
            for (int i = 0; i < n; i++) {
              float argument = x.getAtIndex(ValueLayout.JAVA_FLOAT, i);
              int bits = Float.floatToIntBits(entry.getValue().twin.of(argument));
              assertThat(Float.floatToIntBits(y.getAtIndex(ValueLayout.JAVA_FLOAT, i)))
                  .as("%s of %s at %d", entry.getKey(), argument, i)
                  .isEqualTo(bits);
              assertThat(Float.floatToIntBits(inPlace.getAtIndex(ValueLayout.JAVA_FLOAT, i)))
                  .as("%s of %s at %d in place", entry.getKey(), argument, i)
                  .isEqualTo(bits);
            }
          }
        }
      }
    }
  }

  private interface Vectors {
    void run(MemorySegment x, long atX, MemorySegment y, long atY, int n);
  }

  private interface Twin {
    float of(float x);
  }

  private record Loop(Vectors vectors, Twin twin) {}

  @Test
  void specialValues() {
    assertThat(VectorMath.exp(INF)).isEqualTo(INF);
    assertThat(VectorMath.exp(-INF)).isEqualTo(0f);
    assertThat(VectorMath.exp(88.8f)).isEqualTo(INF);
    assertThat(VectorMath.exp(-87.4f)).isEqualTo(0f);
    assertThat(VectorMath.exp(0f)).isEqualTo(1f);
    assertThat(VectorMath.exp(Float.intBitsToFloat(0x7FC001FF))).isNaN();
    assertThat(VectorMath.log(0f)).isEqualTo(-INF);
    assertThat(VectorMath.log(-0f)).isEqualTo(-INF);
    assertThat(VectorMath.log(-1f)).isNaN();
    assertThat(VectorMath.log(INF)).isEqualTo(INF);
    assertThat(VectorMath.log(1f)).isEqualTo(0f);
    assertThat(VectorMath.log(Float.MIN_VALUE)).isEqualTo((float) StrictMath.log(0x1p-149));
    assertThat(VectorSigmoids.tanh(INF)).isEqualTo(1f);
    assertThat(VectorSigmoids.tanh(-INF)).isEqualTo(-1f);
    assertThat(VectorSigmoids.tanh(-0f)).isEqualTo(-0f);
    assertThat(VectorSigmoids.erf(-INF)).isEqualTo(-1f);
    assertThat(VectorSigmoids.sigmoid(INF)).isEqualTo(1f);
    assertThat(VectorSigmoids.sigmoid(-INF)).isEqualTo(0f);
    assertThat(VectorSigmoids.silu(-INF)).isNaN(); // as in PyTorch
    assertThat(VectorSigmoids.silu(INF)).isEqualTo(INF);
    assertThat(VectorSigmoids.silu(-100f)).isEqualTo(-0f);
    assertThat(VectorSigmoids.gelu(-0f)).isEqualTo(-0f);
    assertThat(VectorSigmoids.gelu(-20f)).isEqualTo(-0f);
    assertThat(VectorSines.sin(INF)).isNaN();
    assertThat(VectorSines.sin(1e30f)).isEqualTo((float) StrictMath.sin(1e30f));
    for (var function : Function.values()) {
      assertThat(function.scalar(NAN)).as(function.name()).isNaN();
    }
  }

  @Test
  void theInterpreterAndCompiledCodeAgreeBitForBit() throws Exception {
    for (String bits : new String[] {"128", "256", "512"}) {
      var width = "-Djebena.vector.bits=" + bits;
      var compiled = ChildJvm.run(Digest.class, "-Xbatch", width);
      var interpreted = ChildJvm.run(Digest.class, "-Xint", width);
      assertThat(interpreted).as(width).isEqualTo(compiled);
      assertThat(compiled).hasLineCount(Function.values().length);
    }
  }

  /** Prints a checksum of each function's results; run in JVMs of other modes. */
  static final class Digest {
    private Digest() {}

    public static void main(String[] arguments) {
      float[] x = everywhere(4_194_301);
      float[] y = new float[x.length];
      boolean compiles = System.getProperty("java.vm.info", "").contains("mixed");
      for (var function : Function.values()) {
        for (int round = 0; round < (compiles ? 400 : 1); round++) {
          function.vector(x, y);
        }
        var checksum = new CRC32();
        for (int i = 0; i < y.length; i++) {
          int bits = Float.floatToIntBits(y[i]);
          int twin = Float.floatToIntBits(function.scalar(x[i]));
          for (int shift = 0; shift < 32; shift += 8) {
            checksum.update(bits >>> shift);
            checksum.update(twin >>> shift);
          }
        }
        System.out.println(function + " " + Long.toHexString(checksum.getValue()));
      }
    }
  }
}
