package dev.jebena.einops;

import static dev.jebena.einops.Einops.axis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.jebena.einops.EinopsException.Problem;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every way to be wrong has words of its own, the pattern, the shapes, and a finger on the place.
 */
class EinopsExceptionTest {
  private record Wrong(Problem problem, ThrowingCallable call, String message) {}

  private static final Tensor X = Tensor.zeros(4, 6);
  private static final String X_SHAPE = ", shape [4, 6]";

  private static Wrong rearrange(Problem problem, String reason, String pattern, String carets) {
    return new Wrong(
        problem,
        () -> Einops.rearrange(X, pattern),
        text("rearrange", reason, pattern, X_SHAPE, carets));
  }

  private static Wrong einsum(
      Problem problem, String reason, String pattern, String carets, Tensor... operands) {
    var shapes =
        Arrays.stream(operands).map(x -> x.shape().toString()).collect(Collectors.joining(", "));
    return new Wrong(
        problem,
        () -> Einops.einsum(pattern, operands),
        text(
            "einsum",
            reason,
            pattern,
            (operands.length == 1 ? ", shape " : ", shapes ") + shapes,
            carets));
  }

  private static String text(
      String operation, String reason, String pattern, String context, String carets) {
    return operation
        + ": "
        + reason
        + "; pattern \""
        + pattern
        + "\""
        + context
        + "\n  "
        + pattern
        + "\n  "
        + carets;
  }

  private static List<Wrong> grammar() {
    return List.of(
        rearrange(
            Problem.UNEXPECTED_CHARACTER, "'%' cannot stand in a pattern", "a %b -> b a", "  ^"),
        rearrange(
            Problem.UNEXPECTED_CHARACTER, "'-' is no arrow; write '->'", "a b - b a", "    ^"),
        rearrange(
            Problem.UNEXPECTED_CHARACTER,
            "2 dots are no ellipsis; write '...'",
            "a .. -> .. a",
            "  ^^"),
        rearrange(
            Problem.UNEXPECTED_CHARACTER, "1 dot is no ellipsis; write '...'", "a . -> a .", "  ^"),
        rearrange(
            Problem.INVALID_NAME,
            "'2h': the name of an axis begins with a letter",
            "a 2h -> 2h a",
            "  ^^"),
        rearrange(
            Problem.INVALID_NAME,
            "'_h': the name of an axis neither begins nor ends with an underscore",
            "a _h -> _h a",
            "  ^^"),
        rearrange(
            Problem.INVALID_NAME,
            "'h_': the name of an axis neither begins nor ends with an underscore",
            "a h_ -> h_ a",
            "  ^^"),
        rearrange(
            Problem.MISSING_ARROW, "no '->' between what comes in and what goes out", "a b", "^^^"),
        rearrange(
            Problem.REPEATED_ARROW,
            "a second '->'; a pattern has one",
            "a b -> b a -> a b",
            "           ^^"),
        rearrange(
            Problem.UNBALANCED_PARENTHESIS,
            "'(' is never closed by a ')'",
            "a b -> (a b",
            "       ^"),
        rearrange(
            Problem.UNBALANCED_PARENTHESIS, "')' without a '(' before it", "a b) -> a b", "   ^"),
        rearrange(
            Problem.NESTED_PARENTHESES,
            "parentheses inside of parentheses; one pair composes any number of axes",
            "a b -> ((a) b)",
            "        ^"),
        rearrange(Problem.MISPLACED, "',' has no meaning in rearrange", "a, b -> a b", " ^"),
        rearrange(Problem.MISPLACED, "'*' has no meaning in rearrange", "a * -> a *", "  ^"),
        rearrange(Problem.REPEATED_AXIS, "axis 'a' stands twice on one side", "a a -> a", "  ^"),
        rearrange(
            Problem.UNKNOWN_AXIS,
            "axis 'width' on the right is not on the left",
            "a b -> a b width",
            "           ^^^^^"),
        rearrange(
            Problem.MISSING_AXIS,
            "axis 'b' is missing on the right; rearrange loses no axes, reduce does",
            "a b -> a",
            "  ^"),
        rearrange(
            Problem.REPEATED_ELLIPSIS,
            "a second '...' on one side",
            "... a ... -> a ...",
            "      ^^^"),
        rearrange(
            Problem.ELLIPSIS_MISMATCH,
            "'...' stands on the right side only",
            "a b -> a b ...",
            "           ^^^"),
        rearrange(
            Problem.ELLIPSIS_MISMATCH,
            "'...' stands on the left side only; rearrange loses no axes",
            "a ... -> a",
            "  ^^^"),
        rearrange(
            Problem.ELLIPSIS_IN_PARENTHESES,
            "'...' in parentheses on the left could be split in many ways",
            "a (b ...) -> a b ...",
            "     ^^^"),
        rearrange(
            Problem.ANONYMOUS_AXIS,
            "an axis without a name can only be 1 here; give it a name and axis(name, size)",
            "a (b 2) -> a b 2",
            "     ^"),
        rearrange(
            Problem.ANONYMOUS_AXIS,
            "an axis of 0 elements cannot be written",
            "a b 0 -> a b",
            "    ^"));
  }

