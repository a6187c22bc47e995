package dev.jebena.kernel.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.RandomOp;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.ScanOp;
import dev.jebena.kernel.ScatterOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.kernel.cpu.Samples;
import dev.jebena.kernel.reference.ReferenceDeviceProvider;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every primitive on random shapes, strides and types against the reference, in both forms of
 * kernels: for processors and for GPUs. What large tensors have, vectors and kernels of their own,
 * is forced upon small ones, since the operation table sees only what small ones share.
 */
class OpenClPrimitivesTest {
  private static final Primitives REFERENCE = new ReferenceDeviceProvider().device().primitives();

  /** Launches a kernel with operands of a device; the last one is the output. */
  @FunctionalInterface
  private interface Launches {
    void on(Primitives primitives, Operand[] operands);
  }

  private static List<OpenClDevice> devices;

  @BeforeAll
  static void open() {
    devices = TestKernels.bothForms();
  }

  @AfterAll
  static void close() {
    if (devices != null) {
      devices.forEach(OpenClDevice::close);
    }
  }

  private static double tolerance(DType dtype) {
    return switch (dtype) {
      case F64 -> 1e-12;
      case F32 -> 1e-5;
      case F16 -> 2e-3;
      case BF16 -> 2e-2;
      case F8_E4M3 -> 0.15;
      case F8_E5M2 -> 0.3;
      default -> 0;
    };
  }

  private static void check(String what, Launches kernel, Operand... operands) {
    check(what, tolerance(operands[operands.length - 1].dtype()), kernel, operands);
  }

  /** The last operand is compared, after both started from its bytes. */
  private static void check(String what, double tolerance, Launches kernel, Operand... operands) {
    int last = operands.length - 1;
    var expected = operands.clone();
    expected[last] = Samples.twin(operands[last]);
    kernel.on(REFERENCE, expected);
    for (var device : devices) {
      var mirror = new Mirror(device);
      var actual = new Operand[operands.length];
      for (int i = 0; i < actual.length; i++) {
        actual[i] = mirror.toDevice(operands[i]);
      }
      kernel.on(device.primitives(), actual);
      Mirror.compare(what, mirror.toHost(actual[last]), expected[last], tolerance);
      for (var operand : actual) {
        operand.buffer().release();
      }
    }
  }

  private static Shape anyShape(Samples samples, int round) {
    return round % 7 == 6
        ? Shape.of(3 + samples.random().nextInt(5), 300 + round)
        : samples.shape(samples.random().nextInt(6), round % 3 == 0 ? 20 : 5);
  }

  private static DType anyType(Samples samples) {
    return DType.values()[samples.random().nextInt(DType.values().length)];
  }

  @Test
  void unaryFunctions() {
    var samples = new Samples(1);
    // each of these is a program of its own, which takes a driver a second to compile
    var ops = List.of(UnaryOp.EXP, UnaryOp.RELU, UnaryOp.SIGN);
    var types = List.of(DType.F32, DType.BF16, DType.F16);
    for (int round = 0; round < 60; round++) {
      var op = ops.get(round % ops.size());
      var dtype = op == UnaryOp.SIGN ? DType.I64 : types.get(op == UnaryOp.RELU ? round % 3 : 0);
      var shape = anyShape(samples, round);
      var x = samples.input(dtype, shape);
      var out = samples.output(op.test() ? DType.BOOL : dtype, shape);
      check(op + " " + dtype, (p, o) -> p.unary(op, o[0], o[1]), x, out);
    }
  }

  @Test
  void binaryFunctionsAndScalars() {
    var samples = new Samples(2);
    var ops = List.of(BinaryOp.ADD, BinaryOp.FLOOR_DIV, BinaryOp.GE);
    for (int round = 0; round < 50; round++) {
      var op = ops.get(round % ops.size());
      var dtype = op == BinaryOp.FLOOR_DIV ? DType.I64 : op == BinaryOp.POW ? DType.F64 : DType.F32;
      var shape = anyShape(samples, round);
      var a = samples.input(dtype, shape);
      var b = samples.input(dtype, shape);
      var out = samples.output(op.test() ? DType.BOOL : dtype, shape);
      check(op + " " + dtype, (p, o) -> p.binary(op, o[0], o[1], o[2]), a, b, out);
      boolean first = samples.random().nextBoolean();
      double s = dtype == DType.BOOL ? 1 : 2;
      check(op + " " + dtype + " of " + s, (p, o) -> p.scalar(op, o[0], s, first, o[1]), a, out);
    }
  }

