package dev.jebena.tensor;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.memory.DType;
import dev.jebena.tensor.Operation.Fill;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import java.util.ArrayList;
import java.util.List;

/** Rows of writing by index, by mask and through views, and of indexing by several tensors. */
final class ScatterRows {
  private ScatterRows() {}

  static List<Operation> rows() {
    var rows = new ArrayList<Operation>();
    scattered(rows);
    reduced(rows);
    slices(rows);
    advanced(rows);
    throughViews(rows);
    return rows;
  }

  private static List<Input> of(Input... inputs) {
    return List.of(inputs);
  }

  /** Indices no two of which are equal, as long as there are as many numbers. */
  private static Input different(long end, long... shape) {
    var plain = Input.indices(end, shape);
    return new Input(plain.shape(), DType.I64, 0, end, Fill.PERMUTED, View.CONTIGUOUS);
  }

  /** Indices from both ends. */
  private static Input signed(long size, long... shape) {
    var plain = Input.indices(size, shape);
    return new Input(plain.shape(), DType.I64, -size, size, Fill.UNIFORM, View.CONTIGUOUS);
  }

  private static void scattered(List<Operation> rows) {
    rows.add(
        named("scatter", (x, a) -> x[0].scatter(a.integer("axis"), x[1], x[2]))
            .sample("columns", of(Input.of(4, 30), different(30, 4, 5), Input.of(4, 5)), "axis", 1)
            .sample("rows", of(Input.of(40, 3), different(40, 6, 3), Input.of(6, 3)), "axis", 0)
            .sample(
                "strided",
                of(
                    Input.of(4, 30).as(View.TRANSPOSED),
                    different(30, 4, 5).as(View.TRANSPOSED),
                    Input.of(4, 5).as(View.SLICED)),
                "axis",
                1)
            .sample("nothing", of(Input.of(4), Input.indices(4, 0), Input.of(0)), "axis", 0)
            .error(
                "scatter: index [2] and source [3] must have one shape",
                of(Input.of(4), Input.indices(4, 2), Input.of(3)),
                "axis",
                0)
            .build());
    rows.add(
        named("scatterNumber", (x, a) -> x[0].scatter(a.integer("axis"), x[1], a.number("value")))
            .sample("columns", of(Input.of(4, 9), Input.indices(9, 4, 5)), "axis", 1, "value", 2.5)
            .sample("rows", of(Input.of(5, 3), Input.indices(5, 2, 3)), "axis", 0, "value", 0)
            .error(
                "scatter: indices are i64 or i32",
                of(Input.of(4), Input.of(4)),
                "axis",
                0,
                "value",
                1)
            .build());
  }

  private static void reduced(List<Operation> rows) {
    for (var fold : ScatterFold.values()) {
      var name =
          fold.name().charAt(0) + fold.name().substring(1).toLowerCase(java.util.Locale.ROOT);
      var call =
          named(
              "scatterReduce" + name,
              (x, a) ->
                  x[0].scatterReduce(a.integer("axis"), x[1], x[2], fold, a.flag("includeSelf")));
      for (boolean self : new boolean[] {true, false}) {
        var with = self ? "" : " without self";
        call.sample(
                "columns" + with,
                of(Input.distinct(4, 5), Input.indices(5, 4, 9), Input.uniform(-3, 3, 4, 9)),
                "axis",
                1,
                "includeSelf",
                self)
            .sample(
                "rows" + with,
                of(
                    Input.distinct(6, 3).as(View.TRANSPOSED),
                    Input.indices(6, 4, 3),
                    Input.uniform(-3, 3, 4, 3).as(View.SLICED)),
                "axis",
                0,
                "includeSelf",
                self);
      }
      rows.add(
          call.error(
                  "scatterReduce: an index of shape [2, 3] does not fit [4]",
                  of(Input.of(4), Input.indices(4, 2, 3), Input.of(2, 3)),
                  "axis",
                  0,
                  "includeSelf",
                  true)
              .build());
    }
  }

