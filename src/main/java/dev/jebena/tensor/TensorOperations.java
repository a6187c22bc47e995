package dev.jebena.tensor;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Operation.Builder;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** The rows of the operation table that tensors themselves contribute. */
public final class TensorOperations {
  private TensorOperations() {}

  /** All rows, each with its samples. */
  public static List<Operation> rows() {
    var rows = new ArrayList<Operation>();
    arithmetic(rows);
    rows.addAll(InPlaceRows.rows());
    functions(rows);
    choices(rows);
    reductions(rows);
    products(rows);
    views(rows);
    indexing(rows);
    FunctionRows.addTo(rows);
    PairRows.addTo(rows);
    rows.addAll(ViewRows.rows());
    rows.addAll(JoiningRows.rows());
    rows.addAll(ProductRows.rows());
    rows.addAll(LinearRows.rows());
    rows.addAll(StatisticsRows.rows());
    rows.addAll(OrderingRows.rows());
    rows.addAll(ScatterRows.rows());
    return rows;
  }

  private static Builder unary(String name, UnaryOperator<Tensor> f, double low, double high) {
    return named(name, (x, a) -> f.apply(x[0])).unarySamples(low, high);
  }

  private static Builder binary(String name, BinaryOperator<Tensor> f, double low, double high) {
    return named(name, (x, a) -> f.apply(x[0], x[1]))
        .binarySamples(low, high)
        .error(name + ": shapes [3, 5] and [4] do not broadcast", of(Input.of(3, 5), Input.of(4)));
  }

  private static List<Input> of(Input... inputs) {
    return List.of(inputs);
  }

  private static void arithmetic(List<Operation> rows) {
    rows.add(
        binary("add", Tensor::add, -2, 2)
            .error("add: bool tensors have no arithmetic", of(Input.bools(2), Input.bools(2)))
            .alsoIntegers()
            .build());
    rows.add(binary("sub", Tensor::sub, -2, 2).alsoIntegers().build());
    rows.add(binary("mul", Tensor::mul, -2, 2).alsoIntegers().build());
    rows.add(binary("div", Tensor::div, 0.5, 2).alsoIntegers().build());
    rows.add(binary("pow", Tensor::pow, 0.5, 2).build());
    rows.add(binary("maximum", Tensor::maximum, -2, 2).alsoIntegers().build());
    rows.add(binary("minimum", Tensor::minimum, -2, 2).alsoIntegers().build());
    rows.add(
        named("addScalar", (x, a) -> x[0].add(a.number("s")))
            .unarySamples(-2, 2, "s", 1.5)
            .alsoIntegers()
            .build());
    rows.add(
        named("subtractFrom", (x, a) -> x[0].subtractFrom(a.number("s")))
            .unarySamples(-2, 2, "s", 1.5)
            .alsoIntegers()
            .build());
    rows.add(
        named("mulScalar", (x, a) -> x[0].mul(a.number("s")))
            .unarySamples(-2, 2, "s", -2.5)
            .alsoIntegers()
            .build());
    rows.add(
        named("divScalar", (x, a) -> x[0].div(a.number("s")))
            .unarySamples(-2, 2, "s", 3.0)
            .build());
    rows.add(
        named("powScalar", (x, a) -> x[0].pow(a.number("s")))
            .unarySamples(0.5, 2, "s", 2.5)
            .sample("square of negatives", of(Input.of(5)), "s", 2.0)
            .build());
    rows.add(
        named("clamp", (x, a) -> x[0].clamp(a.number("low"), a.number("high")))
            .unarySamples(-2, 2, "low", -1.0, "high", 0.5)
            .error("clamp: low 2.0 is above high 1.0", of(Input.of(2)), "low", 2.0, "high", 1.0)
            .alsoIntegers()
            .build());
  }

