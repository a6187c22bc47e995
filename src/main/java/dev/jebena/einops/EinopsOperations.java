package dev.jebena.einops;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.tensor.Operation;
import dev.jebena.tensor.Operation.Attributes;
import dev.jebena.tensor.Operation.Builder;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import java.util.ArrayList;
import java.util.List;

/** The rows of the operation table that this room contributes. */
public final class EinopsOperations {
  private static final String PATTERN = "pattern";

  private EinopsOperations() {}

  /** All rows, each with its samples. */
  public static List<Operation> rows() {
    var rows = new ArrayList<Operation>();
    rows.add(rearrange());
    for (var how : Reduction.values()) {
      rows.add(reduce(how));
    }
    rows.add(repeat());
    rows.add(einsum());
    rows.add(pack());
    rows.add(unpack());
    return rows;
  }

  private static String pattern(Attributes a) {
    return (String) a.values().get(PATTERN);
  }

  /** Attributes besides the pattern are sizes of axes. */
  private static Axis[] sizes(Attributes a) {
    return a.values().entrySet().stream()
        .filter(entry -> !entry.getKey().equals(PATTERN))
        .map(entry -> new Axis(entry.getKey(), ((Number) entry.getValue()).longValue()))
        .toArray(Axis[]::new);
  }

  private static Object[] with(String pattern, Object... sizes) {
    var all = new Object[sizes.length + 2];
    all[0] = PATTERN;
    all[1] = pattern;
    System.arraycopy(sizes, 0, all, 2, sizes.length);
    return all;
  }

  private static List<Input> of(Input... inputs) {
    return List.of(inputs);
  }

  private static Operation rearrange() {
    return named("rearrange", (x, a) -> Einops.rearrange(x[0], pattern(a), sizes(a)))
        .sample("transpose", of(Input.of(3, 5)), with("h w -> w h"))
        .sample("split heads", of(Input.of(2, 3, 8)), with("b t (h d) -> b h t d", "h", 4))
        .sample("merge heads", of(Input.of(2, 4, 3, 2)), with("b h t d -> b t (h d)"))
        .sample(
            "patches",
            of(Input.of(2, 3, 4, 6)),
            with("b c (h p1) (w p2) -> b (h w) (p1 p2 c)", "p1", 2, "p2", 3))
        .sample("ellipsis", of(Input.of(2, 3, 4, 5)), with("b ... c -> c ... b"))
        .sample("merged ellipsis", of(Input.of(2, 3, 4, 5)), with("b ... c -> b (... c)"))
        .sample("ellipsis of none", of(Input.of(2, 3)), with("a ... b -> b (...) a"))
        .sample("ones", of(Input.of(3, 1, 5)), with("a 1 b -> 1 b () (1 a)"))
        .sample("transposed", of(Input.of(4, 6).as(View.TRANSPOSED)), with("a b -> (a b)"))
        .sample("sliced", of(Input.of(4, 6).as(View.SLICED)), with("a (b c) -> c (a b)", "c", 3))
        .sample("expanded", of(Input.of(4, 6).as(View.EXPANDED)), with("a b -> (b a)"))
        .sample("scalar", of(Input.of()), with("-> 1 ()"))
        .sample("empty", of(Input.of(0, 6)), with("a (b c) -> (c a) b", "b", 2))
        .sample("odd", of(Input.of(67)), with("(a b) -> b a", "a", 67))
        .error(
            "rearrange: axis 1 of size 7 does not divide by 2; pattern \"b (w p) -> b w p\", shape"
                + " [4, 7], sizes p=2\n  b (w p) -> b w p\n    ^^^^^",
            of(Input.of(4, 7)),
            with("b (w p) -> b w p", "p", 2))
        .error(
            "rearrange: axis 'c' on the right is not on the left; pattern \"a b -> a c\", shape [2,"
                + " 3]\n  a b -> a c\n           ^",
            of(Input.of(2, 3)),
            with("a b -> a c"))
        .build();
  }