  private static void slices(List<Operation> rows) {
    rows.add(
        named("indexCopy", (x, a) -> x[0].indexCopy(a.integer("axis"), x[1], x[2]))
            .sample("rows", of(Input.of(6, 5), different(6, 3), Input.of(3, 5)), "axis", 0)
            .sample(
                "columns",
                of(Input.of(3, 7).as(View.TRANSPOSED), different(7, 4), Input.of(3, 4)),
                "axis",
                1)
            .error(
                "indexCopy: source [2, 5] with index [3] does not fit [6, 5] along axis 0",
                of(Input.of(6, 5), Input.indices(6, 3), Input.of(2, 5)),
                "axis",
                0)
            .build());
    rows.add(
        named("indexFill", (x, a) -> x[0].indexFill(a.integer("axis"), x[1], a.number("value")))
            .sample("rows", of(Input.of(6, 5), signed(6, 3)), "axis", 0, "value", -1.5)
            .sample("columns", of(Input.of(3, 7), signed(7, 4)), "axis", -1, "value", 2)
            .error(
                "indexFill: the index must have rank 1, got [2, 2]",
                of(Input.of(6), Input.indices(6, 2, 2)),
                "axis",
                0,
                "value",
                0)
            .build());
    rows.add(
        named("maskedScatter", (x, a) -> x[0].maskedScatter(x[1], x[2]))
            .sample("matrix", of(Input.of(4, 5), Input.bools(4, 5), Input.of(4, 6)))
            .sample("broadcast", of(Input.of(4, 7), Input.bools(7), Input.of(28)))
            .sample(
                "strided",
                of(
                    Input.of(4, 6).as(View.TRANSPOSED),
                    Input.bools(4, 6),
                    Input.of(4, 6).as(View.SLICED)))
            .error(
                "maskedScatter: a mask of shape [2, 3] does not broadcast to [3]",
                of(Input.of(3), Input.bools(2, 3), Input.of(6)))
            .error(
                "elements", // more true than there are values
                of(Input.of(9, 9), Input.bools(9, 9), Input.of(1)))
            .build());
  }

  private static void advanced(List<Operation> rows) {
    rows.add(
        named("take", (x, a) -> x[0].take(x[1]))
            .sample("matrix", of(Input.of(4, 6), signed(24, 3, 5)))
            .sample("transposed", of(Input.of(4, 6).as(View.TRANSPOSED), signed(24, 7)))
            .error("take: indices are i64 or i32", of(Input.of(4), Input.of(2)))
            .build());
    rows.add(
        named("takeAlongAxis", (x, a) -> x[0].takeAlongAxis(x[1], a.integer("axis")))
            .sample("same", of(Input.of(4, 6), signed(6, 4, 3)), "axis", 1)
            .sample("broadcast index", of(Input.of(4, 6), signed(4, 3, 1)), "axis", 0)
            .sample("broadcast tensor", of(Input.of(1, 6), signed(6, 4, 2)), "axis", -1)
            .error(
                "takeAlongAxis: index [3] and tensor [4, 6] must have one rank",
                of(Input.of(4, 6), signed(4, 3)),
                "axis",
                0)
            .build());
    rows.add(
        named("index", (x, a) -> x[0].index(placed(x, 1, a.axes("axes"))))
            .sample("rows", of(Input.of(6, 5), signed(6, 4)), at(0))
            .sample("points", of(Input.of(4, 6), signed(4, 3), signed(6, 3)), at(0, 1))
            .sample("grid", of(Input.of(4, 6), signed(4, 3, 1), signed(6, 2)), at(0, 1))
            .sample("last two", of(Input.of(2, 4, 6), signed(4, 3), signed(6, 3)), at(1, 2))
            .sample("apart", of(Input.of(4, 3, 6), signed(4, 5), signed(6, 5)), at(0, 2))
            .sample(
                "strided",
                of(Input.of(2, 4, 6).as(View.TRANSPOSED), signed(4, 2, 2), signed(6, 2)),
                at(1, 2))
            .error(
                "index: shapes [3] and [4] do not broadcast",
                of(Input.of(4, 6), signed(4, 3), signed(6, 4)),
                at(0, 1))
            .sample("mask", of(Input.of(4, 6), Input.bools(4, 6)), at(0))
            .sample("mask of rows", of(Input.of(9, 5).as(View.TRANSPOSED), Input.bools(9)), at(0))
            .sample("mask of columns", of(Input.of(3, 7), Input.bools(7)), at(1))
            .sample(
                "mask of two axes",
                of(Input.of(3, 5, 2).as(View.SLICED), Input.bools(3, 5).as(View.TRANSPOSED)),
                at(0))
            .sample(
                "mask beside index", of(Input.of(4, 3, 6), Input.bools(4, 3), signed(6)), at(0, 1))
            .error("index: 2 indices for shape [4]", of(Input.of(4), signed(4, 3)), at(1))
            .error(
                "index: a mask of shape [3] does not cover axes of shape [4, 6] from axis 1 on",
                of(Input.of(4, 6), Input.bools(3)),
                at(1))
            .build());
    rows.add(
        named(
                "indexPut",
                (x, a) -> x[0].indexPut(x[1], a.flag("accumulate"), placed(x, 2, a.axes("axes"))))
            .sample(
                "added",
                of(Input.of(4, 6), Input.of(9), signed(4, 9), signed(6, 9)),
                put(true, 0, 1))
            .sample("added rows", of(Input.of(4, 6), Input.of(7, 6), signed(4, 7)), put(true, 0))
            .sample(
                "added apart",
                of(Input.of(4, 3, 6), Input.of(3), signed(4, 5), signed(6, 5)),
                put(true, 0, 2))
            .sample("written", of(Input.of(6, 5), Input.of(3, 5), different(6, 3)), put(false, 0))
            .sample(
                "written columns",
                of(Input.of(2, 6, 3), Input.of(4, 1), different(6, 4)),
                put(false, 1))
            .sample("added at mask", of(Input.of(5, 6), Input.of(6), Input.bools(5)), put(true, 0))
            .sample(
                "written at mask",
                of(Input.of(5, 6), Input.of(1), Input.bools(5, 6)),
                put(false, 0))
            .error(
                "indexPut: shapes [2, 5] and [3, 5] do not broadcast",
                of(Input.of(6, 5), Input.of(2, 5), signed(6, 3)),
                put(true, 0))
            .build());
  }

