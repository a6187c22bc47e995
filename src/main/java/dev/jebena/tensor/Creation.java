package dev.jebena.tensor;

import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/** Tensors from numbers: sequences, and copies of nested arrays. */
final class Creation {
  private Creation() {}

  static Tensor linspace(double start, double end, long steps) {
    return spaced(start, end, steps).to(DType.F32);
  }

  static Tensor logspace(double start, double end, long steps, double base) {
    var exponents = spaced(start, end, steps);
    var bases = Tensor.full(exponents.device(), DType.F64, exponents.shape(), base);
    return bases.pow(exponents).to(DType.F32);
  }

  static Tensor arange(double start, double end, double step) {
    double count = Math.ceil((end - start) / step);
    if (step == 0 || !Double.isFinite(count)) {
      throw new ShapeException(
          "arange: from "
              + start
              + " to "
              + end
              + " by "
              + step
              + " are no finite number of steps");
    }
    return run(start, step, (long) Math.max(0, count)).to(DType.F32);
  }

  private static Tensor run(double start, double step, long count) {
    var out = Tensor.empty(Context.current().device(), DType.F64, Shape.of(count));
    out.device().primitives().arange(out.operand(), start, step);
    Reference.reachabilityFence(out);
    return out;
  }

  private static Tensor spaced(double start, double end, long steps) {
    if (steps < 0) {
      throw new ShapeException("linspace: " + steps + " steps");
    }
    var out = run(start, steps > 1 ? (end - start) / (steps - 1) : 0, steps);
    if (steps > 1) {
      Dispatch.fill(out.slice(0, steps - 1, steps), end); // exactly, whatever the step rounds to
    }
    return out;
  }

  /** Arrays of arrays of one primitive type, all of one length at each depth. */
  static Tensor nested(Object array) {
    var sizes = new ArrayList<Long>();
    Class<?> type = array.getClass();
    var at = array;
    while (type.isArray()) {
      long size = at == null ? 0 : Array.getLength(at);
      sizes.add(size);
      type = type.getComponentType();
      at = size > 0 && type.isArray() ? Array.get(at, 0) : null;
    }
    var dtype = dtype(array, type);
    var shape = Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
    try (var arena = Arena.ofConfined()) {
      var staging = arena.allocate(Math.max(1, shape.elements() * dtype.byteSize()), 64);
      long end = fill(staging, 0, array, sizes, new ArrayList<>());
      return Tensor.fromBytes(Context.current().device(), dtype, shape, staging.asSlice(0, end));
    }
  }

  private static DType dtype(Object array, Class<?> element) {
    if (element == double.class) {
      return DType.F64;
    } else if (element == float.class) {
      return DType.F32;
    } else if (element == long.class) {
      return DType.I64;
    } else if (element == int.class) {
      return DType.I32;
    } else if (element == short.class) {
      return DType.I16;
    } else if (element == byte.class) {
      return DType.I8;
    } else if (element == boolean.class) {
      return DType.BOOL;
    }
    throw new DTypeException(
        "of: "
            + array.getClass().getTypeName()
            + " is no tensor; arrays, nested or not, of double, float, long, int, short, byte or"
            + " boolean would fit");
  }

  /** Copies one array to a byte offset; gives the offset behind it. */
  private static long fill(
      MemorySegment to, long offset, Object array, List<Long> sizes, List<Integer> place) {
    int depth = place.size();
    if (array == null) {
      throw new ShapeException("of: the array at " + place + " is null");
    }
    int length = Array.getLength(array);
    if (length != sizes.get(depth)) {
      throw new ShapeException(
          "of: the array is ragged: "
              + place
              + " has "
              + length
              + " elements, those before it have "
              + sizes.get(depth));
    }
    long at = offset;
    if (depth + 1 < sizes.size()) {
      for (int i = 0; i < length; i++) {
        place.add(i);
        at = fill(to, at, Array.get(array, i), sizes, place);
        place.removeLast();
      }
      return at;
    }
    var line = segment(array);
    MemorySegment.copy(line, 0, to, at, line.byteSize());
    return at + line.byteSize();
  }

  private static MemorySegment segment(Object array) {
    return switch (array) {
      case double[] values -> MemorySegment.ofArray(values);
      case float[] values -> MemorySegment.ofArray(values);
      case long[] values -> MemorySegment.ofArray(values);
      case int[] values -> MemorySegment.ofArray(values);
      case short[] values -> MemorySegment.ofArray(values);
      case byte[] values -> MemorySegment.ofArray(values);
      default -> {
        var truths = (boolean[]) array;
        var bytes = MemorySegment.ofArray(new byte[truths.length]);
        for (int i = 0; i < truths.length; i++) {
          bytes.set(ValueLayout.JAVA_BYTE, i, (byte) (truths[i] ? 1 : 0));
        }
        yield bytes;
      }
    };
  }
}
