package dev.jebena.tensor;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import java.util.ArrayList;
import java.util.List;

/** Rows of products of vectors, matrices and tensors. */
final class ProductRows {
  private ProductRows() {}

  static List<Operation> rows() {
    var rows = new ArrayList<Operation>();
    plain(rows);
    added(rows);
    tensors(rows);
    return rows;
  }

  private static List<Input> of(Input... inputs) {
    return List.of(inputs);
  }

  private static void plain(List<Operation> rows) {
    rows.add(
        named("dot", (x, a) -> x[0].dot(x[1]))
            .sample("odd", of(Input.of(37), Input.of(37)))
            .sample("sliced", of(Input.of(9).as(View.SLICED), Input.of(9)))
            .sample("nothing", of(Input.of(0), Input.of(0)))
            .error("dot: shapes [3] and [4] do not fit: 3 ≠ 4", of(Input.of(3), Input.of(4)))
            .error("dot: takes ranks 1 and 1", of(Input.of(3, 3), Input.of(3)))
            .build());
    rows.add(
        named("mv", (x, a) -> x[0].mv(x[1]))
            .sample("odd", of(Input.of(5, 37), Input.of(37)))
            .sample("transposed", of(Input.of(4, 6).as(View.TRANSPOSED), Input.of(6)))
            .error("mv: shapes [3, 4] and [3] do not fit: 4 ≠ 3", of(Input.of(3, 4), Input.of(3)))
            .build());
    rows.add(
        named("mm", (x, a) -> x[0].mm(x[1]))
            .sample("odd", of(Input.of(3, 17), Input.of(17, 5)))
            .sample(
                "strided", of(Input.of(4, 6).as(View.TRANSPOSED), Input.of(6, 3).as(View.SLICED)))
            .error("mm: takes ranks 2 and 2", of(Input.of(2, 3, 4), Input.of(4, 5)))
            .build());
    rows.add(
        named("bmm", (x, a) -> x[0].bmm(x[1]))
            .sample("odd", of(Input.of(3, 5, 7), Input.of(3, 7, 2)))
            .sample(
                "strided",
                of(Input.of(2, 4, 6).as(View.TRANSPOSED), Input.of(2, 6, 3).as(View.EXPANDED)))
            .error(
                "bmm: shapes [1, 3, 4] and [2, 4, 5] do not fit: 1 ≠ 2 matrices",
                of(Input.of(1, 3, 4), Input.of(2, 4, 5)))
            .build());
    rows.add(
        named("outer", (x, a) -> x[0].outer(x[1]))
            .sample("odd", of(Input.of(5), Input.of(37)))
            .sample("sliced", of(Input.of(5).as(View.SLICED), Input.of(3)))
            .sample("nothing", of(Input.of(0), Input.of(3)))
            .error("outer: takes ranks 1 and 1", of(Input.of(3, 3), Input.of(3)))
            .build());
    rows.add(
        named("inner", (x, a) -> x[0].inner(x[1]))
            .sample("vectors", of(Input.of(9), Input.of(9)))
            .sample("matrices", of(Input.of(4, 9), Input.of(5, 9)))
            .sample("cube", of(Input.of(2, 3, 5), Input.of(4, 5).as(View.SLICED)))
            .sample("scalar", of(Input.of(), Input.of(4)))
            .error("inner: shapes [3] and [4] do not fit: 3 ≠ 4", of(Input.of(3), Input.of(4)))
            .build());
    rows.add(
        named("cross", (x, a) -> x[0].cross(x[1], a.integer("axis")))
            .sample("rows", of(Input.of(5, 3), Input.of(5, 3)), "axis", -1)
            .sample("columns", of(Input.of(3, 7).as(View.TRANSPOSED), Input.of(3, 7)), "axis", 0)
            .sample("broadcast", of(Input.of(4, 1, 3), Input.of(1, 2, 3)), "axis", 2)
            .error(
                "cross: takes tensors of one rank with vectors of 3",
                of(Input.of(4), Input.of(4)),
                "axis",
                0)
            .build());
    rows.add(
        named("cdist", (x, a) -> x[0].cdist(x[1]))
            .sample("rows", of(Input.of(5, 7), Input.of(3, 7)))
            .sample("batch", of(Input.of(2, 4, 3), Input.of(2, 5, 3).as(View.TRANSPOSED)))
            .error(
                "cdist: shapes [5, 7] and [5, 6] do not fit: 7 ≠ 6",
                of(Input.of(5, 7), Input.of(5, 6)))
            .error("cdist: takes matrices of rows", of(Input.of(5), Input.of(5)))
            .build());
  }

