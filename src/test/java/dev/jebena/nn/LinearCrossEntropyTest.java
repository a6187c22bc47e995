package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.kernel.fused.CrossEntropyTerms;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostAllocator;
import dev.jebena.memory.Scope;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.DeferredDevice;
import dev.jebena.testing.Values;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The loss without logits, beside the loss of logits. */
class LinearCrossEntropyTest {
  private static final CrossEntropyTerms TERMS =
      CrossEntropyTerms.PLAIN.withLabelSmoothing(0.1).withZLoss(1e-2).withSoftCap(3);

  static Stream<Device> devices() {
    return Stream.of(
        Devices.get("cpu"), DeferredDevice.primitivesOnly(), DeferredDevice.withFused());
  }

  private static void on(Device device, Runnable test) {
    Context.current().withDevice(device).withSeed(5).run(test);
  }

  private static Tensor targets(long rows, long classes) {
    long[] targets = new long[(int) rows];
    for (int i = 0; i < rows; i++) {
      targets[i] = i % 5 == 4 ? CrossEntropy.IGNORED : (i * 37) % classes;
    }
    return Tensor.of(targets, rows);
  }

  @ParameterizedTest
  @MethodSource("devices")
  void isTheLossOfTheLogits(Device device) {
    on(
        device,
        () -> {
          var x = Tensor.randn(2, 6, 8).requiresGrad(true);
          var weight = Tensor.randn(19, 8).requiresGrad(true);
          var targets = targets(12, 19).reshape(2, 6);
          var expected = CrossEntropy.mean(x.linear(weight, null), targets, TERMS).mul(3);
          expected.backward();
          double[] gx = x.grad().toDoubles();
          double[] gWeight = weight.grad().toDoubles();
          x.zeroGrad();
          weight.zeroGrad();
          var actual = LinearCrossEntropy.mean(x, weight, targets, TERMS).mul(3);
          actual.backward();
          Values.assertClose("loss", actual, expected.toDoubles(), 1e-5, 1e-5);
          Values.assertClose("gradient of x", x.grad(), gx, 1e-5, 1e-5);
          Values.assertClose("gradient of weight", weight.grad(), gWeight, 1e-5, 1e-5);
          // a second pass adds to what is there, for one of the two alone
          var again = LinearCrossEntropy.mean(x.detach(), weight, targets, TERMS).mul(3);
          again.backward();
          Values.assertClose("once", x.grad(), gx, 1e-5, 1e-5);
          var twice = weight.grad().mul(0.5);
          Values.assertClose("twice", twice, gWeight, 1e-5, 1e-5);
        });
  }

  /** The gradients that forward made are given away by the first pass. */
  @ParameterizedTest
  @MethodSource("devices")
  void aRetainedGraphGivesTheSameGradientsAgain(Device device) {
    on(
        device,
        () -> {
          var x = Tensor.randn(7, 5).requiresGrad(true);
          var weight = Tensor.randn(11, 5).requiresGrad(true);
          var loss = LinearCrossEntropy.mean(x, weight, targets(7, 11));
          loss.backward(Tensor.scalar(2), true);
          double[] gx = x.grad().toDoubles();
          double[] gWeight = weight.grad().toDoubles();
          x.zeroGrad();
          weight.zeroGrad();
          loss.backward(Tensor.scalar(2), false);
          Values.assertClose("gradient of x", x.grad(), gx, 1e-6, 1e-7);
          Values.assertClose("gradient of weight", weight.grad(), gWeight, 1e-6, 1e-7);
        });
  }

  /** One table that is the embedding and the head gets the sum of both gradients. */
  @ParameterizedTest
  @MethodSource("devices")
  void tiedWeightsGetBothGradients(Device device) {
    on(
        device,
        () -> {
          var table = Tensor.randn(11, 5).requiresGrad(true);
          var ids = Tensor.of(new long[] {3, 3, 0, 10, 7, 3, 1}, 7);
          var targets = targets(7, 11);
          Supplier<Tensor> embedded = () -> new Embedding(table).forward(ids).sin();
          CrossEntropy.mean(embedded.get().linear(table, null), targets).backward();
          double[] expected = table.grad().toDoubles();
          table.zeroGrad();
          LinearCrossEntropy.mean(embedded.get(), table, targets).backward();
          Values.assertClose("gradient of the table", table.grad(), expected, 1e-5, 1e-6);
        });
  }

