package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Times ways to cut products on one device, and keeps the fastest in the user's table. Candidates
 * take turns, so that whatever disturbs the machine disturbs all; one whose result is not that of
 * the present way, bit for bit, is out.
 */
public final class Tuner {
  private static final int ROUNDS = 5;

  /** What a candidate must be faster by, for less is within what two measurements differ by. */
  private static final double MARGIN = 1.03;

  private static final double RUN_SECONDS = 0.05;

  private final Engine engine;
  private final Settings settings;

  Tuner(Engine engine, Settings settings) {
    this.engine = engine;
    this.settings = settings;
  }

  /**
   * What was measured.
   *
   * @param parameters by their names in the table
   * @param gflops the geometric mean over sizes of medians over rounds; 0 where results were wrong
   */
  public record Candidate(Map<String, Integer> parameters, double gflops) {}

  /**
   * What came of it.
   *
   * @param device its name in the table
   * @param form {@code processor} or {@code gpu}
   * @param before what was used so far, the first of the candidates
   * @param chosen the fastest, or {@code before} where no other is clearly faster
   * @param table the user's table; null where nothing is kept on disk
   */
  public record Outcome(
      String device,
      String form,
      Candidate before,
      Candidate chosen,
      List<Candidate> candidates,
      Path table) {}

  /** Sides of square products that are timed where nobody says which. */
  public List<Integer> standardSides() {
    return settings.processor() ? List.of(256, 1024) : List.of(256, 512, 1024, 2048);
  }

  /**
   * Measures, and writes what is fastest.
   *
   * @param stop asked often; where it says yes nothing is written
   * @param progress told what is being done
   * @return what came of it, or null where it was stopped
   */
  public Outcome tune(List<Integer> sides, BooleanSupplier stop, Consumer<String> progress)
      throws IOException {
    var candidates = candidates();
    var products =
        candidates.stream()
            .map(t -> new MatrixProduct(engine, new Moves(engine), t, TensorCores.of(engine)))
            .toList();
    double[] scores = new double[candidates.size()];
    for (int side : sides) {
      try (var work = new Work(side)) {
        var rates = work.measure(products, stop, progress);
        if (rates == null) {
          return null;
        }
        for (int i = 0; i < scores.length; i++) {
          scores[i] += Math.log(rates[i]) / sides.size();
        }
      }
    }
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    best = scores[best] > scores[0] + Math.log(MARGIN) ? best : 0;
    var measured = new ArrayList<Candidate>();
    for (int i = 0; i < scores.length; i++) {
      measured.add(new Candidate(candidates.get(i).toMap(), Math.exp(scores[i])));
    }
    var file = TuningTable.file(settings);
    if (file != null) {
      TuningTable.put(settings, engine.queue().device(), candidates.get(best));
    }
    return new Outcome(
        TuningTable.name(engine.queue().device()),
        TuningTable.form(settings),
        measured.getFirst(),
        measured.get(best),
        List.copyOf(measured),
        file);
  }

  /** The present way first. */
  private List<Tuning> candidates() {
    var now = engine.tuning();
    var all = new ArrayList<>(List.of(now));
    if (settings.processor()) {
      for (int rows : Tuning.ROWS) {
        for (int chunk : List.of(64, 128, 256)) {
          all.add(new Tuning(rows, chunk, now.tile(), now.large()));
        }
      }
    } else {
      all.add(new Tuning(now.rows(), now.chunkKib(), 64, now.large()));
      for (int large : List.of(256, 512, 1024, 2048)) {
        all.add(new Tuning(now.rows(), now.chunkKib(), 128, large));
      }
    }
    return all.stream().distinct().toList();
  }

  /** Products of one size. */
  private final class Work implements AutoCloseable {
    private final int side;
    private final Operand a;
    private final Operand b;
    private final Operand out;

    Work(int side) {
      this.side = side;
      this.a = random(side);
      this.b = random(side + 1);
      this.out = engine.scratch(DType.F32, Shape.of(side, side));
    }

    private Operand random(long seed) {
      var random = new Random(seed);
      float[] values = new float[side * side];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      var operand = engine.scratch(DType.F32, Shape.of(side, side));
      var buffer = ClBuffer.of(operand);
      engine.queue().write(MemorySegment.ofArray(values), buffer.memory(), buffer.offset());
      return operand;
    }

    /** GFLOP/s of each; null where it was stopped. */
    double[] measure(
        List<MatrixProduct> products, BooleanSupplier stop, Consumer<String> progress) {
      boolean[] right = new boolean[products.size()];
      int[] times = new int[products.size()];
      float[] expected = null;
      for (int i = 0; i < times.length; i++) {
        progress.accept("side %d: compiling %d of %d".formatted(side, i + 1, times.length));
        if (stop.getAsBoolean()) {
          return null;
        }
        float[] result = result(products.get(i));
        expected = expected == null ? result : expected;
        right[i] = Arrays.equals(result, expected);
        times[i] = (int) Math.clamp(RUN_SECONDS / seconds(products.get(i), 1), 1, 10_000);
      }
      double[][] seconds = new double[products.size()][ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        progress.accept("side %d: round %d of %d".formatted(side, round + 1, ROUNDS));
        for (int i = 0; i < times.length; i++) {
          if (stop.getAsBoolean()) {
            return null;
          }
          seconds[i][round] = right[i] ? seconds(products.get(i), times[i]) : Double.MAX_VALUE;
        }
      }
      double[] rates = new double[products.size()];
      for (int i = 0; i < rates.length; i++) {
        Arrays.sort(seconds[i]);
        rates[i] = right[i] ? 2.0 * side * side * side / seconds[i][ROUNDS / 2] / 1e9 : 0;
      }
      return rates;
    }

    private float[] result(MatrixProduct product) {
      product.matmul(a, b, false, out);
      float[] values = new float[side * side];
      var buffer = ClBuffer.of(out);
      engine.queue().read(buffer.memory(), buffer.offset(), MemorySegment.ofArray(values));
      return values;
    }

    private double seconds(MatrixProduct product, int times) {
      long start = System.nanoTime();
      for (int i = 0; i < times; i++) {
        product.matmul(a, b, false, out);
      }
      engine.queue().finish();
      return (System.nanoTime() - start) / 1e9 / times;
    }

    @Override
    public void close() {
      a.buffer().release();
      b.buffer().release();
      out.buffer().release();
    }
  }
}
