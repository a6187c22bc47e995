package dev.jebena.einops;

import static dev.jebena.einops.Einops.einsum;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Which kernels an equation runs, and what it never copies. */
class EinsumTest {
  private final CountingDevice device = new CountingDevice(Devices.get("cpu"));

  private Tensor[] operands(Shape... shapes) {
    return Context.current()
        .withDevice(device)
        .call(() -> {
          var made = new ArrayList<Tensor>();
          for (var shape : shapes) {
            made.add(Tensor.randn(shape.toArray()));
          }
          return made.toArray(new Tensor[0]);
        });
  }

  private List<String> launches(String equation, Shape... shapes) {
    var x = operands(shapes);
    return device.launchesOf(() -> einsum(equation, x));
  }

  private static Shape s(long... sizes) {
    return Shape.of(sizes);
  }

  @Test
  void twoOperandsAreOneMatrixProductAndNoCopy() {
    assertThat(launches("ij,jk->ik", s(5, 7), s(7, 3))).containsExactly("matmul");
    assertThat(launches("ij,jk->ki", s(5, 7), s(7, 3))).containsExactly("matmul");
    assertThat(launches("ji,kj->ik", s(7, 5), s(3, 7))).containsExactly("matmul");
    assertThat(launches("i,i->", s(9), s(9))).containsExactly("matmul");
    assertThat(launches("ij,j->i", s(5, 7), s(7))).containsExactly("matmul");
    assertThat(launches("i,ij->j", s(7), s(7, 5))).containsExactly("matmul");
    assertThat(launches("ij,ij->", s(5, 7), s(5, 7))).containsExactly("matmul");
    // attention as it lies after the projections, without a transposed copy
    assertThat(launches("bqhd,bkhd->bhqk", s(2, 5, 3, 4), s(2, 7, 3, 4))).containsExactly("matmul");
    assertThat(launches("b h q k, b k h d -> b q h d", s(2, 3, 5, 7), s(2, 7, 3, 4)))
        .containsExactly("matmul");
    // groups of free and of contracted axes
    assertThat(launches("b t d, d h e -> b t h e", s(2, 5, 6), s(6, 3, 4)))
        .containsExactly("matmul");
    assertThat(launches("b t h e, h e d -> b t d", s(2, 5, 3, 4), s(3, 4, 6)))
        .containsExactly("matmul");
    assertThat(launches("...ij,jk->...ik", s(2, 3, 4, 5), s(5, 6))).containsExactly("matmul");
  }

  /** The contracted axes do not lie together in one operand; that one is copied, not both. */
  @Test
  void copiesAreAsFewAsTheyCanBe() {
    assertThat(launches("b h t e, h e d -> b t d", s(2, 3, 5, 4), s(3, 4, 6)))
        .containsExactly("copy", "matmul");
    // the smaller operand gives way
    var small = operands(s(4, 3, 2), s(3, 4, 50));
    var text = Einsum.of("a b c, b a d -> c d").describe(small);
    assertThat(text).containsOnlyOnce("copy").contains("0: reshape to [2, 12]: copy");
    var large = operands(s(4, 3, 50), s(3, 4, 2));
    assertThat(Einsum.of("a b c, b a d -> c d").describe(large))
        .containsOnlyOnce("copy")
        .contains("1: reshape to [12, 2]: copy");
  }

  @Test
  void whatIsNoMatrixProductIsMultipliedElementByElement() {
    assertThat(launches("i,j->ij", s(3), s(5))).containsExactly("binary");
    assertThat(launches("ij,ji->ij", s(3, 5), s(5, 3))).containsExactly("binary");
    assertThat(launches("bi,bj->jbi", s(2, 3), s(2, 5))).containsExactly("binary");
    assertThat(launches("bi,bi->b", s(5, 9), s(5, 9))).containsExactly("binary", "reduce");
  }

  @Test
  void loneAxesAreSummedBeforeTheProduct() {
    assertThat(launches("ijk,jlm->il", s(3, 4, 5), s(4, 6, 2)))
        .containsExactly("reduce", "reduce", "matmul");
  }

