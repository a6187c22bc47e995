package dev.jebena.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.memory.Scope;
import dev.jebena.nn.Linear;
import dev.jebena.nn.LinearCrossEntropy;
import dev.jebena.nn.ScaledDotProduct;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Region;
import dev.jebena.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ProfilerTest {
  @TempDir Path folder;

  private final Profiler profiler = new Profiler(Context.current().device());

  /** A layer forward and backward, some times. */
  private void learn(int times) {
    profiler.run(() -> {
      var layer = new Linear(Tensor.randn(24, 16).requiresGrad(true), null);
      var x = Tensor.randn(32, 16);
      for (int i = 0; i < times; i++) {
        try (var _ = Scope.open()) {
          layer.forward(x).square().sum().backward();
          Region.run("optimizer", () -> layer.weight().grad().mul(0.1));
          layer.weight().zeroGrad();
        }
      }
    });
  }

  private Profiler.Row row(String region, String operation) {
    return profiler.rows().stream()
        .filter(row -> row.region().equals(region) && row.operation().equals(operation))
        .findFirst()
        .orElseThrow(
            () -> new AssertionError(region + " / " + operation + ": " + profiler.table()));
  }

  @Test
  void tellsForwardFromBackward() {
    learn(3);
    assertThat(row("forward", "matmul").calls()).isEqualTo(3);
    assertThat(row("backward › linear", "matmul").calls()).isEqualTo(3);
    assertThat(row("optimizer", "scalar mul").calls()).isEqualTo(3);
  }

  @Test
  void sharesAndTimesAddUp() {
    learn(5);
    var rows = profiler.rows();
    assertThat(rows.stream().mapToDouble(Profiler.Row::share).sum()).isCloseTo(1, within(1e-9));
    double kernels = rows.stream().mapToDouble(Profiler.Row::milliseconds).sum();
    assertThat(kernels).isPositive().isLessThanOrEqualTo(profiler.elapsedMilliseconds());
    assertThat(rows)
        .isSortedAccordingTo((a, b) -> Double.compare(b.milliseconds(), a.milliseconds()));
    assertThat(profiler.table()).contains("matmul", "GFLOP/s", "GB/s", "kernels took");
  }

  @Test
  void countsTheWork() {
    learn(4);
    var product = row("forward", "matmul");
    double flops = product.gflops() * 1e6 * product.milliseconds();
    assertThat(flops).isCloseTo(4 * 2.0 * 32 * 16 * 24, within(1.0));
    var scaled = row("optimizer", "scalar mul");
    double bytes = scaled.gbps() * 1e6 * scaled.milliseconds();
    assertThat(bytes).isCloseTo(4 * 2 * 4.0 * 24 * 16, within(1.0));
  }

  @Test
  void countsWhatAMaskLeavesOfAttention() {
    profiler.run(() -> {
      var x = Tensor.randn(1, 2, 8, 4);
      ScaledDotProduct.attend(x, x, x, 0.5, true);
    });
    var attention = row("forward", "Attention forward");
    double flops = attention.gflops() * 1e6 * attention.milliseconds();
    // pairs of query and key that may see each other: 8·9/2
    assertThat(flops).isCloseTo(2 * 2.0 * 2 * 36 * 4, within(1e-3));
  }

  @Test
  void countsTheProductsInTheLoss() {
    profiler.run(() -> {
      var x = Tensor.randn(6, 8).requiresGrad(true);
      var weight = Tensor.randn(10, 8);
      LinearCrossEntropy.mean(x, weight, Tensor.of(new int[6], 6)).backward();
    });
    var loss = row("forward", "LinearCrossEntropy forward");
    double flops = loss.gflops() * 1e6 * loss.milliseconds();
    assertThat(flops).isCloseTo(2 * 2.0 * 6 * 8 * 10, within(1e-3)); // logits, and back to x
  }

  @Test
  void forgets() {
    learn(2);
    profiler.clear();
    assertThat(profiler.rows()).isEmpty();
    learn(1);
    assertThat(row("forward", "matmul").calls()).isEqualTo(1);
  }

  @Test
  void givesTheSameNumbers() {
    var x = new float[] {1, 2, 3, 4};
    var watched =
        profiler.call(() -> Tensor.of(x, 2, 2).matmul(Tensor.of(x, 2, 2)).exp().toFloats());
    assertThat(watched).isEqualTo(Tensor.of(x, 2, 2).matmul(Tensor.of(x, 2, 2)).exp().toFloats());
  }

  @Test
  void nothingIsObservedOutside() {
    assertThat(Region.isObserved()).isFalse();
    assertThat(profiler.<Boolean>call(Region::isObserved)).isTrue();
    assertThat(Region.isObserved()).isFalse();
    Tensor.ones(2).add(1);
    assertThat(profiler.rows()).isEmpty();
  }

  @Test
  void writesATraceThatNests() throws Exception {
    learn(2);
    var file = folder.resolve("trace.json");
    profiler.writeTrace(file);
    var trace = JsonMapper.builder().build().readTree(Files.readString(file));
    var events = trace.get("traceEvents");
    assertThat(events.get(0).get("ph").asString()).isEqualTo("M");
    int kernels = 0;
    int regions = 0;
    double last = 0;
    var enclosing = new ArrayDeque<JsonNode>();
    for (var event : events) {
      if (event.get("ph").asString().equals("M")) {
        continue;
      }
      assertThat(event.get("ph").asString()).isEqualTo("X");
      assertThat(event.get("name").asString()).isNotEmpty();
      assertThat(event.get("pid").isNumber() && event.get("tid").isNumber()).isTrue();
      double start = event.get("ts").asDouble();
      assertThat(start).isGreaterThanOrEqualTo(last);
      last = start;
      while (!enclosing.isEmpty() && end(enclosing.peek()) <= start) {
        enclosing.pop();
      }
      if (!enclosing.isEmpty()) {
        assertThat(end(event)).isLessThanOrEqualTo(end(enclosing.peek()) + 1e-3);
        assertThat(enclosing.peek().get("cat").asString()).isEqualTo("region");
      }
      boolean kernel = event.get("cat").asString().equals("kernel");
      kernels += kernel ? 1 : 0;
      regions += kernel ? 0 : 1;
      enclosing.push(event);
    }
    assertThat(kernels)
        .isEqualTo((int) profiler.rows().stream().mapToLong(Profiler.Row::calls).sum());
    assertThat(events.findValuesAsString("name")).contains("backward", "linear", "optimizer");
    assertThat(regions)
        .isGreaterThanOrEqualTo(2 * List.of("backward", "linear", "optimizer").size());
  }

  private static double end(JsonNode event) {
    return event.get("ts").asDouble() + event.get("dur").asDouble();
  }
}
