package dev.jebena.benchmarks;

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

/** Products {@code [M, K]·[K, N]} in f32: squares, layers of models, one row. */
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
public class MatmulBenchmark {
  /** {@code MxKxN}. */
  @Param({
    "64x64x64",
    "256x256x256",
    "512x512x512",
    "1024x1024x1024",
    "2048x2048x2048",
    "4096x512x1344",
    "256x768x3072",
    "768x128x344",
    "1x768x3072"
  })
  public String shape;

  /** Whether each factor lies transposed: n or t. */
  @Param({"nn", "nt", "tn"})
  public String turned;

  private Tensor a;
  private Tensor b;

  @Setup
  public void setUp() {
    var s = Once.sizes(shape);
    a = turned.charAt(0) == 't' ? Tensor.randn(s[1], s[0]).transpose() : Tensor.randn(s[0], s[1]);
    b = turned.charAt(1) == 't' ? Tensor.randn(s[2], s[1]).transpose() : Tensor.randn(s[1], s[2]);
  }

  @Benchmark
  public Object matmul() {
    return Once.forward(() -> a.matmul(b));
  }
}