  private static List<Wrong> shapes() {
    return List.of(
        rearrange(
            Problem.WRONG_RANK,
            "the left side has 3 axes, the tensor has 2",
            "a b c -> c b a",
            "^^^^^"),
        rearrange(
            Problem.WRONG_RANK,
            "the left side has at least 3 axes, the tensor has 2",
            "a b ... c -> c b a ...",
            "^^^^^^^^^"),
        rearrange(
            Problem.SIZES_CONTRADICT, "the pattern says 1, axis 0 has size 4", "1 b -> b", "^"),
        rearrange(
            Problem.UNDEFINED_SIZE,
            "the sizes of 'b' and 'c' cannot both be told from axis 1 of size 6; give one of them",
            "a (b c) -> a b c",
            "  ^^^^^"),
        new Wrong(
            Problem.NOT_DIVISIBLE,
            () -> Einops.rearrange(X, "a (b c) -> a b c", axis("c", 4)),
            text(
                "rearrange",
                "axis 1 of size 6 does not divide by 4",
                "a (b c) -> a b c",
                X_SHAPE + ", sizes c=4",
                "  ^^^^^")),
        new Wrong(
            Problem.NOT_DIVISIBLE,
            () -> Einops.rearrange(X, "a (b c) -> a b c", axis("c", 0)),
            "axis 1 of size 6 does not divide by 0"),
        new Wrong(
            Problem.SIZES_CONTRADICT,
            () -> Einops.rearrange(X, "a (b c) -> a b c", axis("b", 2), axis("c", 4)),
            text(
                "rearrange",
                "the parts make 8, axis 1 has size 6",
                "a (b c) -> a b c",
                X_SHAPE + ", sizes b=2 c=4",
                "  ^^^^^")),
        new Wrong(
            Problem.SIZES_CONTRADICT,
            () -> Einops.rearrange(X, "a (b c) -> a b c", axis("b", 1L << 62), axis("c", 4)),
            "the parts make 9223372036854775807, axis 1 has size 6"),
        new Wrong(
            Problem.SIZES_CONTRADICT,
            () -> Einops.rearrange(X, "a b -> b a", axis("b", 5)),
            text(
                "rearrange",
                "axis 'b' is given as 5, axis 1 has size 6",
                "a b -> b a",
                X_SHAPE + ", sizes b=5",
                "  ^")),
        new Wrong(
            Problem.UNDEFINED_SIZE,
            () -> Einops.repeat(X, "a b -> a copies b"),
            text(
                "repeat",
                "the new axis 'copies' needs a size: axis(\"copies\", ...)",
                "a b -> a copies b",
                X_SHAPE,
                "         ^^^^^^")),
        new Wrong(
            Problem.MISSING_AXIS,
            () -> Einops.repeat(X, "a b -> a"),
            text(
                "repeat",
                "axis 'b' is missing on the right; repeat loses no axes, reduce does",
                "a b -> a",
                X_SHAPE,
                "  ^")),
        new Wrong(
            Problem.ANONYMOUS_AXIS,
            () -> Einops.repeat(X, "a (b 2) -> a b"),
            "an axis without a name can only be 1 here"),
        new Wrong(
            Problem.ANONYMOUS_AXIS,
            () -> Einops.reduce(X, "a b -> a 2", Reduction.SUM),
            "an axis without a name can only be 1 here"),
        new Wrong(
            Problem.UNUSED_SIZE,
            () -> Einops.rearrange(X, "a b -> b a", axis("c", 2)),
            text(
                "rearrange",
                "a size is given for 'c', which the pattern does not have",
                "a b -> b a",
                X_SHAPE + ", sizes c=2",
                "^^^^^^^^^^")),
        new Wrong(
            Problem.REPEATED_SIZE,
            () -> Einops.rearrange(X, "a b -> b a", axis("b", 6), axis("b", 6)),
            text(
                "rearrange",
                "axis 'b' is given twice",
                "a b -> b a",
                X_SHAPE + ", sizes b=6 b=6",
                "  ^")),
        new Wrong(
            Problem.NEGATIVE_SIZE,
            () -> Einops.repeat(X, "a b -> a b n", axis("n", -2)),
            text(
                "repeat",
                "axis 'n' cannot have -2 elements",
                "a b -> a b n",
                X_SHAPE + ", sizes n=-2",
                "           ^")),
        new Wrong(
            Problem.UNKNOWN_REDUCTION,
            () -> Einops.reduce(X, "a b -> a", "average"),
            text(
                "reduce",
                "there is no reduction 'average'; there are sum, mean, max, min, prod, any, all",
                "a b -> a",
                X_SHAPE,
                "^^^^^^^^")),
        new Wrong(
            Problem.EMPTY_REDUCTION,
            () -> Einops.reduce(Tensor.zeros(3, 0), "a b -> a", Reduction.MAX),
            text(
                "reduce",
                "no elements have no max, and an axis that goes has size 0",
                "a b -> a",
                ", shape [3, 0]",
                "^^^")),
        new Wrong(
            Problem.WRONG_DTYPE,
            () -> Einops.reduce(Tensor.arange(6), "(a 2) -> a", Reduction.MEAN),
            text(
                "reduce",
                "mean does not take i64; convert with to(...)",
                "(a 2) -> a",
                ", shape [6]",
                "^^^^^^^^^^")),
        new Wrong(
            Problem.WRONG_DTYPE,
            () -> Einops.reduce(X, "a b -> a", Reduction.ANY),
            "any does not take f32"));
  }

