package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.ActivationKernel;
import dev.jebena.kernel.fused.AttentionKernel;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.kernel.fused.CrossEntropyKernel;
import dev.jebena.kernel.fused.CrossEntropyTerms;
import dev.jebena.kernel.fused.LayerNormKernel;
import dev.jebena.kernel.fused.LinearCrossEntropyKernel;
import dev.jebena.kernel.fused.LinearKernel;
import dev.jebena.kernel.fused.RmsNormKernel;
import dev.jebena.kernel.fused.SoftmaxKernel;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.testing.ChildJvm;
import dev.jebena.testing.Operands;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the compiler has done so far, a fused kernel gives the same bits. */
class FusedDigestTest {
  @ParameterizedTest
  @ValueSource(strings = {"128", "256", "512"})
  void theInterpreterAndCompiledCodeAgreeBitForBit(String bits) throws Exception {
    var width = "-Djebena.vector.bits=" + bits;
    var compiled = ChildJvm.run(Digest.class, "-Xbatch", width);
    var interpreted = ChildJvm.run(Digest.class, "-Xint", width);
    assertThat(interpreted).isEqualTo(compiled);
    assertThat(compiled).hasLineCount(23 + 5 + 8 * Activation.values().length);
  }

  /** Prints a checksum of each result; in compiled mode after enough rounds to be compiled. */
  static final class Digest {
    private Digest() {}

    public static void main(String[] arguments) {
      boolean compiles = System.getProperty("java.vm.info", "").contains("mixed");
      try (var device = CpuDevice.withThreads(2)) {
        var random = new SplittableRandom(5);
        var x = new Operand[8];
        for (int i = 0; i < x.length; i++) {
          var layout = Layout.contiguous(Shape.of(1, 2, 20, 36));
          x[i] = Operands.normal(device, layout, random);
        }
        var lse = Operands.empty(device, DType.F32, 1, 2, 20);
        var rows = new Operand[3];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = x[i].with(Layout.contiguous(Shape.of(20, 72)));
        }
        var weight = Operands.normal(device, Layout.contiguous(Shape.of(72)), random);
        var gWeight = Operands.empty(device, DType.F32, 72);
        var perRow = Operands.empty(device, DType.F32, 20);
        var out = Operands.empty(device, DType.F32, 20, 72);
        var gx = Operands.empty(device, DType.F32, 20, 72);
        var targets = Operands.of(device, DType.I64, Shape.of(20), new double[20]);
        var attention = device.fused(AttentionKernel.class).orElseThrow();
        var options = AttentionOptions.causal(0.2);
        var softmax = device.fused(SoftmaxKernel.class).orElseThrow();
        var norm = device.fused(RmsNormKernel.class).orElseThrow();
        var gate = device.fused(ActivationKernel.class).orElseThrow();
        var loss = device.fused(CrossEntropyKernel.class).orElseThrow();
        var last = device.fused(LinearCrossEntropyKernel.class).orElseThrow();
        var mean = Operands.empty(device, DType.F32);
        for (int round = 0; round < (compiles ? 1500 : 1); round++) {
          attention.forward(x[0], x[1], x[2], null, options, x[3], lse);
          attention.backward(
              x[0], x[1], x[2], null, options, x[3], lse, x[4], x[5], x[6], x[7], null);
        }
        print(device, x[3], lse, x[5], x[6], x[7]);
        var sinks = Operands.normal(device, Layout.contiguous(Shape.of(2)), random);
        var gSinks = Operands.empty(device, DType.F32, 2);
        var all = options.withWindow(7).withSoftCap(2).withSlopes(AttentionOptions.alibi(2));
        var one = x[0].with(Layout.contiguous(Shape.of(1, 2, 1, 36)));
        var oneOut = Operands.empty(device, DType.F32, 1, 2, 1, 36);
        var oneLse = Operands.empty(device, DType.F32, 1, 2, 1);
        for (int round = 0; round < (compiles ? 1500 : 1); round++) {
          attention.forward(x[0], x[1], x[2], sinks, all, x[3], lse);
          attention.backward(
              x[0], x[1], x[2], sinks, all, x[3], lse, x[4], x[5], x[6], x[7], gSinks);
          attention.forward(one, x[1], x[2], sinks, all, oneOut, oneLse);
        }
        print(device, x[3], lse, x[5], x[6], x[7], gSinks, oneOut, oneLse);
        for (int round = 0; round < (compiles ? 1500 : 1); round++) {
          norm.forward(rows[0], null, weight, 1e-5, null, out, perRow);
          norm.backward(rows[0], weight, perRow, rows[1], null, gx, gWeight);
        }
        print(device, gx, gWeight);
        layerNorm(device, rows, compiles ? 1500 : 1);
        for (var f : Activation.values()) {
          activation(device, f, rows, compiles ? 1500 : 1);
        }
        for (int round = 0; round < (compiles ? 1500 : 1); round++) {
          softmax.forward(rows[0], false, out);
          gate.gatedForward(Activation.SILU, out, rows[1], gx);
          loss.forward(gx, targets, CrossEntropyTerms.PLAIN, perRow, perRow);
        }
        print(device, gx, perRow);
        var terms = CrossEntropyTerms.PLAIN.withLabelSmoothing(0.1).withZLoss(0.01);
        for (var each : new CrossEntropyTerms[] {terms, terms.withSoftCap(3)}) {
          for (int round = 0; round < (compiles ? 1500 : 1); round++) {
            last.forward(rows[0], rows[1], targets, each, mean, gx, out);
          }
          print(device, mean, gx, out);
        }
      }
    }