  private static void added(List<Operation> rows) {
    rows.add(
        named("addmm", (x, a) -> x[0].addmm(x[1], x[2], a.number("beta"), a.number("alpha")))
            .sample("matrix", of(Input.of(3, 5), Input.of(3, 7), Input.of(7, 5)), scaled(1, 1))
            .sample("row", of(Input.of(5), Input.of(3, 7), Input.of(7, 5)), scaled(0.5, -2))
            .sample(
                "strided",
                of(
                    Input.of(3, 1),
                    Input.of(3, 7).as(View.SLICED),
                    Input.of(7, 5).as(View.TRANSPOSED)),
                scaled(2, 1))
            .error(
                "addmm: shape [2, 3, 5] does not broadcast to the product's [3, 5]",
                of(Input.of(2, 3, 5), Input.of(3, 7), Input.of(7, 5)),
                scaled(1, 1))
            .build());
    rows.add(
        named("addmv", (x, a) -> x[0].addmv(x[1], x[2], a.number("beta"), a.number("alpha")))
            .sample("vector", of(Input.of(5), Input.of(5, 7), Input.of(7)), scaled(1, 1))
            .sample("scaled", of(Input.of(5), Input.of(5, 7), Input.of(7)), scaled(-1, 3))
            .error(
                "addmv: shapes [5, 7] and [5] do not fit",
                of(Input.of(5), Input.of(5, 7), Input.of(5)),
                scaled(1, 1))
            .build());
    rows.add(
        named("baddbmm", (x, a) -> x[0].baddbmm(x[1], x[2], a.number("beta"), a.number("alpha")))
            .sample(
                "batch", of(Input.of(2, 3, 5), Input.of(2, 3, 4), Input.of(2, 4, 5)), scaled(1, 1))
            .sample("row", of(Input.of(5), Input.of(2, 3, 4), Input.of(2, 4, 5)), scaled(0.5, 2))
            .error(
                "baddbmm: shapes [3, 3, 4] and [2, 4, 5] do not fit",
                of(Input.of(5), Input.of(3, 3, 4), Input.of(2, 4, 5)),
                scaled(1, 1))
            .build());
  }

  private static Object[] scaled(double beta, double alpha) {
    return new Object[] {"beta", beta, "alpha", alpha};
  }

  private static void tensors(List<Operation> rows) {
    rows.add(
        named("tensordot", (x, a) -> x[0].tensordot(x[1], a.axes("axes"), a.axes("otherAxes")))
            .sample(
                "two axes", of(Input.of(3, 4, 5), Input.of(4, 3, 2)), pairs(new int[] {1, 0}, 0, 1))
            .sample("one axis", of(Input.of(3, 4), Input.of(2, 3)), pairs(new int[] {0}, -1))
            .sample("no axis", of(Input.of(3), Input.of(2, 2)), pairs(new int[] {}))
            .sample(
                "all axes",
                of(Input.of(3, 4).as(View.TRANSPOSED), Input.of(3, 4).as(View.SLICED)),
                pairs(new int[] {0, 1}, 0, 1))
            .error(
                "tensordot: shapes [3, 4] and [5, 2] do not fit: 4 ≠ 5 (axis 1 against axis 0)",
                of(Input.of(3, 4), Input.of(5, 2)),
                pairs(new int[] {1}, 0))
            .error(
                "tensordot: an axis stands twice in [1, -1]",
                of(Input.of(3, 4), Input.of(4, 4)),
                pairs(new int[] {1, -1}, 0, 1))
            .build());
    rows.add(
        named("kron", (x, a) -> x[0].kron(x[1]))
            .sample("matrices", of(Input.of(2, 3), Input.of(4, 5)))
            .sample("vector and matrix", of(Input.of(3), Input.of(2, 2)))
            .sample("cube", of(Input.of(2, 1, 3), Input.of(2, 2).as(View.TRANSPOSED)))
            .build());
    rows.add(
        named("matrixPower", (x, a) -> x[0].matrixPower(a.integer("n")))
            .sample("cube", of(Input.uniform(-1, 1, 4, 4)), "n", 3)
            .sample(
                "sixth of a batch",
                of(Input.uniform(-0.7, 0.7, 2, 3, 3).as(View.TRANSPOSED)),
                "n",
                6)
            .sample("first", of(Input.of(3, 3)), "n", 1)
            .sample("none", of(Input.of(2, 3, 3)), "n", 0)
            .error("matrixPower: exponent -1 would need an inverse", of(Input.of(3, 3)), "n", -1)
            .error(
                "matrixPower: takes square matrices, got shape [3, 4]", of(Input.of(3, 4)), "n", 2)
            .build());
  }

  private static Object[] pairs(int[] axes, int... others) {
    return new Object[] {"axes", axes, "otherAxes", others};
  }
}
