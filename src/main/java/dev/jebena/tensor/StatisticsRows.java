package dev.jebena.tensor;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.tensor.Operation.Builder;
import dev.jebena.tensor.Operation.Call;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import java.util.ArrayList;
import java.util.List;

/** Rows of extrema, statistics and norms. */
final class StatisticsRows {
  private static final double INFINITE = Double.POSITIVE_INFINITY;

  private StatisticsRows() {}

  static List<Operation> rows() {
    var rows = new ArrayList<Operation>();
    extrema(rows);
    spread(rows);
    withoutNan(rows);
    middles(rows);
    norms(rows);
    return rows;
  }

  private static List<Input> of(Input... inputs) {
    return List.of(inputs);
  }

  private static Object[] axes(boolean keepDim, int... axes) {
    return new Object[] {"axes", axes, "keepDim", keepDim};
  }

  private static Object[] axis(int axis, boolean keepDim) {
    return new Object[] {"axis", axis, "keepDim", keepDim};
  }

  private static Object[] with(Object[] attributes, Object... more) {
    var all = new ArrayList<Object>(List.of(attributes));
    all.addAll(List.of(more));
    return all.toArray();
  }

  /** Samples along one axis, several axes and all, of elements no two of which are equal. */
  private static Builder folds(String name, Call call, Object... more) {
    return named(name, call)
        .sample("last", of(Input.distinct(3, 35)), with(axes(false, -1), more))
        .sample("first", of(Input.distinct(13, 4)), with(axes(true, 0), more))
        .sample("two", of(Input.distinct(2, 3, 4)), with(axes(true, 0, 2), more))
        .sample("all", of(Input.distinct(3, 5)), with(axes(false), more))
        .sample(
            "transposed", of(Input.distinct(4, 6).as(View.TRANSPOSED)), with(axes(false, 1), more))
        .sample("sliced", of(Input.distinct(4, 6).as(View.SLICED)), with(axes(false, 0), more));
  }

  private static Builder foldsWithErrors(String name, Call call, Object... more) {
    return folds(name, call, more)
        .error(
            name + ": axis 2 is out of range for shape [3, 5]",
            of(Input.of(3, 5)),
            with(axes(false, 2), more))
        .error(name + ": axis 1 stands twice", of(Input.of(3, 5)), with(axes(false, 1, -1), more));
  }

  /** Samples along one axis; the indices of the same call have inputs that want no gradient. */
  private static Builder picks(String name, Call call, Object... more) {
    return named(name, call)
        .sample("last", of(Input.distinct(3, 35)), with(axis(-1, false), more))
        .sample("first", of(Input.distinct(13, 4)), with(axis(0, true), more))
        .sample("middle", of(Input.distinct(2, 6, 3)), with(axis(1, false), more))
        .sample(
            "transposed", of(Input.distinct(4, 6).as(View.TRANSPOSED)), with(axis(1, false), more))
        .sample("sliced", of(Input.distinct(4, 7).as(View.SLICED)), with(axis(1, true), more))
        .sample("integers", of(Input.indices(1000, 3, 9)), with(axis(1, false), more))
        .error(name + ": axis 2 is out of range", of(Input.of(2, 3)), with(axis(2, false), more))
        .error(
            name + ": axis 1 of shape [3, 0] is empty",
            of(Input.of(3, 0)),
            with(axis(1, false), more));
  }

  private static void extrema(List<Operation> rows) {
    rows.add(
        foldsWithErrors("amax", (x, a) -> x[0].amax(a.axes("axes"), a.flag("keepDim")))
            .sample("empty elsewhere", of(Input.of(3, 0)), axes(false, 0))
            .sample("integers with ties", of(Input.indices(3, 4, 9)), axes(false, 1))
            .error("amax: axis 1 of shape [3, 0] is empty", of(Input.of(3, 0)), axes(false, 0, 1))
            .build());
    rows.add(
        foldsWithErrors("amin", (x, a) -> x[0].amin(a.axes("axes"), a.flag("keepDim")))
            .sample("empty elsewhere", of(Input.of(3, 0)), axes(false, 0))
            .sample("integers with ties", of(Input.indices(3, 4, 9)), axes(false, 1))
            .error("amin: axis 1 of shape [3, 0] is empty", of(Input.of(3, 0)), axes(false))
            .build());
    rows.add(
        foldsWithErrors(
                "aminmax",
                (x, a) -> {
                  var both = x[0].aminmax(a.axes("axes"), a.flag("keepDim"));
                  return both.min().add(both.max().mul(3));
                })
            .error("aminmax: axis 1 of shape [3, 0] is empty", of(Input.of(3, 0)), axes(false))
            .build());
    rows.add(
        named(
                "maxWithIndices",
                (x, a) -> {
                  var picked = x[0].maxWithIndices(a.integer("axis"), a.flag("keepDim"));
                  return picked.values().add(picked.indices());
                })
            .sample("last", of(Input.distinct(3, 35)), axis(-1, false))
            .sample("first", of(Input.distinct(13, 4)), axis(0, true))
            .error("axis 2 is out of range", of(Input.of(2, 3)), axis(2, false))
            .build());
    rows.add(
        named(
                "minWithIndices",
                (x, a) -> {
                  var picked = x[0].minWithIndices(a.integer("axis"), a.flag("keepDim"));
                  return picked.values().add(picked.indices());
                })
            .sample("last", of(Input.distinct(3, 35)), axis(-1, false))
            .sample("first", of(Input.distinct(13, 4)), axis(0, true))
            .error("axis 2 is out of range", of(Input.of(2, 3)), axis(2, false))
            .build());
  }

