package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.RandomOp;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.ScatterOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.kernel.reference.ReferenceDeviceProvider;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every primitive against the reference device, and one thread against three. */
class CpuPrimitivesTest {
  private static CpuDevice one;
  private static CpuDevice three;
  private static Primitives reference;

  @BeforeAll
  static void open() {
    one = CpuDevice.withThreads(1);
    three = CpuDevice.withThreads(3);
    reference = new ReferenceDeviceProvider().device().primitives();
  }

  @AfterAll
  static void close() {
    one.close();
    three.close();
  }

  /** Runs on all devices; three threads must give the bits of one, and both the reference's. */
  private static void check(String what, Operand out, BiConsumer<Primitives, Operand> kernel) {
    double tolerance =
        switch (out.dtype()) {
          case F64 -> 1e-12;
          case F32 -> 1e-5;
          case F16 -> 2e-3;
          case BF16 -> 2e-2;
          case F8_E4M3 -> 0.15;
          case F8_E5M2 -> 0.3;
          default -> 0;
        };
    check(what, tolerance, out, kernel);
  }

  private static void check(
      String what, double tolerance, Operand out, BiConsumer<Primitives, Operand> kernel) {
    var expected = Samples.twin(out);
    var again = Samples.twin(out);
    kernel.accept(reference, expected);
    kernel.accept(one.primitives(), out);
    kernel.accept(three.primitives(), again);
    assertThat(Samples.bytes(again))
        .as("%s: 3 threads against 1", what)
        .isEqualTo(Samples.bytes(out));
    double[] e = Samples.values(expected);
    double[] a = Samples.values(out);
    for (int i = 0; i < e.length; i++) {
      if (e[i] != a[i]
          && !(Double.isNaN(e[i]) && Double.isNaN(a[i]))
          && !(Math.abs(e[i] - a[i]) <= tolerance * (1 + Math.abs(e[i])))) {
        throw new AssertionError(
            what + ", " + out + ": element " + i + " is " + a[i] + ", expected " + e[i]);
      }
    }
  }

  /** Small shapes of all ranks, and sometimes one that needs several tasks. */
  private static Shape anyShape(Samples samples, int round) {
    if (round == 19) {
      return Shape.of(9 + samples.random().nextInt(5), 5000);
    }
    int rank = samples.random().nextInt(5);
    return samples.shape(rank, rank < 3 && round % 3 == 0 ? 40 : 7);
  }

  @Test
  void unaryFunctions() {
    var samples = new Samples(1);
    for (int round = 0; round < 40; round++) {
      var shape = anyShape(samples, round);
      for (var op : UnaryOp.values()) {
        var dtype = DType.values()[samples.random().nextInt(DType.values().length)];
        while (!op.takes(dtype)) {
          dtype = DType.values()[samples.random().nextInt(DType.values().length)];
        }
        var x = samples.input(dtype, shape);
        var out = samples.output(op.test() ? DType.BOOL : dtype, shape);
        check(op + " " + dtype, out, (p, o) -> p.unary(op, x, o));
      }
    }
  }

  @Test
  void binaryFunctionsAndScalars() {
    var samples = new Samples(2);
    for (int round = 0; round < 40; round++) {
      var shape = anyShape(samples, round);
      for (var op : BinaryOp.values()) {
        var type = DType.values()[samples.random().nextInt(DType.values().length)];
        while (!op.takes(type)) {
          type = DType.values()[samples.random().nextInt(DType.values().length)];
        }
        if (op == BinaryOp.POW && type.byteSize() == 1) {
          continue; // fp8 and bytes: nothing but overflow
        }
        var a = samples.input(type, shape);
        var b = samples.input(type, shape);
        var out = samples.output(op.test() ? DType.BOOL : type, shape);
        check(op + " " + type, out, (p, o) -> p.binary(op, a, b, o));
        boolean first = samples.random().nextBoolean();
        double s = samples.random().nextInt(type == DType.BOOL ? 2 : 3);
        check(op + " " + type + " scalar " + s, out, (p, o) -> p.scalar(op, a, s, first, o));
      }
    }
  }

  @Test
  void theOutputMayBeAnOperand() {
    var samples = new Samples(3);
    for (int round = 0; round < 40; round++) {
      var shape = anyShape(samples, round);
      for (var dtype : new DType[] {DType.F32, DType.BF16, DType.I32}) {
        var b = samples.input(dtype, shape);
        var out = samples.output(dtype, shape);
        samples.fill(out);
        check("add in place " + dtype, out, (p, o) -> p.binary(BinaryOp.ADD, o, b, o));
      }
    }
  }

  @Test
  void castsCopiesAndFills() {
    var samples = new Samples(4);
    for (int round = 0; round < 20; round++) {
      var shape = anyShape(samples, round);
      for (var from : DType.values()) {
        for (var to : DType.values()) {
          if (from.isFloat() && to == DType.U8) {
            continue; // negative floats to unsigned bytes: no two machines agree
          }
          var x = samples.input(from, shape);
          check(from + " to " + to, samples.output(to, shape), (p, o) -> p.copy(x, o));
        }
        check("fill " + from, samples.output(from, shape), (p, o) -> p.fill(o, 1.7));
      }
    }
  }