  private static Input input(Reduction how, long... shape) {
    return switch (how) {
      case ANY, ALL -> Input.bools(shape);
      case MAX, MIN -> Input.distinct(shape);
      case PROD -> Input.uniform(0.7, 1.3, shape);
      case SUM, MEAN -> Input.of(shape);
    };
  }

  private static Operation reduce(Reduction how) {
    var word = how.toString();
    var name = "reduce" + Character.toUpperCase(word.charAt(0)) + word.substring(1);
    var row =
        named(name, (x, a) -> Einops.reduce(x[0], pattern(a), how, sizes(a)))
            .sample("one axis", of(input(how, 3, 35)), with("a b -> a"))
            .sample("global", of(input(how, 2, 3, 4, 5)), with("b c h w -> b c"))
            .sample("everything", of(input(how, 3, 5)), with("a b ->"))
            .sample(
                "pooling",
                of(input(how, 2, 3, 4, 6)),
                with("b c (h p) (w q) -> b h w c", "p", 2, "q", 3))
            .sample("numbers", of(input(how, 2, 4, 6)), with("b (h 2) (w 3) -> w (b h)"))
            .sample("ellipsis", of(input(how, 2, 3, 4)), with("... c -> c"))
            .sample("kept ones", of(input(how, 2, 3, 4)), with("a b c -> a 1 c"))
            .sample("nothing", of(input(how, 2, 3)), with("a b -> b a"))
            .error(
                name.substring(0, 6) + ": axis 'c' on the right is not on the left",
                of(input(how, 2, 3)),
                with("a b -> c"));
    return how == Reduction.ANY || how == Reduction.ALL
        ? row.notDifferentiable().build()
        : layouts(how, row).build();
  }

  private static Builder layouts(Reduction how, Builder row) {
    return row.sample("transposed", of(input(how, 4, 6).as(View.TRANSPOSED)), with("a b -> b"))
        .sample("sliced", of(input(how, 4, 6).as(View.SLICED)), with("a b -> a"));
  }

  private static Operation repeat() {
    return named("repeat", (x, a) -> Einops.repeat(x[0], pattern(a), sizes(a)))
        .sample("new axis", of(Input.of(3, 5)), with("a b -> a n b", "n", 4))
        .sample("upsample", of(Input.of(3, 5)), with("h w -> (h 2) (w 3)"))
        .sample("tile", of(Input.of(3, 5)), with("h w -> h (n w)", "n", 2))
        .sample("ellipsis", of(Input.of(2, 3, 4)), with("... c -> n ... (c m)", "n", 2, "m", 2))
        .sample("transposed", of(Input.of(3, 5).as(View.TRANSPOSED)), with("a b -> b 2 a"))
        .sample("sliced", of(Input.of(2, 7).as(View.SLICED)), with("a b -> (a b) 3"))
        .sample("expanded", of(Input.of(3, 4).as(View.EXPANDED)), with("a b -> a 2 b"))
        .sample("scalar", of(Input.of()), with("-> n", "n", 5))
        .sample("none", of(Input.of(3)), with("a -> n a", "n", 0))
        .sample("split", of(Input.of(6)), with("(a b) -> b n a", "b", 3, "n", 2))
        .error(
            "repeat: the new axis 'n' needs a size: axis(\"n\", ...); pattern \"a -> a n\", shape"
                + " [3]\n  a -> a n\n         ^",
            of(Input.of(3)),
            with("a -> a n"))
        .build();
  }

  private static Operation einsum() {
    var row = named("einsum", (x, a) -> Einops.einsum(pattern(a), x));
    oneOperand(row);
    twoOperands(row);
    manyOperands(row);
    return row.error(
            "einsum: axis 'j' is 4 in operand 0 and 5 in operand 1; pattern \"ij,jk->ik\", shapes"
                + " [3, 4], [5, 6]\n  ij,jk->ik\n     ^",
            of(Input.of(3, 4), Input.of(5, 6)),
            with("ij,jk->ik"))
        .error("einsum: the equation has 2 terms, got 1 tensor", of(Input.of(3)), with("i,i->"))
        .build();
  }