  @ParameterizedTest
  @MethodSource("devices")
  void whereAllTargetsAreIgnoredNothingIsLearned(Device device) {
    on(
        device,
        () -> {
          var x = Tensor.randn(2, 5).requiresGrad(true);
          var weight = Tensor.randn(11, 5).requiresGrad(true);
          var loss = LinearCrossEntropy.mean(x, weight, Tensor.of(new long[] {-100, -100}, 2));
          loss.backward();
          assertThat(loss.item()).isNaN(); // as in PyTorch
          assertThat(x.grad().toDoubles()).containsOnly(0);
          assertThat(weight.grad().toDoubles()).containsOnly(0);
        });
  }

  /** Peak of live bytes, by the allocator's own count. */
  @Test
  void logitsAreNeverThereAsAWhole() {
    int rows = 1024;
    int classes = 32_768;
    long logits = 4L * rows * classes; // 128 MiB
    try (var device = CpuDevice.withThreads(2, new HostAllocator())) {
      on(
          device,
          () -> {
            try (var _ = Scope.open()) {
              var x = Tensor.randn(rows, 16).requiresGrad(true);
              var weight = Tensor.randn(classes, 16).requiresGrad(true);
              long before = device.allocator().statistics().liveBytes();
              var targets = targets(rows, classes);
              var loss = LinearCrossEntropy.mean(x, weight, targets);
              loss.backward();
              long most = device.allocator().statistics().peakLiveBytes() - before;
              long gradients = 4L * 16 * (rows + classes);
              assertThat(most).isLessThan(logits / 4 + gradients + (1 << 20));
              // and the weight's gradient is the one that forward made
              assertThat(device.allocator().statistics().liveBytes() - before)
                  .isLessThan(2 * gradients);
              Tensor.noGrad(() -> {
                Values.assertClose(
                    "without gradients",
                    LinearCrossEntropy.mean(x, weight, targets),
                    loss.toDoubles(),
                    1e-6,
                    0);
              });
            }
          });
    }
  }

  /** The state of a step without gradients: one chunk of logits and the loss. */
  @Test
  void withoutGradientsNoneAreMade() {
    try (var device = CpuDevice.withThreads(1, new HostAllocator())) {
      on(
          device,
          () -> {
            var x = Tensor.randn(8, 1024);
            var weight = Tensor.randn(100, 1024).requiresGrad(true);
            long before = device.allocator().statistics().peakLiveBytes();
            Tensor.noGrad(() -> LinearCrossEntropy.mean(x, weight, targets(8, 100)));
            assertThat(device.allocator().statistics().peakLiveBytes() - before)
                .isLessThan(4 * 1024 * 100);
          });
    }
  }

  @Test
  void targetsOutsideOfTheVocabularyAreRefused() {
    var x = Tensor.randn(2, 5);
    var weight = Tensor.randn(11, 5);
    assertThatThrownBy(() -> LinearCrossEntropy.mean(x, weight, Tensor.of(new long[] {3, 11}, 2)))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("crossEntropy: target 11 of row 1 is out of range for 11 classes");
  }

  @Test
  void termsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> CrossEntropyTerms.PLAIN.withLabelSmoothing(1.5))
        .hasMessage("crossEntropy: label smoothing 1.5 is not in [0, 1]");
    assertThatThrownBy(() -> CrossEntropyTerms.PLAIN.withZLoss(-1))
        .hasMessage("crossEntropy: z-loss -1.0 is negative");
    assertThatThrownBy(() -> CrossEntropyTerms.PLAIN.withSoftCap(-1))
        .hasMessage("crossEntropy: soft-cap -1.0 is negative");
  }

  @Test
  void otherTypesAreComposed() {
    var x = Tensor.randn(3, 5);
    var weight = Tensor.randn(11, 5);
    var expected = LinearCrossEntropy.mean(x, weight, targets(3, 11));
    var wide = LinearCrossEntropy.mean(x.to(DType.F64), weight.to(DType.F64), targets(3, 11));
    Values.assertClose("f64", wide, expected.toDoubles(), 1e-5, 0);
  }
}