  private static void functions(List<Operation> rows) {
    rows.add(unary("neg", Tensor::neg, -2, 2).alsoIntegers().build());
    rows.add(unary("abs", Tensor::abs, 0.1, 2).alsoIntegers().build());
    rows.add(unary("sign", Tensor::sign, 0.1, 2).alsoIntegers().build());
    rows.add(unary("square", Tensor::square, -2, 2).alsoIntegers().build());
    rows.add(unary("reciprocal", Tensor::reciprocal, 0.5, 2).build());
    rows.add(unary("sqrt", Tensor::sqrt, 0.5, 2).build());
    rows.add(unary("rsqrt", Tensor::rsqrt, 0.5, 2).build());
    rows.add(
        unary("exp", Tensor::exp, -2, 2)
            .sample("integers become f32", of(Input.indices(4, 5)))
            .build());
    rows.add(unary("log", Tensor::log, 0.5, 2).build());
    rows.add(unary("sin", Tensor::sin, -4, 4).build());
    rows.add(unary("cos", Tensor::cos, -4, 4).build());
    rows.add(unary("tanh", Tensor::tanh, -4, 4).build());
    rows.add(unary("sigmoid", Tensor::sigmoid, -4, 4).build());
    rows.add(unary("erf", Tensor::erf, -3, 3).build());
    rows.add(unary("relu", Tensor::relu, -2, 2).alsoIntegers().build());
    rows.add(unary("gelu", Tensor::gelu, -4, 4).build());
    rows.add(unary("silu", Tensor::silu, -4, 4).build());
    rows.add(unary("floor", Tensor::floor, 0.1, 0.9).alsoIntegers().build());
    rows.add(unary("ceil", Tensor::ceil, 0.1, 0.9).alsoIntegers().build());
    rows.add(unary("round", Tensor::round, 0.6, 1.4).alsoIntegers().build());
  }

  private static void choices(List<Operation> rows) {
    for (var op : List.of("eq", "ne", "lt", "le", "gt", "ge")) {
      BinaryOperator<Tensor> f =
          switch (op) {
            case "eq" -> Tensor::eq;
            case "ne" -> Tensor::ne;
            case "lt" -> Tensor::lt;
            case "le" -> Tensor::le;
            case "gt" -> Tensor::gt;
            default -> Tensor::ge;
          };
      rows.add(
          binary(op, f, -2, 2)
              .alsoIntegers()
              .sample("integers", of(Input.indices(3, 17), Input.indices(3, 17)))
              .notDifferentiable()
              .build());
    }
    for (var op : List.of("and", "or", "xor")) {
      BinaryOperator<Tensor> f =
          switch (op) {
            case "and" -> Tensor::and;
            case "or" -> Tensor::or;
            default -> Tensor::xor;
          };
      rows.add(
          named(op, (x, a) -> f.apply(x[0], x[1]))
              .sample("matrix", of(Input.bools(3, 23), Input.bools(23)))
              .error(op + ": takes bool tensors", of(Input.of(2), Input.bools(2)))
              .notDifferentiable()
              .build());
    }
    rows.add(
        named("not", (x, a) -> x[0].not())
            .sample("matrix", of(Input.bools(3, 23)))
            .error("not: takes bool tensors", of(Input.of(2)))
            .notDifferentiable()
            .build());
    rows.add(unary("isNan", Tensor::isNan, -2, 2).notDifferentiable().alsoIntegers().build());
    rows.add(unary("isFinite", Tensor::isFinite, -2, 2).notDifferentiable().alsoIntegers().build());
    rows.add(
        named("where", (x, a) -> Tensor.where(x[0], x[1], x[2]))
            .sample("equal", of(Input.bools(3, 5), Input.of(3, 5), Input.of(3, 5)))
            .sample("broadcast", of(Input.bools(4, 1), Input.of(1, 37), Input.of(1)))
            .sample(
                "strided", of(Input.bools(4, 6).as(View.TRANSPOSED), Input.of(6), Input.of(4, 6)))
            .error("where: takes bool tensors", of(Input.of(2), Input.of(2), Input.of(2)))
            .everyType()
            .build());
    rows.add(
        named("maskedFill", (x, a) -> x[0].maskedFill(x[1], a.number("value")))
            .sample("matrix", of(Input.of(3, 37), Input.bools(37)), "value", -1.5)
            .sample(
                "strided", of(Input.of(4, 6).as(View.TRANSPOSED), Input.bools(4, 1)), "value", 0.0)
            .error(
                "maskedFill: a mask of shape [2, 3] does not broadcast to [3]",
                of(Input.of(3), Input.bools(2, 3)),
                "value",
                0.0)
            .everyType()
            .build());
    rows.add(
        named("tril", (x, a) -> x[0].tril(a.integer("diagonal")))
            .sample("square", of(Input.of(5, 5)), "diagonal", 0)
            .sample("batch above", of(Input.of(2, 3, 5)), "diagonal", 1)
            .error("tril: takes matrices, got shape [3]", of(Input.of(3)), "diagonal", 0)
            .everyType()
            .build());
    rows.add(
        named("triu", (x, a) -> x[0].triu(a.integer("diagonal")))
            .sample("square", of(Input.of(5, 5)), "diagonal", 0)
            .sample("batch below", of(Input.of(2, 3, 5)), "diagonal", -1)
            .error("triu: takes matrices, got shape [3]", of(Input.of(3)), "diagonal", 0)
            .everyType()
            .build());
  }

