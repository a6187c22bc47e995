package dev.jebena.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NarrowFloatTest {
  /** Ties, subnormals, overflow, infinities, NaN. */
  private static final float[] VALUES = {
    0.0f,
    -0.0f,
    0.001f,
    -0.002f,
    0.001953125f,
    0.0009765625f,
    0.0009765626f,
    0.0029296875f,
    0.01f,
    0.3f,
    1.0625f,
    1.1875f,
    -1.3125f,
    17.0f,
    18.0f,
    19.0f,
    447.0f,
    448.0f,
    463.9f,
    464.0f,
    465.0f,
    1000.0f,
    57344.0f,
    61439.0f,
    61440.0f,
    1000000.0f,
    1000000000.0f,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    7.6e-06f,
    7.7e-06f,
    2e-05f,
    3.05e-05f,
    6.1e-05f,
    0.00011f,
    0.15625f,
    -0.21875f
  };

  /** What PyTorch 2.13 gives for them, as unsigned bytes. */
  private static final int[] E4M3 = {
    0, 128, 1, 129, 1, 0, 1, 2, 5, 42, 56, 58, 186, 88, 89, 90, 126, 126, 126, 126, 126, 126, 126,
    126, 126, 126, 126, 126, 254, 127, 0, 0, 0, 0, 0, 0, 34, 166
  };

  private static final int[] E5M2 = {
    0, 128, 20, 152, 24, 20, 20, 26, 33, 53, 60, 61, 189, 76, 76, 77, 95, 95, 95, 95, 95, 100, 123,
    123, 124, 124, 124, 124, 252, 127, 0, 1, 1, 2, 4, 7, 49, 179
  };

  private static final int[] BF16 = {
    0, 32768, 14979, 47875, 15104, 14976, 14976, 15168, 15396, 16026, 16264, 16280, 49064, 16776,
    16784, 16792, 17376, 17376, 17384, 17384, 17384, 17530, 18272, 18288, 18288, 18804, 20078,
    32640, 65408, 65535, 14079, 14081, 14248, 14336, 14464, 14567, 15904, 48736
  };

  @Test
  void narrowsAsPyTorchDoes() {
    for (int i = 0; i < VALUES.length; i++) {
      float x = VALUES[i];
      if (Float.isNaN(x)) {
        assertThat(NarrowFloat.fromE4M3(NarrowFloat.toE4M3(x))).isNaN();
        assertThat(NarrowFloat.fromE5M2(NarrowFloat.toE5M2(x))).isNaN();
        assertThat(NarrowFloat.fromBf16(NarrowFloat.toBf16(x))).isNaN();
        continue;
      }
      assertThat(NarrowFloat.toE4M3(x) & 0xFF).as("e4m3 of %s", x).isEqualTo(E4M3[i]);
      assertThat(NarrowFloat.toE5M2(x) & 0xFF).as("e5m2 of %s", x).isEqualTo(E5M2[i]);
      assertThat(NarrowFloat.toBf16(x) & 0xFFFF).as("bf16 of %s", x).isEqualTo(BF16[i]);
    }
  }

  @Test
  void everyNarrowValueSurvivesTheRoundTrip() {
    for (int bits = 0; bits < 256; bits++) {
      byte b = (byte) bits;
      if (!Float.isNaN(NarrowFloat.fromE4M3(b))) {
        assertThat(NarrowFloat.toE4M3(NarrowFloat.fromE4M3(b))).isEqualTo(b);
      }
      if (!Float.isNaN(NarrowFloat.fromE5M2(b))) {
        assertThat(NarrowFloat.toE5M2(NarrowFloat.fromE5M2(b))).isEqualTo(b);
      }
    }
    for (int bits = 0; bits < 65536; bits++) {
      short s = (short) bits;
      if (!Float.isNaN(NarrowFloat.fromBf16(s))) {
        assertThat(NarrowFloat.toBf16(NarrowFloat.fromBf16(s))).isEqualTo(s);
      }
    }
  }

  @Test
  void nothingNarrowIsNearerThanTheResult() {
    var random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      float x = (float) (Math.scalb(random.nextDouble(-1, 1), random.nextInt(-18, 9)));
      float chosen = NarrowFloat.fromE4M3(NarrowFloat.toE4M3(x));
      float nearest = 0;
      for (int bits = 0; bits < 256; bits++) {
        float candidate = NarrowFloat.fromE4M3((byte) bits);
        if (Math.abs(candidate - x) < Math.abs(nearest - x)) {
          nearest = candidate;
        }
      }
      assertThat(Math.abs(chosen - x)).isEqualTo(Math.abs(nearest - x));
    }
  }

  @Test
  void aNanWithALowPayloadStaysNan() {
    float nan = Float.intBitsToFloat(0x7F800001);
    assertThat(NarrowFloat.fromBf16(NarrowFloat.toBf16(nan))).isNaN();
  }
}
