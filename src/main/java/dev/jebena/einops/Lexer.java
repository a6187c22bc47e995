package dev.jebena.einops;

import dev.jebena.einops.EinopsException.Problem;
import java.util.ArrayList;
import java.util.List;

/** Cuts a pattern into tokens. Space is free everywhere except inside of names. */
final class Lexer {
  private final Source source;
  private final String text;
  private final List<Token> tokens = new ArrayList<>();

  private Lexer(Source source) {
    this.source = source;
    this.text = source.text();
  }

  /**
   * All tokens in order.
   *
   * @throws EinopsException at the first character that cannot stand in a pattern
   */
  static List<Token> tokens(Source source) {
    var lexer = new Lexer(source);
    int at = 0;
    while (at < lexer.text.length()) {
      at = lexer.next(at);
    }
    return lexer.tokens;
  }

  /** Takes one token or space and gives the position behind it. */
  private int next(int at) {
    char c = text.charAt(at);
    if (Character.isWhitespace(c)) {
      return at + 1;
    }
    if (Character.isLetterOrDigit(c) || c == '_') {
      return word(at);
    }
    return switch (c) {
      case '(' -> add(Token.Kind.OPEN, at, 1);
      case ')' -> add(Token.Kind.CLOSE, at, 1);
      case ',' -> add(Token.Kind.COMMA, at, 1);
      case '*' -> add(Token.Kind.STAR, at, 1);
      case '…' -> add(Token.Kind.ELLIPSIS, at, 1);
      case '-' -> arrow(at);
      case '.' -> ellipsis(at);
      default ->
          throw source.error(
              Problem.UNEXPECTED_CHARACTER,
              new Span(at, at + 1),
              "'" + c + "' cannot stand in a pattern");
    };
  }

  private int add(Token.Kind kind, int at, int length) {
    tokens.add(new Token(kind, text.substring(at, at + length), new Span(at, at + length)));
    return at + length;
  }

  private int arrow(int at) {
    if (!text.startsWith("->", at)) {
      throw source.error(
          Problem.UNEXPECTED_CHARACTER, new Span(at, at + 1), "'-' is no arrow; write '->'");
    }
    return add(Token.Kind.ARROW, at, 2);
  }

  private int ellipsis(int at) {
    int end = at;
    while (end < text.length() && text.charAt(end) == '.') {
      end++;
    }
    if (end - at != 3) {
      throw source.error(
          Problem.UNEXPECTED_CHARACTER,
          new Span(at, end),
          (end - at) + (end - at == 1 ? " dot is" : " dots are") + " no ellipsis; write '...'");
    }
    return add(Token.Kind.ELLIPSIS, at, 3);
  }

  private int word(int at) {
    int end = at;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
      end++;
    }
    var where = new Span(at, end);
    var word = text.substring(at, end);
    if (word.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return number(word, where);
    }
    if (Character.isDigit(word.charAt(0))) {
      throw source.error(
          Problem.INVALID_NAME, where, "'" + word + "': the name of an axis begins with a letter");
    }
    if (word.startsWith("_") || word.endsWith("_")) {
      throw source.error(
          Problem.INVALID_NAME,
          where,
          "'" + word + "': the name of an axis neither begins nor ends with an underscore");
    }
    return add(Token.Kind.NAME, at, end - at);
  }

  private int number(String word, Span where) {
    if (word.length() > 18 || Long.parseLong(word) == 0) {
      throw source.error(
          Problem.ANONYMOUS_AXIS, where, "an axis of " + word + " elements cannot be written");
    }
    return add(Token.Kind.NUMBER, where.start(), word.length());
  }
}
