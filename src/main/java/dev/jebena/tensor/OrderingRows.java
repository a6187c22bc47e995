package dev.jebena.tensor;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.memory.DType;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import java.util.ArrayList;
import java.util.List;

/** Rows of running folds, sorting, searching, counting and picking by value. */
final class OrderingRows {
  private OrderingRows() {}

  static List<Operation> rows() {
    var rows = new ArrayList<Operation>();
    running(rows);
    sorting(rows);
    searching(rows);
    selecting(rows);
    sequences(rows);
    return rows;
  }

  private static List<Input> of(Input... inputs) {
    return List.of(inputs);
  }

  private static void running(List<Operation> rows) {
    rows.add(
        named("cumprod", (x, a) -> x[0].cumprod(a.integer("axis")))
            .sample("last", of(Input.uniform(0.5, 1.5, 3, 35)), "axis", -1)
            .sample("first", of(Input.of(5, 3)), "axis", 0)
            .sample("transposed", of(Input.of(4, 6).as(View.TRANSPOSED)), "axis", 1)
            .sample("integers", of(Input.indices(5, 3, 7)), "axis", 1)
            .sample("empty", of(Input.of(3, 0)), "axis", 1)
            .error("cumprod: axis 2 is out of range", of(Input.of(2, 3)), "axis", 2)
            .build());
    rows.add(
        named("cumprodWithZeros", (x, a) -> x[0].mul(x[1].to(x[0].dtype())).cumprod(1))
            .sample("some", of(Input.of(7, 9), Input.bools(7, 9)))
            .build());
    rows.add(
        named("cummax", (x, a) -> x[0].cummax(a.integer("axis")).values())
            .sample("last", of(Input.distinct(3, 35)), "axis", -1)
            .sample("first", of(Input.distinct(9, 3)), "axis", 0)
            .sample("sliced", of(Input.distinct(4, 6).as(View.SLICED)), "axis", 1)
            .sample("integers", of(Input.indices(5, 3, 9)), "axis", 1)
            .error("cummax: axis 2 is out of range", of(Input.of(2, 3)), "axis", 2)
            .build());
    rows.add(
        named("cummin", (x, a) -> x[0].cummin(a.integer("axis")).values())
            .sample("last", of(Input.distinct(3, 35)), "axis", -1)
            .sample("first", of(Input.distinct(9, 3)), "axis", 0)
            .sample("sliced", of(Input.distinct(4, 6).as(View.SLICED)), "axis", 1)
            .sample("integers", of(Input.indices(5, 3, 9)), "axis", 1)
            .error("cummin: axis 2 is out of range", of(Input.of(2, 3)), "axis", 2)
            .build());
    rows.add(
        named("cummaxIndices", (x, a) -> x[0].cummax(a.integer("axis")).indices())
            .sample("floats", of(Input.distinct(3, 35)), "axis", -1)
            .sample("ties", of(Input.indices(4, 3, 19)), "axis", 1)
            .notDifferentiable()
            .build());
    rows.add(
        named("cumminIndices", (x, a) -> x[0].cummin(a.integer("axis")).indices())
            .sample("floats", of(Input.distinct(3, 35)), "axis", -1)
            .sample("ties", of(Input.indices(4, 3, 19)), "axis", 1)
            .notDifferentiable()
            .build());
    rows.add(
        named("logCumSumExp", (x, a) -> x[0].logCumSumExp(a.integer("axis")))
            .sample("last", of(Input.uniform(-4, 4, 3, 35)), "axis", -1)
            .sample("first", of(Input.of(5, 3)), "axis", 0)
            .sample("large", of(Input.uniform(-400, 400, 2, 9)), "axis", 1)
            .sample("transposed", of(Input.of(4, 6).as(View.TRANSPOSED)), "axis", 1)
            .error("logCumSumExp: takes floating tensors", of(Input.indices(3, 2)), "axis", 0)
            .build());
    rows.add(
        named("diff", (x, a) -> x[0].diff(a.integer("n"), a.integer("axis")))
            .sample("last", of(Input.of(3, 35)), "n", 1, "axis", -1)
            .sample("second", of(Input.of(7, 3)), "n", 2, "axis", 0)
            .sample("more than there are", of(Input.of(2, 3)), "n", 4, "axis", 1)
            .error("diff: order -1 is negative", of(Input.of(2, 3)), "n", -1, "axis", 0)
            .error("diff: bool tensors have no differences", of(Input.bools(3)), "n", 1, "axis", 0)
            .build());
    rows.add(
        named("softmin", (x, a) -> x[0].softmin(a.integer("axis")))
            .sample("last", of(Input.uniform(-4, 4, 3, 37)), "axis", -1)
            .sample("first", of(Input.uniform(-4, 4, 5, 3)), "axis", 0)
            .error("axis 2 is out of range", of(Input.of(2, 3)), "axis", 2)
            .build());
  }

  private static Object[] order(int axis, boolean descending) {
    return new Object[] {"axis", axis, "descending", descending};
  }

