package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.ScanOp;
import dev.jebena.kernel.reference.ReferenceDeviceProvider;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sorts, searches and running folds: the very values of the reference, for any threads. */
class SortingTest {
  private static final Primitives REFERENCE = new ReferenceDeviceProvider().device().primitives();
  private static CpuDevice one;
  private static CpuDevice three;

  @BeforeAll
  static void open() {
    one = CpuDevice.withThreads(1);
    three = CpuDevice.withThreads(3);
  }

  @AfterAll
  static void close() {
    one.close();
    three.close();
  }

  /** Runs a kernel everywhere and compares every bit of the output, the gaps around it included. */
  private static void check(String what, Operand out, BiConsumer<Primitives, Operand> kernel) {
    var expected = Samples.twin(out);
    var again = Samples.twin(out);
    kernel.accept(REFERENCE, expected);
    kernel.accept(one.primitives(), out);
    kernel.accept(three.primitives(), again);
    assertThat(Samples.bytes(out))
        .as("%s: against the reference", what)
        .isEqualTo(Samples.bytes(expected));
    assertThat(Samples.bytes(again))
        .as("%s: 3 threads against 1", what)
        .isEqualTo(Samples.bytes(out));
  }

  private static void checkSort(
      Samples samples, Operand x, int axis, boolean descending, long count) {
    var shape = x.shape().with(axis, count);
    var indices = samples.output(DType.I64, shape);
    var values = samples.output(x.dtype(), shape);
    var what = "sort " + x + " axis " + axis + (descending ? " descending " : " ") + count;
    check(what, values, (p, out) -> p.sort(x, axis, descending, out, Samples.twin(indices)));
    check(what, indices, (p, out) -> p.sort(x, axis, descending, Samples.twin(values), out));
  }

  @Test
  void randomShapesOfAllTypes() {
    var samples = new Samples(21);
    var random = samples.random();
    for (int round = 0; round < 150; round++) {
      var dtype = DType.values()[round % DType.values().length];
      var x = samples.input(dtype, samples.shape(1 + random.nextInt(4), 12));
      int axis = random.nextInt(x.layout().rank());
      long size = x.layout().size(axis);
      long count = random.nextInt(3) == 0 ? random.nextInt((int) size + 1) : size;
      checkSort(samples, x, axis, random.nextBoolean(), count);
    }
  }

  @Test
  void linesOfManyBlocks() {
    var samples = new Samples(22);
    for (var dtype : DType.values()) {
      var x = samples.output(dtype, Shape.of(3, 5000));
      samples.fill(x);
      for (boolean descending : new boolean[] {false, true}) {
        for (long count : new long[] {1, 2, 50, 600, 5000}) {
          checkSort(samples, x, 1, descending, count);
        }
      }
    }
  }

  /** Lines in order, in reverse and of one value are where selections and merges go wrong. */
  @Test
  void linesThatAreSortedAlready() {
    var samples = new Samples(23);
    for (var dtype : new DType[] {DType.F32, DType.F64, DType.I64, DType.I32}) {
      var x = samples.contiguous(dtype, 3, 3000);
      var rows = new double[] {1, -1, 0};
      for (int i = 0; i < 9000; i++) {
        Scalars.setReal(
            dtype, Memory.of(x), (long) i * dtype.byteSize(), rows[i / 3000] * (i % 3000));
      }
      for (boolean descending : new boolean[] {false, true}) {
        checkSort(samples, x, 1, descending, 3000);
        checkSort(samples, x, 1, descending, 100);
      }
    }
  }

  @Test
  void specialNumbers() {
    var samples = new Samples(24);
    double[] special = {
      Double.NaN, 0.0, -0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1, -1, 4e-40
    };
    for (var dtype : new DType[] {DType.F32, DType.F64, DType.F16, DType.BF16}) {
      for (int size : new int[] {40, 4000}) {
        var x = samples.contiguous(dtype, 2, size);
        for (int i = 0; i < 2 * size; i++) {
          double value = special[samples.random().nextInt(special.length)];
          Scalars.setReal(dtype, Memory.of(x), (long) i * dtype.byteSize(), value);
        }
        for (boolean descending : new boolean[] {false, true}) {
          checkSort(samples, x, 1, descending, size);
          checkSort(samples, x, 1, descending, 3);
        }
      }
    }
  }

  @Test
  void runningFolds() {
    var samples = new Samples(25);
    var random = samples.random();
    for (int round = 0; round < 200; round++) {
      var op = ScanOp.values()[round % ScanOp.values().length];
      var dtype = DType.values()[random.nextInt(DType.values().length)];
      if (op == ScanOp.LOG_SUM_EXP && !dtype.isFloat() || dtype == DType.BOOL) {
        dtype = DType.F32;
      }
      var x = samples.input(dtype, samples.shape(1 + random.nextInt(3), 12));
      int axis = random.nextInt(x.layout().rank());
      var out = samples.output(op.index() ? DType.I64 : dtype, x.shape());
      check(op + " " + x, out, (p, o) -> p.scan(op, x, axis, o));
    }
  }

  @Test
  void searches() {
    var samples = new Samples(26);
    var random = samples.random();
    for (int round = 0; round < 120; round++) {
      var dtype = DType.values()[random.nextInt(DType.values().length)];
      var heads = samples.shape(random.nextInt(3), 4).toArray();
      var x = samples.input(dtype, shape(heads, 1 + random.nextInt(30)));
      var sorted = Samples.twin(samples.output(dtype, x.shape()));
      one.primitives().sort(x, heads.length, false, sorted, samples.output(DType.I64, x.shape()));
      var values = samples.input(dtype, shape(heads, random.nextInt(round == 7 ? 3000 : 9)));
      boolean right = random.nextBoolean();
      var out = samples.output(DType.I64, values.shape());
      check("search " + sorted, out, (p, o) -> p.searchSorted(sorted, values, right, o));
    }
  }

  private static Shape shape(long[] heads, long last) {
    long[] sizes = java.util.Arrays.copyOf(heads, heads.length + 1);
    sizes[heads.length] = last;
    return Shape.of(sizes);
  }
}
