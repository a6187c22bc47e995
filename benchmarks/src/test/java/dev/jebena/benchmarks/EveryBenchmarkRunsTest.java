package dev.jebena.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each benchmark is called once with its smallest sizes: none of them rots. */
class EveryBenchmarkRunsTest {
  private static final Map<String, String> SMALL =
      Map.of(
          "shape", "64x64x64",
          "turned", "nt",
          "rows", "16x64",
          "length", "128",
          "tokens", "256",
          "blocks", "1",
          "vocabularySize", "300");

  @Test
  void runs() throws Exception {
    var options =
        new OptionsBuilder()
            .include("dev\\.jebena\\.benchmarks\\..*")
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(1))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    SMALL.forEach(options::param);
    var expected = new TreeSet<String>();
    BenchmarkList.defaultList()
        .getAll(OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT), List.of())
        .forEach(entry -> expected.add(entry.getUsername()));
    var ran = new TreeSet<String>();
    for (var result : new Runner(options.build()).run()) {
      ran.add(result.getParams().getBenchmark());
      assertTrue(result.getPrimaryResult().getScore() > 0, result.getParams().id());
    }
    assertTrue(expected.size() > 15, expected.toString());
    assertEquals(expected, ran);
  }
}
