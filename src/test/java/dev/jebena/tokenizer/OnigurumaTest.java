package dev.jebena.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expressions mean what Oniguruma 6.9 under tokenizers 0.23 makes of them, with Ruby's syntax. */
class OnigurumaTest {
  private static List<String> pieces(String regex, String text) {
    var cut = new RegexPreTokenizer(regex);
    var utf8 = Utf8.encode(text);
    var pieces = new ArrayList<String>();
    var reading = cut.over(utf8, 0, utf8.length);
    for (int at = 0, end; at < utf8.length; at = end) {
      end = reading.pieceEnd(utf8, at, utf8.length);
      pieces.add(new String(utf8, at, end - at, java.nio.charset.StandardCharsets.UTF_8));
    }
    return pieces;
  }

  /** What Split with behavior Isolated gave there; ⏎ is a line feed, ␍ a carriage return. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      ignoreLeadingAndTrailingWhitespace = false,
      quoteCharacter = '`',
      value = {
        "a$~a⏎ba␍⏎a~a|⏎ba␍⏎|a",
        "^a~a⏎ab⏎␍a~a|⏎|a|b⏎␍a",
        ".~a⏎␍b~a|⏎|␍|b",
        "(?m).+~a⏎b~a⏎b",
        "(?m:.)+~a⏎b~a⏎b",
        "\\h+~0aG f~0a|G |f",
        "\\H~0aG~0a|G",
        "b\\Z~ab⏎b⏎~ab⏎|b|⏎",
        "\\d{1,3}+~1234567~1234567",
        "\\d{2}?~12345~12|34|5",
        "\\d{,2}~12345~12|34|5",
        "a{2}+~aaaaa~aaaa|a",
        "\\p{L}{2,}+~abcde1~abcde|1",
        "(?:ab){2}+~ababababab~abababab|ab",
        "[ab]{2}+~abbabc~abba|bc",
        "\\x{41}{2}+~AAAAA~AAAA|A",
        "\\p{^L}+~ab1 2c~ab|1 2|c",
        "\\p{Han}+~ab漢字c~ab|漢字|c",
        "\\p{Letter}+~a1é~a|1|é",
        "\\p{Punct}+~a$.b+,~a$|.|b+|,",
        "[[:punct:]]+~a$.b+,~a|$.|b|+,",
        "[[:alpha:]]+~a1é:~a|1|é|:",
        "[[:^alpha:]]+~a1é:~a|1|é|:",
        "[[:alnum:]_]+~a1_-~a1_|-",
        "[[:xdigit:]]+~1afG~1af|G",
        "[[:word:]]+~a_1²~a_1|²",
        "\\w+~a_1²~a_1²",
        "[\\w]+~a_1²~a_1|²",
        "[^\\w]+~a_1²~a_1|²",
        "[\\w&&[^b]]+~abc~a|b|c",
        "[]a]+~a]b~a]|b",
        "(?i)k~K\u212Ak~K|\u212A|k",
        "(?i:'s)~'S 'ſ 's~'S| |'ſ| |'s",
        "(?#c)a~ba~b|a",
        "a\\b~a ab~a| ab",
        "\\N~a⏎~a|⏎",
        "(?<x>a)\\k<x>~aab~aa|b",
        "x*~axxb~a|xx|b",
      })
  void meansTheSame(String regex, String text, String expected) {
    var plain = text.replace('⏎', '\n').replace('␍', '\r');
    assertThat(pieces(regex, plain))
        .containsExactly(expected.replace('⏎', '\n').replace('␍', '\r').split("\\|"));
  }

  @Test
  void joinersAreNoPartOfWords() {
    assertThat(pieces("\\w+", "a\u200Db\u200C1"))
        .containsExactly("a", "\u200D", "b", "\u200C", "1");
    assertThat(pieces("[^\\W]+", "a\u200Db")).containsExactly("a", "\u200D", "b");
    assertThat(pieces("\\W", "²\u200D")).containsExactly("²", "\u200D");
    assertThat(pieces("[\\W]", "²²")).containsExactly("²", "²");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\Ka", "\\Qa\\E", "(?s).", "(?u:a)", "[[:nonsense:]]", "\\p{Nonsense}", "\\pL", "a{b",
            "[\\R]",
        "(a", "[a", "a)", "*a", "\\", "a{2", "(?", "\\p{L", "[[:alpha:"
      })
  void whatItCannotSayIsNamed(String regex) {
    assertThatThrownBy(() -> new RegexPreTokenizer(regex))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("'" + regex + "'");
  }
}
