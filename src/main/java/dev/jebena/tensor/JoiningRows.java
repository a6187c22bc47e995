package dev.jebena.tensor;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import java.util.ArrayList;
import java.util.List;

/** Rows of copies in which elements are repeated, moved, padded, joined or laid on diagonals. */
final class JoiningRows {
  private JoiningRows() {}

  static List<Operation> rows() {
    var rows = new ArrayList<Operation>();
    repeated(rows);
    moved(rows);
    padded(rows);
    joined(rows);
    diagonals(rows);
    return rows;
  }

  private static List<Input> of(Input... inputs) {
    return List.of(inputs);
  }

  private static void repeated(List<Operation> rows) {
    rows.add(
        named("repeatTimes", (x, a) -> x[0].repeat(a.sizes("times")))
            .sample("matrix", of(Input.of(2, 3)), "times", new long[] {3, 2})
            .sample("new axis", of(Input.of(2, 3)), "times", new long[] {2, 1, 3})
            .sample("once", of(Input.of(5)), "times", new long[] {1})
            .sample("never", of(Input.of(2, 3)), "times", new long[] {0, 2})
            .sample("scalar", of(Input.of()), "times", new long[] {4})
            .sample(
                "transposed", of(Input.of(4, 6).as(View.TRANSPOSED)), "times", new long[] {1, 2})
            .sample("odd", of(Input.of(37)), "times", new long[] {3})
            .error(
                "repeat: 1 numbers [2] for the 2 axes of shape [2, 3]",
                of(Input.of(2, 3)),
                "times",
                new long[] {2})
            .error("repeat: -1 times", of(Input.of(2)), "times", new long[] {-1})
            .build());
    rows.add(
        named("tile", (x, a) -> x[0].tile(a.sizes("times")))
            .sample("last axis", of(Input.of(2, 3)), "times", new long[] {2})
            .sample("matrix", of(Input.of(2, 3).as(View.SLICED)), "times", new long[] {2, 2})
            .sample("new axis", of(Input.of(3)), "times", new long[] {2, 2})
            .error("repeat: -2 times", of(Input.of(2)), "times", new long[] {-2})
            .build());
    rows.add(
        named(
                "repeatInterleave",
                (x, a) -> x[0].repeatInterleave(a.integer("axis"), a.integer("times")))
            .sample("rows", of(Input.of(3, 5)), "axis", 0, "times", 2)
            .sample("columns", of(Input.of(3, 5).as(View.TRANSPOSED)), "axis", -1, "times", 3)
            .sample("once", of(Input.of(3)), "axis", 0, "times", 1)
            .sample("never", of(Input.of(3, 2)), "axis", 0, "times", 0)
            .error("repeatInterleave: -1 times", of(Input.of(2)), "axis", 0, "times", -1)
            .build());
    rows.add(
        named("repeatInterleaveCounts", (x, a) -> x[0].repeatInterleave(a.integer("axis"), x[1]))
            .sample("rows", of(Input.of(4, 5), Input.indices(4, 4)), "axis", 0)
            .sample("columns", of(Input.of(2, 7), Input.indices(3, 7)), "axis", 1)
            .error(
                "repeatInterleave: counts of shape [3] for axis 0 of shape [4, 5]",
                of(Input.of(4, 5), Input.indices(4, 3)),
                "axis",
                0)
            .build());
  }

  private static void moved(List<Operation> rows) {
    rows.add(
        named("roll", (x, a) -> x[0].roll(a.integer("shift"), a.integer("axis")))
            .sample("columns", of(Input.of(3, 7)), "shift", 2, "axis", 1)
            .sample("back", of(Input.of(5, 3)), "shift", -1, "axis", 0)
            .sample("round", of(Input.of(5)), "shift", 12, "axis", 0)
            .sample("transposed", of(Input.of(4, 6).as(View.TRANSPOSED)), "shift", 3, "axis", -1)
            .sample("empty", of(Input.of(3, 0)), "shift", 2, "axis", 1)
            .error("roll: axis 2 is out of range", of(Input.of(3, 5)), "shift", 1, "axis", 2)
            .build());
    rows.add(
        named("rollAll", (x, a) -> x[0].roll(a.integer("shift")))
            .sample("matrix", of(Input.of(3, 7)), "shift", 4)
            .sample("sliced", of(Input.of(3, 7).as(View.SLICED)), "shift", -25)
            .build());
    rows.add(
        named("rot90", (x, a) -> x[0].rot90(a.integer("turns"), a.integer("a"), a.integer("b")))
            .sample("once", of(Input.of(3, 5)), "turns", 1, "a", 0, "b", 1)
            .sample("twice", of(Input.of(3, 5)), "turns", 2, "a", 0, "b", 1)
            .sample("back", of(Input.of(3, 5)), "turns", -1, "a", 0, "b", 1)
            .sample("round", of(Input.of(3, 5)), "turns", 4, "a", 0, "b", 1)
            .sample("other axes", of(Input.of(2, 3, 4)), "turns", 1, "a", 2, "b", 0)
            .error(
                "rot90: takes two different axes", of(Input.of(3, 5)), "turns", 1, "a", 1, "b", -1)
            .build());
    rows.add(
        named("flipAxes", (x, a) -> x[0].flip(a.axes("axes")))
            .sample("both", of(Input.of(3, 37)), "axes", new int[] {0, 1})
            .sample("outer", of(Input.of(2, 3, 4)), "axes", new int[] {-1, 0})
            .sample("none", of(Input.of(2, 3)), "axes", new int[] {})
            .error("flip: axis 1 stands twice", of(Input.of(2, 3)), "axes", new int[] {1, -1})
            .build());
  }