  private static void oneOperand(Builder row) {
    row.sample("transpose", of(Input.of(3, 5)), with("ij->ji"))
        .sample("implicit transpose", of(Input.of(3, 5)), with("ba"))
        .sample("sum", of(Input.of(3, 5)), with("ij->"))
        .sample("sum of some", of(Input.of(2, 3, 4)), with("a b c -> c a"))
        .sample("trace", of(Input.of(5, 5)), with("ii->"))
        .sample("implicit trace", of(Input.of(5, 5)), with("ii"))
        .sample("diagonal", of(Input.of(5, 5)), with("ii->i"))
        .sample("diagonal in a batch", of(Input.of(2, 4, 3, 4)), with("b i c i -> i b c"))
        .sample("three times", of(Input.of(3, 3, 3)), with("iii->i"))
        .sample("transposed diagonal", of(Input.of(4, 4).as(View.TRANSPOSED)), with("i i -> i"))
        .sample("ellipsis", of(Input.of(2, 3, 4)), with("...ij->...ji"))
        .sample("empty", of(Input.of(0, 3)), with("ij->j"));
  }

  private static void twoOperands(Builder row) {
    row.sample("matrix", of(Input.of(5, 7), Input.of(7, 3)), with("ij,jk->ik"))
        .sample("implicit matrix", of(Input.of(5, 7), Input.of(7, 3)), with("ij,jk"))
        .sample("transposed result", of(Input.of(5, 7), Input.of(7, 3)), with("i j, j k -> k i"))
        .sample("both transposed", of(Input.of(7, 5), Input.of(3, 7)), with("ji,kj->ik"))
        .sample("dot", of(Input.of(67), Input.of(67)), with("i,i->"))
        .sample("many dots", of(Input.of(5, 9), Input.of(5, 9)), with("b i, b i -> b"))
        .sample("matrix and vector", of(Input.of(5, 9), Input.of(9)), with("ij,j->i"))
        .sample("vector and matrix", of(Input.of(9), Input.of(9, 5)), with("i,ij->j"))
        .sample("outer", of(Input.of(3), Input.of(5)), with("i,j->ij"))
        .sample("outer in a batch", of(Input.of(2, 3), Input.of(2, 5)), with("bi,bj->jbi"))
        .sample("product", of(Input.of(3, 5), Input.of(3, 5)), with("ij,ij->ij"))
        .sample("product transposed", of(Input.of(3, 5), Input.of(5, 3)), with("ij,ji->ij"))
        .sample("frobenius", of(Input.of(3, 5), Input.of(3, 5)), with("ij,ij->"))
        .sample("scalar", of(Input.of(3), Input.of()), with("i,->i"))
        .sample("batch", of(Input.of(3, 4, 5), Input.of(3, 5, 2)), with("bij,bjk->bik"))
        .sample("scores", of(Input.of(2, 5, 3, 4), Input.of(2, 7, 3, 4)), with("bqhd,bkhd->bhqk"))
        .sample(
            "mixing",
            of(Input.of(2, 3, 5, 7), Input.of(2, 7, 3, 4)),
            with("b h q k, b k h d -> b q h d"))
        .sample(
            "projection of heads",
            of(Input.of(2, 3, 5, 4), Input.of(3, 4, 6)),
            with("b h t k, h k dim -> b t dim"))
        .sample(
            "two contracted",
            of(Input.of(2, 3, 4, 5), Input.of(5, 3, 6)),
            with("a b c d, d b e -> a c e"))
        .sample("lone axes", of(Input.of(3, 4, 5), Input.of(4, 6, 2)), with("ijk,jlm->il"))
        .sample(
            "ellipsis broadcasts",
            of(Input.of(2, 1, 4, 5), Input.of(3, 5, 2)),
            with("...ij,...jk->...ik"))
        .sample("ellipsis summed", of(Input.of(2, 3, 4), Input.of(4)), with("...i,i->"))
        .sample("one broadcasts", of(Input.of(3, 1), Input.of(4, 5)), with("ij,jk->ik"))
        .sample("diagonal and matrix", of(Input.of(4, 4), Input.of(4, 3)), with("ii,ij->j"))
        .sample(
            "strided",
            of(Input.of(6, 7).as(View.TRANSPOSED), Input.of(7, 5).as(View.SLICED)),
            with("ij,jk->ik"))
        .sample("expanded", of(Input.of(3, 4).as(View.EXPANDED), Input.of(4, 3)), with("ij,jk->ki"))
        .sample("no inner", of(Input.of(3, 0), Input.of(0, 2)), with("ij,jk->ik"));
  }

