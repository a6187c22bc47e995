package dev.jebena.tensor;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.memory.DType;
import dev.jebena.tensor.Operation.Builder;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import java.util.List;
import java.util.function.BinaryOperator;

/** The rows of {@link Pairs}. */
final class PairRows {
  private PairRows() {}

  static void addTo(List<Operation> rows) {
    quotients(rows);
    functions(rows);
    mixtures(rows);
    limits(rows);
    bits(rows);
  }

  private static Builder binary(String name, BinaryOperator<Tensor> f, double low, double high) {
    return named(name, (x, a) -> f.apply(x[0], x[1]))
        .binarySamples(low, high)
        .error(name + ": shapes [3, 5] and [4] do not broadcast", of(Input.of(3, 5), Input.of(4)));
  }

  private static List<Input> of(Input... inputs) {
    return List.of(inputs);
  }

  private static Input whole(DType dtype, long low, long high, long... shape) {
    return Input.uniform(low, high, shape).as(dtype);
  }

  private static void quotients(List<Operation> rows) {
    // quotients stay away from whole numbers, where these jump
    for (var op : List.of("fmod", "remainder", "floorDivide")) {
      BinaryOperator<Tensor> f =
          switch (op) {
            case "fmod" -> Tensor::fmod;
            case "remainder" -> Tensor::remainder;
            default -> Tensor::floorDivide;
          };
      var row =
          named(op, (x, a) -> f.apply(x[0], x[1]))
              .sample("matrix", of(Input.uniform(7.1, 7.9, 3, 5), Input.uniform(2.1, 2.3, 5)))
              .sample("negative", of(Input.uniform(-7.9, -7.1, 67), Input.uniform(2.1, 2.3)))
              .sample("by negatives", of(Input.uniform(7.1, 7.9, 9), Input.uniform(-2.3, -2.1, 9)))
              .sample(
                  "strided",
                  of(
                      Input.uniform(-7.9, -7.1, 4, 6).as(View.TRANSPOSED),
                      Input.uniform(-2.3, -2.1, 4, 6).as(View.SLICED)))
              .sample("empty", of(Input.uniform(7.1, 7.9, 0, 3), Input.uniform(2.1, 2.3, 3)))
              .sample("integers", of(whole(DType.I32, -20, 20, 67), whole(DType.I32, 1, 6, 67)))
              .sample("by minus", of(whole(DType.I64, -20, 20, 19), whole(DType.I64, -6, 0, 19)))
              .error(op + ": bool tensors have no", of(Input.bools(2), Input.bools(2)))
              .error(
                  op + ": shapes [3, 5] and [4] do not broadcast", of(Input.of(3, 5), Input.of(4)));
      rows.add((op.equals("floorDivide") ? row.notDifferentiable() : row).alsoIntegers().build());
    }
  }

  private static void functions(List<Operation> rows) {
    rows.add(binary("atan2", Tensor::atan2, -2, 2).build());
    rows.add(binary("hypot", Tensor::hypot, -2, 2).build());
    rows.add(binary("copySign", Tensor::copySign, -2, 2).build());
    rows.add(
        binary("logAddExp", Tensor::logAddExp, -4, 4)
            .sample("far apart", of(Input.uniform(-200, 200, 9), Input.uniform(-200, 200, 9)))
            .build());
    rows.add(binary("xlogy", Tensor::xlogy, 0.5, 2).build());
    rows.add(
        named("heaviside", (x, a) -> x[0].round().heaviside(x[1]))
            .binarySamples(-2, 2)
            .error("heaviside: shapes [3] and [4] do not broadcast", of(Input.of(3), Input.of(4)))
            .notDifferentiable()
            .alsoIntegers()
            .build());
    rows.add(
        named("isClose", (x, a) -> x[0].round().isClose(x[1].round(), 0.1, 0.5, true))
            .binarySamples(-4, 4)
            .notDifferentiable()
            .alsoIntegers()
            .build());
  }

  private static void mixtures(List<Operation> rows) {
    rows.add(
        named("lerp", (x, a) -> x[0].lerp(x[1], x[2]))
            .sample("equal", of(Input.of(3, 5), Input.of(3, 5), Input.uniform(0, 1, 3, 5)))
            .sample("broadcast", of(Input.of(3, 1), Input.of(5), Input.uniform(-1, 2, 2, 1, 1)))
            .sample("odd", of(Input.of(67), Input.of(67), Input.of(67)))
            .sample(
                "strided",
                of(
                    Input.of(4, 6).as(View.TRANSPOSED),
                    Input.of(4, 6).as(View.SLICED),
                    Input.of(4, 6).as(View.EXPANDED)))
            .sample("empty", of(Input.of(0, 3), Input.of(3), Input.of()))
            .error(
                "lerp: shapes [3] and [4] do not broadcast",
                of(Input.of(3), Input.of(4), Input.of()))
            .build());
    for (double weight : new double[] {0.25, 0.75}) {
      rows.add(
          named(
                  weight < 0.5 ? "lerpNear" : "lerpFar",
                  (x, a) -> x[0].lerp(x[1], a.number("weight")))
              .sample("row", of(Input.of(3, 19), Input.of(19)), "weight", weight)
              .error(
                  "lerp: shapes [3] and [4] do not broadcast",
                  of(Input.of(3), Input.of(4)),
                  "weight",
                  weight)
              .build());
    }
    for (var op : List.of("addcmul", "addcdiv")) {
      boolean mul = op.equals("addcmul");
      rows.add(
          named(
                  op,
                  (x, a) ->
                      mul
                          ? x[0].addcmul(x[1], x[2], a.number("value"))
                          : x[0].addcdiv(x[1], x[2], a.number("value")))
              .sample(
                  "equal",
                  of(Input.of(3, 5), Input.of(3, 5), Input.uniform(0.5, 2, 3, 5)),
                  "value",
                  -1.5)
              .sample(
                  "broadcast",
                  of(Input.of(3, 1), Input.of(19), Input.uniform(0.5, 2, 2, 1, 1)),
                  "value",
                  1)
              .sample(
                  "strided",
                  of(
                      Input.of(4, 6).as(View.TRANSPOSED),
                      Input.of(4, 6).as(View.SLICED),
                      Input.uniform(0.5, 2, 6)),
                  "value",
                  0.5)
              .error(
                  op + ": shapes [3] and [4] do not broadcast",
                  of(Input.of(3), Input.of(3), Input.of(4)),
                  "value",
                  1)
              .build());
    }
  }