  /** Samples along one axis, several axes and all. */
  private static Builder reduction(String name, Operation.Call call, double low, double high) {
    return named(name, call)
        .sample("last", of(Input.uniform(low, high, 3, 35)), axes(false, -1))
        .sample("first", of(Input.uniform(low, high, 13, 35)), axes(true, 0))
        .sample("middle", of(Input.uniform(low, high, 2, 3, 4)), axes(false, 1))
        .sample("two", of(Input.uniform(low, high, 2, 3, 4)), axes(true, 0, 2))
        .sample("all", of(Input.uniform(low, high, 3, 5)), axes(false))
        .sample(
            "transposed", of(Input.uniform(low, high, 4, 6).as(View.TRANSPOSED)), axes(false, 1))
        .sample("sliced", of(Input.uniform(low, high, 4, 6).as(View.SLICED)), axes(false, 0))
        .error(
            name + ": axis 2 is out of range for shape [3, 5]", of(Input.of(3, 5)), axes(false, 2))
        .error(name + ": axis 1 stands twice", of(Input.of(3, 5)), axes(false, 1, -1));
  }

  private static Object[] axes(boolean keepDim, int... axes) {
    return new Object[] {"axes", axes, "keepDim", keepDim};
  }

  private static void reductions(List<Operation> rows) {
    rows.add(
        reduction("sum", (x, a) -> x[0].sum(a.axes("axes"), a.flag("keepDim")), -2, 2)
            .sample("empty axis", of(Input.of(3, 0)), axes(false, 1))
            .sample("integers", of(Input.indices(9, 3, 4)), axes(false, 1))
            .alsoIntegers()
            .build());
    rows.add(
        reduction("mean", (x, a) -> x[0].mean(a.axes("axes"), a.flag("keepDim")), -2, 2)
            .error("mean: takes floating tensors, got i64", of(Input.indices(3, 2)), axes(false))
            .build());
    rows.add(
        reduction("prod", (x, a) -> x[0].prod(a.axes("axes"), a.flag("keepDim")), 0.7, 1.3)
            .alsoIntegers()
            .build());
    rows.add(
        reduction("logSumExp", (x, a) -> x[0].logSumExp(a.axes("axes"), a.flag("keepDim")), -4, 4)
            .build());
    rows.add(
        reduction("norm", (x, a) -> x[0].norm(a.axes("axes"), a.flag("keepDim")), -2, 2).build());
    rows.add(
        reduction("var", (x, a) -> x[0].var(a.axes("axes"), 1, a.flag("keepDim")), -2, 2).build());
    for (var op : List.of("any", "all")) {
      boolean any = op.equals("any");
      rows.add(
          named(
                  op,
                  (x, a) ->
                      any
                          ? x[0].any(a.axes("axes"), a.flag("keepDim"))
                          : x[0].all(a.axes("axes"), a.flag("keepDim")))
              .sample("last", of(Input.bools(9, 3)), axes(false, -1))
              .sample("first", of(Input.bools(3, 9)), axes(true, 0))
              .sample("two", of(Input.bools(2, 3, 4)), axes(true, 0, 2))
              .sample("all axes", of(Input.bools(3, 4)), axes(false))
              .sample("numbers", of(Input.indices(2, 9, 3)), axes(false, 1))
              .sample("no elements", of(Input.bools(3, 0)), axes(false, 1))
              .error(op + ": axis 1 is out of range", of(Input.of(2)), axes(false, 1))
              .notDifferentiable()
              .build());
    }
    rows.add(
        along("max", (x, a) -> x[0].max(a.integer("axis"), a.flag("keepDim")))
            .alsoIntegers()
            .build());
    rows.add(
        along("min", (x, a) -> x[0].min(a.integer("axis"), a.flag("keepDim")))
            .alsoIntegers()
            .build());
    rows.add(
        along("argmax", (x, a) -> x[0].argmax(a.integer("axis"), a.flag("keepDim")))
            .error("argmax: axis 1 of shape [3, 0] is empty", of(Input.of(3, 0)), axis(1, false))
            .notDifferentiable()
            .alsoIntegers()
            .build());
    rows.add(
        along("argmin", (x, a) -> x[0].argmin(a.integer("axis"), a.flag("keepDim")))
            .notDifferentiable()
            .alsoIntegers()
            .build());
    rows.add(
        named("cumsum", (x, a) -> x[0].cumsum(a.integer("axis")))
            .sample("last", of(Input.of(3, 35)), "axis", -1)
            .sample("first", of(Input.of(5, 3)), "axis", 0)
            .sample("transposed", of(Input.of(4, 6).as(View.TRANSPOSED)), "axis", 1)
            .error("cumsum: axis 2 is out of range", of(Input.of(2, 3)), "axis", 2)
            .alsoIntegers()
            .build());
    for (var op : List.of("softmax", "logSoftmax")) {
      boolean log = op.equals("logSoftmax");
      rows.add(
          named(
                  op,
                  (x, a) ->
                      log ? x[0].logSoftmax(a.integer("axis")) : x[0].softmax(a.integer("axis")))
              .sample("last", of(Input.uniform(-4, 4, 3, 37)), "axis", -1)
              .sample("first", of(Input.uniform(-4, 4, 5, 3)), "axis", 0)
              .sample("middle", of(Input.uniform(-4, 4, 2, 5, 37)), "axis", 1)
              .sample("batch", of(Input.uniform(-4, 4, 2, 3, 16)), "axis", 2)
              .sample("transposed", of(Input.of(4, 6).as(View.TRANSPOSED)), "axis", -1)
              .sample("sliced", of(Input.of(4, 6).as(View.SLICED)), "axis", -1)
              .sample("large", of(Input.uniform(-400, 400, 2, 9)), "axis", -1)
              .error(op + ": axis 2 is out of range", of(Input.of(2, 3)), "axis", 2)
              .error(op + ": takes floating tensors", of(Input.indices(3, 2)), "axis", 0)
              .build());
    }
  }