    private static void layerNorm(CpuDevice device, Operand[] rows, int rounds) {
      var kernel = device.fused(LayerNormKernel.class).orElseThrow();
      var weight = row(device, 72);
      var bias = row(device, 72);
      var gWeight = row(device, 72);
      var gBias = row(device, 72);
      var mean = row(device, 20);
      var reciprocal = row(device, 20);
      var h = matrix(device);
      var y = matrix(device);
      var gh = matrix(device);
      for (int round = 0; round < rounds; round++) {
        kernel.forward(rows[0], rows[1], weight, bias, 1e-5, h, y, mean, reciprocal);
        kernel.backward(h, weight, mean, reciprocal, rows[2], rows[1], gh, gWeight, gBias);
      }
      print(device, y, mean, gh, gWeight, gBias);
    }

    private static Operand row(CpuDevice device, int width) {
      return Operands.normal(
          device, Layout.contiguous(Shape.of(width)), new SplittableRandom(width));
    }

    private static Operand matrix(CpuDevice device) {
      return Operands.empty(device, DType.F32, 20, 72);
    }

    private static void activation(CpuDevice device, Activation f, Operand[] rows, int rounds) {
      var kernel = device.fused(ActivationKernel.class).orElseThrow();
      var y = matrix(device);
      var gx = matrix(device);
      var gated = matrix(device);
      var gGate = matrix(device);
      var gUp = matrix(device);
      for (int round = 0; round < rounds; round++) {
        kernel.forward(f, rows[0], y);
        kernel.backward(f, rows[0], rows[1], gx);
        kernel.gatedForward(f, rows[0], rows[1], gated);
        kernel.gatedBackward(f, rows[0], rows[1], rows[2], gGate, gUp);
      }
      print(device, y, gx, gated, gGate, gUp);
      var linear = device.fused(LinearKernel.class).orElseThrow();
      var bias = row(device, 20);
      var gBias = row(device, 20);
      var product = Operands.empty(device, DType.F32, 20, 20);
      var out = Operands.empty(device, DType.F32, 20, 20);
      var square = rows[2].with(Layout.contiguous(Shape.of(20, 20)));
      for (int round = 0; round < rounds; round++) {
        linear.forward(rows[0], rows[1], bias, f, square, product, out);
        linear.backward(f, product, square, gated.with(product.layout()), gBias);
      }
      print(device, out, gated.with(product.layout()), gBias);
    }

    private static void print(CpuDevice device, Operand... operands) {
      for (var operand : operands) {
        System.out.println(Arrays.hashCode(Operands.read(device, operand)));
      }
    }
  }
}
