package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.io.NamedArray;
import dev.jebena.io.NpzFile;
import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AdamWKernel;
import dev.jebena.kernel.fused.AttentionKernel;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.kernel.fused.RmsNormKernel;
import dev.jebena.kernel.fused.RopeKernel;
import dev.jebena.kernel.reference.ReferenceDevice;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.testing.Fixtures;
import dev.jebena.testing.Operands;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Fused kernels of the processor, and their plain twins, against what others computed. */
class FusedFixturesTest {
  private static final CpuDevice CPU = CpuDevice.withThreads(2);
  private static final List<Device> DEVICES = List.of(CPU, new ReferenceDevice());

  @AfterAll
  static void closeDevice() {
    CPU.close();
  }

  private static Map<String, NamedArray> arrays(String relative) throws Exception {
    return NpzFile.read(Fixtures.require(relative));
  }

  private static Operand upload(Device device, NamedArray array, long... shape) {
    return Operands.of(device, DType.F32, Shape.of(shape), array.toDoubles());
  }

  private static void expect(
      Device device, Operand actual, NamedArray expected, double tolerance, String name) {
    assertThat(Operands.read(device, actual))
        .as("%s on %s", name, device.name())
        .containsExactly(expected.toDoubles(), within(tolerance));
  }

  @Test
  void flashAttentionForwardAndGradients() throws Exception {
    var arrays = arrays("systems/flash_attention.npz");
    for (var device : DEVICES) {
      var kernel = device.fused(AttentionKernel.class).orElseThrow();
      long[] shape = {4, 1, 128, 64};
      var q = upload(device, arrays.get("q"), shape);
      var k = upload(device, arrays.get("k"), shape);
      var v = upload(device, arrays.get("v"), shape);
      var gOut = upload(device, arrays.get("do"), shape);
      for (boolean causal : new boolean[] {false, true}) {
        var form = causal ? "causal_" : "full_";
        var options = causal ? AttentionOptions.causal(1 / 8.0) : AttentionOptions.full(1 / 8.0);
        var out = Operands.empty(device, DType.F32, shape);
        var lse = Operands.empty(device, DType.F32, 4, 1, 128);
        kernel.forward(q, k, v, null, options, out, lse);
        expect(device, out, arrays.get(form + "o"), 1e-5, form + "o");
        expect(device, lse, arrays.get(form + "lse"), 1e-5, form + "lse");
        var gq = Operands.empty(device, DType.F32, shape);
        var gk = Operands.empty(device, DType.F32, shape);
        var gv = Operands.empty(device, DType.F32, shape);
        kernel.backward(q, k, v, null, options, out, lse, gOut, gq, gk, gv, null);
        expect(device, gq, arrays.get(form + "dq"), 1e-5, form + "dq");
        expect(device, gk, arrays.get(form + "dk"), 1e-5, form + "dk");
        expect(device, gv, arrays.get(form + "dv"), 1e-5, form + "dv");
      }
    }
  }

  @Test
  void ropeOfInterleavedPairs() throws Exception {
    var x = arrays("layers/seeded_inputs.npz").get("in_embeddings");
    var expected = arrays("layers/test_rope.npz").get("array");
    double[] cos = new double[12 * 32];
    double[] sin = new double[12 * 32];
    for (int t = 0; t < 12; t++) {
      for (int i = 0; i < 32; i++) {
        double angle = t * Math.pow(10_000, -2.0 * i / 64);
        cos[t * 32 + i] = Math.cos(angle);
        sin[t * 32 + i] = Math.sin(angle);
      }
    }
    for (var device : DEVICES) {
      var out = Operands.empty(device, DType.F32, 4, 12, 64);
      device
          .fused(RopeKernel.class)
          .orElseThrow()
          .rotate(
              upload(device, x, 4, 12, 64),
              Operands.of(device, DType.F32, Shape.of(12, 32), cos),
              Operands.of(device, DType.F32, Shape.of(12, 32), sin),
              true,
              false,
              out);
      expect(device, out, expected, 1e-5, "rope");
    }
  }

  @Test
  void rmsNorm() throws Exception {
    var x = arrays("layers-gpt/in_features.npz").values().iterator().next();
    var weights = arrays("layers-gpt/rmsnorm_weights.npz").values().iterator().next();
    var expected = arrays("layers-gpt/rmsnorm_expected_output.npz").values().iterator().next();
    long width = weights.shape().elements();
    long rows = x.shape().elements() / width;
    for (var device : DEVICES) {
      var out = Operands.empty(device, DType.F32, rows, width);
      var reciprocal = Operands.empty(device, DType.F32, rows);
      var kernel = device.fused(RmsNormKernel.class).orElseThrow();
      var weight = upload(device, weights, width);
      var input = upload(device, x, rows, width);
      kernel.forward(input, null, weight, 1e-5, null, out, reciprocal);
      expect(device, out, expected, 1e-6, "rmsnorm");
    }
  }

  /** A linear layer 3→2 trained for 1,000 steps; its gradient is written out by hand. */
  @Test
  void adamWOverAThousandSteps() throws Exception {
    var inputs = arrays("layers/adamw_inputs.npz");
    var expected = arrays("layers/test_adamw.npz").get("array");
    float[] xs = inputs.get("x").toFloats();
    for (var device : DEVICES) {
      var kernel = device.fused(AdamWKernel.class).orElseThrow();
      var first = inputs.get("init_weight");
      var p = upload(device, first, 2, 3);
      var m = Operands.of(device, DType.F32, Shape.of(2, 3), new double[6]);
      var v = Operands.of(device, DType.F32, Shape.of(2, 3), new double[6]);
      var one = Operands.of(device, DType.F64, Shape.of(), 1);
      for (int step = 1; step <= 1000; step++) {
        double[] w = Operands.read(device, p);
        double[] g = new double[6];
        int at = 3 * (step - 1);
        double[] y = {xs[at] + xs[at + 1], -xs[at + 2]};
        for (int o = 0; o < 2; o++) {
          double error = -y[o];
          for (int i = 0; i < 3; i++) {
            error += w[3 * o + i] * xs[at + i];
          }
          for (int i = 0; i < 3; i++) {
            g[3 * o + i] = 2 * error * xs[at + i];
          }
        }
        var gradient = Operands.of(device, DType.F32, Shape.of(2, 3), g);
        kernel.update(
            new Operand[] {p},
            new Operand[] {gradient},
            new Operand[] {m},
            new Operand[] {v},
            new double[] {0.01},
            new AdamWKernel.Step(step, 1e-3, 0.9, 0.999, 1e-8),
            one);
        gradient.buffer().release();
      }
      expect(device, p, expected, 1e-4, "adamw");
    }
  }
}