  @Test
  void theOutputMayBeAnOperand() {
    var samples = new Samples(3);
    for (int round = 0; round < 10; round++) {
      var shape = anyShape(samples, round);
      var b = samples.input(DType.F32, shape);
      var out = samples.output(DType.F32, shape);
      samples.fill(out);
      check("add in place", (p, o) -> p.binary(BinaryOp.ADD, o[1], o[0], o[1]), b, out);
    }
  }

  @Test
  void copiesCastsFillsAndChoices() {
    var samples = new Samples(4);
    var types = List.of(DType.F32, DType.BF16, DType.I64, DType.F8_E4M3, DType.BOOL);
    for (int round = 0; round < 60; round++) {
      var shape = anyShape(samples, round);
      var from = types.get(round % 5);
      var to = round % 2 == 0 ? from : round % 10 == 1 ? DType.F32 : DType.BF16;
      if (from.isFloat() && to == DType.U8) {
        continue; // negative floats to unsigned bytes: no two machines agree
      }
      var x = samples.input(from, shape);
      check(from + " to " + to, (p, o) -> p.copy(o[0], o[1]), x, samples.output(to, shape));
      check("fill " + to, (p, o) -> p.fill(o[0], 1.7), samples.output(to, shape));
      check(
          "where " + from,
          (p, o) -> p.where(o[0], o[1], o[2], o[3]),
          samples.input(DType.BOOL, shape),
          x,
          samples.input(from, shape),
          samples.output(from, shape));
    }
  }

  @Test
  void reductions() {
    var samples = new Samples(6);
    for (int round = 0; round < 150; round++) {
      var shape =
          round % 40 == 39
              ? Shape.of(9_000 + round, 2, 9)
              : samples.shape(1 + samples.random().nextInt(5), round % 5 == 0 ? 40 : 9);
      if (shape.elements() > 300_000) {
        continue;
      }
      var op = ReduceOp.values()[round % 6];
      boolean logical = op == ReduceOp.ANY || op == ReduceOp.ALL;
      var dtype = anyType(samples);
      dtype = dtype == DType.F16 || dtype == DType.BF16 ? DType.F32 : dtype;
      var type = logical ? DType.BOOL : dtype == DType.BOOL ? DType.F32 : dtype;
      if (op == ReduceOp.PROD && type != DType.F32 && type != DType.F64) {
        type = DType.F32;
      }
      var x = samples.input(type, shape);
      int mask = 1 + samples.random().nextInt((1 << shape.rank()) - 1);
      int[] axes = IntStream.range(0, shape.rank()).filter(i -> (mask >> i & 1) == 1).toArray();
      var outShape = shape;
      for (int axis : axes) {
        outShape = outShape.with(axis, 1);
      }
      boolean toI64 = op == ReduceOp.SUM && !type.isFloat();
      var out = samples.output(toI64 ? DType.I64 : type, outShape);
      check(
          op + " " + type + " of " + x.layout(), (p, o) -> p.reduce(op, o[0], axes, o[1]), x, out);
    }
  }

  @Test
  void longFoldsOfRowsAndColumns() {
    var samples = new Samples(61);
    for (long[] sizes : new long[][] {{3, 20_001}, {1, 9000}, {2, 17_000, 3}, {2, 100, 37}}) {
      for (var op : List.of(ReduceOp.SUM, ReduceOp.MAX)) {
        for (var dtype : List.of(DType.F32, DType.BF16)) {
          if (dtype != DType.F32 && op != ReduceOp.SUM) {
            continue;
          }
          var x = samples.contiguous(dtype, sizes);
          var out = samples.contiguous(dtype, Shape.of(sizes).with(1, 1).toArray());
          double tolerance = dtype == DType.F32 ? 2e-5 : 2e-2;
          check(
              op + " " + x.shape(),
              tolerance,
              (p, o) -> p.reduce(op, o[0], new int[] {1}, o[1]),
              x,
              out);
        }
      }
    }
  }

