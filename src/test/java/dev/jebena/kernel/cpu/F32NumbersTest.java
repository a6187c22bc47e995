package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** The loops with a number against the arithmetic of the language, to the last bit. */
class F32NumbersTest {
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float[] ODD = {0f, -0f, 1f, -1.5f, 1e-40f, 3e38f, INF, -INF, Float.NaN};

  private interface Loop {
    void run(MemorySegment a, long atA, float number, MemorySegment out, long atOut, int n);
  }

  private interface Scalar {
    float of(float x, float number);
  }

  private static void check(Loop loop, Scalar scalar) {
    int n = 41; // vectors and a tail of every width
    try (var arena = Arena.ofConfined()) {
      var x = arena.allocate(4L * (n + 1));
      var out = arena.allocate(4L * (n + 2));
      for (int i = 0; i < n; i++) {
        x.setAtIndex(ValueLayout.JAVA_FLOAT, i + 1, ODD[i % ODD.length]);
      }
      for (float number : ODD) {
        loop.run(x, 4, number, out, 4, n);
        for (int i = 0; i < n; i++) {
          float got = out.getAtIndex(ValueLayout.JAVA_FLOAT, i + 1);
          float expected = scalar.of(ODD[i % ODD.length], number);
          assertThat(Float.floatToIntBits(got))
              .as("%s with %s: %s, not %s", ODD[i % ODD.length], number, got, expected)
              .isEqualTo(Float.floatToIntBits(expected));
        }
      }
      assertThat(out.getAtIndex(ValueLayout.JAVA_FLOAT, 0)).isZero();
      assertThat(out.getAtIndex(ValueLayout.JAVA_FLOAT, n + 1)).isZero();
    }
  }

  @Test
  void numbersAreOperands() {
    check(F32Numbers::add, (x, s) -> x + s);
    check(F32Numbers::sub, (x, s) -> x - s);
    check(F32Numbers::subFrom, (x, s) -> s - x);
    check(F32Numbers::mul, (x, s) -> x * s);
    check(F32Numbers::div, (x, s) -> x / s);
    check(F32Numbers::divFrom, (x, s) -> s / x);
    check(F32Numbers::max, Math::max);
    check(F32Numbers::min, Math::min);
  }
}