  private static void padded(List<Operation> rows) {
    rows.add(
        named("pad", (x, a) -> x[0].pad(a.number("value"), a.sizes("amounts")))
            .sample("columns", of(Input.of(3, 5)), constant(0, 1, 2))
            .sample("both axes", of(Input.of(3, 5)), constant(-1.5, 1, 0, 2, 3))
            .sample("cut", of(Input.of(3, 7)), constant(2, -2, 1, 1, -1))
            .sample("nothing", of(Input.of(3)), constant(0))
            .sample("transposed", of(Input.of(4, 6).as(View.TRANSPOSED)), constant(0.5, 1, 1))
            .sample("expanded", of(Input.of(4, 6).as(View.EXPANDED)), constant(0.5, 1, 1, 2, 0))
            .sample("empty", of(Input.of(0, 3)), constant(1, 0, 0, 2, 0))
            .error("pad: takes a pair of amounts", of(Input.of(3)), constant(0, 1))
            .error(
                "pad: amounts -2 and -2 cut more off axis 0 of shape [3]",
                of(Input.of(3)),
                constant(0, -2, -2))
            .build());
    for (var mode : PadMode.values()) {
      var name =
          mode.name().charAt(0) + mode.name().substring(1).toLowerCase(java.util.Locale.ROOT);
      var row =
          named("pad" + name, (x, a) -> x[0].pad(mode, a.sizes("amounts")))
              .sample("columns", of(Input.of(2, 3, 5)), "amounts", new long[] {2, 1})
              .sample("both axes", of(Input.of(1, 2, 4, 5)), "amounts", new long[] {4, 4, 3, 1})
              .sample(
                  "transposed",
                  of(Input.of(2, 4, 6).as(View.TRANSPOSED)),
                  "amounts",
                  new long[] {1, 3})
              .error("pad: takes a pair", of(Input.of(3)), "amounts", new long[] {1})
              .error(
                  "pad: " + mode.name().toLowerCase(java.util.Locale.ROOT) + " takes 0 to",
                  of(Input.of(3)),
                  "amounts",
                  new long[] {-1, 0});
      if (mode != PadMode.REPLICATE) {
        row.error(
            "beside axis 0 of shape [3], got 4 and 0",
            of(Input.of(3)),
            "amounts",
            new long[] {4, 0});
      }
      rows.add(row.build());
    }
  }

  private static Object[] constant(double value, long... amounts) {
    return new Object[] {"value", value, "amounts", amounts};
  }

