package dev.jebena.bench;

import dev.jebena.kernel.cpu.StreamLoop;
import dev.jebena.tensor.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One operation that memory bounds, on square f32 matrices {@code [side, side]}: a pass over
 * elements, a fold of an axis, a softmax. The yardstick is a {@link StreamLoop} with the same mix
 * of reads and writes over as much memory.
 *
 * @param name of the operation
 * @param side rows and columns; 4096 gives 16 M elements
 */
public record ElementwiseWorkload(String name, int side) {
  /** Rows and columns where nothing else is asked for: 16 M elements, 64 MiB an operand. */
  public static final int SIDE = 4096;

  /**
   * An operation.
   *
   * @param reads matrices of f32 that it reads
   * @param writes matrices of f32 that it writes; 0 for folds, whose results are small
   */
  private record Entry(String name, int reads, int writes, Function<Tensor[], Tensor> call) {}

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry("copy", 1, 1, x -> x[0].copy()),
          new Entry("add", 2, 1, x -> x[0].add(x[1])),
          new Entry("mulScalar", 1, 1, x -> x[0].mul(1.5)),
          new Entry("maximum", 2, 1, x -> x[0].maximum(x[1])),
          new Entry("addRow", 1, 1, x -> x[0].add(x[1].select(0, 0))),
          new Entry("addColumn", 1, 1, x -> x[0].add(x[1].slice(1, 0, 1))),
          new Entry("relu", 1, 1, x -> x[0].relu()),
          new Entry("sqrt", 1, 1, x -> x[0].sqrt()),
          new Entry("exp", 1, 1, x -> x[0].exp()),
          new Entry("log", 1, 1, x -> x[0].log()),
          new Entry("tanh", 1, 1, x -> x[0].tanh()),
          new Entry("sigmoid", 1, 1, x -> x[0].sigmoid()),
          new Entry("gelu", 1, 1, x -> x[0].gelu()),
          new Entry("silu", 1, 1, x -> x[0].silu()),
          new Entry("sum", 1, 0, x -> x[0].sum()),
          new Entry("sumRows", 1, 0, x -> x[0].sum(1, false)),
          new Entry("sumColumns", 1, 0, x -> x[0].sum(0, false)),
          new Entry("maxRows", 1, 0, x -> x[0].max(1, false)),
          new Entry("argmaxRows", 1, 0, x -> x[0].argmax(1, false)),
          new Entry("logSumExpRows", 1, 0, x -> x[0].logSumExp(1, false)),
          new Entry("varRows", 1, 0, x -> x[0].var(new int[] {1}, 1, false)),
          new Entry("softmax", 1, 1, x -> x[0].softmax(1)),
          new Entry("logSoftmax", 1, 1, x -> x[0].logSoftmax(1)),
          new Entry("softmaxColumns", 1, 1, x -> x[0].softmax(0)));

  public ElementwiseWorkload {
    entry(name);
    if (side < 512 || side % 512 != 0) {
      throw new IllegalArgumentException(
          "matrices of side " + side + " (a multiple of 512 would fit)");
    }
  }

  /** All operations, in the order of reports. */
  public static List<String> names() {
    return ENTRIES.stream().map(Entry::name).toList();
  }

  private static Entry entry(String name) {
    return ENTRIES.stream()
        .filter(entry -> entry.name.equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no operation '"
                    + name
                    + "' is timed; there are "
                    + names().stream().collect(Collectors.joining(", "))));
  }

  /** Bytes that must be read and written, in units of a billion. */
  private double gigaBytes() {
    var entry = entry(name);
    return 4.0 * side * side * (entry.reads + entry.writes) / 1e9;
  }

  /** To measure. */
  public BenchCase toCase(int threads) {
    return new BenchCase(
        "elementwise",
        name,
        "GB/s",
        gigaBytes(),
        2,
        this::contender,
        () -> yardstick(threads),
        List.of(
            Peer.pytorch(
                "elementwise.py",
                List.of("--operation=" + name, "--side=" + side, "--threads=" + threads))));
  }

  /** Ours, on the context's device. */
  private Contender contender() {
    var entry = entry(name);
    // positive, so that roots and logarithms do usual work
    var x = new Tensor[] {Tensor.rand(side, side).add(0.5), Tensor.rand(side, side).add(0.5)};
    return new Repeated(List.of(x), false, () -> entry.call.apply(x));
  }

  /** The streaming loop with the same mix. */
  private Contender yardstick(int threads) {
    var entry = entry(name);
    var loop = new StreamLoop(entry.reads, entry.writes, (long) side * side, threads);
    return new Contender() {
      @Override
      public String name() {
        return "streaming loop";
      }

      @Override
      public double run(int times) {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
          loop.run();
        }
        return (System.nanoTime() - start) / 1e9;
      }

      @Override
      public void close() {
        loop.close();
      }
    };
  }
}
