package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.cpu.Samples;
import dev.jebena.kernel.reference.ReferenceDeviceProvider;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
record PrimitiveCase(
    PrimitiveKind kind,
    int opcode,
    DType dtype,
    List<Integer> shape,
    int axis,
    int picked,
    List<FuzzForm> forms,
    long seed)
    implements FuzzCase {

  private static final Primitives REFERENCE = new ReferenceDeviceProvider().device().primitives();

  static PrimitiveCase draw(Random random) {
    var kind = PrimitiveKind.values()[random.nextInt(PrimitiveKind.values().length)];
    boolean matrix = kind == PrimitiveKind.MATMUL;
    int rank = matrix ? 2 + random.nextInt(3) : 1 + random.nextInt(5);
    int most = random.nextInt(8) == 0 ? 60 : 7;
    var shape = new ArrayList<Integer>();
    for (int i = 0; i < rank; i++) {
      int size = random.nextInt(25) == 0 ? 0 : 1 + random.nextInt(i < rank - 2 ? 5 : most);
      shape.add(size);
    }
    var types = kind.types();
    var forms = IntStream.range(0, kind.operands()).mapToObj(i -> FuzzForm.draw(random)).toList();
    var drawn =
        new PrimitiveCase(
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

  private PrimitiveCall call() {
    return new PrimitiveCall(this);
  }

  @Override
  public void launch(Device device, Operand[] operands) {
    call().launch(device.primitives(), operands);
  }

  /** Whether the primitive is defined for it: no fold to an index of nothing, and so on. */
  private boolean isLegal() {
    return axis < shape.size()
        && (kind != PrimitiveKind.MATMUL || shape.size() >= 2)
        && (kind != PrimitiveKind.UNARY || call().unaries().size() > 0)
        && (kind != PrimitiveKind.BINARY && kind != PrimitiveKind.SCALAR
            || call().binaries().size() > 0)
        && (indexOperand() < 0 && kind != PrimitiveKind.ARG_REDUCE && kind != PrimitiveKind.SORT
            || elements() > 0)
        && (kind != PrimitiveKind.SEARCH_SORTED || elements() > 0);
  }

  /** Which operand holds places along the axis; −1 for none. */
  private int indexOperand() {
    return switch (kind) {
      case INDEX_ADD, SCATTER -> 0;
      case GATHER, INDEX_SELECT -> 1;
      default -> -1;
    };
  }

  @Override
  public long elements() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  private Shape base() {
    return Shape.of(shape.stream().mapToLong(Integer::longValue).toArray());
  }

  /** Type and shape of each operand; the last one is the output. */
  private List<Operand> described() {
    var base = base();
    var along = base.with(axis, picked);
    return switch (kind) {
      case UNARY -> of(dtype, base, call().unary().test() ? DType.BOOL : dtype, base);
      case BINARY ->
          of(dtype, base, dtype, base, call().binary().test() ? DType.BOOL : dtype, base);
      case SCALAR -> of(dtype, base, call().binary().test() ? DType.BOOL : dtype, base);
      case COPY -> of(dtype, base, call().target(), base);
      case WHERE -> of(DType.BOOL, base, dtype, base, dtype, base, dtype, base);
      case REDUCE -> {
        var folded = base;
        for (int i : call().axes()) {
          folded = folded.with(i, 1);
        }
        boolean whole = call().reduce() == ReduceOp.SUM && !dtype.isFloat();
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
      case ROUND -> of(dtype, base, call().narrower(), base);
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
    return operand < kind.operands() - 1 && !(kind == PrimitiveKind.SORT && operand == 1);
  }

  private Layout layout(int operand) {
    return forms.get(operand).layout(described().get(operand).shape(), isInput(operand));
  }

  @Override
  public Operand[] operands() {
    var samples = new Samples(seed);
    var described = described();
    var all = new Operand[described.size()];
    for (int i = 0; i < all.length; i++) {
      var dtype = described.get(i).dtype();
      var layout = layout(i);
      all[i] = FuzzForm.allocate(dtype, layout);
      samples.fill(all[i]);
      if (i == indexOperand()) {
        var random = new Random(seed);
        var memory = ((HostBuffer) all[i].buffer()).segment();
        for (long at = 0; at < memory.byteSize() / Long.BYTES; at++) {
          memory.setAtIndex(ValueLayout.JAVA_LONG, at, random.nextInt(shape.get(axis)));
        }
      }
      if (kind == PrimitiveKind.SEARCH_SORTED && i == 0) {
        var sorted = samples.contiguous(dtype, base().toArray());
        var places = samples.contiguous(DType.I64, base().toArray());
        REFERENCE.sort(all[0], base().rank() - 1, false, sorted, places);
        REFERENCE.copy(sorted, all[0]);
      }
    }
    return all;
  }

  @Override
  public double tolerance() {
    if (kind == PrimitiveKind.RANDOM || kind == PrimitiveKind.ROUND) {
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

  @Override
  public String name() {
    return call().text() + " of " + dtype + " " + shape;
  }

  @Override
  public String code() {
    return FuzzCase.code(operands(), seed) + call().text();
  }

  private PrimitiveCase without(int i) {
    var sizes = new ArrayList<>(shape);
    sizes.remove(i);
    int moved = axis > i || axis == sizes.size() ? axis - 1 : axis;
    return new PrimitiveCase(
        kind,
        opcode,
        dtype,
        List.copyOf(sizes),
        moved,
        picked,
        forms.stream().map(form -> form.without(i)).toList(),
        seed);
  }

  @Override
  public List<FuzzCase> smaller() {
    var all = new ArrayList<PrimitiveCase>();
    for (int i = 0; i < shape.size(); i++) {
      if ((i != axis || !kind.usesAxis())
          && shape.size() > (kind == PrimitiveKind.MATMUL ? 2 : 1)) {
        all.add(without(i));
      }
      for (int size : new int[] {1, 2, shape.get(i) / 2, shape.get(i) - 1}) {
        if (size >= 1 && size < shape.get(i)) {
          var sizes = new ArrayList<>(shape);
          sizes.set(i, size);
          // fewer elements may happen to be equal: other content as well
          for (long content : new long[] {seed, 1, 2, 3, 4, 5, 6}) {
            all.add(
                new PrimitiveCase(
                    kind, opcode, dtype, List.copyOf(sizes), axis, picked, forms, content));
          }
        }
      }
    }
    for (int fewer : new int[] {1, picked / 2, picked - 1}) {
      if (fewer >= 1 && fewer < picked) {
        all.add(new PrimitiveCase(kind, opcode, dtype, shape, axis, fewer, forms, seed));
      }
    }
    for (int i = 0; i < forms.size(); i++) {
      for (var form : forms.get(i).simpler()) {
        var simpler = new ArrayList<>(forms);
        simpler.set(i, form);
        all.add(
            new PrimitiveCase(
                kind, opcode, dtype, shape, axis, picked, List.copyOf(simpler), seed));
      }
    }
    all.removeIf(one -> !one.isLegal());
    return List.copyOf(all);
  }
}
