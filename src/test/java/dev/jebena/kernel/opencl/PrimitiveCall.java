package dev.jebena.kernel.opencl;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.RandomOp;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.ScanOp;
import dev.jebena.kernel.ScatterOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.memory.DType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a case calls: which of the opcodes that take its type, and the call itself. */
record PrimitiveCall(PrimitiveCase one) {
  private static final List<UnaryOp> UNARY = List.of(UnaryOp.values());

  /**
   * Quotients that are rounded to whole numbers jump where floats of two devices differ by a bit.
   */
  private static final List<BinaryOp> JUMP =
      List.of(BinaryOp.FMOD, BinaryOp.REMAINDER, BinaryOp.FLOOR_DIV);

  List<UnaryOp> unaries() {
    return UNARY.stream().filter(op -> op.takes(one.dtype())).toList();
  }

  List<BinaryOp> binaries() {
    // powers of narrow floats differ where they leave their range
    boolean wide = one.dtype() == DType.F32 || one.dtype() == DType.F64 || !one.dtype().isFloat();
    return Arrays.stream(BinaryOp.values())
        .filter(op -> op.takes(one.dtype()))
        .filter(op -> !(one.dtype().isFloat() && JUMP.contains(op)) && (wide || op != BinaryOp.POW))
        .toList();
  }

  UnaryOp unary() {
    return unaries().get(one.opcode() % unaries().size());
  }

  BinaryOp binary() {
    return binaries().get(one.opcode() % binaries().size());
  }

  ReduceOp reduce() {
    List<ReduceOp> ops;
    if (one.kind() == PrimitiveKind.ARG_REDUCE) {
      ops = List.of(ReduceOp.MAX, ReduceOp.MIN);
    } else if (one.dtype() == DType.BOOL) {
      ops = List.of(ReduceOp.SUM, ReduceOp.ANY, ReduceOp.ALL);
    } else {
      // products of whole numbers overflow in an order of their own
      var folds = List.of(ReduceOp.SUM, ReduceOp.MAX, ReduceOp.MIN, ReduceOp.PROD);
      ops = one.dtype().isFloat() ? folds : folds.subList(0, 3);
    }
    return ops.get(one.opcode() % ops.size());
  }

  ScanOp scan() {
    return one.opcode() % 2 == 0 ? ScanOp.ARG_MAX : ScanOp.ARG_MIN;
  }

  ScatterOp scatter() {
    return ScatterOp.values()[one.opcode() % ScatterOp.values().length];
  }

  /** Axes to fold: the one of the case and, by the opcode, others. */
  int[] axes() {
    return IntStream.range(0, one.shape().size())
        .filter(i -> i == one.axis() || (one.opcode() >> (i + 2) & 1) == 1)
        .toArray();
  }

  /** The type that a cast goes to. */
  DType target() {
    // negative floats to unsigned bytes, and floats too large for a whole number: nobody agrees
    var types =
        one.dtype().isFloat()
            ? List.of(DType.F32, DType.F64, DType.BF16, DType.F16, DType.I32, DType.I64, DType.BOOL)
            : List.of(DType.F32, DType.F64, DType.BF16, DType.I32, DType.I64, DType.BOOL);
    return one.opcode() % 3 == 0 ? one.dtype() : types.get(one.opcode() % types.size());
  }

  RandomOp random() {
    var ops =
        one.dtype() == DType.BOOL
            ? List.of(RandomOp.BERNOULLI)
            : one.dtype().isFloat()
                ? List.of(RandomOp.values())
                : List.of(RandomOp.INTEGER, RandomOp.BERNOULLI);
    return ops.get(one.opcode() % ops.size());
  }

  /** A narrower float to round to. */
  DType narrower() {
    var types = List.of(DType.BF16, DType.F16, DType.F8_E4M3, DType.F8_E5M2);
    return types.get(one.opcode() % types.size());
  }

