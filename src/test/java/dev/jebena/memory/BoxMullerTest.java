package dev.jebena.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The series against the functions of the Java library, which are right to a unit or so. */
class BoxMullerTest {
  private static void isRight(double first, double second) {
    double radius = Math.sqrt(-2 * StrictMath.log1p(-first));
    assertThat(BoxMuller.radius(first)).isCloseTo(radius, within(4e-16 * radius));
    double turn = 2 * Math.PI * second;
    // the argument of the library's functions is rounded, where ours is reduced exactly
    double slack = 1e-15;
    assertThat(BoxMuller.cosine(second)).isCloseTo(StrictMath.cos(turn), within(slack));
    assertThat(BoxMuller.sine(second)).isCloseTo(StrictMath.sin(turn), within(slack));
    assertThat(BoxMuller.normal(first, second, true))
        .isCloseTo(radius * StrictMath.cos(turn), within(1e-15 * (1 + radius)));
    assertThat(BoxMuller.normal(first, second, false))
        .isCloseTo(radius * StrictMath.sin(turn), within(1e-15 * (1 + radius)));
  }

  @Test
  void agreesWithTheLibrary() {
    var random = new SplittableRandom(7);
    for (int i = 0; i < 100_000; i++) {
      isRight(random.nextDouble(), random.nextDouble());
    }
    for (int i = 1; i <= 53; i++) { // towards both ends, and at every eighth of a turn
      double small = Math.scalb(1.0, -i);
      isRight(small, i % 8 / 8.0);
      isRight(1 - small, small);
      isRight(0, 1 - small);
    }
    assertThat(BoxMuller.radius(0)).isZero();
    assertThat(BoxMuller.cosine(0)).isEqualTo(1);
    assertThat(BoxMuller.sine(0.25)).isEqualTo(1);
    assertThat(BoxMuller.cosine(0.5)).isEqualTo(-1);
    assertThat(BoxMuller.sine(0.75)).isEqualTo(-1);
  }
}
