package dev.jebena.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The type of {@code a op b}, all 144 pairs, against PyTorch and against what the page says. */
class PromotionTest {
  private static boolean is8Bit(DType dtype) {
    return dtype == DType.F8_E4M3 || dtype == DType.F8_E5M2;
  }

  private static DType named(String name) {
    return DType.valueOf(name.toUpperCase(Locale.ROOT));
  }

  @Test
  void agreesWithPyTorchWhereverPyTorchHasARule() throws Exception {
    var url = PromotionTest.class.getResource("/dtypes/promote.txt");
    var lines = Files.readAllLines(Path.of(url.toURI()));
    assertThat(lines).hasSize(DType.values().length * DType.values().length);
    for (var line : lines) {
      var words = line.split(" ");
      var a = named(words[0]);
      var b = named(words[1]);
      if (words[2].equals("-")) {
        // PyTorch refuses to mix its 8-bit floats with anything
        assertThat(a != b && (is8Bit(a) || is8Bit(b))).as(line).isTrue();
      } else {
        assertThat(DType.promote(a, b)).as(line).isEqualTo(named(words[2]));
      }
    }
  }

  @Test
  void eightBitFloatsGiveWayToWiderFloatsAndMeetInF16() {
    for (var narrow : new DType[] {DType.F8_E4M3, DType.F8_E5M2}) {
      for (var other : DType.values()) {
        var expected = other.isFloat() && !is8Bit(other) ? other : narrow;
        if (is8Bit(other) && other != narrow) {
          expected = DType.F16;
        }
        assertThat(DType.promote(narrow, other)).as(narrow + " " + other).isEqualTo(expected);
      }
    }
  }

  @Test
  void theOrderOfOperandsDoesNotMatter() {
    for (var a : DType.values()) {
      for (var b : DType.values()) {
        assertThat(DType.promote(a, b)).isEqualTo(DType.promote(b, a));
      }
    }
  }

  @Test
  void thePageShowsTheTableOfTheCode() throws Exception {
    var page = Files.readString(Path.of("docs/dtypes.md"));
    assertThat(page).contains(table());
  }

  private static String table() {
    var all = DType.values();
    var text = new StringBuilder("| |");
    Stream.of(all).forEach(dtype -> text.append(" **").append(dtype).append("** |"));
    text.append("\n|").append("---|".repeat(all.length + 1)).append('\n');
    for (var a : all) {
      text.append("| **").append(a).append("** | ");
      text.append(
          Stream.of(all)
              .map(b -> DType.promote(a, b).toString())
              .collect(Collectors.joining(" | ")));
      text.append(" |\n");
    }
    return text.toString();
  }
}
