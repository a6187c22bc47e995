package dev.jebena.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class Gpt2PreTokenizerTest {
  private static final Pattern GPT2 =
      Pattern.compile(
          "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);
  private static final PreTokenizer CUT = new Gpt2PreTokenizer();

  private static List<String> cut(byte[] text) {
    var pieces = new ArrayList<String>();
    int at = 0;
    while (at < text.length) {
      int end = CUT.pieceEnd(text, at, text.length);
      assertThat(end).isGreaterThan(at).isLessThanOrEqualTo(text.length);
      pieces.add(new String(text, at, end - at, StandardCharsets.UTF_8));
      at = end;
    }
    return pieces;
  }

  private static List<String> byRegex(String text) {
    var pieces = new ArrayList<String>();
    var matcher = GPT2.matcher(text);
    while (matcher.find()) {
      pieces.add(matcher.group());
    }
    return pieces;
  }

  @Test
  void cutsAsTheRegularExpressionDoes() {
    var random = new SplittableRandom(1);
    for (int i = 0; i < 30_000; i++) {
      var utf8 = Utf8.encode(RandomText.any(random, 40));
      assertThat(cut(utf8)).isEqualTo(byRegex(new String(utf8, StandardCharsets.UTF_8)));
    }
  }

  @Test
  void everyCodePointHasTheClassTheRegularExpressionGivesIt() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        continue;
      }
      var text = "a" + Character.toString(c) + "1";
      assertThat(cut(Utf8.encode(text))).as("U+%04X", c).isEqualTo(byRegex(text));
    }
  }

  @Test
  void cutsWordsContractionsAndSpaces() {
    assertThat(cut(Utf8.encode("I'll  go,\r\n\n don't 42x \t")))
        .containsExactly("I", "'ll", " ", " go", ",", "\r\n\n", " don", "'t", " 42", "x", " \t");
  }

  @Test
  void anyBytesAreCutAndNoneIsLost() {
    var random = new SplittableRandom(2);
    for (int i = 0; i < 2_000; i++) {
      var bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      int at = 0;
      while (at < bytes.length) {
        int end = CUT.pieceEnd(bytes, at, bytes.length);
        assertThat(end).isGreaterThan(at).isLessThanOrEqualTo(bytes.length);
        at = end;
      }
    }
  }

  @Test
  void aSafeCutChangesNoPiece() {
    var random = new SplittableRandom(3);
    for (int i = 0; i < 10_000; i++) {
      var utf8 = Utf8.encode(RandomText.any(random, 40));
      int at = CUT.safeCut(utf8, random.nextInt(utf8.length + 1), utf8.length);
      var parts = new ArrayList<>(cut(Arrays.copyOf(utf8, at)));
      parts.addAll(cut(Arrays.copyOfRange(utf8, at, utf8.length)));
      assertThat(parts).isEqualTo(cut(utf8));
    }
  }
}
