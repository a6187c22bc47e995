package dev.jebena.tensor;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.tensor.Operation.Builder;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import java.util.ArrayList;
import java.util.List;

/** Rows of views: windows, diagonals, axes moved, merged and parted, parts. */
final class ViewRows {
  private ViewRows() {}

  static List<Operation> rows() {
    var rows = new ArrayList<Operation>();
    windows(rows);
    axes(rows);
    parts(rows);
    return rows;
  }

  private static List<Input> of(Input... inputs) {
    return List.of(inputs);
  }

  /** A matrix in every layout, and without elements. */
  private static Builder onMatrices(String name, Operation.Call call, Object... attributes) {
    return named(name, call)
        .sample("matrix", of(Input.of(4, 6)), attributes)
        .sample("transposed", of(Input.of(4, 6).as(View.TRANSPOSED)), attributes)
        .sample("sliced", of(Input.of(4, 6).as(View.SLICED)), attributes)
        .sample("expanded", of(Input.of(4, 6).as(View.EXPANDED)), attributes)
        .sample("odd", of(Input.of(5, 37)), attributes);
  }

  private static void windows(List<Operation> rows) {
    rows.add(
        onMatrices(
                "unfold",
                (x, a) -> x[0].unfold(a.integer("axis"), a.integer("size"), a.integer("step")),
                "axis",
                1,
                "size",
                3,
                "step",
                1)
            .sample("rows", of(Input.of(7, 3)), "axis", 0, "size", 3, "step", 2)
            .sample("apart", of(Input.of(2, 11)), "axis", -1, "size", 2, "step", 4)
            .sample("middle", of(Input.of(2, 6, 3)), "axis", 1, "size", 4, "step", 2)
            .sample("whole", of(Input.of(5)), "axis", 0, "size", 5, "step", 1)
            .sample("empty", of(Input.of(0, 4)), "axis", 1, "size", 2, "step", 1)
            .error(
                "unfold: windows of 6 do not fit axis 1 of shape [3, 5]",
                of(Input.of(3, 5)),
                "axis",
                1,
                "size",
                6,
                "step",
                1)
            .error("unfold: step 0", of(Input.of(3)), "axis", 0, "size", 2, "step", 0)
            .build());
    rows.add(
        onMatrices(
                "diagonal",
                (x, a) -> x[0].diagonal(a.integer("offset"), a.integer("a"), a.integer("b")),
                "offset",
                0,
                "a",
                0,
                "b",
                1)
            .sample("above", of(Input.of(3, 5)), "offset", 3, "a", 0, "b", 1)
            .sample("below", of(Input.of(5, 3)), "offset", -1, "a", 0, "b", 1)
            .sample("beside", of(Input.of(3, 3)), "offset", 4, "a", 0, "b", 1)
            .sample("axes exchanged", of(Input.of(3, 5)), "offset", 1, "a", 1, "b", 0)
            .sample("batch", of(Input.of(2, 3, 4)), "offset", 0, "a", -2, "b", -1)
            .sample("outer axes", of(Input.of(3, 2, 4)), "offset", 1, "a", 0, "b", 2)
            .sample("empty", of(Input.of(0, 4)), "offset", 0, "a", 0, "b", 1)
            .error(
                "diagonal: takes two different axes, got 1 and -1 of shape [3, 5]",
                of(Input.of(3, 5)),
                "offset",
                0,
                "a",
                1,
                "b",
                -1)
            .build());
    rows.add(
        named(
                "asStrided",
                (x, a) -> x[0].asStrided(a.sizes("shape"), a.sizes("strides"), a.integer("offset")))
            .sample("overlapping", of(Input.of(4, 6)), strided(new long[] {5, 4}, 3, 2, 1))
            .sample("repeated", of(Input.of(7)), strided(new long[] {3, 4}, 0, 1, 2))
            .sample("one", of(Input.of(7)), strided(new long[] {}, 3))
            .sample(
                "transposed",
                of(Input.of(4, 6).as(View.TRANSPOSED)),
                strided(new long[] {6, 2}, 1, 6, 0))
            .sample("empty", of(Input.of(4)), strided(new long[] {0, 3}, 1, 1, 0))
            .error(
                "asStrided: [3, 3] strides [2, 1] offset 1 reaches from element 1 to 7 of a"
                    + " storage of 6",
                of(Input.of(6)),
                strided(new long[] {3, 3}, 2, 1, 1))
            .error(
                "asStrided: [3] strides [-1] offset 1 reaches from element -1",
                of(Input.of(6)),
                strided(new long[] {3}, -1, 1))
            .build());
  }

