package dev.jebena.tensor;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.memory.DType;
import dev.jebena.tensor.Operation.Builder;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * Rows of the in-place operations. Each writes to a copy of its first input, so that the inputs
 * stay what they are; one more sample writes to a slice of that copy and gives the whole.
 */
final class InPlaceRows {
  private InPlaceRows() {}

  static List<Operation> rows() {
    var rows = new ArrayList<Operation>();
    arithmetic(rows);
    functions(rows);
    parts(rows);
    return rows;
  }

  /** Writes to a copy of x, or to columns 1, 3, … of one where the sample says so. */
  private static Tensor written(
      Tensor x, Operation.Attributes attributes, UnaryOperator<Tensor> f) {
    var whole = x.copy();
    if (attributes.values().containsKey("columns")) {
      f.apply(whole.slice(1, 1, whole.size(1), 2));
      return whole;
    }
    return f.apply(whole);
  }

  private static Builder binary(String name, BinaryOperator<Tensor> f, double low, double high) {
    return named(name, (x, a) -> written(x[0], a, y -> f.apply(y, x[1])))
        .sample("equal", pair(low, high, new long[] {3, 5}, 3, 5))
        .sample("row", pair(low, high, new long[] {3, 19}, 19))
        .sample("scalar", pair(low, high, new long[] {7}))
        .sample("empty", pair(low, high, new long[] {0, 3}, 3))
        .sample("odd", pair(low, high, new long[] {67}, 67))
        .sample(
            "strided",
            List.of(
                Input.uniform(low, high, 4, 6).as(View.TRANSPOSED),
                Input.uniform(low, high, 4, 6).as(View.SLICED)))
        .sample("view", pair(low, high, new long[] {3, 6}, 3, 3), "columns", true)
        .error(name + ": [3, 5] does not broadcast to [5]", List.of(Input.of(5), Input.of(3, 5)))
        .error(
            name + ": f32 values do not fit a tensor of i64",
            List.of(Input.indices(3, 5), Input.of(5)));
  }

  private static List<Input> pair(double low, double high, long[] first, long... second) {
    return List.of(Input.uniform(low, high, first), Input.uniform(low, high, second));
  }

  private static Builder unary(
      String name, UnaryOperator<Tensor> f, double low, double high, Object... attributes) {
    var view = new Object[attributes.length + 2];
    System.arraycopy(attributes, 0, view, 2, attributes.length);
    view[0] = "columns";
    view[1] = true;
    return named(name, (x, a) -> written(x[0], a, f))
        .unarySamples(low, high, attributes)
        .sample("view", List.of(Input.uniform(low, high, 3, 6)), view);
  }

  private static void arithmetic(List<Operation> rows) {
    rows.add(binary("addInPlace", Tensor::addInPlace, -2, 2).build());
    rows.add(binary("subInPlace", Tensor::subInPlace, -2, 2).build());
    rows.add(binary("mulInPlace", Tensor::mulInPlace, -2, 2).build());
    rows.add(binary("divInPlace", Tensor::divInPlace, 0.5, 2).build());
    rows.add(binary("copyInPlace", Tensor::copyInPlace, -2, 2).build());
    rows.add(
        unary("addScalarInPlace", x -> x.addInPlace(1.5), -2, 2)
            .error("addInPlace: 1.5 does not fit a tensor of i64", List.of(Input.indices(3, 2)))
            .build());
    rows.add(unary("subScalarInPlace", x -> x.subInPlace(1.5), -2, 2).build());
    rows.add(unary("mulScalarInPlace", x -> x.mulInPlace(-2.5), -2, 2).build());
    rows.add(unary("divScalarInPlace", x -> x.divInPlace(3), -2, 2).build());
    rows.add(unary("powInPlace", x -> x.powInPlace(2.5), 0.5, 2).build());
    rows.add(unary("clampInPlace", x -> x.clampInPlace(-1, 0.5), -2, 2).build());
    rows.add(unary("fillInPlace", x -> x.fillInPlace(1.5), -2, 2).build());
    rows.add(unary("zeroInPlace", Tensor::zeroInPlace, -2, 2).build());
  }

  private static void functions(List<Operation> rows) {
    rows.add(unary("negInPlace", Tensor::negInPlace, -2, 2).build());
    rows.add(unary("absInPlace", Tensor::absInPlace, 0.1, 2).build());
    rows.add(
        unary("expInPlace", Tensor::expInPlace, -2, 2)
            .error("expInPlace: takes floating tensors", List.of(Input.indices(3, 2)))
            .build());
    rows.add(unary("logInPlace", Tensor::logInPlace, 0.5, 2).build());
    rows.add(unary("sqrtInPlace", Tensor::sqrtInPlace, 0.5, 2).build());
    rows.add(unary("reluInPlace", Tensor::reluInPlace, -2, 2).build());
    rows.add(unary("tanhInPlace", Tensor::tanhInPlace, -4, 4).build());
    rows.add(unary("sigmoidInPlace", Tensor::sigmoidInPlace, -4, 4).build());
  }

  private static void parts(List<Operation> rows) {
    rows.add(
        named("maskedFillInPlace", (x, a) -> x[0].copy().maskedFillInPlace(x[1], a.number("value")))
            .sample("matrix", List.of(Input.of(3, 37), Input.bools(37)), "value", -1.5)
            .sample(
                "strided",
                List.of(Input.of(4, 6).as(View.TRANSPOSED), Input.bools(4, 1)),
                "value",
                0.0)
            .error(
                "maskedFillInPlace: a mask of shape [2, 3] does not broadcast to [3]",
                List.of(Input.of(3), Input.bools(2, 3)),
                "value",
                0.0)
            .build());
    rows.add(
        named(
                "indexFillInPlace",
                (x, a) -> x[0].copy().indexFillInPlace(a.integer("axis"), x[1], a.number("value")))
            .sample("rows", List.of(Input.of(5, 7), Input.indices(5, 3)), "axis", 0, "value", 2.5)
            .sample("columns", List.of(Input.of(3, 7), Input.indices(7, 2)), "axis", -1, "value", 0)
            .error(
                "indexFillInPlace: the index must have rank 1, got shape [2, 2]",
                List.of(Input.of(3), Input.indices(3, 2, 2)),
                "axis",
                0,
                "value",
                0)
            .build());
    rows.add(
        named(
                "scatterAddInPlace",
                (x, a) -> x[0].copy().scatterAddInPlace(a.integer("axis"), x[1], x[2]))
            .sample(
                "last", List.of(Input.of(3, 7), Input.indices(7, 3, 9), Input.of(3, 9)), "axis", -1)
            .sample(
                "first", List.of(Input.of(4, 5), Input.indices(4, 6, 5), Input.of(6, 5)), "axis", 0)
            .error(
                "scatterAddInPlace: adds f64 to f32",
                List.of(Input.of(3), Input.indices(3, 2), Input.of(2).as(DType.F64)),
                "axis",
                0)
            .build());
    rows.add(
        named(
                "indexAddInPlace",
                (x, a) -> x[0].copy().indexAddInPlace(a.integer("axis"), x[1], x[2]))
            .sample("rows", List.of(Input.of(5, 7), Input.indices(5, 6), Input.of(6, 7)), "axis", 0)
            .sample(
                "columns", List.of(Input.of(3, 5), Input.indices(5, 4), Input.of(3, 4)), "axis", 1)
            .error(
                "indexAddInPlace: source [2, 5] with index [3]",
                List.of(Input.of(4, 5), Input.indices(4, 3), Input.of(2, 5)),
                "axis",
                0)
            .build());
  }
}