  @Test
  void oneOperandIsAView() {
    var x = Tensor.randn(4, 5, 4);
    for (var equation : List.of("ijk->kji", "iji->ji", "i j i -> i j", "... -> ...", "a b c")) {
      assertThat(einsum(equation, x).sharesStorageWith(x)).as(equation).isTrue();
    }
    assertThat(einsum("ijk->ijk", x)).isSameAs(x);
    assertThat(einsum("ij->ji", Tensor.of(new boolean[] {true, false}, 1, 2)).toBooleans())
        .containsExactly(true, false);
    assertThat(launches("iji->j", s(4, 5, 4))).containsExactly("reduce");
  }

  @Test
  void aPlanSaysWhatItDoes() {
    var x = operands(s(2, 5, 3, 4), s(2, 7, 3, 4));
    assertThat(Einsum.of("bqhd,bkhd->bhqk").describe(x))
        .isEqualTo(
            """
            0: permute to [0, 2, 1, 3]: view
            1: permute to [0, 2, 3, 1]: view
            0: matmul of 0 and 1\
            """);
    assertThat(Einsum.of("ii->i").describe(Tensor.zeros(3, 3)))
        .isEqualTo("0: diagonal of axes 0 and 1: view");
    assertThat(Einsum.of("i->i").describe(Tensor.zeros(3))).isEqualTo("nothing to do");
  }

  @Test
  void wordsAndLettersSayTheSame() {
    var a = Tensor.randn(3, 4);
    var b = Tensor.randn(4, 5);
    var expected = einsum("ij,jk->ik", a, b).toFloats();
    assertThat(einsum("rows inner, inner columns -> rows columns", a, b).toFloats())
        .isEqualTo(expected);
    assertThat(einsum("x1 x2, x2 x3 -> x1 x3", a, b).toFloats()).isEqualTo(expected);
    assertThat(einsum("i j,j k", a, b).toFloats()).isEqualTo(expected);
    assertThat(einsum("...ij,...jk->...ik", a, b).toFloats()).isEqualTo(expected);
    var v = Tensor.randn(6);
    assertThat(Einsum.words("time, time ->").apply(v, v).item())
        .isEqualTo(einsum("t,t->", v, v).item());
    assertThat(einsum("1 i, i -> i 1", Tensor.ones(1, 6), v).shape()).isEqualTo(s(6, 1));
  }

  @Test
  void theResultHasThePromotedType() {
    var i = Tensor.of(new int[] {1, 2, 3, 4}, 2, 2);
    assertThat(einsum("ij,jk->ik", i, i).toInts()).containsExactly(7, 10, 15, 22);
    assertThat(einsum("ij->j", i).dtype()).isEqualTo(DType.I32);
    assertThat(einsum("ij,kj->ik", i, Tensor.arange(4).reshape(2, 2)).dtype()).isEqualTo(DType.I64);
    var f = Tensor.ones(2, 2);
    assertThat(einsum("ij,jk,kl->il", f, f, f.to(DType.F64)).dtype()).isEqualTo(DType.F64);
    assertThat(einsum("ij,j->i", f, Tensor.arange(2)).dtype()).isEqualTo(DType.F32);
  }

  /** bf16 has 8 bits: 1.0625² is 1.12890625 and, rounded, 1.125; 96 of them are 108.375 or 108. */
  @Test
  void narrowProductsAreSummedBeforeTheyAreRounded() {
    var x = Tensor.full(1.0625, 3, 2, 48).to(DType.BF16);
    var y = einsum("b i j, b i j -> b", x, x);
    assertThat(y.dtype()).isEqualTo(DType.BF16);
    assertThat(y.to(DType.F64).toDoubles()).containsOnly(108.5); // its steps are 0.5 wide there
    assertThat(x.mul(x).sum(new int[] {1, 2}, false).to(DType.F64).toDoubles()).containsOnly(108);
  }

  /** What was planned for one layout must not be used for another of the same shape. */
  @Test
  void layoutsHavePlansOfTheirOwn() {
    var equation = Einsum.of("a b c, b c d -> a d");
    var x = Tensor.randn(3, 4, 5);
    var y = Tensor.randn(4, 5, 2);
    Supplier<Tensor> turned = () -> x.permute(0, 2, 1).contiguous().permute(0, 2, 1);
    assertThat(equation.describe(x, y)).doesNotContain("copy");
    assertThat(equation.describe(turned.get(), y)).contains("copy");
    var expected = equation.apply(x, y).toFloats();
    assertThat(equation.apply(turned.get(), y).toFloats())
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(expected);
  }
}