  private static void joined(List<Operation> rows) {
    rows.add(
        named("hstack", (x, a) -> Tensor.hstack(x))
            .sample("matrices", of(Input.of(3, 5), Input.of(3, 2)))
            .sample("vectors", of(Input.of(3), Input.of(4)))
            .sample("scalars", of(Input.of(), Input.of()))
            .error("cat: shapes [3, 5] and [4, 5]", of(Input.of(3, 5), Input.of(4, 5)))
            .build());
    rows.add(
        named("vstack", (x, a) -> Tensor.vstack(x))
            .sample("matrices", of(Input.of(3, 5), Input.of(2, 5).as(View.SLICED)))
            .sample("vectors", of(Input.of(3), Input.of(3)))
            .error("cat: shapes [3, 5] and [3, 4]", of(Input.of(3, 5), Input.of(3, 4)))
            .build());
    rows.add(
        named("dstack", (x, a) -> Tensor.dstack(x))
            .sample("matrices", of(Input.of(3, 5), Input.of(3, 5)))
            .sample("vectors", of(Input.of(3), Input.of(3)))
            .sample("cubes", of(Input.of(2, 3, 4), Input.of(2, 3, 1)))
            .error("cat: shapes [3, 5, 1] and [3, 4, 1]", of(Input.of(3, 5), Input.of(3, 4)))
            .build());
    rows.add(
        named("meshgrid", (x, a) -> Tensor.meshgrid(x).stream().reduce(Tensor::mul).orElseThrow())
            .sample("two", of(Input.of(3), Input.of(5).as(View.SLICED)))
            .sample("three", of(Input.of(2), Input.of(3), Input.of(4)))
            .sample("scalar", of(Input.of(), Input.of(3)))
            .error("meshgrid: takes vectors", of(Input.of(2, 3)))
            .build());
    rows.add(
        named("cartesianProduct", (x, a) -> Tensor.cartesianProduct(x))
            .sample("two", of(Input.of(3), Input.of(5)))
            .sample("three", of(Input.of(2), Input.of(3), Input.of(4)))
            .sample("one", of(Input.of(3)))
            .error("cartesianProduct: takes vectors, got shape [2, 3]", of(Input.of(2, 3)))
            .build());
  }

  private static void diagonals(List<Operation> rows) {
    rows.add(
        named("diag", (x, a) -> x[0].diag(a.integer("offset")))
            .sample("vector", of(Input.of(4)), "offset", 0)
            .sample("vector below", of(Input.of(4).as(View.SLICED)), "offset", -2)
            .sample("matrix", of(Input.of(4, 6)), "offset", 1)
            .sample("empty", of(Input.of(0)), "offset", 0)
            .error("diag: takes a vector or a matrix", of(Input.of(2, 3, 4)), "offset", 0)
            .build());
    rows.add(
        named(
                "diagEmbed",
                (x, a) -> x[0].diagEmbed(a.integer("offset"), a.integer("a"), a.integer("b")))
            .sample("batch", of(Input.of(2, 3)), "offset", 0, "a", -2, "b", -1)
            .sample("above", of(Input.of(2, 3)), "offset", 1, "a", -2, "b", -1)
            .sample("moved", of(Input.of(2, 3, 4)), "offset", -1, "a", 0, "b", 2)
            .sample("exchanged", of(Input.of(2, 3)), "offset", 1, "a", 2, "b", 1)
            .error(
                "diagEmbed: takes a tensor of rank 1", of(Input.of()), "offset", 0, "a", 0, "b", 1)
            .build());
    rows.add(
        named("trace", (x, a) -> x[0].trace())
            .sample("square", of(Input.of(5, 5)))
            .sample("wide", of(Input.of(4, 6).as(View.TRANSPOSED)))
            .error("trace: takes a matrix, got shape [3]", of(Input.of(3)))
            .build());
    rows.add(
        named("blockDiag", (x, a) -> Tensor.blockDiag(x))
            .sample("matrices", of(Input.of(2, 3), Input.of(1, 1), Input.of(3, 2)))
            .sample("vector and scalar", of(Input.of(3), Input.of(), Input.of(2, 2)))
            .error("blockDiag: takes matrices", of(Input.of(2, 3, 4)))
            .build());
    rows.add(
        named(
                "trilIndices",
                (x, a) ->
                    Tensor.trilIndices(
                        a.integer("rows"), a.integer("columns"), a.integer("offset")))
            .sample("square", of(), "rows", 4, "columns", 4, "offset", 0)
            .sample("wide below", of(), "rows", 3, "columns", 5, "offset", -1)
            .sample("tall above", of(), "rows", 5, "columns", 3, "offset", 1)
            .error(
                "trilIndices: there is no matrix [-1, 2]",
                of(),
                "rows",
                -1,
                "columns",
                2,
                "offset",
                0)
            .notDifferentiable()
            .build());
    rows.add(
        named(
                "triuIndices",
                (x, a) ->
                    Tensor.triuIndices(
                        a.integer("rows"), a.integer("columns"), a.integer("offset")))
            .sample("square", of(), "rows", 4, "columns", 4, "offset", 0)
            .sample("wide below", of(), "rows", 3, "columns", 5, "offset", -1)
            .sample("tall above", of(), "rows", 5, "columns", 3, "offset", 2)
            .error(
                "triuIndices: there is no matrix [2, -1]",
                of(),
                "rows",
                2,
                "columns",
                -1,
                "offset",
                0)
            .notDifferentiable()
            .build());
  }
}
