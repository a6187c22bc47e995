package dev.jebena.testing;

import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Tensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Makes the inputs of the operation table: the same numbers on every device, whatever their layout.
 */
public final class SampleInputs {
  private SampleInputs() {}

  /** All inputs of a sample; those without a type of their own get {@code dtype}. */
  public static Tensor[] make(Operation.Sample sample, Device device, DType dtype) {
    return make(sample, device, dtype, dtype);
  }

  /** The same as {@code dtype}, after the inputs were rounded to {@code held}. */
  public static Tensor[] make(Operation.Sample sample, Device device, DType dtype, DType held) {
    var inputs = new Tensor[sample.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = make(sample.inputs().get(i), i, device, dtype, held);
    }
    return inputs;
  }

  /** The i-th input. */
  private static Tensor make(Input input, int i, Device device, DType dtype, DType held) {
    long[] sizes = input.sizes();
    double[] values = values(input, i, sizes);
    if (input.dtype() == null && held != dtype) {
      values = Tensor.of(values, values.length).to(held).to(DType.F64).toDoubles();
    }
    double[] rounded = values;
    var type = input.dtype() == null ? dtype : input.dtype();
    return Context.current()
        .withDevice(device)
        .call(() ->
            laidOut(
                Tensor.of(rounded, sizes.length == 0 ? new long[] {1} : sizes),
                input,
                sizes,
                type));
  }

  private static double[] values(Input input, int i, long[] sizes) {
    int n = (int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    var random = new SplittableRandom(31L * i + n);
    double[] values = new double[n];
    double span = input.high() - input.low();
    if (input.fill() == Operation.Fill.PERMUTED) {
      for (int j = 0; j < n; j++) {
        int other = random.nextInt(j + 1);
        values[j] = values[other];
        values[other] = input.low() + span * (j + 0.5) / n;
      }
    } else {
      Arrays.setAll(values, j -> input.low() + span * random.nextDouble());
      if (input.view() == Operation.View.EXPANDED) {
        int row = n / (int) sizes[0];
        Arrays.setAll(values, j -> values[j % row]);
      }
    }
    if (input.dtype() != null && !input.dtype().isFloat()) {
      Arrays.setAll(values, j -> Math.floor(values[j]));
    } else {
      Arrays.setAll(values, j -> (float) values[j]); // exact in f32 and in f64
    }
    return values;
  }

  private static Tensor laidOut(Tensor base, Input input, long[] sizes, DType type) {
    var x = base.reshape(sizes).to(type);
    return switch (input.view()) {
      case CONTIGUOUS -> x;
      case TRANSPOSED -> x.transpose().contiguous().transpose();
      case SLICED -> {
        long last = sizes[sizes.length - 1];
        var doubled = Tensor.stack(-1, x, x).reshape(widened(sizes)); // every value twice
        var padded = Tensor.cat(-1, doubled.slice(-1, 0, 1), doubled);
        yield padded.slice(-1, 1, 2 * last + 1, 2);
      }
      case REVERSED -> {
        int[] axes = IntStream.range(0, x.rank()).toArray();
        yield x.flip(axes).contiguous().flip(axes);
      }
      case EXPANDED -> x.slice(0, 0, 1).contiguous().expand(sizes);
    };
  }

  private static long[] widened(long[] sizes) {
    long[] wide = sizes.clone();
    wide[wide.length - 1] *= 2;
    return wide;
  }
}