  private static Object[] axis(int axis, boolean keepDim) {
    return new Object[] {"axis", axis, "keepDim", keepDim};
  }

  private static Builder along(String name, Operation.Call call) {
    return named(name, call)
        .sample("last", of(Input.distinct(3, 35)), axis(-1, false))
        .sample("first", of(Input.distinct(13, 4)), axis(0, true))
        .sample("transposed", of(Input.distinct(4, 6).as(View.TRANSPOSED)), axis(1, false))
        .error(
            name.substring(name.length() - 3) + ": axis 2 is out of range",
            of(Input.of(2, 3)),
            axis(2, false));
  }

  private static void products(List<Operation> rows) {
    rows.add(
        named("matmul", (x, a) -> x[0].matmul(x[1]))
            .sample("square", of(Input.of(4, 4), Input.of(4, 4)))
            .sample("odd", of(Input.of(17, 33), Input.of(33, 19)))
            .sample("vectors", of(Input.of(9), Input.of(9)))
            .sample("row", of(Input.of(9), Input.of(9, 5)))
            .sample("column", of(Input.of(5, 9), Input.of(9)))
            .sample("batch with matrix", of(Input.of(2, 3, 4, 8), Input.of(8, 2)))
            .sample("batch", of(Input.of(3, 4, 5), Input.of(3, 5, 2)))
            .sample("broadcast batch", of(Input.of(2, 1, 4, 5), Input.of(3, 5, 2)))
            .sample("transposed left", of(Input.of(6, 7).as(View.TRANSPOSED), Input.of(7, 5)))
            .sample("transposed right", of(Input.of(6, 7), Input.of(7, 5).as(View.TRANSPOSED)))
            .sample("sliced", of(Input.of(6, 7).as(View.SLICED), Input.of(7, 5).as(View.SLICED)))
            .sample("no inner", of(Input.of(3, 0), Input.of(0, 2)))
            .sample("no rows", of(Input.of(0, 3), Input.of(3, 2)))
            .sample("blocks", of(Input.of(70, 40), Input.of(40, 70)))
            .sample(
                "transposed both",
                of(Input.of(6, 7).as(View.TRANSPOSED), Input.of(7, 5).as(View.TRANSPOSED)))
            .sample(
                "transposed batch left",
                of(Input.of(3, 4, 5).as(View.TRANSPOSED), Input.of(3, 5, 2)))
            .sample(
                "transposed batch right",
                of(Input.of(3, 4, 5), Input.of(3, 5, 2).as(View.TRANSPOSED)))
            .sample(
                "transposed batch both",
                of(Input.of(3, 4, 5).as(View.TRANSPOSED), Input.of(3, 5, 2).as(View.TRANSPOSED)))
            .sample("batch stride 0", of(Input.of(3, 4, 5).as(View.EXPANDED), Input.of(3, 5, 2)))
            .sample(
                "batch stride 0 both",
                of(Input.of(3, 4, 5).as(View.EXPANDED), Input.of(3, 5, 2).as(View.EXPANDED)))
            .sample("sliced batch", of(Input.of(3, 4, 5).as(View.SLICED), Input.of(3, 5, 2)))
            .sample("vector with batch", of(Input.of(4), Input.of(3, 4, 5)))
            .sample("batch with vector", of(Input.of(3, 4, 5), Input.of(5)))
            .sample("sliced vectors", of(Input.of(9).as(View.SLICED), Input.of(9).as(View.SLICED)))
            .sample("no batch", of(Input.of(0, 4, 5), Input.of(0, 5, 2)))
            .sample("no vector", of(Input.of(0), Input.of(0)))
            .error(
                "matmul: inner dimensions differ: [4, 8] · [16, 8] (8 ≠ 16); did you mean"
                    + " b.transpose()?",
                of(Input.of(4, 8), Input.of(16, 8)))
            .error(
                "matmul (leading axes): shapes [2] and [3] do not broadcast",
                of(Input.of(2, 4, 5), Input.of(3, 5, 2)))
            .error("matmul: takes tensors of rank 1 or more", of(Input.of(), Input.of(2)))
            .alsoIntegers()
            .build());
    rows.add(
        named("linear", (x, a) -> x[0].linear(x[1], x.length > 2 ? x[2] : null))
            .sample("plain", of(Input.of(5, 7), Input.of(3, 7)))
            .sample("bias", of(Input.of(2, 5, 7), Input.of(3, 7), Input.of(3)))
            .sample("vector", of(Input.of(7), Input.of(3, 7)))
            .sample(
                "strided", of(Input.of(6, 7).as(View.TRANSPOSED), Input.of(5, 7).as(View.SLICED)))
            .error(
                "linear: input [5, 7] and weight [7, 3] do not fit",
                of(Input.of(5, 7), Input.of(7, 3)))
            .build());
  }

