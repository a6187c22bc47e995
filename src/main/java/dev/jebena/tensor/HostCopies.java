package dev.jebena.tensor;

import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;

/** Between heap arrays and tensors, always by an explicit copy. */
final class HostCopies {
  private HostCopies() {}

  static Tensor upload(Device device, DType dtype, Shape shape, MemorySegment values, int count) {
    if (shape.elements() != count) {
      throw new ShapeException(
          "of: " + count + " values for shape " + shape + ", which has " + shape.elements());
    }
    var out = Dispatch.empty(device, dtype, shape);
    device.upload(values, out.operand().buffer(), 0);
    Reference.reachabilityFence(out);
    return out;
  }

  /** Fills {@code target} with the elements in row-major order; its type must be the tensor's. */
  static void download(Tensor x, MemorySegment target) {
    var whole = x.detach().contiguous();
    if (x.elements() > 0) {
      whole
          .device()
          .download(
              whole.operand().buffer(), whole.layout().offset() * x.dtype().byteSize(), target);
    }
    Reference.reachabilityFence(whole);
  }

  static void move(Tensor x, Tensor out) {
    long bytes = x.elements() * x.dtype().byteSize();
    try (var arena = Arena.ofConfined()) {
      var staging = arena.allocate(Math.max(1, bytes), 64).asSlice(0, bytes);
      download(x, staging);
      out.device().upload(staging, out.operand().buffer(), 0);
    }
    Reference.reachabilityFence(out);
  }

  static float[] floats(Tensor x) {
    float[] values = new float[count(x)];
    download(converted(x, DType.F32), MemorySegment.ofArray(values));
    return values;
  }

  static double[] doubles(Tensor x) {
    double[] values = new double[count(x)];
    download(converted(x, DType.F64), MemorySegment.ofArray(values));
    return values;
  }

  static long[] longs(String operation, Tensor x) {
    requireWhole(operation, x);
    long[] values = new long[count(x)];
    download(converted(x, DType.I64), MemorySegment.ofArray(values));
    return values;
  }

  static int[] ints(Tensor x) {
    return Arrays.stream(longs("toInts", x)).mapToInt(Math::toIntExact).toArray();
  }

  static boolean[] booleans(Tensor x) {
    if (x.dtype() != DType.BOOL) {
      throw new DTypeException("toBooleans: the tensor is " + x.dtype() + ", not bool");
    }
    byte[] bytes = new byte[count(x)];
    download(x, MemorySegment.ofArray(bytes));
    boolean[] values = new boolean[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      values[i] = bytes[i] != 0;
    }
    return values;
  }

  private static void requireWhole(String operation, Tensor x) {
    if (x.dtype().isFloat()) {
      throw new DTypeException(
          operation
              + ": the tensor is "
              + x.dtype()
              + "; round and convert with to(DType.I64) first");
    }
  }

  private static Tensor converted(Tensor x, DType dtype) {
    return x.detach().to(dtype);
  }

  private static int count(Tensor x) {
    if (x.elements() > Integer.MAX_VALUE - 8) {
      throw new ShapeException(
          "a Java array cannot hold the " + x.elements() + " elements of " + x.shape());
    }
    return (int) x.elements();
  }
}