  /** The strides, then the offset. */
  private static Object[] strided(long[] shape, long... stridesAndOffset) {
    int rank = stridesAndOffset.length - 1;
    return new Object[] {
      "shape",
      shape,
      "strides",
      java.util.Arrays.copyOf(stridesAndOffset, rank),
      "offset",
      (int) stridesAndOffset[rank]
    };
  }

  private static void axes(List<Operation> rows) {
    rows.add(
        named("movedim", (x, a) -> x[0].movedim(a.axes("from"), a.axes("to")))
            .sample("to the back", of(Input.of(2, 3, 4)), moved(new int[] {0}, -1))
            .sample("to the front", of(Input.of(2, 3, 4)), moved(new int[] {-1}, 0))
            .sample("two", of(Input.of(2, 3, 4, 5)), moved(new int[] {0, 3}, 2, 0))
            .sample("none", of(Input.of(2, 3)), moved(new int[] {}))
            .sample(
                "transposed", of(Input.of(2, 3, 4).as(View.TRANSPOSED)), moved(new int[] {1}, 0))
            .sample("empty", of(Input.of(2, 0, 4)), moved(new int[] {1}, 0))
            .error(
                "movedim: an axis stands twice in [0, 0] → [1, 2]",
                of(Input.of(2, 3, 4)),
                moved(new int[] {0, 0}, 1, 2))
            .error(
                "movedim: 2 axes [0, 1] cannot go to 1 places",
                of(Input.of(2, 3, 4)),
                moved(new int[] {0, 1}, 1))
            .build());
    rows.add(
        named("flatten", (x, a) -> x[0].flatten(a.integer("first"), a.integer("last")))
            .sample("all", of(Input.of(2, 3, 4)), "first", 0, "last", -1)
            .sample("back", of(Input.of(2, 3, 4)), "first", 1, "last", 2)
            .sample("copied", of(Input.of(4, 6).as(View.TRANSPOSED)), "first", 0, "last", 1)
            .sample("sliced", of(Input.of(4, 6).as(View.SLICED)), "first", 0, "last", 1)
            .sample("expanded", of(Input.of(4, 6).as(View.EXPANDED)), "first", 0, "last", 1)
            .sample("scalar", of(Input.of()), "first", 0, "last", -1)
            .sample("empty", of(Input.of(2, 0, 3)), "first", 0, "last", 1)
            .error(
                "flatten: axis 2 stands after axis 0", of(Input.of(2, 3, 4)), "first", 2, "last", 0)
            .build());
    rows.add(
        named("unflatten", (x, a) -> x[0].unflatten(a.integer("axis"), a.sizes("shape")))
            .sample("back", of(Input.of(2, 12)), parted(1, 3, -1))
            .sample("front", of(Input.of(6, 5)), parted(0, 2, 3))
            .sample("transposed", of(Input.of(4, 6).as(View.TRANSPOSED)), parted(1, 2, 3))
            .sample("sliced", of(Input.of(4, 6).as(View.SLICED)), parted(-1, 3, 2))
            .sample("empty", of(Input.of(0, 6)), parted(1, 2, 3))
            .error(
                "unflatten: axis 1 of shape [2, 12] has size 12, which is not the product of [5,"
                    + " -1]",
                of(Input.of(2, 12)),
                parted(1, 5, -1))
            .error(
                "unflatten: axis 1 of shape [2, 12] has size 12, which is not the product of [5,"
                    + " 2]",
                of(Input.of(2, 12)),
                parted(1, 5, 2))
            .build());
    rows.add(
        named("view", (x, a) -> x[0].view(a.sizes("shape")))
            .sample("matrix", of(Input.of(4, 6)), "shape", new long[] {2, -1, 3})
            .sample("parted", of(Input.of(4, 6).as(View.TRANSPOSED)), "shape", new long[] {2, 2, 6})
            .sample("sliced", of(Input.of(2, 6).as(View.SLICED)), "shape", new long[] {2, 3, 2})
            .sample("scalar", of(Input.of()), "shape", new long[] {1, 1})
            .error(
                "view: shape [24] would join axes of [4, 6] whose strides [1, 4] do not continue"
                    + " each other; reshape copies where it must",
                of(Input.of(4, 6).as(View.TRANSPOSED)),
                "shape",
                new long[] {24})
            .build());
    rows.add(
        named("squeezeAll", (x, a) -> x[0].squeeze())
            .sample("ones", of(Input.of(1, 3, 1, 5)))
            .sample("nothing", of(Input.of(3, 5)))
            .sample("to a scalar", of(Input.of(1, 1)))
            .sample("empty", of(Input.of(1, 0)))
            .build());
    rows.add(
        named("transposeMatrix", (x, a) -> x[0].t())
            .sample("matrix", of(Input.of(3, 5)))
            .sample("vector", of(Input.of(5)))
            .sample("scalar", of(Input.of()))
            .error("t: takes a matrix, a vector or a scalar", of(Input.of(2, 3, 4)))
            .build());
    rows.add(
        named("mT", (x, a) -> x[0].mT())
            .sample("matrix", of(Input.of(3, 5)))
            .sample("batch", of(Input.of(2, 3, 5).as(View.SLICED)))
            .error("transpose: axis -2 is out of range for shape [3]", of(Input.of(3)))
            .build());
  }