  @Test
  void scansAndExtrema() {
    var samples = new Samples(7);
    for (int round = 0; round < 60; round++) {
      var shape = samples.shape(1 + samples.random().nextInt(3), 30);
      int axis = samples.random().nextInt(shape.rank());
      var dtype = DType.values()[round % (DType.values().length - 1)];
      var x = samples.input(dtype, shape);
      if (shape.size(axis) > 0) {
        var op = round % 2 == 0 ? ReduceOp.MAX : ReduceOp.MIN;
        var indices = samples.output(DType.I64, shape.with(axis, 1));
        check("arg" + op, (p, o) -> p.argReduce(op, o[0], axis, o[1]), x, indices);
        var places = samples.output(DType.I64, shape);
        check("scan", (p, o) -> p.scan(ScanOp.ARG_MAX, o[0], axis, o[1]), x, places);
      }
      var out = samples.output(dtype, shape);
      check("cumulativeSum " + dtype, (p, o) -> p.cumulativeSum(o[0], axis, o[1]), x, out);
    }
  }

  @Test
  void sortingAndSearching() {
    var samples = new Samples(71);
    for (int round = 0; round < 40; round++) {
      var shape = samples.shape(1 + samples.random().nextInt(3), round % 8 == 0 ? 300 : 30);
      int axis = samples.random().nextInt(shape.rank());
      var dtype = DType.values()[round % (DType.values().length - 1)];
      var x = samples.input(dtype, shape);
      boolean descending = samples.random().nextBoolean();
      long count = shape.size(axis) == 0 ? 0 : 1 + samples.random().nextInt((int) shape.size(axis));
      var values = samples.output(dtype, shape.with(axis, count));
      var indices = samples.output(DType.I64, shape.with(axis, count));
      check("places", (p, o) -> p.sort(o[0], axis, descending, o[1], o[2]), x, values, indices);
      check("values", (p, o) -> p.sort(o[0], axis, descending, o[2], o[1]), x, indices, values);
    }
    var sorted = samples.contiguous(DType.F32, 3, 50);
    var drawn = samples.contiguous(DType.F32, 3, 50);
    REFERENCE.sort(drawn, 1, false, sorted, samples.contiguous(DType.I64, 3, 50));
    var wanted = samples.contiguous(DType.F32, 3, 20);
    for (boolean right : new boolean[] {false, true}) {
      var out = samples.contiguous(DType.I64, 3, 20);
      check("search", (p, o) -> p.searchSorted(o[0], o[1], right, o[2]), sorted, wanted, out);
    }
  }

  @Test
  void indexing() {
    var samples = new Samples(8);
    for (int round = 0; round < 60; round++) {
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
      check("gather", (p, o) -> p.gather(o[0], axis, o[1], o[2]), x, index, out);
      check("indexSelect", (p, o) -> p.indexSelect(o[0], axis, o[1], o[2]), x, list, out);
      var source = samples.input(sumType, picked);
      var sums = samples.output(sumType, shape);
      samples.fill(sums);
      for (var op : ScatterOp.values()) {
        check(
            "scatter " + op, (p, o) -> p.scatter(op, o[0], o[1], axis, o[2]), index, source, sums);
      }
      var fromEnd = samples.output(DType.I64, picked);
      check("wrapIndex", (p, o) -> p.wrapIndex(o[0], axis, size, o[1]), index, fromEnd);
      check("indexAdd", (p, o) -> p.indexAdd(o[0], o[1], axis, o[2]), list, source, sums);
    }
  }

  /** Not only close: the same bytes. */
  @Test
  void randomNumbersAreTheBitsOfOtherDevices() {
    var samples = new Samples(10);
    for (var dtype : DType.values()) {
      if (dtype == DType.BOOL) {
        continue;
      }
      for (var op : RandomOp.values()) {
        if (!dtype.isFloat() && op != RandomOp.INTEGER && op != RandomOp.BERNOULLI) {
          continue;
        }
        double a = op == RandomOp.BERNOULLI ? 0.3 : -1;
        var out = samples.contiguous(dtype, 7, 333);
        var expected = Samples.twin(out);
        REFERENCE.random(op, 7, 100, a, 2.5, expected);
        for (var device : devices) {
          var mirror = new Mirror(device);
          var actual = mirror.toDevice(out);
          device.primitives().random(op, 7, 100, a, 2.5, actual);
          assertThat(
                  ((HostBuffer) mirror.toHost(actual).buffer())
                      .segment()
                      .mismatch(((HostBuffer) expected.buffer()).segment()))
              .as("%s %s", op, dtype)
              .isEqualTo(-1);
        }
      }
    }
  }