  private static Object[] top(int k, int axis, boolean largest) {
    return new Object[] {"k", k, "axis", axis, "largest", largest};
  }

  private static void sorting(List<Operation> rows) {
    rows.add(
        named("sort", (x, a) -> x[0].sort(a.integer("axis"), a.flag("descending")).values())
            .sample("last", of(Input.distinct(3, 35)), order(-1, false))
            .sample("first", of(Input.distinct(13, 4)), order(0, true))
            .sample("middle", of(Input.distinct(2, 6, 3)), order(1, true))
            .sample("transposed", of(Input.distinct(4, 6).as(View.TRANSPOSED)), order(1, false))
            .sample("sliced", of(Input.distinct(4, 7).as(View.SLICED)), order(1, false))
            .sample("integers", of(Input.indices(9, 3, 40)), order(1, true))
            .sample("empty", of(Input.of(3, 0)), order(1, true))
            .sample("no lines", of(Input.of(0, 3)), order(1, true))
            .error("sort: axis 2 is out of range", of(Input.of(2, 3)), order(2, true))
            .build());
    rows.add(
        named("argsort", (x, a) -> x[0].argsort(a.integer("axis"), a.flag("descending")))
            .sample("floats", of(Input.distinct(3, 35)), order(-1, false))
            .sample("ties", of(Input.indices(5, 3, 40)), order(1, false))
            .sample("ties, descending", of(Input.indices(5, 3, 40)), order(1, true))
            .sample("small ties", of(Input.indices(3, 4, 9).as(DType.U8)), order(1, true))
            .sample("booleans", of(Input.bools(3, 30)), order(1, false))
            .error("argsort: axis 2 is out of range", of(Input.of(2, 3)), order(2, true))
            .notDifferentiable()
            .build());
    Operation.Call topk =
        (x, a) -> {
          var picked = x[0].topk(a.integer("k"), a.integer("axis"), a.flag("largest"));
          return picked.values().add(picked.indices());
        };
    rows.add(
        named("topk", topk)
            .sample("largest", of(Input.distinct(3, 35)), top(4, -1, true))
            .sample("smallest", of(Input.distinct(13, 4)), top(5, 0, false))
            .sample("few of many", of(Input.distinct(1, 300)), top(3, 1, true))
            .sample("few of many, smallest", of(Input.distinct(1, 300)), top(7, 1, false))
            .sample("all", of(Input.distinct(4, 7).as(View.SLICED)), top(7, 1, true))
            .sample("none", of(Input.distinct(4, 7)), top(0, 1, true))
            .error(
                "topk: 4 of axis 1 of shape [2, 3], which has 3",
                of(Input.of(2, 3)),
                top(4, 1, true))
            .build());
  }

  private static void searching(List<Operation> rows) {
    rows.add(
        named(
                "searchSorted",
                (x, a) -> Tensor.searchSorted(x[0].sort().values(), x[1], a.flag("right")))
            .sample("left", of(Input.of(19), Input.of(3, 7)), "right", false)
            .sample("ties", of(Input.indices(9, 14), Input.indices(11, 23)), "right", true)
            .sample("ties left", of(Input.indices(9, 14), Input.indices(11, 23)), "right", false)
            .sample("lines", of(Input.of(3, 19), Input.of(3, 7)), "right", true)
            .sample("nothing", of(Input.of(0), Input.of(3)), "right", true)
            .error(
                "searchSorted: sequences [2, 5] and values [3, 4] must be equal but for the last",
                of(Input.of(2, 5), Input.of(3, 4)),
                "right",
                true)
            .notDifferentiable()
            .build());
    rows.add(
        named("bucketize", (x, a) -> x[0].bucketize(x[1].sort().values(), a.flag("right")))
            .sample("left", of(Input.indices(12, 3, 9), Input.indices(12, 6)), "right", false)
            .sample("right", of(Input.indices(12, 3, 9), Input.indices(12, 6)), "right", true)
            .error(
                "bucketize: boundaries are [N], got [2, 3]",
                of(Input.of(4), Input.of(2, 3)),
                "right",
                true)
            .notDifferentiable()
            .build());
    rows.add(
        named("isIn", (x, a) -> x[0].isIn(x[1]))
            .sample("integers", of(Input.indices(40, 3, 17), Input.indices(40, 4, 3)))
            .sample("nothing", of(Input.indices(40, 5), Input.indices(40, 0)))
            .sample("mixed types", of(Input.indices(40, 9), Input.indices(40, 30).as(DType.I32)))
            .notDifferentiable()
            .build());
    rows.add(
        named("unique", (x, a) -> x[0].unique().values())
            .sample("integers", of(Input.indices(9, 3, 13)))
            .sample("nothing", of(Input.indices(9, 0)))
            .notDifferentiable()
            .build());
    rows.add(
        named("uniqueInverse", (x, a) -> x[0].unique().inverse())
            .sample("integers", of(Input.indices(9, 3, 13)))
            .notDifferentiable()
            .build());
    rows.add(
        named("uniqueCounts", (x, a) -> x[0].unique().counts())
            .sample("integers", of(Input.indices(9, 3, 13)))
            .notDifferentiable()
            .build());
    uniqueSlices(rows);
  }