  private static Object[] moved(int[] from, int... to) {
    return new Object[] {"from", from, "to", to};
  }

  private static Object[] parted(int axis, long... sizes) {
    return new Object[] {"axis", axis, "shape", sizes};
  }

  private static void parts(List<Operation> rows) {
    rows.add(
        onMatrices(
                "narrow",
                (x, a) -> x[0].narrow(a.integer("axis"), a.integer("start"), a.integer("length")),
                "axis",
                1,
                "start",
                2,
                "length",
                3)
            .sample("from the end", of(Input.of(5, 3)), "axis", 0, "start", -2, "length", 2)
            .sample("nothing", of(Input.of(5)), "axis", 0, "start", 5, "length", 0)
            .error(
                "narrow: 3 elements from 4 do not lie within axis 1 of shape [2, 6]",
                of(Input.of(2, 6)),
                "axis",
                1,
                "start",
                4,
                "length",
                3)
            .build());
    rows.add(
        named(
                "split",
                (x, a) -> x[0].split(a.integer("axis"), a.sizes("sizes")).get(a.integer("part")))
            .sample("matrix", of(Input.of(4, 6)), sizes(0, 2, 1, 0, 3))
            .sample("transposed", of(Input.of(4, 6).as(View.TRANSPOSED)), sizes(1, 1, 2, 4))
            .sample("sliced", of(Input.of(4, 6).as(View.SLICED)), sizes(-1, 0, 5, 1))
            .sample("odd", of(Input.of(67)), sizes(0, 1, 3, 33, 31))
            .sample("nothing", of(Input.of(2, 5)), sizes(1, 1, 2, 0, 3))
            .error(
                "split: sizes [2, 2] add up to 4, but axis 1 of [3, 5] has 5",
                of(Input.of(3, 5)),
                sizes(1, 0, 2, 2))
            .build());
    rows.add(
        onMatrices(
                "splitEvery",
                (x, a) ->
                    x[0].splitEvery(a.integer("axis"), a.integer("size")).get(a.integer("part")),
                "axis",
                1,
                "size",
                4,
                "part",
                1)
            .sample("empty", of(Input.of(0, 3)), "axis", 0, "size", 4, "part", 0)
            .error("splitEvery: parts of 0", of(Input.of(3)), "axis", 0, "size", 0, "part", 0)
            .build());
    rows.add(
        onMatrices(
                "tensorSplit",
                (x, a) ->
                    x[0].tensorSplit(a.integer("axis"), a.integer("sections"))
                        .get(a.integer("part")),
                "axis",
                1,
                "sections",
                4,
                "part",
                1)
            .sample("more than there is", of(Input.of(2)), "axis", 0, "sections", 3, "part", 2)
            .error("tensorSplit: 0 parts", of(Input.of(3)), "axis", 0, "sections", 0, "part", 0)
            .build());
    rows.add(
        named(
                "tensorSplitAt",
                (x, a) ->
                    x[0].tensorSplit(a.integer("axis"), a.sizes("indices")).get(a.integer("part")))
            .sample("middle", of(Input.of(3, 7)), cut(1, 1, 2, 5))
            .sample("last", of(Input.of(3, 7)), cut(1, 2, 2, 5))
            .sample("from the end", of(Input.of(7, 2)), cut(0, 0, -3))
            .sample("past the end", of(Input.of(7)), cut(0, 1, 5, 9))
            .sample("backwards", of(Input.of(7)), cut(0, 1, 5, 2))
            .error("tensorSplit: axis 1 is out of range", of(Input.of(3)), cut(1, 0, 1))
            .build());
    rows.add(
        onMatrices(
                "unbind",
                (x, a) -> x[0].unbind(a.integer("axis")).get(a.integer("part")),
                "axis",
                1,
                "part",
                2)
            .sample("rows", of(Input.of(3, 5)), "axis", 0, "part", 0)
            .error("unbind: axis 2 is out of range", of(Input.of(3, 5)), "axis", 2, "part", 0)
            .build());
  }

  private static Object[] sizes(int axis, int part, long... sizes) {
    return new Object[] {"axis", axis, "part", part, "sizes", sizes};
  }

  private static Object[] cut(int axis, int part, long... indices) {
    return new Object[] {"axis", axis, "part", part, "indices", indices};
  }
}