  private static void spread(List<Operation> rows) {
    Call std = (x, a) -> x[0].std(a.axes("axes"), a.integer("correction"), a.flag("keepDim"));
    rows.add(
        folds("std", std, "correction", 1)
            .sample("of all elements", of(Input.of(7)), with(axes(false), "correction", 0))
            .error(
                "std: takes floating tensors, got i64",
                of(Input.indices(3, 2)),
                with(axes(false), "correction", 1))
            .build());
    rows.add(
        folds(
                "varMean",
                (x, a) -> {
                  var both =
                      x[0].varMean(a.axes("axes"), a.integer("correction"), a.flag("keepDim"));
                  return both.var().mul(both.mean());
                },
                "correction",
                1)
            .error(
                "varMean: takes floating tensors, got i64",
                of(Input.indices(3, 2)),
                with(axes(false), "correction", 1))
            .build());
    rows.add(
        folds(
                "stdMean",
                (x, a) -> {
                  var both =
                      x[0].stdMean(a.axes("axes"), a.integer("correction"), a.flag("keepDim"));
                  return both.std().mul(both.mean());
                },
                "correction",
                0)
            .error(
                "stdMean: takes floating tensors, got i64",
                of(Input.indices(3, 2)),
                with(axes(false), "correction", 0))
            .build());
  }

  /** The same tensor with NaN where it is above 1. */
  private static Tensor holed(Tensor x) {
    return x.maskedFill(x.gt(1), Double.NaN);
  }

  private static void withoutNan(List<Operation> rows) {
    rows.add(
        folds("nanSum", (x, a) -> holed(x[0]).nanSum(a.axes("axes"), a.flag("keepDim")))
            .sample("empty axis", of(Input.of(3, 0)), axes(false, 1))
            .error("sum: axis 1 stands twice", of(Input.of(3, 5)), axes(false, 1, -1))
            .build());
    rows.add(
        folds("nanMean", (x, a) -> holed(x[0]).nanMean(a.axes("axes"), a.flag("keepDim")))
            .error("sum: axis 1 stands twice", of(Input.of(3, 5)), axes(false, 1, -1))
            .build());
    rows.add(
        named("countNonZero", (x, a) -> x[0].relu().countNonZero(a.axes("axes"), a.flag("keepDim")))
            .sample("last", of(Input.of(3, 35)), axes(false, -1))
            .sample("all", of(Input.indices(3, 4, 9)), axes(false))
            .error("sum: axis 1 stands twice", of(Input.of(3, 5)), axes(false, 1, -1))
            .notDifferentiable()
            .build());
  }

