package dev.jebena.bench;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.opencl.KernelLadder;
import dev.jebena.kernel.opencl.OpenClDevice;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Scope;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * A step of the {@link KernelLadder}: what it computes is held against the reference device, and
 * then it is timed beside the kernel that the device itself uses.
 *
 * @param side of the square matrices of a product; softmax has rows of so many numbers, four times
 *     as many of them
 */
public record LadderWorkload(OpenClDevice device, KernelLadder.Step step, int side) {
  /** Rows of a large result that are compared: enough to meet every place in a tile of 128. */
  private static final int STRIDE = 37;

  /** Sizes at which groups, tiles and vectors are cut: {@code m k n}, or rows and their length. */
  private static final int[][] PRODUCTS = {
    {1, 1, 1}, {1, 70, 33}, {67, 19, 45}, {130, 37, 131}, {129, 8, 259}
  };

  private static final int[][] ROWS = {{1, 1}, {3, 5}, {65, 131}, {2, 1000}, {7, 4097}};

  public LadderWorkload {
    if (side < 1) {
      throw new IllegalArgumentException("matrices of side " + side + " (sizes are at least 1)");
    }
  }

  /** A side at which the slowest step of a device takes some seconds at most. */
  public static int standardSide(OpenClDevice device) {
    return device.ladder().processor() ? 512 : 2048;
  }

  private boolean isProduct() {
    return step.subject().equals("gemm");
  }

  /** Rows and length of rows of what a side stands for, or m, k and n. */
  private int[] sizes() {
    return isProduct() ? new int[] {side, side, side} : new int[] {4 * side, side};
  }

  /** What is wrong with the step's results, at odd sizes and at the size that is timed. */
  public Optional<String> complaint() {
    for (int[] sizes : isProduct() ? PRODUCTS : ROWS) {
      var wrong = complaint(sizes);
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return complaint(sizes());
  }

  private Optional<String> complaint(int[] sizes) {
    var random = new Random(sizes[0]);
    int rows = sizes[0];
    int columns = sizes[sizes.length - 1];
    float[] a = numbers(random, rows * (isProduct() ? sizes[1] : columns));
    float[] b = isProduct() ? numbers(random, sizes[1] * columns) : new float[0];
    float[] actual = result(a, b, sizes);
    int every = rows > 4 * STRIDE ? STRIDE : 1;
    int compared = (rows + every - 1) / every;
    float[] expected = expected(a, b, sizes, every, compared);
    for (int i = 0; i < expected.length; i++) {
      int at = i / columns * every * columns + i % columns;
      // sums of f32 in another order; NaN is never close
      double allowed = isProduct() ? 1e-4 * (1 + Math.abs(expected[i])) : 2e-5 * expected[i] + 1e-9;
      if (!(Math.abs(actual[at] - expected[i]) <= allowed)) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "%s %s gives wrong numbers for %s: element [%d, %d] is %s, expected %s",
                step.subject(),
                step.name(),
                words(sizes),
                at / columns,
                at % columns,
                actual[at],
                expected[i]));
      }
    }
    return Optional.empty();
  }

  private static String words(int[] sizes) {
    return sizes.length == 2
        ? sizes[0] + " rows of " + sizes[1]
        : "[%d, %d] · [%d, %d]".formatted(sizes[0], sizes[1], sizes[1], sizes[2]);
  }

  /** Of a product or, far from 0 as they may be, for softmax. */
  private float[] numbers(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (isProduct() ? random.nextGaussian() : 100 + 10 * random.nextGaussian());
    }
    return values;
  }

  private float[] result(float[] a, float[] b, int[] sizes) {
    try (var operands = new Matrices(device, sizes, a, b)) {
      // what the kernel does not write must not look like a result of before
      device.primitives().fill(operands.out, Float.NaN);
      launch(operands);
      return operands.result();
    }
  }

  private float[] expected(float[] a, float[] b, int[] sizes, int every, int compared) {
    return Context.current()
        .withDevice(Devices.get("reference"))
        .withGradients(false)
        .call(() -> {
          try (var _ = Scope.open()) {
            int length = a.length / sizes[0];
            float[] rows = new float[compared * length];
            for (int i = 0; i < compared; i++) {
              System.arraycopy(a, i * every * length, rows, i * length, length);
            }
            var left = Tensor.of(rows, compared, length);
            return isProduct()
                ? left.matmul(Tensor.of(b, sizes[1], sizes[2])).toFloats()
                : left.softmax(1).toFloats();
          }
        });
  }

  private void launch(Matrices operands) {
    if (isProduct()) {
      device.ladder().product(step, operands.a, operands.b, operands.out);
    } else {
      device.ladder().softmax(step, operands.a, operands.out);
    }
  }

  /** To measure. */
  public BenchCase toCase() {
    double elements = 4.0 * side * side;
    return new BenchCase(
        "ladder " + step.subject(),
        step.name(),
        isProduct() ? "GFLOP/s" : "GB/s",
        isProduct() ? 2.0 * side * side * side / 1e9 : 2 * Float.BYTES * elements / 1e9,
        0.5,
        this::contender,
        this::own,
        List.of());
  }

  private Contender contender() {
    var random = new Random(side);
    int[] sizes = sizes();
    float[] a = numbers(random, sizes[0] * sizes[1]);
    float[] b = isProduct() ? numbers(random, sizes[1] * sizes[2]) : new float[0];
    var operands = new Matrices(device, sizes, a, b);
    return new Contender() {
      @Override
      public double run(int times) {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
          launch(operands);
        }
        device.synchronize();
        return (System.nanoTime() - start) / 1e9;
      }

      @Override
      public void close() {
        operands.close();
      }
    };
  }

  /** What the device does when a model asks for it. */
  private Contender own() {
    int[] sizes = sizes();
    var a = isProduct() ? Tensor.randn(side, side) : Tensor.randn(sizes[0], sizes[1]);
    var b = Tensor.randn(side, side);
    var repeated =
        new Repeated(List.of(a, b), false, isProduct() ? () -> a.matmul(b) : () -> a.softmax(1));
    return new Contender() {
      @Override
      public String name() {
        return "the device's own";
      }

      @Override
      public double run(int times) {
        return repeated.run(times);
      }

      @Override
      public void close() {
        repeated.close();
      }
    };
  }

  /** Matrices in memory of a device. */
  private static final class Matrices implements AutoCloseable {
    private final Device device;
    private final Operand a;
    private final Operand b;
    private final Operand out;

    Matrices(Device device, int[] sizes, float[] a, float[] b) {
      this.device = device;
      this.a = operand(sizes[0], sizes[1]);
      this.b = b.length == 0 ? null : operand(sizes[1], sizes[2]);
      this.out = operand(sizes[0], sizes[sizes.length - 1]);
      device.upload(MemorySegment.ofArray(a), this.a.buffer(), 0);
      if (this.b != null) {
        device.upload(MemorySegment.ofArray(b), this.b.buffer(), 0);
      }
    }

    private Operand operand(int rows, int columns) {
      var buffer = device.allocate((long) Float.BYTES * rows * columns);
      return new Operand(buffer, DType.F32, Layout.contiguous(Shape.of(rows, columns)));
    }

    float[] result() {
      float[] values = new float[(int) out.elements()];
      device.download(out.buffer(), 0, MemorySegment.ofArray(values));
      return values;
    }

    @Override
    public void close() {
      a.buffer().release();
      if (b != null) {
        b.buffer().release();
      }
      out.buffer().release();
    }
  }
}
