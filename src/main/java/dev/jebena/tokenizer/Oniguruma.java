package dev.jebena.tokenizer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Regular expressions as Oniguruma reads them, with Ruby's syntax: that is the library under
 * Hugging Face's, so it decides what an expression in a {@code tokenizer.json} means. They are
 * rewritten for {@link Pattern}, whose dialect is nearly the same. What differs: {@code \w}, {@code
 * \b} and {@code [[:alpha:]]}; {@code \h}, a hexadecimal digit; {@code ^}, {@code $} and the dot,
 * which know no line end but {@code \n}; the option {@code m}, by which the dot takes that, too;
 * names of properties; and {@code {n,m}+}, a repetition of the repetition and not a possessive one.
 */
final class Oniguruma {
  /** {@code [[:word:]]} without the brackets: other than in Java, joiners are no part of words. */
  private static final String WORD = "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}";

  /** {@code \w} outside of brackets knows some characters of Latin-1 besides. */
  private static final String BARE_WORD = WORD + "\\xB2\\xB3\\xB9\\xBC-\\xBE";

  private static final String HEX = "0-9a-fA-F";
  private static final String HEX_DIGITS = "0123456789abcdefABCDEF";

  /** Classes that POSIX has names for, without brackets. */
  private static final Map<String, String> POSIX =
      Map.ofEntries(
          Map.entry("alnum", "\\p{IsAlphabetic}\\p{Nd}"),
          Map.entry("alpha", "\\p{IsAlphabetic}"),
          Map.entry("blank", "\\p{Zs}\\t"),
          Map.entry("cntrl", "\\p{Cc}"),
          Map.entry("digit", "\\p{Nd}"),
          Map.entry("graph", "[^\\s\\p{Cc}\\p{Cn}\\p{Cs}]"),
          Map.entry("lower", "\\p{IsLowercase}"),
          Map.entry("print", "[^\\p{Cc}\\p{Cn}\\p{Cs}\\p{Zl}\\p{Zp}]"),
          Map.entry("punct", "\\p{P}\\p{S}"),
          Map.entry("space", "\\s"),
          Map.entry("upper", "\\p{IsUppercase}"),
          Map.entry("word", WORD),
          Map.entry("xdigit", HEX));

  /** Properties of Unicode by their long names. */
  private static final Map<String, String> CATEGORIES =
      Map.of(
          "letter", "L",
          "mark", "M",
          "number", "N",
          "punctuation", "P",
          "punct", "P",
          "symbol", "S",
          "separator", "Z",
          "other", "C");

  private final String regex;
  private final StringBuilder out = new StringBuilder();

  /** Where groups that are still open begin in {@link #out}. */
  private final Deque<Integer> groups = new ArrayDeque<>();

  /** Where what a quantifier applies to begins in {@link #out}. */
  private int atom;

  private int at;

  private Oniguruma(String regex) {
    this.regex = regex;
  }

  /**
   * @throws TokenizerException if it is not an expression, or one that cannot be said in Java
   */
  static Pattern compile(String regex) {
    try {
      var java = new Oniguruma(regex).translate();
      return Pattern.compile(
          java, Pattern.UNICODE_CHARACTER_CLASS | Pattern.MULTILINE | Pattern.UNIX_LINES);
    } catch (PatternSyntaxException e) {
      throw new TokenizerException(
          "'"
              + regex
              + "' is not a regular expression: "
              + e.getDescription()
              + " near character "
              + Math.min(e.getIndex(), regex.length()),
          e);
    }
  }

  private String translate() {
    while (at < regex.length()) {
      char c = regex.charAt(at);
      switch (c) {
        case '\\' -> {
          atom = out.length();
          escape();
        }
        case '[' -> {
          atom = out.length();
          brackets();
        }
        case '(' -> open();
        case ')' -> {
          atom = groups.isEmpty() ? out.length() : groups.pop();
          copy(1);
        }
        case '{' -> interval();
        case '*', '+', '?' -> copy(1);
        default -> {
          atom = out.length();
          copy(Character.charCount(regex.codePointAt(at)));
        }
      }
    }
    return out.toString();
  }

  private void copy(int length) {
    out.append(regex, at, at + length);
    at += length;
  }

  private TokenizerException unsupported(String what) {
    return new TokenizerException(
        "'" + regex + "' has " + what + " at character " + at + ", which is not supported");
  }

  /** An escape outside of brackets. */
  private void escape() {
    if (at + 1 == regex.length()) {
      copy(1);
      return;
    }
    char c = regex.charAt(at + 1);
    var java =
        switch (c) {
          case 'w' -> "[" + BARE_WORD + "]";
          case 'W' -> "[^" + BARE_WORD + "]";
          case 'h' -> "[" + HEX + "]";
          case 'H' -> "[^" + HEX + "]";
          case 'N' -> "[^\\n]";
          case 'O' -> "(?s:.)";
          case 'b' -> boundary("(?<![", "])(?=[", "(?<=[", "])(?![");
          case 'B' -> boundary("(?<![", "])(?![", "(?<=[", "])(?=[");
          case 'K', 'g', 'y', 'Y', 'Q', 'E' -> throw unsupported("\\" + c);
          default -> null;
        };
    if (java != null) {
      out.append(java);
      at += 2;
    } else if (c == 'p' || c == 'P') {
      var content = property();
      out.append('[').append(content).append(']');
    } else {
      copy(escapeLength(c));
    }
  }

  /** Of an escape that means the same in Java. */
  private int escapeLength(char c) {
    int end = at + 1 + Character.charCount(regex.codePointAt(at + 1));
    return switch (c) {
      case 'x' -> regex.startsWith("{", end) ? until('}') : digits(end, 2);
      case 'u' -> digits(end, 4);
      case 'k' -> until('>');
      case 'c' -> Math.min(regex.length(), end + 1) - at;
      case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> digits(end, 2);
      default -> end - at;
    };
  }