  private static List<Wrong> equations() {
    var cube = Tensor.zeros(2, 3, 4);
    return List.of(
        einsum(
            Problem.UNKNOWN_AXIS, "axis 'k' of the result is in no operand", "ij->ik", "     ^", X),
        einsum(
            Problem.UNKNOWN_AXIS,
            "axis 'ik' of the result is in no operand (in an equation with spaces each word is one"
                + " axis)",
            "... ij, ... jk -> ... ik",
            "                      ^^",
            X,
            X),
        einsum(
            Problem.REPEATED_AXIS, "axis 'i' stands twice in the result", "ij->iji", "      ^", X),
        einsum(Problem.REPEATED_ELLIPSIS, "a second '...' in one term", "...i...->i", "    ^^^", X),
        einsum(
            Problem.ELLIPSIS_MISMATCH,
            "'...' of the result is in no operand",
            "ij->...ij",
            "    ^^^",
            X),
        einsum(
            Problem.ELLIPSIS_MISMATCH,
            "an axis of '...' is 3 in operand 0 and 4 in operand 1",
            "...i,...->...i",
            "     ^^^",
            cube,
            Tensor.zeros(2, 4)),
        einsum(
            Problem.SIZES_CONTRADICT,
            "axis 'j' is 6 in operand 0 and 4 in operand 1",
            "i j, j k -> i k",
            "     ^",
            X,
            X),
        einsum(
            Problem.SIZES_CONTRADICT,
            "a diagonal along 'i' needs equal sizes, operand 0 has 4 and 6",
            "ii->i",
            " ^",
            X),
        einsum(
            Problem.SIZES_CONTRADICT,
            "the equation says 1, axis 0 of operand 0 has size 4",
            "1 j -> j",
            "^",
            X),
        einsum(
            Problem.WRONG_RANK,
            "operand 1 has rank 2, its term names 3",
            "ij,jkl->il",
            "   ^^^",
            X,
            X),
        einsum(
            Problem.WRONG_RANK,
            "operand 0 has rank 2, its term names at least 3",
            "...ijk->i",
            "^^^^^^",
            X),
        einsum(
            Problem.WRONG_RANK,
            "operand 0 has rank 1, its term names 4 (without spaces, each letter is one axis;"
                + " Einsum.words reads words)",
            "time,time->",
            "^^^^",
            Tensor.zeros(3),
            Tensor.zeros(3)),
        einsum(
            Problem.WRONG_RANK,
            "operand 0 has rank 3, its term names 2 (with spaces or digits, each word is one axis)",
            "i jk, i -> i",
            "^^^^",
            cube,
            X),
        einsum(
            Problem.OPERAND_COUNT,
            "the equation has 2 terms, got 1 tensor",
            "ij,jk->ik",
            "^^^^^^^^^",
            X),
        einsum(
            Problem.ANONYMOUS_AXIS,
            "an axis without a name can only be 1 in einsum",
            "2 i -> i",
            "^",
            X),
        einsum(
            Problem.MISPLACED,
            "einsum does not split or merge axes; use rearrange before or after",
            "i (j k) -> i j",
            "  ^",
            X),
        einsum(Problem.MISPLACED, "'*' has no meaning in einsum", "i * -> i", "  ^", X),
        einsum(Problem.MISPLACED, "a ',' behind '->'; there is one result", "ij->i,j", "     ^", X),
        einsum(Problem.REPEATED_ARROW, "a second '->'", "ij->ji->ij", "      ^^", X),
        einsum(
            Problem.WRONG_DTYPE,
            "operand 0 is bool, which has no arithmetic; convert with to(DType.F32)",
            "i->",
            "^^^",
            Tensor.of(new boolean[] {true, false})));
  }

