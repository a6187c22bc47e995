package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.memory.DType;
import dev.jebena.memory.Scope;
import org.junit.jupiter.api.Test;

class TensorDescriptionTest {
  private static String[] described(Tensor x) {
    return x.describe().replaceAll("@[0-9a-f]+", "@id").split("\n");
  }

  @Test
  void aTransposedView() {
    assertThat(described(Tensor.zeros(2, 3).transpose()))
        .containsExactly(
            "f32 [3, 2], 6 elements",
            "  storage   @id, 24 bytes = 6 elements, on cpu",
            "  offset    0",
            "  strides   [1, 3]",
            "    axis 0  size 3, stride 1",
            "    axis 1  size 2, stride 3",
            "  layout    not contiguous: axes are not in the order of memory",
            "  gradient  none",
            "  places    [[0, 3],",
            "             [1, 4],",
            "             [2, 5]]");
  }

  @Test
  void broadcastAndReversedAxes() {
    var x = Tensor.arange(4).flip(0).unsqueeze(0).expand(2, 4);
    assertThat(described(x))
        .contains(
            "    axis 0  size 2, stride 0: broadcast, every index is the same memory",
            "    axis 1  size 4, stride -1: reversed, walks backwards",
            "  offset    3: the first element is not the storage's first",
            "  layout    not contiguous: axis 0 is broadcast, axis 1 is reversed",
            "  places    [[3, 2, 1, 0],");
  }

  @Test
  void stepsLeaveElementsOut() {
    assertThat(described(Tensor.arange(8).slice(0, 1, 8, 3)))
        .contains("  layout    not contiguous: elements are left out", "  places    [1, 4, 7]");
  }

  @Test
  void viewsShareTheirMark() {
    var x = Tensor.zeros(2, 3);
    var mark = x.describe().lines().skip(1).findFirst();
    assertThat(x.view(6).describe().lines().skip(1).findFirst()).isEqualTo(mark);
    assertThat(x.copy().describe().lines().skip(1).findFirst()).isNotEqualTo(mark);
  }

  @Test
  void gradientsAndScalarsAndFreedMemory() {
    var leaf = Tensor.zeros(2).requiresGrad(true);
    assertThat(leaf.describe()).contains("gradient  required, a leaf");
    assertThat(leaf.neg().describe()).contains("gradient  recorded, made by 'neg'");
    assertThat(described(Tensor.scalar(1).to(DType.F64)))
        .contains("f64 [], 1 element", "  layout    contiguous: row-major without gaps");
    Tensor freed;
    try (var _ = Scope.open()) {
      freed = Tensor.zeros(2);
    }
    assertThat(freed.describe()).contains("its memory is freed");
  }
}