  /** In f64, from the middle to intervals that hold hardly anything; and nothing is uploaded. */
  @Test
  void truncatedNormalNumbersAreMadeOnTheDevice() {
    double inf = Double.POSITIVE_INFINITY;
    double[][] intervals = {
      {-inf, inf}, {-2, 2}, {0, inf}, {1.5, 1.75}, {-9, -6}, {6, inf}, {-38, -37}, {-inf, -36}
    };
    var samples = new Samples(19);
    for (double[] c : intervals) {
      var out = samples.contiguous(DType.F64, 20_001);
      var expected = Samples.twin(out);
      REFERENCE.random(RandomOp.TRUNCATED_NORMAL, 5, 77, c[0], c[1], expected);
      for (var device : devices) {
        var mirror = new Mirror(device);
        var actual = mirror.toDevice(out);
        long uploads = device.statistics().uploadedBytes();
        device.primitives().random(RandomOp.TRUNCATED_NORMAL, 5, 77, c[0], c[1], actual);
        assertThat(device.statistics().uploadedBytes()).isEqualTo(uploads);
        assertThat(
                ((HostBuffer) mirror.toHost(actual).buffer())
                    .segment()
                    .mismatch(((HostBuffer) expected.buffer()).segment()))
            .as("%s", Arrays.toString(c))
            .isEqualTo(-1);
      }
    }
  }

  @Test
  void stochasticRounding() {
    var samples = new Samples(11);
    for (var to : List.of(DType.BF16, DType.F16, DType.F8_E4M3, DType.F8_E5M2, DType.F32)) {
      var x = samples.input(to == DType.F32 ? DType.F64 : DType.F32, Shape.of(9, 31));
      var out = samples.output(to, x.shape());
      check("to " + to, 0, (p, o) -> p.roundStochastically(o[0], 3, 50, o[1]), x, out);
    }
  }

  @Test
  void matrixProducts() {
    var samples = new Samples(12);
    for (int round = 0; round < 60; round++) {
      var dtype = round % 3 != 0 ? DType.F32 : DType.values()[samples.random().nextInt(11)];
      if (dtype.byteSize() == 1) {
        dtype = DType.BF16;
      }
      int most = round % 5 == 0 ? 150 : 20;
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
          (p, o) -> p.matmul(o[0], o[1], accumulate, o[2]),
          a,
          b,
          out);
    }
  }

  /** The sizes at which tiles, panels and vectors end, for every kind of strides. */
  @Test
  void largeMatrixProductsOfAllForms() {
    var samples = new Samples(13);
    long[][] sizes = {
      {130, 300, 70}, {1, 700, 300}, {3, 65, 103}, {64, 64, 64}, {63, 100, 203}, {520, 40, 530}
    };
    for (long[] size : sizes) {
      for (int form = 0; form < 8; form++) {
        var a = matrix(samples, size[0], size[1], (form & 1) != 0);
        var b = matrix(samples, size[1], size[2], (form & 2) != 0);
        var out = matrix(samples, size[0], size[2], (form & 4) != 0);
        boolean accumulate = form % 3 == 0;
        check(
            "matmul form " + form + " of " + a.shape() + " " + b.shape(),
            1e-4,
            (p, o) -> p.matmul(o[0], o[1], accumulate, o[2]),
            a,
            b,
            out);
      }
    }
  }

  private static Operand matrix(Samples samples, long rows, long columns, boolean transposed) {
    if (!transposed) {
      return samples.contiguous(DType.F32, rows, columns);
    }
    var turned = samples.contiguous(DType.F32, columns, rows);
    return turned.with(turned.layout().transpose(0, 1));
  }

  private static Shape join(long[] batch, long rows, long columns) {
    long[] sizes = java.util.Arrays.copyOf(batch, batch.length + 2);
    sizes[batch.length] = rows;
    sizes[batch.length + 1] = columns;
    return Shape.of(sizes);
  }
}