  /** The inputs from a number on as indices of the given axes, null for the axes between. */
  private static Tensor[] placed(Tensor[] inputs, int first, int[] axes) {
    var indices = new Tensor[axes[axes.length - 1] + 1];
    for (int i = 0; i < axes.length; i++) {
      indices[axes[i]] = inputs[first + i];
    }
    return indices;
  }

  private static Object[] at(int... axes) {
    return new Object[] {"axes", axes};
  }

  private static Object[] put(boolean accumulate, int... axes) {
    return new Object[] {"axes", axes, "accumulate", accumulate};
  }

  private static void throughViews(List<Operation> rows) {
    rows.add(
        named(
                "sliceScatter",
                (x, a) ->
                    x[0].sliceScatter(
                        x[1],
                        a.integer("axis"),
                        a.integer("start"),
                        a.integer("end"),
                        a.integer("step")))
            .sample("columns", of(Input.of(3, 7), Input.of(3, 3)), range(1, 1, 6, 2))
            .sample(
                "rows", of(Input.of(5, 3).as(View.TRANSPOSED), Input.of(2, 3)), range(0, -2, 9, 1))
            .error(
                "sliceScatter: a source of shape [3, 2] where [3, 3] would fit",
                of(Input.of(3, 7), Input.of(3, 2)),
                range(1, 1, 6, 2))
            .build());
    rows.add(
        named(
                "selectScatter",
                (x, a) -> x[0].selectScatter(x[1], a.integer("axis"), a.integer("index")))
            .sample("row", of(Input.of(3, 5), Input.of(5)), "axis", 0, "index", -1)
            .sample(
                "column", of(Input.of(3, 5), Input.of(3).as(View.SLICED)), "axis", 1, "index", 2)
            .error(
                "selectScatter: a source of shape [5] where [3] would fit",
                of(Input.of(3, 5), Input.of(5)),
                "axis",
                1,
                "index",
                0)
            .build());
    rows.add(
        named(
                "diagonalScatter",
                (x, a) ->
                    x[0].diagonalScatter(x[1], a.integer("offset"), a.integer("a"), a.integer("b")))
            .sample("matrix", of(Input.of(3, 5), Input.of(3)), "offset", 1, "a", 0, "b", 1)
            .sample("batch", of(Input.of(2, 4, 3), Input.of(2, 3)), "offset", -1, "a", 1, "b", 2)
            .error(
                "diagonalScatter: a source of shape [4] where [3] would fit",
                of(Input.of(3, 5), Input.of(4)),
                "offset",
                0,
                "a",
                0,
                "b",
                1)
            .build());
  }

  private static Object[] range(int axis, int start, int end, int step) {
    return new Object[] {"axis", axis, "start", start, "end", end, "step", step};
  }
}