  @Test
  void choices() {
    var samples = new Samples(5);
    for (int round = 0; round < 40; round++) {
      var shape = anyShape(samples, round);
      var dtype = DType.values()[round % DType.values().length];
      var condition = samples.input(DType.BOOL, shape);
      var a = samples.input(dtype, shape);
      var b = samples.input(dtype, shape);
      check("where", samples.output(dtype, shape), (p, o) -> p.where(condition, a, b, o));
    }
  }

  @Test
  void reductions() {
    var samples = new Samples(6);
    for (int round = 0; round < 300; round++) {
      var shape =
          round % 40 == 39
              ? Shape.of(9_000 + round, 2, 9)
              : samples.shape(1 + samples.random().nextInt(4), round % 5 == 0 ? 40 : 9);
      if (shape.elements() > 300_000) {
        continue;
      }
      var op = ReduceOp.values()[round % 6];
      boolean logical = op == ReduceOp.ANY || op == ReduceOp.ALL;
      var dtype = DType.values()[samples.random().nextInt(DType.values().length)];
      var type = logical ? DType.BOOL : dtype == DType.BOOL ? DType.F32 : dtype;
      if (op == ReduceOp.PROD && type != DType.F32 && type != DType.F64) {
        type = DType.F32;
      }
      var x = samples.input(type, shape);
      int mask = 1 + samples.random().nextInt((1 << shape.rank()) - 1);
      int[] axes =
          java.util.stream.IntStream.range(0, shape.rank())
              .filter(i -> (mask >> i & 1) == 1)
              .toArray();
      var outShape = shape;
      for (int axis : axes) {
        outShape = outShape.with(axis, 1);
      }
      boolean toI64 = op == ReduceOp.SUM && !type.isFloat();
      var out = samples.output(toI64 ? DType.I64 : type, outShape);
      check(op + " " + type + " of " + x.layout(), out, (p, o) -> p.reduce(op, x, axes, o));
    }
  }

  @Test
  void scans() {
    var samples = new Samples(7);
    for (int round = 0; round < 120; round++) {
      var shape = samples.shape(1 + samples.random().nextInt(3), 30);
      int axis = samples.random().nextInt(shape.rank());
      var dtype = DType.values()[round % (DType.values().length - 1)];
      var x = samples.input(dtype, shape);
      if (shape.size(axis) > 0) {
        var op = round % 2 == 0 ? ReduceOp.MAX : ReduceOp.MIN;
        check(
            "arg" + op,
            samples.output(DType.I64, shape.with(axis, 1)),
            (p, o) -> p.argReduce(op, x, axis, o));
      }
      check(
          "cumulativeSum " + dtype,
          samples.output(dtype, shape),
          (p, o) -> p.cumulativeSum(x, axis, o));
    }
  }