  void launch(Primitives p, Operand[] o) {
    switch (one.kind()) {
      case UNARY -> p.unary(unary(), o[0], o[1]);
      case BINARY -> p.binary(binary(), o[0], o[1], o[2]);
      case SCALAR -> p.scalar(binary(), o[0], 1, one.opcode() % 2 == 0, o[1]);
      case COPY -> p.copy(o[0], o[1]);
      case WHERE -> p.where(o[0], o[1], o[2], o[3]);
      case REDUCE -> p.reduce(reduce(), o[0], axes(), o[1]);
      case ARG_REDUCE -> p.argReduce(reduce(), o[0], one.axis(), o[1]);
      case CUMULATIVE_SUM -> p.cumulativeSum(o[0], one.axis(), o[1]);
      case SCAN -> p.scan(scan(), o[0], one.axis(), o[1]);
      case SORT -> p.sort(o[0], one.axis(), one.opcode() % 2 == 0, o[1], o[2]);
      case MATMUL -> p.matmul(o[0], o[1], one.opcode() % 2 == 0, o[2]);
      case GATHER -> p.gather(o[0], one.axis(), o[1], o[2]);
      case INDEX_SELECT -> p.indexSelect(o[0], one.axis(), o[1], o[2]);
      case INDEX_ADD -> p.indexAdd(o[0], o[1], one.axis(), o[2]);
      case SCATTER -> p.scatter(scatter(), o[0], o[1], one.axis(), o[2]);
      case FILL -> p.fill(o[0], one.opcode() % 9 - 4 + 0.25);
      case ARANGE -> p.arange(o[0], one.opcode() % 7 - 3, 1 + one.opcode() % 3);
      case RANDOM -> {
        double low = random() == RandomOp.BERNOULLI ? 0.3 : -1.25;
        p.random(random(), one.seed(), one.opcode(), low, 2.5, o[0]);
      }
      case ROUND -> p.roundStochastically(o[0], one.seed(), one.opcode(), o[1]);
      case WRAP_INDEX -> p.wrapIndex(o[0], one.axis(), 101, o[1]); // indices are from −100 to 99
      case SEARCH_SORTED -> p.searchSorted(o[0], o[1], one.opcode() % 2 == 0, o[2]);
    }
  }

  String text() {
    return "primitives."
        + switch (one.kind()) {
          case UNARY -> "unary(UnaryOp." + unary() + ", a, b);";
          case BINARY -> "binary(BinaryOp." + binary() + ", a, b, c);";
          case SCALAR ->
              "scalar(BinaryOp." + binary() + ", a, 1, " + (one.opcode() % 2 == 0) + ", b);";
          case COPY -> "copy(a, b);";
          case WHERE -> "where(a, b, c, d);";
          case REDUCE ->
              "reduce(ReduceOp."
                  + reduce()
                  + ", a, new int[] {"
                  + Arrays.stream(axes())
                      .mapToObj(String::valueOf)
                      .collect(Collectors.joining(", "))
                  + "}, b);";
          case ARG_REDUCE -> "argReduce(ReduceOp." + reduce() + ", a, " + one.axis() + ", b);";
          case CUMULATIVE_SUM -> "cumulativeSum(a, " + one.axis() + ", b);";
          case SCAN -> "scan(ScanOp." + scan() + ", a, " + one.axis() + ", b);";
          case SORT -> "sort(a, " + one.axis() + ", " + (one.opcode() % 2 == 0) + ", b, c);";
          case MATMUL -> "matmul(a, b, " + (one.opcode() % 2 == 0) + ", c);";
          case GATHER -> "gather(a, " + one.axis() + ", b, c);";
          case INDEX_SELECT -> "indexSelect(a, " + one.axis() + ", b, c);";
          case INDEX_ADD -> "indexAdd(a, b, " + one.axis() + ", c);";
          case SCATTER -> "scatter(ScatterOp." + scatter() + ", a, b, " + one.axis() + ", c);";
          case FILL -> "fill(a, " + (one.opcode() % 9 - 4 + 0.25) + ");";
          case ARANGE ->
              "arange(a, " + (one.opcode() % 7 - 3) + ", " + (1 + one.opcode() % 3) + ");";
          case RANDOM ->
              "random(RandomOp.%s, %d, %d, %s, 2.5, a);"
                  .formatted(
                      random(),
                      one.seed(),
                      one.opcode(),
                      random() == RandomOp.BERNOULLI ? "0.3" : "-1.25");
          case ROUND -> "roundStochastically(a, " + one.seed() + ", " + one.opcode() + ", b);";
          case WRAP_INDEX -> "wrapIndex(a, " + one.axis() + ", 101, b);";
          case SEARCH_SORTED -> "searchSorted(a, b, " + (one.opcode() % 2 == 0) + ", c);";
        };
  }
}
