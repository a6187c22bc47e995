package dev.jebena.benchmarks;

import dev.jebena.optim.AdamW;
import dev.jebena.optim.GradientNorm;
import dev.jebena.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
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

/** The optimiser over all parameters of a model: norm of the gradients, clipping, update. */
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
public class AdamWBenchmark {
  /** Blocks of width 512, 2.9 M parameters each. */
  @Param({"1", "8"})
  public int blocks;

  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private AdamW optimizer;

  @Setup
  public void setUp() {
    for (int i = 0; i < blocks; i++) {
      for (int j = 0; j < 4; j++) {
        add("attention." + i + "." + j, 512, 512);
      }
      for (int j = 0; j < 3; j++) {
        add("feedForward." + i + "." + j, 1344, 512);
      }
      add("norm." + i, 512);
    }
    optimizer = new AdamW(AdamW.groupsByRank(parameters, 0.1), AdamW.Settings.LANGUAGE_MODEL);
  }

  private void add(String name, long... shape) {
    var parameter = Once.leaf(shape);
    parameter.sum().backward();
    parameters.put(name, parameter);
  }

  @Benchmark
  public double step() {
    double norm = GradientNorm.of(parameters.values());
    optimizer.step(1e-4, GradientNorm.clipFactor(norm, 1));
    return norm;
  }
}
