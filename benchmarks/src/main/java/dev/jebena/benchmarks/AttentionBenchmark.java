package dev.jebena.benchmarks;

import dev.jebena.nn.ScaledDotProduct;
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

/** Causal attention in f32 over {@code [4096/T, 8, T, 64]}. */
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
public class AttentionBenchmark {
  /** T. */
  @Param({"128", "256", "512", "1024", "2048", "4096"})
  public int length;

  private Tensor q;
  private Tensor k;
  private Tensor v;

  @Setup
  public void setUp() {
    long batch = Math.max(1, 4096 / length);
    q = Once.leaf(batch, 8, length, 64);
    k = Once.leaf(batch, 8, length, 64);
    v = Once.leaf(batch, 8, length, 64);
  }

  private Tensor attend() {
    return ScaledDotProduct.attend(q, k, v, 0.125, true);
  }

  @Benchmark
  public Object forward() {
    return Once.forward(this::attend);
  }

  @Benchmark
  public Object backward() {
    return Once.backward(this::attend, q, k, v);
  }
}
