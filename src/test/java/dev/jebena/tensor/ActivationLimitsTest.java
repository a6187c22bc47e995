package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.testing.DeferredDevice;
import dev.jebena.testing.TestDevices;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * What activation functions give at infinities and for NaN, on each device and in each type: what
 * PyTorch 2.13 gives. The gates fall to 0 times −∞ there, which is NaN.
 */
class ActivationLimitsTest {
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float NAN = Float.NaN;
  private static final float[] AT = {-INF, INF, NAN, -0f, 0f, -30f, 30f};

  private record Limits(UnaryOperator<Tensor> function, float... expected) {}

  private static Map<String, Limits> functions() {
    var all = new LinkedHashMap<String, Limits>();
    all.put("gelu", new Limits(Tensor::gelu, NAN, INF, NAN, 0, 0, 0, 30));
    all.put("geluTanh", new Limits(Tensor::geluTanh, NAN, INF, NAN, 0, 0, 0, 30));
    all.put("silu", new Limits(Tensor::silu, NAN, INF, NAN, 0, 0, 0, 30));
    all.put("sigmoid", new Limits(Tensor::sigmoid, 0, 1, NAN, 0.5f, 0.5f, 0, 1));
    all.put("tanh", new Limits(Tensor::tanh, -1, 1, NAN, 0, 0, -1, 1));
    all.put("relu", new Limits(Tensor::relu, 0, INF, NAN, 0, 0, 0, 30));
    return all;
  }

  private static Map<String, Device> devices() {
    var found = new LinkedHashMap<String, Device>();
    for (var name : Devices.names()) {
      if (TestDevices.whyMissing(name).isEmpty()) {
        found.put(name, Devices.get(name));
      }
    }
    found.put("deferred", DeferredDevice.primitivesOnly());
    found.put("deferred fused", DeferredDevice.withFused());
    return found;
  }

  @Test
  void infinitiesGiveWhatTheyGiveInPyTorch() {
    // beyond a step of the fastest loops, so that these are looked at too
    int repeats = 100;
    for (var device : devices().entrySet()) {
      for (var dtype : new DType[] {DType.F32, DType.F64, DType.F16, DType.BF16}) {
        if (!device.getValue().dtypes().contains(dtype)) {
          continue;
        }
        for (var row : functions().entrySet()) {
          var x = Tensor.of(AT).to(dtype).to(device.getValue()).tile(repeats);
          float[] y = row.getValue().function.apply(x).to(DType.F32).toFloats();
          for (int i = 0; i < y.length; i++) {
            float expected = row.getValue().expected[i % AT.length];
            var what =
                "%s(%s) on %s in %s at %d"
                    .formatted(row.getKey(), AT[i % AT.length], device.getKey(), dtype, i);
            if (Float.isFinite(expected)) {
              assertThat(Math.abs(y[i] - expected)).as(what).isLessThan(1e-6f);
            } else {
              assertThat(Float.valueOf(y[i])).as(what).isEqualTo(Float.valueOf(expected));
            }
          }
        }
      }
    }
  }
}
