package dev.jebena.kernel.opencl;

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
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A call of a primitive, as small a description as makes it again.
 *
 * @param kind which primitive
 * @param opcode picks among the opcodes that take the type
 * @param dtype of most operands
 * @param shape from which those of all operands follow
 * @param axis that is folded, sorted or indexed
 * @param picked sizes along the axis of what is picked; n of a matrix product
 * @param forms of the operands: how each lies in memory
 * @param seed of their content
 */
record FuzzCase(
    Kind kind,
    int opcode,
    DType dtype,
    List<Integer> shape,
    int axis,
    int picked,
    List<Form> forms,
    long seed) {

  /** Which primitive, of all that there are. */
  enum Kind {
    UNARY(2),
    BINARY(3),
    SCALAR(2),
    COPY(2),
    WHERE(4),
    REDUCE(2),
    ARG_REDUCE(2),
    CUMULATIVE_SUM(2),
    SCAN(2),
    SORT(3),
    MATMUL(3),
    GATHER(3),
    INDEX_SELECT(3),
    INDEX_ADD(3),
    SCATTER(3),
    FILL(1),
    ARANGE(1),
    RANDOM(1),
    ROUND(2),
    WRAP_INDEX(2),
    SEARCH_SORTED(3);

    private final int operands;

    Kind(int operands) {
      this.operands = operands;
    }
  }

  /**
   * How an operand lies.
   *
   * @param order of its axes from the slowest to the fastest, by the ranks of these numbers
   * @param step between neighbours of the fastest axis
   * @param gap elements behind each run of an axis
   * @param reversed axes, a bit each
   * @param broadcast axes, a bit each; inputs only
   * @param offset of the first element
   */
  record Form(List<Integer> order, int step, int gap, int reversed, int broadcast, int offset) {
    private static final int MOST = 8;

    static Form draw(Random random) {
      var order = new ArrayList<>(IntStream.range(0, MOST).boxed().toList());
      if (random.nextBoolean()) {
        Collections.shuffle(order, random);
      }
      return new Form(
          List.copyOf(order),
          random.nextInt(4) == 0 ? 2 : 1,
          random.nextInt(3) == 0 ? 3 : 0,
          random.nextInt(3) == 0 ? random.nextInt(256) : 0,
          random.nextInt(3) == 0 ? random.nextInt(256) : 0,
          random.nextInt(3) == 0 ? random.nextInt(5) : 0);
    }

    List<Form> simpler() {
      var plain = IntStream.range(0, MOST).boxed().toList();
      var all = new ArrayList<Form>();
      all.add(new Form(plain, 1, 0, 0, 0, 0));
      all.add(new Form(plain, step, gap, reversed, broadcast, offset));
      all.add(new Form(order, 1, gap, reversed, broadcast, offset));
      all.add(new Form(order, step, 0, reversed, broadcast, offset));
      all.add(new Form(order, step, gap, 0, broadcast, offset));
      all.add(new Form(order, step, gap, reversed, 0, offset));
      all.add(new Form(order, step, gap, reversed, broadcast, 0));
      for (int bit = 1; bit < 1 << MOST; bit <<= 1) {
        all.add(new Form(order, step, gap, reversed & ~bit, broadcast, offset));
        all.add(new Form(order, step, gap, reversed, broadcast & ~bit, offset));
      }
      all.removeIf(this::equals);
      return all;
    }

    /** For operands that lack an axis. */
    Form without(int axis) {
      var rest = new ArrayList<>(order);
      rest.add(rest.remove(axis));
      return new Form(
          List.copyOf(rest), step, gap, drop(reversed, axis), drop(broadcast, axis), offset);
    }

    private static int drop(int bits, int at) {
      int below = (1 << at) - 1;
      return bits & below | (bits >> 1) & ~below;
    }

    Layout layout(Shape shape, boolean input) {
      int rank = shape.rank();
      var axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
      axes.sort((a, b) -> Integer.compare(order.get(a), order.get(b)));
      long[] strides = new long[rank];
      long stride = step;
      long at = offset;
      for (int i : axes.reversed()) {
        if (input && (broadcast >> i & 1) == 1) {
          continue;
        }
        strides[i] = stride;
        long size = shape.size(i);
        if ((reversed >> i & 1) == 1 && size > 0) {
          at += (size - 1) * stride;
          strides[i] = -stride;
        }
        stride *= Math.max(1, size) + gap;
      }
      return Layout.of(shape, strides, at);
    }
  }

  private static final List<UnaryOp> UNARY = List.of(UnaryOp.values());
  private static final Primitives REFERENCE = new ReferenceDeviceProvider().device().primitives();

  /**
   * Quotients that are rounded to whole numbers jump where floats of two devices differ by a bit.
   */
  private static final List<BinaryOp> JUMP =
      List.of(BinaryOp.FMOD, BinaryOp.REMAINDER, BinaryOp.FLOOR_DIV);

  static FuzzCase draw(Random random) {
    var kind = Kind.values()[random.nextInt(Kind.values().length)];
    boolean matrix = kind == Kind.MATMUL;
    int rank = matrix ? 2 + random.nextInt(3) : 1 + random.nextInt(5);
    int most = random.nextInt(8) == 0 ? 60 : 7;
    var shape = new ArrayList<Integer>();
    for (int i = 0; i < rank; i++) {
      int size = random.nextInt(25) == 0 ? 0 : 1 + random.nextInt(i < rank - 2 ? 5 : most);
      shape.add(size);
    }
    var types = types(kind);
    var forms = IntStream.range(0, kind.operands).mapToObj(i -> Form.draw(random)).toList();
    var drawn =
        new FuzzCase(
            kind,
            random.nextInt(1000),
            types.get(random.nextInt(types.size())),
            List.copyOf(shape),
            random.nextInt(rank),
            1 + random.nextInt(most),
            forms,
            random.nextInt(1_000_000));
    return drawn.isLegal() ? drawn : draw(random);
  }

  private static List<DType> types(Kind kind) {
    return switch (kind) {
      case MATMUL -> List.of(DType.F32, DType.F32, DType.F64, DType.BF16, DType.F16, DType.I64);
      case REDUCE -> List.of(DType.F32, DType.F64, DType.I64, DType.I32, DType.U8, DType.BOOL);
      case ROUND -> List.of(DType.F32, DType.F64);
      case WRAP_INDEX -> List.of(DType.I64, DType.I32);
      case SEARCH_SORTED ->
          List.of(DType.F32, DType.F64, DType.BF16, DType.F16, DType.I64, DType.I32, DType.I8);
      case INDEX_ADD, SCATTER -> List.of(DType.F32, DType.F64, DType.I64, DType.I32);
      case SCAN, CUMULATIVE_SUM, ARG_REDUCE, SORT ->
          Arrays.stream(DType.values()).filter(type -> type != DType.BOOL).toList();
      default -> List.of(DType.values());
    };
  }

  /** Whether the primitive is defined for it: no fold to an index of nothing, and so on. */
  private boolean isLegal() {
    return axis < shape.size()
        && (kind != Kind.MATMUL || shape.size() >= 2)
        && (kind != Kind.UNARY || unaries().size() > 0)
        && (kind != Kind.BINARY && kind != Kind.SCALAR || binaries().size() > 0)
        && (indexOperand() < 0 && kind != Kind.ARG_REDUCE && kind != Kind.SORT || elements() > 0)
        && (kind != Kind.SEARCH_SORTED || elements() > 0);
  }

  /** Which operand holds places along the axis; −1 for none. */
  private int indexOperand() {
    return switch (kind) {
      case INDEX_ADD, SCATTER -> 0;
      case GATHER, INDEX_SELECT -> 1;
      default -> -1;
    };
  }

  long elements() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  private List<UnaryOp> unaries() {
    return UNARY.stream().filter(op -> op.takes(dtype)).toList();
  }

  private List<BinaryOp> binaries() {
    // powers of narrow floats differ where they leave their range
    boolean wide = dtype == DType.F32 || dtype == DType.F64 || !dtype.isFloat();
    return Arrays.stream(BinaryOp.values())
        .filter(op -> op.takes(dtype))
        .filter(op -> !(dtype.isFloat() && JUMP.contains(op)) && (wide || op != BinaryOp.POW))
        .toList();
  }

  private UnaryOp unary() {
    return unaries().get(opcode % unaries().size());
  }

  private BinaryOp binary() {
    return binaries().get(opcode % binaries().size());
  }

  private ReduceOp reduce() {
    List<ReduceOp> ops;
    if (kind == Kind.ARG_REDUCE) {
      ops = List.of(ReduceOp.MAX, ReduceOp.MIN);
    } else if (dtype == DType.BOOL) {
      ops = List.of(ReduceOp.SUM, ReduceOp.ANY, ReduceOp.ALL);
    } else {
      // products of whole numbers overflow in an order of their own
      var folds = List.of(ReduceOp.SUM, ReduceOp.MAX, ReduceOp.MIN, ReduceOp.PROD);
      ops = dtype.isFloat() ? folds : folds.subList(0, 3);
    }
    return ops.get(opcode % ops.size());
  }

  private ScanOp scan() {
    return opcode % 2 == 0 ? ScanOp.ARG_MAX : ScanOp.ARG_MIN;
  }

  private ScatterOp scatter() {
    return ScatterOp.values()[opcode % ScatterOp.values().length];
  }

  /** Axes to fold: the one of the case and, by the opcode, others. */
  private int[] axes() {
    return IntStream.range(0, shape.size())
        .filter(i -> i == axis || (opcode >> (i + 2) & 1) == 1)
        .toArray();
  }

  private Shape base() {
    return Shape.of(shape.stream().mapToLong(Integer::longValue).toArray());
  }

  /** The type that a cast goes to. */
  private DType target() {
    // negative floats to unsigned bytes, and floats too large for a whole number: nobody agrees
    var types =
        dtype.isFloat()
            ? List.of(DType.F32, DType.F64, DType.BF16, DType.F16, DType.I32, DType.I64, DType.BOOL)
            : List.of(DType.F32, DType.F64, DType.BF16, DType.I32, DType.I64, DType.BOOL);
    return opcode % 3 == 0 ? dtype : types.get(opcode % types.size());
  }

  private RandomOp random() {
    var ops =
        dtype == DType.BOOL
            ? List.of(RandomOp.BERNOULLI)
            : dtype.isFloat()
                ? List.of(RandomOp.values())
                : List.of(RandomOp.INTEGER, RandomOp.BERNOULLI);
    return ops.get(opcode % ops.size());
  }

  /** A narrower float to round to. */
  private DType narrower() {
    var types = List.of(DType.BF16, DType.F16, DType.F8_E4M3, DType.F8_E5M2);
    return types.get(opcode % types.size());
  }

  /** Type and shape of each operand; the last one is the output. */
  private List<Operand> described() {
    var base = base();
    var along = base.with(axis, picked);
    return switch (kind) {
      case UNARY -> of(dtype, base, unary().test() ? DType.BOOL : dtype, base);
      case BINARY -> of(dtype, base, dtype, base, binary().test() ? DType.BOOL : dtype, base);
      case SCALAR -> of(dtype, base, binary().test() ? DType.BOOL : dtype, base);
      case COPY -> of(dtype, base, target(), base);
      case WHERE -> of(DType.BOOL, base, dtype, base, dtype, base, dtype, base);
      case REDUCE -> {
        var folded = base;
        for (int i : axes()) {
          folded = folded.with(i, 1);
        }
        boolean whole = reduce() == ReduceOp.SUM && !dtype.isFloat();
        yield of(dtype, base, whole ? DType.I64 : dtype, folded);
      }
      case ARG_REDUCE -> of(dtype, base, DType.I64, base.with(axis, 1));
      case CUMULATIVE_SUM -> of(dtype, base, dtype, base);
      case SCAN -> of(dtype, base, DType.I64, base);
      case SORT -> of(dtype, base, dtype, base, DType.I64, base);
      case MATMUL -> {
        var right = base.with(-2, base.size(-1)).with(-1, picked);
        yield of(dtype, base, dtype, right, dtype, base.with(-1, picked));
      }
      case GATHER -> of(dtype, base, DType.I64, along, dtype, along);
      case INDEX_SELECT -> of(dtype, base, DType.I64, Shape.of(picked), dtype, along);
      case INDEX_ADD -> of(DType.I64, Shape.of(picked), dtype, along, dtype, base);
      case SCATTER -> of(DType.I64, along, dtype, along, dtype, base);
      case FILL, RANDOM -> of(dtype, base);
      case ARANGE -> of(dtype, Shape.of(shape.getFirst()));
      case ROUND -> of(dtype, base, narrower(), base);
      case WRAP_INDEX -> of(dtype, base, dtype, base);
      case SEARCH_SORTED -> {
        var values = base.with(-1, picked);
        yield of(dtype, base, dtype, values, DType.I64, values);
      }
    };
  }

  private static List<Operand> of(Object... typesAndShapes) {
    var all = new ArrayList<Operand>();
    for (int i = 0; i < typesAndShapes.length; i += 2) {
      all.add(
          new Operand(
              null, (DType) typesAndShapes[i], Layout.contiguous((Shape) typesAndShapes[i + 1])));
    }
    return all;
  }

  /** Of SORT the values are an output as well. */
  private boolean isInput(int operand) {
    return operand < kind.operands - 1 && !(kind == Kind.SORT && operand == 1);
  }

  private Layout layout(int operand) {
    return forms.get(operand).layout(described().get(operand).shape(), isInput(operand));
  }

  /** In memory of the host, with content of the seed. */
  Operand[] operands() {
    var samples = new Samples(seed);
    var described = described();
    var all = new Operand[described.size()];
    for (int i = 0; i < all.length; i++) {
      var dtype = described.get(i).dtype();
      var layout = layout(i);
      long last = layout.offset() + 1;
      for (int axis = 0; axis < layout.rank(); axis++) {
        last += Math.max(0, layout.shape().size(axis) - 1) * Math.max(0, layout.stride(axis));
      }
      var memory = Arena.ofAuto().allocate(last * dtype.byteSize(), 64);
      all[i] = new Operand(HostBuffer.wrap(memory), dtype, layout);
      samples.fill(all[i]);
      if (i == indexOperand()) {
        var random = new Random(seed);
        for (long at = 0; at < last; at++) {
          memory.setAtIndex(ValueLayout.JAVA_LONG, at, random.nextInt(shape.get(axis)));
        }
      }
      if (kind == Kind.SEARCH_SORTED && i == 0) {
        var sorted = samples.contiguous(dtype, base().toArray());
        var places = samples.contiguous(DType.I64, base().toArray());
        REFERENCE.sort(all[0], base().rank() - 1, false, sorted, places);
        REFERENCE.copy(sorted, all[0]);
      }
    }
    return all;
  }

  void launch(Primitives p, Operand[] o) {
    switch (kind) {
      case UNARY -> p.unary(unary(), o[0], o[1]);
      case BINARY -> p.binary(binary(), o[0], o[1], o[2]);
      case SCALAR -> p.scalar(binary(), o[0], 1, opcode % 2 == 0, o[1]);
      case COPY -> p.copy(o[0], o[1]);
      case WHERE -> p.where(o[0], o[1], o[2], o[3]);
      case REDUCE -> p.reduce(reduce(), o[0], axes(), o[1]);
      case ARG_REDUCE -> p.argReduce(reduce(), o[0], axis, o[1]);
      case CUMULATIVE_SUM -> p.cumulativeSum(o[0], axis, o[1]);
      case SCAN -> p.scan(scan(), o[0], axis, o[1]);
      case SORT -> p.sort(o[0], axis, opcode % 2 == 0, o[1], o[2]);
      case MATMUL -> p.matmul(o[0], o[1], opcode % 2 == 0, o[2]);
      case GATHER -> p.gather(o[0], axis, o[1], o[2]);
      case INDEX_SELECT -> p.indexSelect(o[0], axis, o[1], o[2]);
      case INDEX_ADD -> p.indexAdd(o[0], o[1], axis, o[2]);
      case SCATTER -> p.scatter(scatter(), o[0], o[1], axis, o[2]);
      case FILL -> p.fill(o[0], opcode % 9 - 4 + 0.25);
      case ARANGE -> p.arange(o[0], opcode % 7 - 3, 1 + opcode % 3);
      case RANDOM -> {
        double low = random() == RandomOp.BERNOULLI ? 0.3 : -1.25;
        p.random(random(), seed, opcode, low, 2.5, o[0]);
      }
      case ROUND -> p.roundStochastically(o[0], seed, opcode, o[1]);
      case WRAP_INDEX -> p.wrapIndex(o[0], axis, 101, o[1]); // indices are from −100 to 99
      case SEARCH_SORTED -> p.searchSorted(o[0], o[1], opcode % 2 == 0, o[2]);
    }
  }

  /** Relative above 1: what roundings in another order, and other polynomials, amount to. */
  double tolerance() {
    if (kind == Kind.RANDOM || kind == Kind.ROUND) {
      return 0; // one seed gives the same bits everywhere
    }
    var out = described().getLast().dtype();
    return switch (out) {
      case F64 -> dtype == DType.F64 ? 1e-11 : 1e-6;
      case F32 -> 2e-5;
      case F16 -> 4e-3;
      case BF16 -> 3e-2;
      case F8_E4M3 -> 0.2;
      case F8_E5M2 -> 0.4;
      default -> 0;
    };
  }

  String name() {
    return call("primitives.") + " of " + dtype + " " + shape;
  }

  private String call(String on) {
    return on
        + switch (kind) {
          case UNARY -> "unary(UnaryOp." + unary() + ", a, b);";
          case BINARY -> "binary(BinaryOp." + binary() + ", a, b, c);";
          case SCALAR -> "scalar(BinaryOp." + binary() + ", a, 1, " + (opcode % 2 == 0) + ", b);";
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
          case ARG_REDUCE -> "argReduce(ReduceOp." + reduce() + ", a, " + axis + ", b);";
          case CUMULATIVE_SUM -> "cumulativeSum(a, " + axis + ", b);";
          case SCAN -> "scan(ScanOp." + scan() + ", a, " + axis + ", b);";
          case SORT -> "sort(a, " + axis + ", " + (opcode % 2 == 0) + ", b, c);";
          case MATMUL -> "matmul(a, b, " + (opcode % 2 == 0) + ", c);";
          case GATHER -> "gather(a, " + axis + ", b, c);";
          case INDEX_SELECT -> "indexSelect(a, " + axis + ", b, c);";
          case INDEX_ADD -> "indexAdd(a, b, " + axis + ", c);";
          case SCATTER -> "scatter(ScatterOp." + scatter() + ", a, b, " + axis + ", c);";
          case FILL -> "fill(a, " + (opcode % 9 - 4 + 0.25) + ");";
          case ARANGE -> "arange(a, " + (opcode % 7 - 3) + ", " + (1 + opcode % 3) + ");";
          case RANDOM ->
              "random(RandomOp.%s, %d, %d, %s, 2.5, a);"
                  .formatted(
                      random(), seed, opcode, random() == RandomOp.BERNOULLI ? "0.3" : "-1.25");
          case ROUND -> "roundStochastically(a, " + seed + ", " + opcode + ", b);";
          case WRAP_INDEX -> "wrapIndex(a, " + axis + ", 101, b);";
          case SEARCH_SORTED -> "searchSorted(a, b, " + (opcode % 2 == 0) + ", c);";
        };
  }

  /** What makes the call again: layouts, the elements where they are few, and the call. */
  String code() {
    var text = new StringBuilder();
    var operands = operands();
    for (int i = 0; i < operands.length; i++) {
      var layout = operands[i].layout();
      text.append(
          "var %c = operand(DType.%s, Layout.of(Shape.of(%s), new long[] {%s}, %d)); // %s%n"
              .formatted(
                  'a' + i,
                  operands[i].dtype(),
                  joined(layout.shape().toArray()),
                  joined(layout.strides()),
                  layout.offset(),
                  layout.elements() <= 16
                      ? Arrays.toString(Samples.values(operands[i]))
                      : "content of new Samples(" + seed + ")"));
    }
    return text + call("primitives.");
  }

  private static String joined(long[] values) {
    return Arrays.stream(values).mapToObj(String::valueOf).collect(Collectors.joining(", "));
  }

  private boolean usesAxis() {
    return switch (kind) {
      case UNARY, BINARY, SCALAR, COPY, WHERE, MATMUL -> false;
      case FILL, RANDOM, ROUND, WRAP_INDEX, SEARCH_SORTED -> false;
      default -> true;
    };
  }

  private FuzzCase without(int i) {
    var sizes = new ArrayList<>(shape);
    sizes.remove(i);
    int moved = axis > i || axis == sizes.size() ? axis - 1 : axis;
    return new FuzzCase(
        kind,
        opcode,
        dtype,
        List.copyOf(sizes),
        moved,
        picked,
        forms.stream().map(form -> form.without(i)).toList(),
        seed);
  }

  /** Cases a little simpler than this one, the simplest first. */
  List<FuzzCase> smaller() {
    var all = new ArrayList<FuzzCase>();
    for (int i = 0; i < shape.size(); i++) {
      if ((i != axis || !usesAxis()) && shape.size() > (kind == Kind.MATMUL ? 2 : 1)) {
        all.add(without(i));
      }
      for (int size : new int[] {1, 2, shape.get(i) / 2, shape.get(i) - 1}) {
        if (size >= 1 && size < shape.get(i)) {
          var sizes = new ArrayList<>(shape);
          sizes.set(i, size);
          // fewer elements may happen to be equal: other content as well
          for (long content : new long[] {seed, 1, 2, 3, 4, 5, 6}) {
            all.add(
                new FuzzCase(
                    kind, opcode, dtype, List.copyOf(sizes), axis, picked, forms, content));
          }
        }
      }
    }
    for (int fewer : new int[] {1, picked / 2, picked - 1}) {
      if (fewer >= 1 && fewer < picked) {
        all.add(new FuzzCase(kind, opcode, dtype, shape, axis, fewer, forms, seed));
      }
    }
    for (int i = 0; i < forms.size(); i++) {
      for (var form : forms.get(i).simpler()) {
        var simpler = new ArrayList<>(forms);
        simpler.set(i, form);
        all.add(new FuzzCase(kind, opcode, dtype, shape, axis, picked, List.copyOf(simpler), seed));
      }
    }
    all.removeIf(one -> !one.isLegal());
    return all;
  }
}