  private static List<Wrong> limits() {
    var words =
        IntStream.range(0, 65).mapToObj(i -> "a" + i).collect(Collectors.joining(" ")) + " ->";
    long[] ones = new long[65];
    Arrays.fill(ones, 1);
    var terms = String.join(",", Collections.nCopies(15, "i")) + "->";
    var operands = Collections.nCopies(15, Tensor.ones(2)).toArray(new Tensor[0]);
    return List.of(
        new Wrong(
            Problem.TOO_MANY_AXES,
            () -> Einops.einsum(words, Tensor.zeros(ones)),
            "more than 64 different axes"),
        new Wrong(
            Problem.TOO_MANY_OPERANDS,
            () -> Einsum.of(terms, PathSearch.OPTIMAL).apply(operands),
            "the optimal order of 15 operands takes too long to find, 14 is the most; use"
                + " PathSearch.GREEDY"));
  }

  private static List<Wrong> packing() {
    var packed = Tensor.zeros(2, 16, 4);
    return List.of(
        new Wrong(
            Problem.MISSING_STAR,
            () -> Einops.pack(List.of(X), "a b"),
            "pack: no '*' for the axes that are packed; pattern \"a b\", shape [4, 6]"),
        new Wrong(
            Problem.REPEATED_STAR,
            () -> Einops.pack(List.of(X), "a * *"),
            "pack: a second '*'; pattern \"a * *\", shape [4, 6]\n  a * *\n      ^"),
        new Wrong(
            Problem.REPEATED_AXIS,
            () -> Einops.pack(List.of(X), "a * a"),
            "pack: axis 'a' stands twice; pattern \"a * a\", shape [4, 6]\n  a * a\n      ^"),
        new Wrong(
            Problem.MISPLACED,
            () -> Einops.pack(List.of(X), "(a) *"),
            "pack: '(' has no meaning here; a pattern is names and one '*'"),
        new Wrong(
            Problem.OPERAND_COUNT,
            () -> Einops.pack(List.of(), "a *"),
            "pack: needs at least one tensor, got none"),
        new Wrong(
            Problem.WRONG_RANK,
            () -> Einops.pack(List.of(packed, X), "a * b c"),
            "pack: the pattern names 3 axes, tensor 1 has 2; pattern \"a * b c\", shapes [2, 16,"
                + " 4], [4, 6]"),
        new Wrong(
            Problem.SIZES_CONTRADICT,
            () -> Einops.pack(List.of(packed, X), "a *"),
            "pack: tensor 1 has 4 in axis 0, tensor 0 has 2; only the axes of '*' may differ"),
        new Wrong(
            Problem.WRONG_RANK,
            () -> Einops.unpack(X, List.of(Shape.of(2)), "a * b"),
            "unpack: the pattern has 3 axes, the tensor has 2; pattern \"a * b\", shape [4, 6]"),
        new Wrong(
            Problem.PACKED_SIZES,
            () -> Einops.unpack(packed, List.of(Shape.of(3), Shape.of(2, 6)), "a * b"),
            "unpack: the parts have 15 elements, the axis has 16; pattern \"a * b\", shape [2, 16,"
                + " 4], packed [[3], [2, 6]]"),
        new Wrong(
            Problem.PACKED_SIZES,
            () -> Einops.unpack(packed, "a * b", new long[] {1}, new long[] {-1, 4}),
            "unpack: 15 elements are left for -1, in units of 4"),
        new Wrong(
            Problem.PACKED_SIZES,
            () -> Einops.unpack(packed, "a * b", new long[] {-1}, new long[] {-1}),
            "unpack: a second -1; only one can be told"),
        new Wrong(
            Problem.PACKED_SIZES,
            () -> Einops.unpack(packed, "a * b", new long[] {-3}),
            "unpack: a size of -3"));
  }

