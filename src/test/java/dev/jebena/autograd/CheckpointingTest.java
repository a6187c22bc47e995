package dev.jebena.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.memory.Scope;
import dev.jebena.nn.Dropout;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.OverwrittenException;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CheckpointingTest {
  /** A block with dropout whose parameters are captured, not passed. */
  private static final class Block {
    private final Tensor in = Tensor.randn(16, 16).mul(0.2).detach().requiresGrad(true);
    private final Tensor out = Tensor.randn(16, 16).mul(0.2).detach().requiresGrad(true);
    private final Dropout dropout = new Dropout(0.3);

    Tensor forward(Tensor x) {
      return x.add(dropout.forward(x.matmul(in).gelu()).matmul(out));
    }
  }

  /** Runs a block one way or another. */
  private interface How {
    Tensor run(Block block, Tensor x);
  }

  private static final How PLAIN = Block::forward;
  private static final How CHECKPOINTED =
      (block, x) -> Checkpointing.checkpoint(in -> block.forward(in[0]), x);
  private static final How SELECTIVE =
      (block, x) ->
          Checkpointing.checkpoint(Checkpointing.keeping("matmul"), in -> block.forward(in[0]), x);

  /** The loss, then all gradients. */
  private static List<float[]> run(How how) {
    return Context.current()
        .withSeed(7)
        .call(() -> {
          var blocks = List.of(new Block(), new Block(), new Block());
          var x = Tensor.randn(4, 16).requiresGrad(true);
          var y = x;
          for (var block : blocks) {
            y = how.run(block, y);
          }
          var loss = y.square().mean();
          loss.backward();
          var results = new ArrayList<float[]>();
          results.add(loss.toFloats());
          results.add(x.grad().toFloats());
          for (var block : blocks) {
            results.add(block.in.grad().toFloats());
            results.add(block.out.grad().toFloats());
          }
          results.add(Tensor.rand(3).toFloats()); // the generator stands where it would
          return results;
        });
  }

  private static void assertSameBits(List<float[]> actual) {
    var expected = run(PLAIN);
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).as("result " + i).isEqualTo(expected.get(i));
    }
  }

  @Test
  void theSameBitsWithTheSameDropout() {
    assertSameBits(run(CHECKPOINTED));
    assertSameBits(run(SELECTIVE));
  }

  @Test
  void nested() {
    assertSameBits(
        run((block, x) ->
            Checkpointing.checkpoint(
                in -> Checkpointing.checkpoint(inner -> block.forward(inner[0]), in[0]), x)));
    assertSameBits(
        run((block, x) -> {
          Supplier<Tensor> supplier = () -> CHECKPOINTED.run(block, x);
          return Checkpointing.checkpoint(supplier);
        }));
  }

  @Test
  void insideOfAScope() {
    var expected = run(PLAIN);
    try (var _ = Scope.open()) {
      assertThat(run(SELECTIVE).get(1)).isEqualTo(expected.get(1));
    }
  }

  @Test
  void everyPieceRunsTwiceAndKeptOperationsOnce() {
    var runs = new AtomicInteger();
    var x = Tensor.of(new double[] {2}).requiresGrad(true);
    var y =
        Checkpointing.checkpoint(
            in -> {
              runs.incrementAndGet();
              return in[0].square().mul(3);
            },
            x);
    assertThat(runs).hasValue(1);
    y.backward();
    assertThat(runs).hasValue(2);
    assertThat(x.grad().item()).isEqualTo(12);
  }

  @Test
  void capturedTensorsOnTheWayGetTheirGradients() {
    var x = Tensor.of(new double[] {2}).requiresGrad(true);
    var captured = x.mul(5);
    var y = Checkpointing.checkpoint(in -> in[0].mul(captured), x.mul(3));
    y.add(captured).backward();
    assertThat(x.grad().item()).isEqualTo(2 * 15 * 2 + 5); // 15x² + 5x
  }

  @Test
  void gradientsOfGradients() {
    var x = Tensor.of(new double[] {0.5, 1, 2});
    var w = Tensor.of(new double[] {3, 4, 5});
    assertThat(
            GradientCheck.checkSecond(
                in -> Checkpointing.checkpoint(p -> p[0].exp().mul(p[1].square()), in), x, w))
        .isEmpty();
  }

  @Test
  void nothingToDifferentiate() {
    var x = Tensor.of(new double[] {2});
    assertThat(Checkpointing.checkpoint(in -> in[0].square(), x).requiresGrad()).isFalse();
    var leaf = Tensor.of(new double[] {2}).requiresGrad(true);
    var same = Checkpointing.checkpoint(in -> in[0], leaf);
    assertThat(same).isNotSameAs(leaf);
    same.mul(3).backward();
    assertThat(leaf.grad().item()).isEqualTo(3);
    Tensor none = Tensor.noGrad(() -> Checkpointing.checkpoint(in -> in[0].square(), leaf));
    assertThat(none.requiresGrad()).isFalse();
  }

  @Test
  void overwrittenInputsAreFound() {
    var x = Tensor.of(new double[] {2}).requiresGrad(true);
    var data = Tensor.of(new double[] {5});
    var y = Checkpointing.checkpoint(in -> in[0].mul(data), x);
    data.addInPlace(1);
    assertThatThrownBy(y::backward)
        .isInstanceOf(OverwrittenException.class)
        .hasMessageContaining("backward of checkpoint: needs a value of shape [1] that addInPlace");

    var counter = Tensor.of(new double[] {0});
    var z = Checkpointing.checkpoint(in -> in[0].mul(counter.addInPlace(1)), x);
    assertThatThrownBy(z::backward).isInstanceOf(OverwrittenException.class);
  }

  @Test
  void aFunctionThatDoesSomethingElseTheSecondTime() {
    var runs = new AtomicInteger();
    var x = Tensor.ones(2, 2).requiresGrad(true);
    var y =
        Checkpointing.checkpoint(
            Checkpointing.keeping("matmul"),
            in -> runs.getAndIncrement() == 0 ? in[0].mul(2) : in[0].matmul(in[0]),
            x);
    assertThatThrownBy(() -> y.sum().backward())
        .hasMessage(
            "checkpoint: the second run came to 'matmul' where the first had ended; the function"
                + " must do the same both times");
  }

  /** Live bytes after forward, by the allocator's own count. */
  private static long held(How how) {
    try (var device = CpuDevice.withThreads(1)) {
      return Context.current()
          .withDevice(device)
          .withSeed(7)
          .call(() -> {
            try (var _ = Scope.open()) {
              var blocks = List.of(new Block(), new Block(), new Block());
              var x = Tensor.randn(256, 16).requiresGrad(true);
              long before = device.allocator().statistics().liveBytes();
              var y = x;
              for (var block : blocks) {
                y = how.run(block, y);
              }
              var loss = y.square().mean();
              long held = device.allocator().statistics().liveBytes() - before;
              loss.backward();
              return held;
            }
          });
    }
  }

  @Test
  void lessIsHeldBetweenForwardAndBackward() {
    long activation = 256 * 16 * Float.BYTES;
    long plain = held(PLAIN);
    long checkpointed = held(CHECKPOINTED);
    long selective = held(SELECTIVE);
    // a block's output each, then square and mean
    assertThat(checkpointed).isBetween(4 * activation, 4 * activation + 4096);
    assertThat(selective).isBetween(10 * activation, 10 * activation + 4096);
    assertThat(plain).isGreaterThan(15 * activation);
  }
}