  /** Lines of several blocks, with equal extrema, NaN in a late block, and nothing but −∞. */
  @Test
  void extremaOfLongLines() {
    int width = 3 * ElementWise.BLOCK + 77;
    float[] values = new float[6 * width];
    var random = new Random(12);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(-500, 500) / 4f;
    }
    values[width + 5000] = Float.NaN;
    values[width + 6000] = Float.NaN;
    Arrays.fill(values, 2 * width, 3 * width, Float.NEGATIVE_INFINITY);
    Arrays.fill(values, 3 * width, 4 * width, Float.POSITIVE_INFINITY);
    Arrays.fill(values, 4 * width, 5 * width, 0f);
    values[4 * width + 3] = -0f;
    var samples = new Samples(13);
    var x = samples.contiguous(DType.F32, 6, width);
    MemorySegment.copy(values, 0, Memory.of(x), Memory.FLOAT, 0, values.length);
    var out = samples.contiguous(DType.I64, 6, 1);
    check("argmax", out, (p, o) -> p.argReduce(ReduceOp.MAX, x, 1, o));
    check("argmin", out, (p, o) -> p.argReduce(ReduceOp.MIN, x, 1, o));
  }

  @Test
  void indexing() {
    var samples = new Samples(8);
    for (int round = 0; round < 150; round++) {
      var shape = samples.shape(1 + samples.random().nextInt(3), 40);
      if (shape.elements() == 0) {
        continue;
      }
      int axis = samples.random().nextInt(shape.rank());
      long size = shape.size(axis);
      var dtype = round % 3 == 0 ? DType.F32 : DType.values()[round % 11];
      var sumType = dtype.isFloat() && dtype != DType.F64 ? DType.F32 : dtype;
      var x = samples.input(dtype, shape);
      var picked = shape.with(axis, samples.random().nextInt(50));
      var index = samples.index(picked, size);
      var list = samples.index(Shape.of(picked.size(axis)), size);
      var out = samples.output(dtype, picked);
      check("gather", out, (p, o) -> p.gather(x, axis, index, o));
      check("indexSelect", out, (p, o) -> p.indexSelect(x, axis, list, o));
      var source = samples.input(sumType, picked);
      var sums = samples.output(sumType, shape);
      samples.fill(sums);
      for (var op : ScatterOp.values()) {
        check("scatter " + op, sums, (p, o) -> p.scatter(op, index, source, axis, o));
      }
      var fromEnd = samples.output(DType.I64, picked);
      check("wrapIndex", fromEnd, (p, o) -> p.wrapIndex(index, axis, size, o));
      check("indexAdd", sums, (p, o) -> p.indexAdd(list, source, axis, o));
    }
  }

  @Test
  void anIndexOutOfRangeIsNamed() {
    var samples = new Samples(9);
    var x = samples.contiguous(DType.F32, 4, 3);
    var index = samples.contiguous(DType.I64, 1);
    Memory.of(index).set(Memory.LONG, 0, 4);
    var out = samples.contiguous(DType.F32, 1, 3);
    assertThatThrownBy(() -> one.primitives().indexSelect(x, 0, index, out))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("indexSelect: index 4 is out of range for axis 0 of size 4");
  }

  @Test
  void sequencesAndRandomNumbers() {
    var samples = new Samples(10);
    for (int round = 0; round < 40; round++) {
      var dtype = DType.values()[round % (DType.values().length - 1)];
      var shape = round % 10 == 9 ? Shape.of(3, 30_001) : samples.shape(round % 4, 9);
      var out = samples.output(dtype, shape);
      if (dtype.isFloat()) {
        check("uniform", out, (p, o) -> p.random(RandomOp.UNIFORM, 7, 100, -1, 2, o));
        check("normal", out, (p, o) -> p.random(RandomOp.NORMAL, 7, 100, 1, 2, o));
      }
      check("bernoulli", out, (p, o) -> p.random(RandomOp.BERNOULLI, 7, 100, 0.3, 0, o));
      check("integer", out, (p, o) -> p.random(RandomOp.INTEGER, 7, 100, 0, 100, o));
      var line = samples.output(dtype, Shape.of(samples.random().nextInt(50)));
      check("arange", line, (p, o) -> p.arange(o, 3, 2));
    }
  }

  @Test
  void matrixProducts() {
    var samples = new Samples(11);
    for (int round = 0; round < 300; round++) {
      var dtype = round % 4 != 0 ? DType.F32 : DType.values()[samples.random().nextInt(11)];
      if (dtype.byteSize() == 1) {
        dtype = DType.F64;
      }
      int most = round % 10 == 0 ? 150 : 20;
      long m = samples.random().nextInt(most);
      long k = samples.random().nextInt(most);
      long n = samples.random().nextInt(most);
      var batch = samples.shape(samples.random().nextInt(3), 4).toArray();
      var a = samples.input(dtype, join(batch, m, k));
      var b = samples.input(dtype, join(batch, k, n));
      var out = samples.output(dtype, join(batch, m, n));
      samples.fill(out);
      boolean accumulate = round % 3 == 0;
      check(
          "matmul " + dtype + " " + a.layout() + " " + b.layout(),
          out,
          (p, o) -> p.matmul(a, b, accumulate, o));
    }
  }

  @Test
  void largeMatrixProductsOfAllForms() {
    var samples = new Samples(12);
    int[][] sizes = {
      {130, 1100, 70},
      {70, 40, 1700},
      {1, 700, 300},
      {3, 65, 1030},
      {500, 33, 2},
      {64, 64, 64},
      {63, 100, 203},
      {190, 12, 3100},
      {4200, 9, 50}
    };
    for (int[] size : sizes) {
      for (int form = 0; form < 16; form++) {
        var dtype = form < 8 ? DType.F32 : DType.F64;
        var a = matrix(samples, dtype, size[0], size[1], (form & 1) != 0);
        var b = matrix(samples, dtype, size[1], size[2], (form & 2) != 0);
        var out = matrix(samples, dtype, size[0], size[2], (form & 4) != 0);
        boolean accumulate = form % 3 == 0;
        check("matmul form " + form, 3e-4, out, (p, o) -> p.matmul(a, b, accumulate, o));
      }
    }
  }

  private static Operand matrix(
      Samples samples, DType dtype, long rows, long columns, boolean transposed) {
    if (!transposed) {
      return samples.contiguous(dtype, rows, columns);
    }
    var turned = samples.contiguous(dtype, columns, rows);
    return turned.with(turned.layout().transpose(0, 1));
  }

  @Test
  void transposedCopies() {
    var samples = new Samples(13);
    long[][] sizes = {{40, 900}, {9, 8}, {3, 50, 33}, {2, 3, 17, 64}};
    for (long[] size : sizes) {
      var x = samples.contiguous(DType.F32, size);
      for (int a = 0; a < size.length; a++) {
        for (int b = 0; b < a; b++) {
          var turned = x.with(x.layout().transpose(a, b));
          var out = samples.contiguous(DType.F32, turned.shape().toArray());
          check("transposed copy", out, (p, o) -> p.copy(turned, o));
        }
      }
    }
  }

  private static Shape join(long[] batch, long rows, long columns) {
    long[] sizes = java.util.Arrays.copyOf(batch, batch.length + 2);
    sizes[batch.length] = rows;
    sizes[batch.length + 1] = columns;
    return Shape.of(sizes);
  }
}