  private static void middles(List<Operation> rows) {
    rows.add(
        picks("median", (x, a) -> x[0].median(a.integer("axis"), a.flag("keepDim")).values())
            .build());
    rows.add(
        named(
                "medianIndices",
                (x, a) -> x[0].median(a.integer("axis"), a.flag("keepDim")).indices())
            .sample("even", of(Input.distinct(3, 36)), axis(-1, false))
            .sample("odd", of(Input.distinct(13, 4)), axis(0, true))
            .notDifferentiable()
            .build());
    rows.add(
        named("medianOfAll", (x, a) -> x[0].median())
            .sample("even", of(Input.distinct(4, 9)))
            .sample("odd", of(Input.distinct(5, 7).as(View.SLICED)))
            .sample("scalar", of(Input.of()))
            .build());
    rows.add(
        named("mode", (x, a) -> x[0].mode(a.integer("axis"), a.flag("keepDim")).values())
            .sample("integers", of(Input.indices(4, 5, 23)), axis(-1, false))
            .sample("first", of(Input.indices(3, 17, 4)), axis(0, true))
            .sample("floats", of(Input.distinct(3, 7)), axis(1, false))
            .error("mode: axis 1 of shape [3, 0] is empty", of(Input.of(3, 0)), axis(1, false))
            .build());
    rows.add(
        picks(
                "kthValue",
                (x, a) ->
                    x[0].kthValue(a.integer("k"), a.integer("axis"), a.flag("keepDim")).values(),
                "k",
                2)
            .sample("largest", of(Input.distinct(3, 35)), with(axis(-1, false), "k", 35))
            .error(
                "kthValue: k = 4 for axis 1 of shape [2, 3] (valid: 1 to 3)",
                of(Input.of(2, 3)),
                with(axis(1, false), "k", 4))
            .build());
    Call quantile = (x, a) -> x[0].quantile(a.number("q"), a.integer("axis"), a.flag("keepDim"));
    rows.add(
        named("quantile", quantile)
            .sample("last", of(Input.distinct(3, 35)), with(axis(-1, false), "q", 0.3))
            .sample("first", of(Input.distinct(13, 4)), with(axis(0, true), "q", 0.77))
            .sample("smallest", of(Input.distinct(2, 6)), with(axis(1, false), "q", 0.0))
            .sample("largest", of(Input.distinct(2, 6)), with(axis(1, false), "q", 1.0))
            .sample("one", of(Input.distinct(2, 1)), with(axis(1, false), "q", 0.4))
            .error(
                "quantile: 1.5 is not a fraction", of(Input.of(3)), with(axis(0, false), "q", 1.5))
            .error(
                "quantile: axis 0 of shape [0] is empty",
                of(Input.of(0)),
                with(axis(0, false), "q", 0.5))
            .build());
    rows.add(
        named(
                "quantiles",
                (x, a) ->
                    x[0].quantile(
                        new double[] {0.25, 0.5, 0.9}, a.integer("axis"), a.flag("keepDim")))
            .sample("first", of(Input.distinct(13, 4)), axis(0, true))
            .sample("strided", of(Input.distinct(4, 9).as(View.TRANSPOSED)), axis(1, false))
            .build());
  }

  private static void norms(List<Operation> rows) {
    Call norm = (x, a) -> x[0].norm(a.number("p"), a.axes("axes"), a.flag("keepDim"));
    rows.add(
        folds("normP", norm, "p", 1.0)
            .sample("three", of(Input.of(3, 35)), with(axes(false, -1), "p", 3.0))
            .sample("one and a half", of(Input.of(3, 35)), with(axes(false, -1), "p", 1.5))
            .sample("half", of(Input.uniform(0.5, 2, 3, 5)), with(axes(false, -1), "p", 0.5))
            .sample("largest", of(Input.distinct(3, 35)), with(axes(true, 0), "p", INFINITE))
            .sample("smallest", of(Input.distinct(3, 35)), with(axes(true, 0), "p", -INFINITE))
            .sample("count", of(Input.uniform(0.5, 2, 3, 5)), with(axes(false, 1), "p", 0.0))
            .sample("euclidean", of(Input.of(3, 5)), with(axes(false), "p", 2.0))
            .sample("empty", of(Input.of(3, 0)), with(axes(false, 1), "p", 3.0))
            .error(
                "norm: axis 1 of shape [3, 0] is empty and has no norm Infinity",
                of(Input.of(3, 0)),
                with(axes(false, 1), "p", INFINITE))
            .error(
                "norm: axis 1 stands twice", of(Input.of(3, 5)), with(axes(false, 1, -1), "p", 1.0))
            .build());
    rows.add(
        named("normalize", (x, a) -> x[0].normalize(a.number("p"), a.integer("axis"), 1e-12))
            .sample("last", of(Input.of(3, 35)), "p", 2.0, "axis", -1)
            .sample("first", of(Input.of(5, 3).as(View.TRANSPOSED)), "p", 1.0, "axis", 0)
            .error("normalize: axis 2 is out of range", of(Input.of(2, 3)), "p", 2.0, "axis", 2)
            .build());
    rows.add(
        named("cosineSimilarity", (x, a) -> x[0].cosineSimilarity(x[1], a.integer("axis")))
            .sample("rows", of(Input.of(3, 35), Input.of(3, 35)), "axis", -1)
            .sample("pairs", of(Input.of(3, 1, 5), Input.of(4, 5)), "axis", 2)
            .error(
                "cosineSimilarity: shapes [3, 5] and [4] do not broadcast",
                of(Input.of(3, 5), Input.of(4)),
                "axis",
                1)
            .build());
  }
}