  private static void views(List<Operation> rows) {
    rows.add(
        named("transpose", (x, a) -> x[0].transpose(a.integer("a"), a.integer("b")))
            .sample("matrix", of(Input.of(3, 5)), "a", 0, "b", 1)
            .sample("outer", of(Input.of(2, 3, 4)), "a", 0, "b", -1)
            .error("transpose: axis 2 is out of range", of(Input.of(3, 5)), "a", 0, "b", 2)
            .everyType()
            .build());
    rows.add(
        named("permute", (x, a) -> x[0].permute(a.axes("order")))
            .sample("rotate", of(Input.of(2, 3, 4)), "order", new int[] {2, 0, 1})
            .error("permute: axis 0 stands twice", of(Input.of(3, 5)), "order", new int[] {0, 0})
            .everyType()
            .build());
    rows.add(
        named("reshape", (x, a) -> x[0].reshape(a.sizes("shape")))
            .sample("view", of(Input.of(4, 6)), "shape", new long[] {2, -1, 3})
            .sample("copy", of(Input.of(4, 6).as(View.TRANSPOSED)), "shape", new long[] {24})
            .error(
                "reshape: [4, 6] has 24 elements", of(Input.of(4, 6)), "shape", new long[] {5, 5})
            .everyType()
            .build());
    rows.add(
        named("expand", (x, a) -> x[0].expand(a.sizes("shape")))
            .sample("row", of(Input.of(1, 5)), "shape", new long[] {2, 3, 5})
            .sample("scalar", of(Input.of()), "shape", new long[] {2, 3})
            .error(
                "expand: shape [3] does not broadcast to [2, 5]",
                of(Input.of(3)),
                "shape",
                new long[] {2, 5})
            .everyType()
            .build());
    rows.add(
        named("unsqueeze", (x, a) -> x[0].unsqueeze(a.integer("axis")))
            .sample("front", of(Input.of(3, 5)), "axis", 0)
            .sample("back", of(Input.of(3, 5)), "axis", -1)
            .error("unsqueeze: axis 3 is out of range", of(Input.of(3, 5)), "axis", 3)
            .everyType()
            .build());
    rows.add(
        named("squeeze", (x, a) -> x[0].squeeze(a.integer("axis")))
            .sample("middle", of(Input.of(3, 1, 5)), "axis", 1)
            .error("squeeze: axis 0 of shape [3, 5] has size 3", of(Input.of(3, 5)), "axis", 0)
            .everyType()
            .build());
    rows.add(
        named(
                "slice",
                (x, a) ->
                    x[0].slice(
                        a.integer("axis"), a.integer("start"), a.integer("end"), a.integer("step")))
            .sample("rows", of(Input.of(7, 3)), "axis", 0, "start", 1, "end", 6, "step", 2)
            .sample(
                "from the end", of(Input.of(3, 7)), "axis", 1, "start", -4, "end", -1, "step", 1)
            .sample("nothing", of(Input.of(3, 7)), "axis", 1, "start", 5, "end", 2, "step", 1)
            .error("slice: step 0", of(Input.of(3)), "axis", 0, "start", 0, "end", 1, "step", 0)
            .everyType()
            .build());
    rows.add(
        named("select", (x, a) -> x[0].select(a.integer("axis"), a.integer("index")))
            .sample("row", of(Input.of(3, 5)), "axis", 0, "index", -1)
            .sample("column", of(Input.of(3, 5)), "axis", 1, "index", 2)
            .error("select: index 3 is out of range", of(Input.of(3, 5)), "axis", 0, "index", 3)
            .everyType()
            .build());
    rows.add(
        named("flip", (x, a) -> x[0].flip(a.integer("axis")).mul(x[0]))
            .sample("last", of(Input.of(3, 37)), "axis", -1)
            .sample("first", of(Input.of(5, 3)), "axis", 0)
            .error("flip: axis 2 is out of range", of(Input.of(3, 5)), "axis", 2)
            .build());
    rows.add(named("copy", (x, a) -> x[0].copy()).unarySamples(-2, 2).everyType().build());
    rows.add(
        named("cat", (x, a) -> Tensor.cat(a.integer("axis"), x))
            .sample("columns", of(Input.of(3, 5), Input.of(3, 2)), "axis", 1)
            .sample("three rows", of(Input.of(1, 5), Input.of(0, 5), Input.of(4, 5)), "axis", 0)
            .error(
                "cat: shapes [3, 5] and [4, 2] may differ in axis 1 only",
                of(Input.of(3, 5), Input.of(4, 2)),
                "axis",
                1)
            .everyType()
            .build());
    rows.add(
        named("stack", (x, a) -> Tensor.stack(a.integer("axis"), x))
            .sample("front", of(Input.of(3, 5), Input.of(3, 5)), "axis", 0)
            .sample("back", of(Input.of(3), Input.of(3)), "axis", -1)
            .error("stack: shapes [3] and [4] differ", of(Input.of(3), Input.of(4)), "axis", 0)
            .everyType()
            .build());
    rows.add(
        named("chunk", (x, a) -> x[0].chunk(a.integer("axis"), a.integer("chunks")).getLast())
            .sample("last smaller", of(Input.of(3, 7)), "axis", 1, "chunks", 3)
            .error("chunk: axis 2 is out of range", of(Input.of(3, 5)), "axis", 2, "chunks", 2)
            .everyType()
            .build());
  }

