package dev.jebena.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.io.NamedArray;
import dev.jebena.io.NpzFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every value of every type of 8 or 16 bits, and every tie, as PyTorch has them. */
class NarrowFloatGoldenTest {
  private static Map<String, NamedArray> golden;

  @BeforeAll
  static void read() throws Exception {
    var url = NarrowFloatGoldenTest.class.getResource("/dtypes/narrow.npz");
    golden = NpzFile.read(Path.of(url.toURI()));
  }

  private static float widened(DType dtype, int bits) {
    return switch (dtype) {
      case F16 -> Float.float16ToFloat((short) bits);
      case BF16 -> NarrowFloat.fromBf16((short) bits);
      case F8_E4M3 -> NarrowFloat.fromE4M3((byte) bits);
      default -> NarrowFloat.fromE5M2((byte) bits);
    };
  }

  private static int narrowed(DType dtype, float value) {
    return switch (dtype) {
      case F16 -> Float.floatToFloat16(value) & 0xFFFF;
      case BF16 -> NarrowFloat.toBf16(value) & 0xFFFF;
      case F8_E4M3 -> NarrowFloat.toE4M3(value) & 0xFF;
      default -> NarrowFloat.toE5M2(value) & 0xFF;
    };
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F8_E4M3", "F8_E5M2"})
  void everyValueIsPyTorchs(DType dtype) {
    float[] values = golden.get(dtype + "/values").toFloats();
    assertThat(values).hasSize(1 << 8 * dtype.byteSize());
    for (int bits = 0; bits < values.length; bits++) {
      float value = widened(dtype, bits);
      assertThat(Float.floatToIntBits(value))
          .as("%s bits %x", dtype, bits)
          .isEqualTo(Float.floatToIntBits(values[bits]));
      if (!Float.isNaN(value)) {
        assertThat(narrowed(dtype, value)).as("%s of %s", dtype, value).isEqualTo(bits);
      }
    }
    float largest = 0;
    for (float value : values) {
      largest = Float.isFinite(value) ? Math.max(largest, value) : largest;
    }
    assertThat(dtype.largest()).isEqualTo(largest);
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F8_E4M3", "F8_E5M2"})
  void everyTieAndItsNeighboursRoundAsInPyTorch(DType dtype) {
    float[] values = golden.get(dtype + "/values").toFloats();
    long[] expected = golden.get(dtype + "/bits").toLongs();
    float[] inputs = inputs(values);
    assertThat(inputs).hasSameSizeAs(expected);
    int mask = (1 << 8 * dtype.byteSize()) - 1;
    for (int i = 0; i < inputs.length; i++) {
      int bits = narrowed(dtype, inputs[i]);
      if (Float.isNaN(inputs[i])) {
        assertThat(widened(dtype, bits)).isNaN();
      } else if (bits != (expected[i] & mask)) {
        assertThat(bits).as("%s of %s", dtype, inputs[i]).isEqualTo((int) expected[i] & mask);
      }
    }
  }

  /** What src/test/python/dtypes.py makes of a type's values. */
  private static float[] inputs(float[] values) {
    float[] finite = new float[values.length];
    int n = 0;
    for (float value : values) {
      if (Float.isFinite(value)) {
        finite[n++] = value == 0 ? 0 : value;
      }
    }
    finite = Arrays.copyOf(finite, n);
    Arrays.sort(finite);
    float[] inputs = new float[65536 + 3 * (n - 1)];
    for (int i = 0; i < 65536; i++) {
      inputs[i] = Float.intBitsToFloat(i * 65521);
    }
    for (int i = 0; i < n - 1; i++) {
      float mean = (float) (((double) finite[i] + finite[i + 1]) / 2);
      inputs[65536 + i] = mean;
      inputs[65536 + n - 1 + i] = Math.nextUp(mean);
      inputs[65536 + 2 * (n - 1) + i] = Math.nextDown(mean);
    }
    return inputs;
  }

  @Test
  void e4m3HasNoInfinity() {
    for (int bits = 0; bits < 256; bits++) {
      assertThat(NarrowFloat.fromE4M3((byte) bits))
          .isNotIn(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    }
    assertThat(NarrowFloat.fromE4M3(NarrowFloat.toE4M3(Float.NEGATIVE_INFINITY))).isEqualTo(-448f);
  }
}