  private static void manyOperands(Builder row) {
    row.sample(
            "bilinear",
            of(Input.of(5, 3), Input.of(2, 3, 4), Input.of(5, 4)),
            with("bn,anm,bm->ba"))
        .sample("chain", of(Input.of(2, 7), Input.of(7, 3), Input.of(3, 5)), with("ij,jk,kl->il"))
        .sample(
            "attention in one",
            of(Input.of(2, 5, 4), Input.of(2, 6, 4), Input.of(2, 6, 3)),
            with("b q d, b k d, b k e -> b q e"))
        .sample("same axis thrice", of(Input.of(9), Input.of(9), Input.of(9)), with("i,i,i->"))
        .sample(
            "four",
            of(Input.of(2, 3), Input.of(3, 4), Input.of(4, 2), Input.of(2, 2)),
            with("ab,bc,cd,da->"))
        .sample("outer of three", of(Input.of(2), Input.of(3), Input.of(4)), with("i,j,k->kij"));
  }

  private static Operation pack() {
    return named("pack", (x, a) -> Einops.pack(List.of(x), pattern(a)).tensor())
        .sample("class token", of(Input.of(2, 4), Input.of(2, 3, 5, 4)), with("b * d"))
        .sample("all to one", of(Input.of(2, 3), Input.of(), Input.of(4)), with("*"))
        .sample("images", of(Input.of(2, 3, 4), Input.of(2, 3)), with("h w *"))
        .sample("in front", of(Input.of(2, 3, 4), Input.of(4)), with("* c"))
        .sample(
            "strided",
            of(Input.of(2, 4, 6).as(View.TRANSPOSED), Input.of(2, 6).as(View.SLICED)),
            with("b * d"))
        .error(
            "pack: tensor 1 has 5 in axis -1, tensor 0 has 4; only the axes of '*' may differ;"
                + " pattern \"b * d\", shapes [2, 3, 4], [2, 5]",
            of(Input.of(2, 3, 4), Input.of(2, 5)),
            with("b * d"))
        .build();
  }

  private static Operation unpack() {
    return named(
            "unpack",
            (x, a) ->
                Einops.unpack(x[0], pattern(a), (long[][]) a.values().get("shapes"))
                    .get(a.integer("part")))
        .sample(
            "first",
            of(Input.of(2, 16, 4)),
            with("b * d", "shapes", new long[][] {{}, {3, 5}}, "part", 0))
        .sample(
            "second",
            of(Input.of(2, 16, 4)),
            with("b * d", "shapes", new long[][] {{}, {3, 5}}, "part", 1))
        .sample(
            "the rest",
            of(Input.of(2, 16, 4)),
            with("b * d", "shapes", new long[][] {{1}, {3, -1}}, "part", 1))
        .sample(
            "sliced",
            of(Input.of(3, 10).as(View.SLICED)),
            with("a *", "shapes", new long[][] {{2, 2}, {6}}, "part", 0))
        .error(
            "unpack: the parts have 7 elements, the axis has 6; pattern \"*\", shape [6], packed"
                + " [[3], [4]]",
            of(Input.of(6)),
            with("*", "shapes", new long[][] {{3}, {4}}, "part", 0))
        .build();
  }
}
