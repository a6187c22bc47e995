package dev.jebena.benchmarks;

import dev.jebena.kernel.Activation;
import dev.jebena.nn.FeedForward;
import dev.jebena.nn.RotaryEmbedding;
import dev.jebena.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The gate of SwiGLU over {@code [N, F]} and rotary positions over {@code [B, H, T, D]}, f32. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-XX:+UseParallelGC"
    })
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
public class GateBenchmark {
  private Tensor gate;
  private Tensor up;
  private Tensor heads;
  private RotaryEmbedding rope;

  /** Tokens. */
  @Param({"256", "4096"})
  public int tokens;

  @Setup
  public void setUp() {
    gate = Once.leaf(tokens, 1344);
    up = Once.leaf(tokens, 1344);
    heads = Once.leaf(tokens / 256, 16, 256, 32);
    rope = RotaryEmbedding.of(32, 256, 10_000, false);
  }

  @Benchmark
  public Object swiGluForward() {
    return Once.forward(() -> FeedForward.gated(Activation.SILU, gate, up));
  }

  @Benchmark
  public Object swiGluBackward() {
    return Once.backward(() -> FeedForward.gated(Activation.SILU, gate, up), gate, up);
  }

  @Benchmark
  public Object geluForward() {
    return Once.forward(gate::geluTanh);
  }

  @Benchmark
  public Object geluBackward() {
    return Once.backward(gate::geluTanh, gate);
  }

  @Benchmark
  public Object ropeForward() {
    return Once.forward(() -> rope.forward(heads, 0));
  }

  @Benchmark
  public Object ropeBackward() {
    return Once.backward(() -> rope.forward(heads, 0), heads);
  }
}
