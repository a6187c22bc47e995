package dev.jebena.kernel.opencl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * OpenCL C as a list of what stands at its top: functions, tables and macros, of which one kernel
 * needs some. A driver compiles every kernel that it is given, whether anybody launches it or not.
 *
 * <p>Names are followed as words: what a kept piece mentions is kept. {@code PASTE(ROWS_, MR)}
 * mentions all that begins with {@code ROWS_}. Type definitions, and all directives but {@code
 * #define}, stay.
 */
final class ProgramText {
  private static final Pattern COMMENT = Pattern.compile("//[^\n]*|(?s:/\\*.*?\\*/)");
  private static final Pattern MACRO = Pattern.compile("#\\s*define\\s+(\\w+)");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w*");
  private static final Pattern NAMED = Pattern.compile("([A-Za-z_]\\w*)\\s*[(\\[]");
  private static final Pattern PASTED = Pattern.compile("PASTE\\(\\s*(\\w+)");

  /**
   * A piece of the text.
   *
   * @param names by which others mention it; none for what always stays
   */
  private record Piece(String text, Set<String> names) {}

  private final List<Piece> pieces = new ArrayList<>();
  private final TreeSet<String> names = new TreeSet<>();

  private ProgramText(String source) {
    split(COMMENT.matcher(source).replaceAll(" "));
    pieces.forEach(piece -> names.addAll(piece.names));
  }

  /** The text without what a kernel does not need. */
  static String forKernel(String source, String kernel) {
    return new ProgramText(source).keep(kernel);
  }

  private void split(String text) {
    int at = 0;
    while (at < text.length()) {
      if (Character.isWhitespace(text.charAt(at))) {
        at++;
        continue;
      }
      int end = text.charAt(at) == '#' ? endOfDirective(text, at) : endOfDeclaration(text, at);
      var piece = text.substring(at, end);
      pieces.add(new Piece(piece, namesOf(piece)));
      at = end;
    }
  }

  private static int endOfDirective(String text, int at) {
    int end = text.indexOf('\n', at);
    while (end > 0 && text.charAt(end - 1) == '\\') {
      end = text.indexOf('\n', end + 1);
    }
    return end < 0 ? text.length() : end + 1;
  }

  /** Behind the semicolon, or the brace that closes the body. */
  private static int endOfDeclaration(String text, int at) {
    int depth = 0;
    for (int i = at; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '(', '{' -> depth++;
        case ')' -> depth--;
        case '}' -> {
          depth--;
          if (depth == 0) {
            return i + (text.startsWith(";", i + 1) ? 2 : 1);
          }
        }
        case ';' -> {
          if (depth == 0) {
            return i + 1;
          }
        }
        default -> {}
      }
    }
    return text.length();
  }

  private static Set<String> namesOf(String piece) {
    var macro = MACRO.matcher(piece);
    if (macro.lookingAt()) {
      return Set.of(macro.group(1));
    }
    int body = piece.indexOf('{');
    if (piece.startsWith("#") || body < 0) {
      return Set.of();
    }
    // a function or a table is called by the last word before brackets that are not inside of
    // others
    var header = piece.substring(0, body);
    var called = NAMED.matcher(header);
    var name = Set.<String>of();
    while (called.find()) {
      if (depth(header, called.start()) == 0) {
        name = Set.of(called.group(1));
      }
    }
    return name;
  }

  private static int depth(String text, int at) {
    int depth = 0;
    for (int i = 0; i < at; i++) {
      depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
    }
    return depth;
  }

  private String keep(String kernel) {
    var kept = new HashSet<String>();
    var waiting = new ArrayDeque<String>();
    waiting.add(kernel);
    for (var piece : pieces) {
      if (piece.names.isEmpty()) {
        waiting.addAll(mentioned(piece.text));
      }
    }
    while (!waiting.isEmpty()) {
      var name = waiting.poll();
      if (kept.add(name)) {
        for (var piece : pieces) {
          if (piece.names.contains(name)) {
            waiting.addAll(mentioned(piece.text));
          }
        }
      }
    }
    var text = new StringBuilder();
    for (var piece : pieces) {
      if (piece.names.isEmpty() || kept.containsAll(piece.names)) {
        text.append(piece.text.strip()).append('\n');
      }
    }
    return text.toString();
  }

  private Collection<String> mentioned(String text) {
    var found = new HashSet<String>();
    var words = WORD.matcher(text);
    while (words.find()) {
      if (names.contains(words.group())) {
        found.add(words.group());
      }
    }
    var pasted = PASTED.matcher(text);
    while (pasted.find()) {
      var beginning = pasted.group(1);
      found.addAll(names.subSet(beginning, true, beginning + Character.MAX_VALUE, true));
    }
    return found;
  }
}
