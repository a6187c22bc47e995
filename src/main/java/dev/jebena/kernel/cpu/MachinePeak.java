package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the machine can do, measured: the yardstick beside which reports put what a model reaches.
 * Each figure is the best of short runs that take about half a second together, more where the
 * compiler is late.
 */
public final class MachinePeak {
  private static final VectorSpecies<Float> S = Lanes.F32;

  /** A figure stands when nothing was faster for so many nanoseconds. */
  private static final long BUDGET = 300_000_000L;

  /** The most nanoseconds given to one figure. */
  private static final long PATIENCE = 5_000_000_000L;

  /** A kernel below this part of its proper speed is stuck in slow code, not merely disturbed. */
  private static final double STUCK = 0.25;

  /** Vector code on any machine of this century exceeds this many GFLOP/s. */
  private static final double SCALAR = 4;

  /** Memory on any such machine is faster than so many GB/s. */
  private static final double SLOW_MEMORY = 2;

  private MachinePeak() {}

  /** f32 fused multiply-adds in registers, in GFLOP/s over so many threads. */
  public static double fmaGflops(int threads) {
    // Short calls, so that the method is compiled as a whole: entered in the middle of a loop,
    // compiled code may go on with boxed vectors.
    int rounds = 500;
    int calls = 40;
    try (var pool = new WorkerPool(threads)) {
      double flops = 2.0 * 12 * S.length() * rounds * calls * threads;
      var results = Arena.ofAuto().allocate(threads * 256L, 64);
      return best(
          flops,
          SCALAR * threads,
          () ->
              pool.run(
                  threads,
                  task -> {
                    for (int call = 0; call < calls; call++) {
                      fma(rounds, results, task * 256L);
                    }
                  }));
    }
  }