  private static Stream<Wrong> all() {
    return Stream.of(grammar(), shapes(), equations(), limits(), packing()).flatMap(List::stream);
  }

  @TestFactory
  Stream<DynamicTest> saysWhatIsWrongAndWhere() {
    return all()
        .map(wrong ->
            DynamicTest.dynamicTest(
                wrong.problem() + ": " + wrong.message().lines().findFirst().orElseThrow(),
                () -> {
                  var error = catchThrowableOfType(EinopsException.class, wrong.call());
                  assertThat(error).hasMessageContaining(wrong.message());
                  assertThat(error.problem()).isEqualTo(wrong.problem());
                  var lines = error.getMessage().lines().toList();
                  assertThat(lines).hasSize(3);
                  assertThat(lines.get(2)).matches(" *\\^+");
                  assertThat(lines.get(2).length()).isLessThanOrEqualTo(lines.get(1).length());
                  assertThat(lines.get(0)).contains("\"" + lines.get(1).strip() + "\"");
                }));
  }

  @Test
  void everyProblemHasATest() {
    Set<Problem> tested = EnumSet.noneOf(Problem.class);
    all().forEach(wrong -> tested.add(wrong.problem()));
    assertThat(tested).containsExactlyInAnyOrder(Problem.values());
  }

  /** Tabs and line ends would tear the finger from its place. */
  @Test
  void whiteSpaceIsShownAsSpace() {
    var error =
        catchThrowableOfType(EinopsException.class, () -> Einops.rearrange(X, "a\tb\n-> b c"));
    assertThat(error).hasMessageEndingWith("\n  a b -> b c\n           ^");
  }

  @Test
  void aPatternBeforeAnyTensorNamesNoShape() {
    var error = catchThrowableOfType(EinopsException.class, () -> Pattern.rearrange("a -> b"));
    assertThat(error)
        .hasMessage(
            "rearrange: axis 'b' on the right is not on the left; pattern \"a -> b\"\n"
                + "  a -> b\n"
                + "       ^");
  }
}
