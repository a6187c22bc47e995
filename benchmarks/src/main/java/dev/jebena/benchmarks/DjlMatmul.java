package dev.jebena.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Products of matrices by DJL's native build of PyTorch, f32: a peer for {@code jebena bench gemm
 * --vs djl}. It says {@code ready NAME}, answers each line N on stdin with the seconds that N
 * products took, and the line {@code memory} with the most bytes that were ever resident.
 */
public final class DjlMatmul {
  private DjlMatmul() {}

  /** Takes {@code --m=… --k=… --n=… --turned=nt --threads=…}. */
  public static void main(String[] args) throws IOException {
    var options = new HashMap<String, String>();
    for (var arg : args) {
      int equals = arg.indexOf('=');
      options.put(arg.substring(2, equals), arg.substring(equals + 1));
    }
    System.setProperty("ai.djl.pytorch.num_threads", options.get("threads"));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("PYTORCH_FLAVOR", "cpu");
    var engine = Engine.getEngine("PyTorch");
    try (var manager = NDManager.newBaseManager("PyTorch")) {
      serve(
          "djl pytorch " + engine.getVersion(),
          matrix(manager, options, options.get("turned").charAt(0), "m", "k"),
          matrix(manager, options, options.get("turned").charAt(1), "k", "n"));
    }
  }

  private static NDArray matrix(
      NDManager manager, Map<String, String> options, char turned, String rows, String columns) {
    long r = Long.parseLong(options.get(rows));
    long c = Long.parseLong(options.get(columns));
    return turned == 't'
        ? manager.randomNormal(new Shape(c, r)).transpose()
        : manager.randomNormal(new Shape(r, c));
  }

  private static void serve(String name, NDArray a, NDArray b) throws IOException {
    System.out.println("ready " + name);
    var questions = new BufferedReader(new InputStreamReader(System.in));
    for (var line = questions.readLine(); line != null; line = questions.readLine()) {
      System.out.println(line.equals("memory") ? memory() : seconds(Integer.parseInt(line), a, b));
    }
  }

  private static double seconds(int times, NDArray a, NDArray b) {
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      a.matMul(b).close(); // computed when the call returns
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static long memory() throws IOException {
    var status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    for (var line : Files.readAllLines(status)) {
      if (line.startsWith("VmHWM:")) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return 0;
  }
}