  /**
   * Twelve independent chains keep two FMA units of latency 4 busy. Each adds to itself: the
   * compiler has only that form of the instruction, and copies for others.
   */
  private static void fma(int rounds, MemorySegment out, long at) {
    var x = FloatVector.broadcast(S, 0.999f);
    var y = FloatVector.broadcast(S, 0.001f);
    var a = FloatVector.broadcast(S, 1f);
    var b = FloatVector.broadcast(S, 2f);
    var c = FloatVector.broadcast(S, 3f);
    var d = FloatVector.broadcast(S, 4f);
    var e = FloatVector.broadcast(S, 5f);
    var f = FloatVector.broadcast(S, 6f);
    var g = FloatVector.broadcast(S, 7f);
    var h = FloatVector.broadcast(S, 8f);
    var i = FloatVector.broadcast(S, 9f);
    var j = FloatVector.broadcast(S, 10f);
    var k = FloatVector.broadcast(S, 11f);
    var l = FloatVector.broadcast(S, 12f);
    // Not a counted loop: those are unrolled until accumulators go through memory.
    for (int round = 0; round != 3 * rounds; round += 3) {
      a = x.fma(y, a);
      b = x.fma(y, b);
      c = x.fma(y, c);
      d = x.fma(y, d);
      e = x.fma(y, e);
      f = x.fma(y, f);
      g = x.fma(y, g);
      h = x.fma(y, h);
      i = x.fma(y, i);
      j = x.fma(y, j);
      k = x.fma(y, k);
      l = x.fma(y, l);
    }
    var sum = a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l);
    sum.intoMemorySegment(out, at, Memory.ORDER);
  }

  /** Reading and writing memory that no cache holds (copying 128 MiB), in GB/s. */
  public static double streamGbps(int threads) {
    long bytes = 128L << 20;
    try (var device = CpuDevice.withThreads(threads)) {
      var layout = Layout.contiguous(Shape.of(bytes / 4));
      var from = new Operand(device.allocate(bytes), DType.F32, layout);
      var to = new Operand(device.allocate(bytes), DType.F32, layout);
      device.primitives().fill(from, 1);
      double speed = best(2.0 * bytes, SLOW_MEMORY, () -> device.primitives().copy(from, to));
      from.buffer().release();
      to.buffer().release();
      device.allocator().trim();
      return speed;
    }
  }

  /** f32 matrix products of size 1024, in GFLOP/s. */
  public static double gemmGflops(int threads) {
    try (var device = CpuDevice.withThreads(threads)) {
      return gemmGflops(device, 1024);
    }
  }

  private static double gemmGflops(CpuDevice device, int n) {
    var layout = Layout.contiguous(Shape.of(n, n));
    var operands = new Operand[3];
    for (int i = 0; i < 3; i++) {
      operands[i] = new Operand(device.allocate(4L * n * n), DType.F32, layout);
      device.primitives().fill(operands[i], 0.01);
    }
    double flops = 2.0 * n * n * n;
    double speed =
        best(
            flops,
            SCALAR,
            () -> device.primitives().matmul(operands[0], operands[1], false, operands[2]));
    for (var operand : operands) {
      operand.buffer().release();
    }
    device.allocator().trim();
    return speed;
  }

  /**
   * How the kernels run in this process.
   *
   * @param microKernelGflops the tile kernel of matrix products alone, in cache, on one thread
   * @param fmaGflops what one thread reaches in registers
   * @param message one line for people
   */
  public record Health(
      boolean healthy, double microKernelGflops, double fmaGflops, String message) {}

  /**
   * Whether the kernel in which models spend their time runs as compiled vector code. A process in
   * which the just-in-time compiler gave up on it is a hundred times slower and nothing else says
   * so.
   */
  public static Health health() {
    double peak = 0;
    double speed = 0;
    // The compiler may be busy with other methods first.
    for (int patience = 0; patience < 2 && (patience == 0 || speed < STUCK * peak); patience++) {
      speed = microKernelGflops();
      peak = Math.max(peak, Math.max(speed, fmaGflops(1))); // the yardstick may be the slow one
    }
    boolean healthy = speed >= STUCK * peak && speed > SCALAR;
    String message =
        healthy
            ? "matrix kernel runs at %.0f of %.0f GFLOP/s".formatted(speed, peak)
            : ("matrix kernel runs at %.1f of %.0f GFLOP/s: it is not compiled to vector code; "
                    + cure())
                .formatted(speed, peak);
    return new Health(healthy, speed, peak, message);
  }

  private static String cure() {
    return Lanes.bits() > Lanes.machineBits()
        ? "this machine has vectors of "
            + Lanes.machineBits()
            + " bits, and jebena.vector.bits asks for "
            + Lanes.bits()
        : "restart the process; if it stays so, see that no flag disables C2";
  }

  private static double microKernelGflops() {
    var kernel = TileKernel.F32;
    int depth = kernel.blocking().depth();
    long row = 4L * kernel.columns();
    var arena = Arena.ofAuto();
    var a = arena.allocate(4L * kernel.rows() * depth, 64);
    var b = arena.allocate(row * depth, 64);
    var c = arena.allocate(row * kernel.rows(), 64);
    var scratch = new Scratch();
    int tiles = 8; // few: where nothing is compiled, each takes some hundredths of a second
    double flops = 2.0 * kernel.rows() * kernel.columns() * depth * tiles;
    return best(
        flops,
        SCALAR,
        () -> {
          for (int tile = 0; tile < tiles; tile++) {
            kernel.tile(a, 0, b, 0, depth, false, scratch, c, 0, row);
          }
        });
  }

  /**
   * The highest rate, work per nanosecond. The first runs are interpreted, and the compiler may
   * have other methods to compile first: it ends when nothing was faster for a while and the rate
   * is one of compiled code, or when patience ends.
   *
   * @param slow a rate that only code that is not compiled yet stays below
   */
  private static double best(double work, double slow, Runnable kernel) {
    double best = 0;
    long begin = System.nanoTime();
    long improved = begin;
    long end;
    do {
      long start = System.nanoTime();
      kernel.run();
      end = System.nanoTime();
      double rate = work / Math.max(1, end - start);
      if (rate > 1.02 * best) {
        improved = end;
      }
      best = Math.max(best, rate);
    } while ((end - improved < BUDGET || best < slow) && end - begin < PATIENCE);
    return best;
  }
}