  private static void indexing(List<Operation> rows) {
    rows.add(
        named("gather", (x, a) -> x[0].gather(a.integer("axis"), x[1]))
            .sample("columns", of(Input.of(4, 9), Input.indices(9, 4, 3)), "axis", 1)
            .sample("rows", of(Input.of(4, 9), Input.indices(4, 2, 9)), "axis", 0)
            .sample(
                "strided",
                of(Input.of(4, 6).as(View.TRANSPOSED), Input.indices(6, 4, 5).as(View.TRANSPOSED)),
                "axis",
                1)
            .error(
                "gather: an index of shape [2, 3] does not fit [4]",
                of(Input.of(4), Input.indices(4, 2, 3)),
                "axis",
                0)
            .error("gather: indices are i64 or i32", of(Input.of(4), Input.of(4)), "axis", 0)
            .everyType()
            .build());
    rows.add(
        named("scatterAdd", (x, a) -> x[0].scatterAdd(a.integer("axis"), x[1], x[2]))
            .sample(
                "columns", of(Input.of(4, 5), Input.indices(5, 4, 9), Input.of(4, 9)), "axis", 1)
            .sample("rows", of(Input.of(4, 5), Input.indices(4, 7, 5), Input.of(7, 5)), "axis", 0)
            .error(
                "scatterAdd: index [4, 2] and source [4, 3] must have one shape",
                of(Input.of(4, 5), Input.indices(5, 4, 2), Input.of(4, 3)),
                "axis",
                1)
            .alsoIntegers()
            .build());
    rows.add(
        named("indexSelect", (x, a) -> x[0].indexSelect(a.integer("axis"), x[1]))
            .sample("rows", of(Input.of(6, 35), Input.indices(6, 9)), "axis", 0)
            .sample("embedding", of(Input.of(6, 16), Input.indices(6, 2, 5)), "axis", 0)
            .sample("columns", of(Input.of(3, 7), Input.indices(7, 4)), "axis", 1)
            .error("indexSelect: indices are i64 or i32", of(Input.of(4), Input.of(4)), "axis", 0)
            .everyType()
            .build());
    rows.add(
        named("indexAdd", (x, a) -> x[0].indexAdd(a.integer("axis"), x[1], x[2]))
            .sample("rows", of(Input.of(4, 35), Input.indices(4, 9), Input.of(9, 35)), "axis", 0)
            .sample("columns", of(Input.of(3, 5), Input.indices(5, 8), Input.of(3, 8)), "axis", 1)
            .error(
                "indexAdd: source [2, 5] with index [9] does not fit [4, 5]",
                of(Input.of(4, 5), Input.indices(4, 9), Input.of(2, 5)),
                "axis",
                0)
            .alsoIntegers()
            .build());
    rows.add(
        named("oneHot", (x, a) -> x[0].oneHot(a.integer("classes")))
            .sample("batch", of(Input.indices(7, 3, 4)), "classes", 7)
            .error("oneHot: indices are i64 or i32", of(Input.of(2)), "classes", 3)
            .notDifferentiable()
            .build());
    rows.add(
        // to a wider type: to a narrower one has a gradient too, but no differences to hold it to
        named("to", (x, a) -> x[0].to(DType.F64))
            .dtypes(DType.F32, DType.F64)
            .sample("wider", of(Input.uniform(-2, 2, 3, 5)))
            .sample("transposed", of(Input.uniform(-2, 2, 3, 5).as(View.TRANSPOSED)))
            .build());
    rows.add(
        named("arange", (x, a) -> Tensor.arange(3, 50, 2))
            .sample("odd numbers", of())
            .notDifferentiable()
            .build());
    rows.add(
        named(
                "full",
                (x, a) -> Tensor.full(Context.current().device(), DType.F32, Shape.of(3, 7), 2.5))
            .sample("a number", of())
            .notDifferentiable()
            .build());
  }
}