  private static void limits(List<Operation> rows) {
    rows.add(
        named("clampMin", (x, a) -> x[0].clampMin(a.number("low")))
            .unarySamples(-2, 2, "low", -0.5)
            .sample("integers", of(whole(DType.I32, -9, 9, 19)), "low", -3)
            .error("clampMin: bool tensors have no", of(Input.bools(2)), "low", 0)
            .alsoIntegers()
            .build());
    rows.add(
        named("clampMax", (x, a) -> x[0].clampMax(a.number("high")))
            .unarySamples(-2, 2, "high", 0.5)
            .sample("integers", of(whole(DType.I32, -9, 9, 19)), "high", 3)
            .error("clampMax: bool tensors have no", of(Input.bools(2)), "high", 0)
            .alsoIntegers()
            .build());
    rows.add(
        named("clampTensor", (x, a) -> x[0].clamp(x[1], x[2]))
            .sample(
                "broadcast",
                of(Input.of(3, 19), Input.uniform(-1, 0, 19), Input.uniform(0.1, 1, 3, 1)))
            .sample("crossed", of(Input.of(67), Input.of(67), Input.of(67)))
            .sample(
                "strided",
                of(
                    Input.of(4, 6).as(View.TRANSPOSED),
                    Input.uniform(-1, 0, 4, 6).as(View.SLICED),
                    Input.uniform(0.1, 1)))
            .error(
                "clamp: shapes [3] and [2] do not broadcast",
                of(Input.of(3), Input.of(2), Input.of()))
            .alsoIntegers()
            .build());
  }

  private static void bits(List<Operation> rows) {
    for (var op : List.of("bitwiseAnd", "bitwiseOr", "bitwiseXor")) {
      BinaryOperator<Tensor> f =
          switch (op) {
            case "bitwiseAnd" -> Tensor::bitwiseAnd;
            case "bitwiseOr" -> Tensor::bitwiseOr;
            default -> Tensor::bitwiseXor;
          };
      rows.add(
          named(op, (x, a) -> f.apply(x[0], x[1]))
              .sample("i64", of(whole(DType.I64, -99, 99, 3, 23), whole(DType.I64, -99, 99, 23)))
              .sample("i32", of(whole(DType.I32, -99, 99, 67), whole(DType.I32, -99, 99)))
              .sample("u8", of(whole(DType.U8, 0, 256, 9), whole(DType.U8, 0, 256, 9)))
              .sample("mixed", of(whole(DType.I8, -99, 99, 9), whole(DType.U8, 0, 256, 9)))
              .sample("booleans", of(Input.bools(3, 23), Input.bools(23)))
              .error(op + ": takes integer and bool tensors", of(Input.of(2), Input.of(2)))
              .notDifferentiable()
              .build());
    }
    rows.add(
        named("bitwiseNot", (x, a) -> x[0].bitwiseNot())
            .sample("i64", of(whole(DType.I64, -99, 99, 3, 23)))
            .sample("u8", of(whole(DType.U8, 0, 256, 67)))
            .sample("booleans", of(Input.bools(3, 23)))
            .error("bitwiseNot: takes integer and bool tensors", of(Input.of(2)))
            .notDifferentiable()
            .build());
    for (var op : List.of("shiftLeft", "shiftRight")) {
      boolean left = op.equals("shiftLeft");
      rows.add(
          named(op, (x, a) -> left ? x[0].shiftLeft(x[1]) : x[0].shiftRight(x[1]))
              .sample("i64", of(whole(DType.I64, -99, 99, 3, 23), whole(DType.I64, 0, 9, 23)))
              .sample("i32", of(whole(DType.I32, -99, 99, 67), whole(DType.I32, 0, 31, 67)))
              .sample("u8", of(whole(DType.U8, 0, 256, 9), whole(DType.U8, 0, 9, 9)))
              .error(op + ": shifts integers by integers, got f32", of(Input.of(2), Input.of(2)))
              .notDifferentiable()
              .build());
    }
  }
}