  private int until(char last) {
    int end = regex.indexOf(last, at);
    return (end < 0 ? regex.length() : end + 1) - at;
  }

  private int digits(int from, int most) {
    int end = from;
    while (end < regex.length()
        && end < from + most
        && HEX_DIGITS.indexOf(regex.charAt(end)) >= 0) {
      end++;
    }
    return end - at;
  }

  private static String boundary(String before, String between, String orBefore, String orBetween) {
    return "(?:" + before + BARE_WORD + between + BARE_WORD + "])|" + orBefore + BARE_WORD
        + orBetween + BARE_WORD + "]))";
  }

  /** The property at this place, without brackets. */
  private String property() {
    boolean negated = regex.charAt(at + 1) == 'P';
    int end = regex.indexOf('}', at);
    if (at + 2 >= regex.length() || regex.charAt(at + 2) != '{' || end < 0) {
      throw unsupported("\\p without a name in braces");
    }
    var name = regex.substring(at + 3, end);
    if (name.startsWith("^")) {
      negated = !negated;
      name = name.substring(1);
    }
    var plain = name.replaceAll("[ _-]", "").toLowerCase(Locale.ROOT);
    String content;
    if (CATEGORIES.containsKey(plain)) {
      content = "\\p{" + CATEGORIES.get(plain) + "}";
    } else if (plain.equals("word")) {
      content = BARE_WORD;
    } else if (POSIX.containsKey(plain)) {
      content = POSIX.get(plain);
    } else {
      content = exists("\\p{" + name + "}") ? "\\p{" + name + "}" : "\\p{Is" + name + "}";
      if (!exists(content)) {
        throw unsupported("the property " + name);
      }
    }
    at = end + 1;
    return negated ? "[^" + content + "]" : content;
  }

  private static boolean exists(String property) {
    try {
      Pattern.compile(property);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  /** Characters in brackets, which may hold others. */
  private void brackets() {
    copy(1);
    if (at < regex.length() && regex.charAt(at) == '^') {
      copy(1);
    }
    if (at < regex.length() && regex.charAt(at) == ']') {
      out.append('\\');
      copy(1);
    }
    while (at < regex.length() && regex.charAt(at) != ']') {
      char c = regex.charAt(at);
      if (c == '[' && regex.startsWith("[:", at) && regex.indexOf(":]", at) > 0) {
        posix();
      } else if (c == '[') {
        brackets();
      } else if (c == '\\' && at + 1 < regex.length()) {
        escapeInBrackets();
      } else {
        copy(1);
      }
    }
    if (at < regex.length()) {
      copy(1);
    }
  }

  private void escapeInBrackets() {
    char c = regex.charAt(at + 1);
    var java =
        switch (c) {
          case 'w' -> WORD;
          case 'W' -> "[^" + WORD + "]";
          case 'h' -> HEX;
          case 'H' -> "[^" + HEX + "]";
          case 'b' -> "\\x08";
          case 'R', 'X', 'K', 'Q', 'E', 'N', 'O' -> throw unsupported("\\" + c + " in brackets");
          default -> null;
        };
    if (java != null) {
      out.append(java);
      at += 2;
    } else if (c == 'p' || c == 'P') {
      var content = property();
      out.append(content);
    } else {
      copy(1 + Character.charCount(regex.codePointAt(at + 1)));
    }
  }

  private void posix() {
    int end = regex.indexOf(":]", at);
    var name = regex.substring(at + 2, end);
    boolean negated = name.startsWith("^");
    var content = POSIX.get(negated ? name.substring(1) : name);
    if (content == null) {
      throw unsupported("[:" + name + ":]");
    }
    out.append(negated ? "[^" + content + "]" : content);
    at = end + 2;
  }

  private void open() {
    if (regex.startsWith("(?#", at)) {
      int end = regex.indexOf(')', at);
      at = end < 0 ? regex.length() : end + 1;
      return;
    }
    int start = out.length();
    int options = at + 2;
    while (options < regex.length() && "imx-".indexOf(regex.charAt(options)) >= 0) {
      options++;
    }
    boolean ends =
        options < regex.length() && (regex.charAt(options) == ':' || regex.charAt(options) == ')');
    if (regex.startsWith("(?", at) && ends && options > at + 2) {
      out.append(regex.substring(at, options).replace("m", "s").replace("i", "iu"));
      at = options;
      if (regex.charAt(at) == ')') { // holds for the rest of the group that it stands in
        copy(1);
        atom = out.length();
        return;
      }
      copy(1);
    } else if (regex.startsWith("(?", at)
        && at + 2 < regex.length()
        && Character.isLetter(regex.charAt(at + 2))) {
      throw unsupported("the option " + regex.charAt(at + 2));
    } else {
      copy(1);
      if (at < regex.length() && regex.charAt(at) == '?') {
        copy(1); // no quantifier
      }
    }
    groups.push(start);
    atom = out.length();
  }

  /** {@code {n,m}}, and what may follow it. */
  private void interval() {
    int end = regex.indexOf('}', at);
    var inside = end < 0 ? "" : regex.substring(at + 1, end);
    if (!inside.matches("\\d+(,\\d*)?|,\\d+")) {
      throw unsupported("a brace that is no repetition");
    }
    var interval = "{" + (inside.startsWith(",") ? "0" : "") + inside + "}";
    at = end + 1;
    char next = at < regex.length() ? regex.charAt(at) : 0;
    boolean again = next == '+' || next == '?' && inside.indexOf(',') < 0;
    out.append(interval);
    if (again) {
      out.insert(atom, "(?:").append(')').append(next);
      at++;
    }
  }
}
