package dev.jebena.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Shapes, strides and offsets against those of NumPy's views; src/test/python/layouts.py. */
class LayoutViewsTest {
  private static Layout start(String name) {
    var plain = Layout.contiguous(Shape.of(3, 4, 5));
    return switch (name) {
      case "plain" -> plain;
      case "transposed" -> plain.permute(2, 1, 0);
      case "reversed" -> plain.flip(2).slice(2, 0, 5, 2);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Layout apply(Layout x, String operation, int[] a) {
    return switch (operation) {
      case "diagonal" -> x.diagonal(a[0], a[1], a[2]);
      case "transpose" -> x.transpose(a[0], a[1]);
      case "unfold" -> x.unfold(a[0], a[1], a[2]);
      case "slice" -> x.slice(a[0], a[1], a[2], a[3]);
      case "flip" -> x.flip(a[0]);
      case "select" -> x.select(a[0], a[1]);
      default -> throw new IllegalArgumentException(operation);
    };
  }

  private static int[] numbers(String words) {
    return words.isBlank()
        ? new int[0]
        : Arrays.stream(words.trim().split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  @TestFactory
  Stream<DynamicTest> viewsStandWhereThoseOfNumPyDo() throws IOException {
    String text;
    try (var file = LayoutViewsTest.class.getResourceAsStream("/numpy/layouts.txt")) {
      text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
    return text.lines().map(line -> DynamicTest.dynamicTest(line, () -> check(line)));
  }

  private static void check(String line) {
    String[] fields = line.split("\\|");
    String[] call = fields[0].trim().split(" ", 3);
    var layout = apply(start(call[0]), call[1], numbers(call[2]));
    long[] shape = Arrays.stream(numbers(fields[1])).asLongStream().toArray();
    long[] strides = Arrays.stream(numbers(fields[2])).asLongStream().toArray();
    assertThat(layout.shape()).isEqualTo(Shape.of(shape));
    if (layout.elements() > 0) {
      assertThat(layout.strides()).isEqualTo(strides);
      assertThat(layout.offset()).isEqualTo(numbers(fields[3])[0]);
    }
  }

  /** Every element index of random layouts, one by one. */
  @Test
  void reachAndOverlapAreThoseOfTheElements() {
    var random = new SplittableRandom(5);
    for (int trial = 0; trial < 500; trial++) {
      long[] sizes = random.longs(3, 1, 4).toArray();
      long[] strides = random.longs(3, -7, 8).toArray();
      var layout = Layout.of(Shape.of(sizes), strides, 50);
      long lowest = Long.MAX_VALUE;
      long highest = Long.MIN_VALUE;
      var seen = new HashSet<Long>();
      for (long i = 0; i < layout.elements(); i++) {
        long at = layout.indexOf(i / (sizes[1] * sizes[2]), i / sizes[2] % sizes[1], i % sizes[2]);
        lowest = Math.min(lowest, at);
        highest = Math.max(highest, at);
        seen.add(at);
      }
      assertThat(layout.lowest()).as(layout.toString()).isEqualTo(lowest);
      assertThat(layout.extent()).as(layout.toString()).isEqualTo(highest + 1);
      if (seen.size() < layout.elements()) {
        assertThat(layout.mayOverlap()).as(layout.toString()).isTrue();
      }
    }
  }

  @Test
  void ordinaryViewsDoNotOverlapAndWindowsDo() {
    var plain = Layout.contiguous(Shape.of(3, 4, 5));
    assertThat(plain.mayOverlap()).isFalse();
    assertThat(plain.permute(2, 0, 1).flip(0).slice(1, 0, 3, 2).mayOverlap()).isFalse();
    assertThat(plain.diagonal(1, 0, 2).mayOverlap()).isFalse();
    assertThat(plain.unfold(2, 2, 2).mayOverlap()).isFalse();
    assertThat(plain.unfold(2, 2, 1).mayOverlap()).isTrue();
    assertThat(plain.slice(0, 0, 1, 1).expand(Shape.of(3, 4, 5)).mayOverlap()).isTrue();
    assertThat(Layout.contiguous(Shape.of(3, 0)).mayOverlap()).isFalse();
  }

  @Test
  void scalarsHaveNoWindowsAndNoDiagonal() {
    var scalar = Layout.contiguous(Shape.of());
    assertThatThrownBy(() -> scalar.unfold(0, 1, 1))
        .isInstanceOf(ShapeException.class)
        .hasMessage("unfold: axis 0 of a scalar, which has none");
    assertThatThrownBy(() -> Layout.contiguous(Shape.of(3)).diagonal(0, 0, 1))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("diagonal: axis 1 is out of range for shape [3]");
  }
}
