package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.memory.ClosedScopeException;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostAllocator;
import dev.jebena.memory.Scope;
import dev.jebena.memory.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What backward holds while it runs and afterwards, by the allocator's own count. */
class BackwardMemoryTest {
  private static final int N = 1 << 16;
  private static final long BYTES = 4L * N;
  private static final int LENGTH = 40;

  private static long live(CpuDevice device) {
    return device.allocator().statistics().liveBytes();
  }

  /** Waits for the collector and the cleaners. */
  private static long liveAfterCollection(CpuDevice device, long wanted)
      throws InterruptedException {
    for (int i = 0; i < 50 && live(device) > wanted; i++) {
      System.gc();
      Thread.sleep(20);
    }
    return live(device);
  }

  private static Tensor chain(Tensor x) {
    var y = x;
    for (int i = 0; i < LENGTH; i++) {
      y = y.sin(); // keeps its input
    }
    return y.sum();
  }

  @Test
  void gradientsOnTheirWayAreFreedAtOnce() {
    try (var device = CpuDevice.withThreads(1, new HostAllocator())) {
      Context.current()
          .withDevice(device)
          .run(() -> {
            var x = Tensor.rand(N).requiresGrad(true);
            try (var _ = Scope.open()) {
              var loss = chain(x);
              long forward = live(device);
              var most = new long[1];
              x.onGradient(g -> {
                most[0] = device.allocator().statistics().peakLiveBytes();
                return null;
              });
              loss.backward();
              // a gradient that arrives, one that is made, what a rule needs on its way
              assertThat(most[0] - forward).isLessThan(6 * BYTES);
            }
          });
    }
  }

  @Test
  void whatNodesKeptIsFreeWhileBackwardRuns() throws InterruptedException {
    try (var device = CpuDevice.withThreads(1, new HostAllocator())) {
      var counts = new ArrayList<Long>();
      var loss =
          Context.current()
              .withDevice(device)
              .call(() -> {
                var x = Tensor.rand(N).requiresGrad(true);
                x.onGradient(g -> {
                  try {
                    counts.add(liveAfterCollection(device, 8 * BYTES));
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  return null;
                });
                return chain(x);
              });
      assertThat(live(device)).isGreaterThan(LENGTH * BYTES);
      Context.current().withDevice(device).run(loss::backward);
      // the root still hangs on its nodes, but these hold nothing
      assertThat(counts).hasSize(1).allMatch(live -> live <= 8 * BYTES);
      assertThat(loss.producer()).isNotNull();
    }
  }

  /** A gradient that was broadcast comes back summed over the axes that repeated. */
  @Test
  void gradientsAreSummedBackOverBroadcastAxes() {
    for (var shape : new long[][] {{}, {1}, {5}, {1, 5}, {4, 1}, {1, 1, 5}, {3, 1, 5}, {3, 4, 1}}) {
      var x =
          Tensor.full(Context.current().device(), DType.F64, Shape.of(shape), 2).requiresGrad(true);
      var y = Tensor.rand(3, 4, 5).to(DType.F64);
      x.mul(y).sum().backward();
      var g = x.grad();
      assertThat(g.shape()).isEqualTo(Shape.of(shape));
      double sum = Arrays.stream(g.toDoubles()).sum();
      assertThat(sum).isCloseTo(y.sum().item(), Offset.offset(1e-12));
    }
  }

  /** A graph of 100,000 operations is freed, printed and forgotten without recursion. */
  @Test
  void longGraphsAreForgottenWithoutRecursion() throws InterruptedException {
    try (var device = CpuDevice.withThreads(1, new HostAllocator())) {
      Context.current()
          .withDevice(device)
          .run(() -> {
            var x = Tensor.ones(1).requiresGrad(true);
            var y = x;
            for (int i = 0; i < 100_000; i++) {
              y = i % 2 == 0 ? y.mul(y) : y.sqrt();
            }
            assertThat(y.toString()).contains("1");
            y.backward();
            assertThat(x.grad().item()).isEqualTo(1);
          });
      assertThat(liveAfterCollection(device, 64_000)).isLessThanOrEqualTo(64_000);
    }
  }

  /** The gradient of linear is a view of a product, and is freed as well. */
  @Test
  void gradientsThatAreViewsAreFreedAtOnce() {
    try (var device = CpuDevice.withThreads(1, new HostAllocator())) {
      Context.current()
          .withDevice(device)
          .run(() -> {
            var x = Tensor.rand(16, N / 256, 16).requiresGrad(true);
            var w = Tensor.rand(16, 16);
            try (var _ = Scope.open()) {
              var y = x;
              for (int i = 0; i < LENGTH; i++) {
                y = y.linear(w, null);
              }
              var loss = y.sum();
              long forward = live(device);
              var most = new long[1];
              x.onGradient(g -> {
                most[0] = device.allocator().statistics().peakLiveBytes();
                return null;
              });
              loss.backward();
              assertThat(most[0] - forward).isLessThan(8 * BYTES);
            }
          });
    }
  }

  @Test
  void resultsAreFreedOnTheWayWhereThatIsAskedFor() {
    try (var device = CpuDevice.withThreads(1, new HostAllocator())) {
      Context.current()
          .withDevice(device)
          .run(() -> {
            var x = Tensor.rand(N).requiresGrad(true);
            try (var _ = Scope.open()) {
              chain(x).backward();
              double[] expected = x.grad().toDoubles();
              x.zeroGrad();
              long before = live(device);
              var first = x.sin();
              var seen = first.cos();
              var watched = seen.detach();
              var loss = chain(seen).add(first.square().sum()).mul(1);
              long forward = live(device);
              assertThat(forward - before).isGreaterThan(LENGTH * BYTES);
              loss.backwardFreeingResults(Tensor.scalar(1));
              // the gradient, what was detached, the loss
              assertThat(live(device) - before).isLessThan(3 * BYTES);
              assertThat(loss.item()).isFinite();
              assertThat(watched.toFloats()).hasSize(N);
              assertThatThrownBy(first::toFloats).isInstanceOf(ClosedScopeException.class);
              double[] freed = x.grad().toDoubles();
              x.zeroGrad();
              var again = x.sin();
              chain(again.cos()).add(again.square().sum()).mul(1).backward();
              assertThat(freed).isEqualTo(x.grad().toDoubles()).isNotEqualTo(expected);
            }
          });
    }
  }

  @Test
  void whatWasKeptSurvivesAndWhatWasFreedSaysWhy() {
    var x = Tensor.rand(100).requiresGrad(true);
    try (var outer = Scope.open()) {
      Tensor kept;
      try (var step = Scope.open()) {
        kept = x.sin().keep(step);
        var freed = kept.cos();
        freed.sum().mul(1).backwardFreeingResults(Tensor.scalar(1));
        assertThatThrownBy(freed::toFloats)
            .isInstanceOf(ClosedScopeException.class)
            .hasMessageContaining("freed by backwardFreeingResults");
      }
      assertThat(kept.toFloats()).isEqualTo(x.detach().sin().toFloats());
      assertThat(outer).isNotNull();
    }
  }

  /** Values that a rule hands on as gradients are not freed under them. */
  @Test
  void resultsThatBecomeGradientsAreSpared() {
    var x = Tensor.rand(100).requiresGrad(true);
    var half = x.mul(0.5);
    var doubled = half.mul(2);
    var handed = Tape.record("handsOn", half.sum(), g -> Tape.gradients(half, null), doubled, half);
    handed.backwardFreeingResults(Tensor.scalar(1));
    assertThat(x.grad().toFloats()).isEqualTo(x.detach().mul(0.5).toFloats());
  }
}
