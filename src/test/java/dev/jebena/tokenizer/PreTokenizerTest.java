package dev.jebena.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreTokenizerTest {
  static Stream<PreTokenizer> scanners() {
    return PreTokenizer.builtIn().stream().filter(cut -> !(cut instanceof WholePreTokenizer));
  }

  private static List<String> cut(PreTokenizer preTokenizer, byte[] text) {
    var pieces = new ArrayList<String>();
    var cut = preTokenizer.over(text, 0, text.length);
    int at = 0;
    while (at < text.length) {
      int end = cut.pieceEnd(text, at, text.length);
      if (end <= at || end > text.length) {
        assertThat(end).isGreaterThan(at).isLessThanOrEqualTo(text.length);
      }
      pieces.add(new String(text, at, end - at, StandardCharsets.UTF_8));
      at = end;
    }
    return pieces;
  }

  /** What the JDK finds, with Unicode's classes and Unicode's case folding. */
  private static Pattern pattern(PreTokenizer cut) {
    return Pattern.compile(cut.regex().replace("(?i:", "(?iu:"), Pattern.UNICODE_CHARACTER_CLASS);
  }

  private static List<String> byRegex(Pattern pattern, String text) {
    var pieces = new ArrayList<String>();
    var matcher = pattern.matcher(text);
    while (matcher.find()) {
      pieces.add(matcher.group());
    }
    return pieces;
  }

  private static void compare(PreTokenizer cut, long seed, int texts) {
    var random = new SplittableRandom(seed);
    var pattern = pattern(cut);
    for (int i = 0; i < texts; i++) {
      var utf8 = Utf8.encode(RandomText.any(random, 40));
      var text = new String(utf8, StandardCharsets.UTF_8);
      assertThat(cut(cut, utf8)).as(text).isEqualTo(byRegex(pattern, text));
    }
  }

  @ParameterizedTest
  @MethodSource("scanners")
  void cutsAsTheRegularExpressionDoes(PreTokenizer cut) {
    compare(cut, 1, 30_000);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("scanners")
  void cutsAsTheRegularExpressionDoesForLong(PreTokenizer cut) {
    compare(cut, System.nanoTime(), 1_000_000);
  }

  @ParameterizedTest
  @MethodSource("scanners")
  void everyCodePointHasTheClassTheRegularExpressionGivesIt(PreTokenizer cut) {
    var pattern = pattern(cut);
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        continue;
      }
      var character = Character.toString(c);
      var text = "a" + character + "1A'" + character + "A" + character + character;
      var pieces = cut(cut, Utf8.encode(text));
      if (!pieces.equals(byRegex(pattern, text))) {
        assertThat(pieces).as("U+%04X", c).isEqualTo(byRegex(pattern, text));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("scanners")
  void anExpressionOfOnesOwnCutsTheSame(PreTokenizer cut) {
    var own = new RegexPreTokenizer(cut.regex());
    var random = new SplittableRandom(4);
    for (int i = 0; i < 3_000; i++) {
      var bytes = Utf8.encode(RandomText.any(random, 40));
      if (bytes.length > 0 && random.nextInt(4) == 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      assertThat(cut(own, bytes)).isEqualTo(cut(cut, bytes));
    }
    assertThat(PreTokenizer.ofRegex(cut.regex())).isEqualTo(cut);
    assertThat(PreTokenizer.named(cut.name())).isEqualTo(cut);
  }

  @Test
  void cutsWordsContractionsAndSpaces() {
    var text = Utf8.encode("I'LL  go,\r\n\n don't 42x 2025 camelCase/ \t");
    assertThat(cut(new Gpt2PreTokenizer(), text))
        .containsExactly(
            "I",
            "'",
            "LL",
            " ",
            " go",
            ",",
            "\r\n\n",
            " don",
            "'t",
            " 42",
            "x",
            " 2025",
            " camelCase",
            "/",
            " \t");
    assertThat(cut(Gpt2PreTokenizer.withDigits(), text)).contains(" 202", "5");
    assertThat(cut(Gpt4PreTokenizer.CL100K, text))
        .containsExactly(
            "I",
            "'LL",
            " ",
            " go",
            ",\r\n\n",
            " don",
            "'t",
            " ",
            "42",
            "x",
            " ",
            "202",
            "5",
            " camelCase",
            "/",
            " \t");
    assertThat(cut(Gpt4PreTokenizer.QWEN2, text)).contains("2", "0");
    assertThat(cut(new O200kPreTokenizer(), text))
        .containsExactly(
            "I'LL", " ", " go", ",\r\n\n", " don't", " ", "42", "x", " ", "202", "5", " camel",
            "Case", "/", " \t");
    assertThat(cut(new WholePreTokenizer(), text)).hasSize(1);
  }

  @Test
  void blanksBehindTheLastLineEndAreWhereCl100kAndLlama3Differ() {
    var text = Utf8.encode("a\n  ");
    assertThat(cut(Gpt4PreTokenizer.CL100K, text)).containsExactly("a", "\n  ");
    assertThat(cut(Gpt4PreTokenizer.LLAMA3, text)).containsExactly("a", "\n", "  ");
  }

  @Test
  void whatAnExpressionDoesNotMatchIsAPieceToo() {
    var digits = new RegexPreTokenizer("[0-9]+|x*");
    assertThat(cut(digits, Utf8.encode("ab12é🙃3xx")))
        .containsExactly("ab", "12", "é🙃", "3", "xx");
    assertThat(digits.pieceEnd(Utf8.encode("ab12"), 2, 3)).isEqualTo(3);
    assertThatThrownBy(() -> new RegexPreTokenizer("(a"))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("'(a' is not a regular expression");
    assertThatThrownBy(() -> PreTokenizer.named("gpt3"))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("'gpt3'")
        .hasMessageContaining("gpt2, gpt2-digits, cl100k, llama3, qwen2, o200k, none");
  }

  @ParameterizedTest
  @MethodSource("scanners")
  void anyBytesAreCutAndNoneIsLost(PreTokenizer cut) {
    var random = new SplittableRandom(2);
    for (int i = 0; i < 2_000; i++) {
      var bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      int at = 0;
      while (at < bytes.length) {
        int end = cut.pieceEnd(bytes, at, bytes.length);
        assertThat(end).isGreaterThan(at).isLessThanOrEqualTo(bytes.length);
        at = end;
      }
    }
  }

  @ParameterizedTest
  @MethodSource("scanners")
  void aSafeCutChangesNoPiece(PreTokenizer cut) {
    var random = new SplittableRandom(3);
    int cuts = 0;
    for (int i = 0; i < 10_000; i++) {
      var utf8 = Utf8.encode(RandomText.any(random, 40));
      int at = cut.safeCut(utf8, random.nextInt(utf8.length + 1), utf8.length);
      cuts += at < utf8.length ? 1 : 0;
      var parts = new ArrayList<>(cut(cut, Arrays.copyOf(utf8, at)));
      parts.addAll(cut(cut, Arrays.copyOfRange(utf8, at, utf8.length)));
      assertThat(parts).isEqualTo(cut(cut, utf8));
    }
    assertThat(cuts).isGreaterThan(1_000);
  }

  static Stream<PreTokenizer> scannersAndExpressions() {
    return Stream.of(
            scanners(),
            scanners().map(cut -> new RegexPreTokenizer(cut.regex())),
            Stream.of(
                    "\\w+|\\s+",
                    "[A-Z][a-z]*|.",
                    "\\p{L}+(?=\\p{N})|\\s*[\\r\\n]",
                    "[^ ]+ ?$",
                    "s+?t|\\R",
                    "(a|b)*c|\\d{1,3}")
                .map(RegexPreTokenizer::new))
        .flatMap(cuts -> cuts);
  }

  @ParameterizedTest
  @MethodSource("scannersAndExpressions")
  void theLastCutOfABeginningChangesNoPieceOfTheWhole(PreTokenizer cut) {
    var random = new SplittableRandom(5);
    int cuts = 0;
    for (int i = 0; i < 10_000; i++) {
      var utf8 = Utf8.encode(RandomText.any(random, 60));
      int limit = random.nextInt(utf8.length + 1);
      int at = cut.lastCut(utf8, 0, limit);
      assertThat(at).isBetween(0, limit);
      cuts += at > 0 ? 1 : 0;
      var parts = new ArrayList<>(cut(cut, Arrays.copyOf(utf8, at)));
      parts.addAll(cut(cut, Arrays.copyOfRange(utf8, at, utf8.length)));
      assertThat(parts).isEqualTo(cut(cut, utf8));
    }
    assertThat(cuts).isGreaterThan(300);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(?<=a)b|.", "(?<!a)b|.", "\\bab|.", "^a|.", "\\Aa|.", "\\Ga|.", "\\X"})
  void anExpressionThatLooksBackKnowsNoPlaceToCut(String regex) {
    var cut = new RegexPreTokenizer(regex);
    assertThat(cut.lastCut(Utf8.encode("ab ab\nab ab"), 0, 11)).isZero();
    assertThat(new RegexPreTokenizer("[^b]+|b").lastCut(Utf8.encode("ab ab"), 0, 5)).isEqualTo(5);
  }
}
