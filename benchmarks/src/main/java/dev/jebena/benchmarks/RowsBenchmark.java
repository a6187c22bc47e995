package dev.jebena.benchmarks;

import dev.jebena.nn.CrossEntropy;
import dev.jebena.nn.LayerNorm;
import dev.jebena.nn.RmsNorm;
import dev.jebena.tensor.Tensor;
import java.util.SplittableRandom;
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

/** What goes over the rows of {@code [N, D]} in f32: norms, softmax, the loss. */
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
public class RowsBenchmark {
  /** {@code NxD}: a layer of a model, and its logits. */
  @Param({"4096x512", "256x768", "1024x10000"})
  public String rows;

  private Tensor x;
  private Tensor weight;
  private Tensor bias;
  private RmsNorm norm;
  private Tensor targets;

  @Setup
  public void setUp() {
    var s = Once.sizes(rows);
    x = Once.leaf(s);
    weight = Once.leaf(s[1]);
    bias = Once.leaf(s[1]);
    norm = new RmsNorm(weight, 1e-5);
    var ids = new SplittableRandom(1).ints(s[0], 0, (int) s[1]).toArray();
    targets = Tensor.of(ids, s[0]);
  }

  @Benchmark
  public Object rmsNormForward() {
    return Once.forward(() -> norm.forward(x));
  }

  @Benchmark
  public Object rmsNormBackward() {
    return Once.backward(() -> norm.forward(x), x, weight);
  }

  @Benchmark
  public Object layerNormForward() {
    return Once.forward(() -> LayerNorm.normalise(x, weight, bias, 1e-5));
  }

  @Benchmark
  public Object layerNormBackward() {
    return Once.backward(() -> LayerNorm.normalise(x, weight, bias, 1e-5), x, weight, bias);
  }

  @Benchmark
  public Object softmaxForward() {
    return Once.forward(() -> x.softmax(-1));
  }

  @Benchmark
  public Object softmaxBackward() {
    return Once.backward(() -> x.softmax(-1), x);
  }

  @Benchmark
  public Object crossEntropyForward() {
    return Once.forward(() -> CrossEntropy.mean(x, targets));
  }

  @Benchmark
  public Object crossEntropyBackward() {
    return Once.backward(() -> CrossEntropy.mean(x, targets), x);
  }
}
