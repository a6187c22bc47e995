package dev.jebena.kernel.fused;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AttentionOptionsTest {
  private static void isRefused(double scale, long window, double softCap, String part) {
    assertThatThrownBy(() -> new AttentionOptions(scale, true, window, softCap, List.of(), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(part);
  }

  @Test
  void refusesWhatNoShapeCouldFit() {
    isRefused(Double.NaN, 8, 0, "multiplied by NaN");
    isRefused(Double.POSITIVE_INFINITY, 8, 0, "multiplied by Infinity");
    isRefused(0.125, 0, 0, "a window of 0 keys");
    isRefused(0.125, 8, -1, "bounded by -1.0");
    isRefused(0.125, 8, Double.NaN, "bounded by NaN");
  }
}