  private static void uniqueSlices(List<Operation> rows) {
    rows.add(
        named("uniqueAlongAxis", (x, a) -> x[0].unique(a.integer("axis")).values())
            .sample("rows", of(Input.indices(2, 13, 3)), "axis", 0)
            .sample("columns", of(Input.indices(2, 3, 13).as(View.TRANSPOSED)), "axis", -1)
            .sample("middle", of(Input.indices(2, 2, 19, 2)), "axis", 1)
            .sample("floats", of(Input.of(5, 3)), "axis", 0)
            .sample("line", of(Input.indices(4, 9).as(View.SLICED)), "axis", 0)
            .sample("booleans", of(Input.bools(9, 2)), "axis", 0)
            .error("unique: axis 2 is out of range", of(Input.of(2, 3)), "axis", 2)
            .notDifferentiable()
            .build());
    rows.add(
        named("uniqueAlongAxisInverse", (x, a) -> x[0].unique(a.integer("axis")).inverse())
            .sample("rows", of(Input.indices(2, 13, 3)), "axis", 0)
            .sample("middle", of(Input.indices(2, 2, 19, 2)), "axis", 1)
            .sample("floats", of(Input.of(5, 3)), "axis", 0)
            .notDifferentiable()
            .build());
    rows.add(
        named("uniqueAlongAxisCounts", (x, a) -> x[0].unique(a.integer("axis")).counts())
            .sample("rows", of(Input.indices(2, 13, 3)), "axis", 0)
            .sample("middle", of(Input.indices(2, 2, 19, 2)), "axis", 1)
            .notDifferentiable()
            .build());
  }

  private static void selecting(List<Operation> rows) {
    rows.add(
        named("bincount", (x, a) -> x[0].bincount(x.length > 1 ? x[1] : null, a.integer("min")))
            .sample("counts", of(Input.indices(9, 50)), "min", 0)
            .sample("longer", of(Input.indices(5, 20).as(DType.I32)), "min", 12)
            .sample("weights", of(Input.indices(9, 50), Input.of(50)), "min", 0)
            .sample("nothing", of(Input.indices(9, 0)), "min", 3)
            .error("bincount: counts whole numbers, got f32", of(Input.of(3)), "min", 0)
            .error(
                "bincount: takes numbers [N] and weights [N], got [3] and [4]",
                of(Input.indices(5, 3), Input.of(4)),
                "min",
                0)
            .error(
                "bincount: -",
                of(
                    new Input(
                        List.of(5L), DType.I64, -3, 0, Operation.Fill.UNIFORM, View.CONTIGUOUS)),
                "min",
                0)
            .notDifferentiable()
            .build());
    rows.add(
        named("histc", (x, a) -> x[0].histc(a.integer("bins"), a.number("low"), a.number("high")))
            .sample("range", of(Input.of(3, 35)), "bins", 7, "low", -1.0, "high", 1.5)
            .sample("own range", of(Input.of(3, 35)), "bins", 5, "low", 0.0, "high", 0.0)
            .error(
                "histc: 0 bins (at least 1 would fit)",
                of(Input.of(3)),
                "bins",
                0,
                "low",
                0.0,
                "high",
                1.0)
            // narrower types round elements into other bins
            .dtypes(DType.F64, DType.F32)
            .notDifferentiable()
            .build());
    rows.add(
        named("nonZero", (x, a) -> x[0].nonZero())
            .sample("matrix", of(Input.bools(5, 7)))
            .sample("integers", of(Input.indices(2, 3, 4, 2).as(View.TRANSPOSED)))
            .sample("nothing", of(Input.indices(2, 0, 3)))
            .notDifferentiable()
            .build());
    rows.add(
        named("maskedSelect", (x, a) -> x[0].maskedSelect(x[1]))
            .sample("equal", of(Input.of(5, 7), Input.bools(5, 7)))
            .sample("rows", of(Input.of(5, 7).as(View.TRANSPOSED), Input.bools(5, 1)))
            .sample("wider mask", of(Input.of(7), Input.bools(3, 7)))
            .error("maskedSelect: takes bool tensors", of(Input.of(3), Input.of(3)))
            .error(
                "maskedSelect: shapes [3] and [4] do not broadcast",
                of(Input.of(3), Input.bools(4)))
            .build());
  }

  private static void sequences(List<Operation> rows) {
    rows.add(
        named("linspace", (x, a) -> Tensor.linspace(-1.5, 4, 37))
            .sample("numbers", of())
            .notDifferentiable()
            .build());
    rows.add(
        named("logspace", (x, a) -> Tensor.logspace(-1, 2.5, 13, 2))
            .sample("numbers", of())
            .notDifferentiable()
            .build());
  }
}
