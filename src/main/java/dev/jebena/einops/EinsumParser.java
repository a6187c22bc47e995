package dev.jebena.einops;

import dev.jebena.einops.EinopsException.Problem;
import dev.jebena.einops.Term.Anonymous;
import dev.jebena.einops.Term.Composed;
import dev.jebena.einops.Term.Ellipsis;
import dev.jebena.einops.Term.Named;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads {@code term, term -> term}. There are two spellings: words, with space between them ({@code
 * "b q d, b k d -> b q k"}), and letters ({@code "bqd,bkd->bqk"}). Any space inside of a term,
 * digit or underscore makes it words.
 */
final class EinsumParser {
  private final Source source;
  private final boolean words;

  private EinsumParser(Source source, boolean words) {
    this.source = source;
    this.words = words;
  }

  /**
   * A parsed equation.
   *
   * @param terms of the operands, in order
   * @param output as written, or the implied one
   * @param words whether it is spelled in words
   */
  record Equation(Source source, List<Side> terms, Side output, boolean words) {}

  /**
   * Parses an equation.
   *
   * @param words false where the spelling decides
   */
  static Equation parse(Source source, boolean words) {
    var tokens = Lexer.tokens(source);
    return new EinsumParser(source, words || areWords(tokens)).equation(tokens);
  }

  /** Whether two axes of one term stand apart, or a name is none in letters. */
  private static boolean areWords(List<Token> tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      var token = tokens.get(i);
      if (!isAxis(token)) {
        continue;
      }
      if (!token.text().chars().allMatch(c -> Character.isLetter(c) || c == '.' || c == '…')) {
        return true;
      }
      if (i > 0 && isAxis(tokens.get(i - 1)) && !tokens.get(i - 1).where().touches(token.where())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAxis(Token token) {
    return switch (token.kind()) {
      case NAME, NUMBER, ELLIPSIS -> true;
      default -> false;
    };
  }

  private Equation equation(List<Token> tokens) {
    var terms = new ArrayList<Side>();
    var current = new ArrayList<Term>();
    boolean right = false;
    for (var token : tokens) {
      switch (token.kind()) {
        case COMMA -> {
          if (right) {
            throw source.error(
                Problem.MISPLACED, token.where(), "a ',' behind '->'; there is one result");
          }
          terms.add(new Side(List.copyOf(current)));
          current.clear();
        }
        case ARROW -> {
          if (right) {
            throw source.error(Problem.REPEATED_ARROW, token.where(), "a second '->'");
          }
          terms.add(new Side(List.copyOf(current)));
          current.clear();
          right = true;
        }
        default -> current.addAll(axes(token));
      }
    }
    if (right) {
      var output = new Side(List.copyOf(current));
      checkOutput(terms, output);
      checkEllipses(terms, output);
      return new Equation(source, List.copyOf(terms), output, words);
    }
    terms.add(new Side(List.copyOf(current)));
    var output = implied(terms);
    checkEllipses(terms, output);
    return new Equation(source, List.copyOf(terms), output, words);
  }

  private List<Term> axes(Token token) {
    return switch (token.kind()) {
      case ELLIPSIS -> List.of(new Ellipsis(token.where()));
      case NUMBER -> {
        if (!token.text().equals("1")) {
          throw source.error(
              Problem.ANONYMOUS_AXIS,
              token.where(),
              "an axis without a name can only be 1 in einsum");
        }
        yield List.of(new Anonymous(1, token.where()));
      }
      case NAME -> words ? List.of(new Named(token.text(), token.where())) : letters(token);
      default ->
          throw source.error(
              Problem.MISPLACED,
              token.where(),
              token.kind() == Token.Kind.OPEN || token.kind() == Token.Kind.CLOSE
                  ? "einsum does not split or merge axes; use rearrange before or after"
                  : "'" + token.text() + "' has no meaning in einsum");
    };
  }

  private static List<Term> letters(Token token) {
    var letters = new ArrayList<Term>();
    for (int i = 0; i < token.text().length(); i++) {
      int at = token.where().start() + i;
      letters.add(new Named(token.text().substring(i, i + 1), new Span(at, at + 1)));
    }
    return letters;
  }

  private void checkOutput(List<Side> terms, Side output) {
    var seen = new HashSet<String>();
    for (var term : output.terms()) {
      if (!(term instanceof Named name)) {
        continue;
      }
      if (terms.stream().noneMatch(side -> side.names(name.name()))) {
        throw source.error(
            Problem.UNKNOWN_AXIS,
            name.where(),
            "axis '"
                + name.name()
                + "' of the result is in no operand"
                + (words && name.name().length() > 1 && terms.stream().anyMatch(this::hasWord)
                    ? " (in an equation with spaces each word is one axis)"
                    : ""));
      }
      if (!seen.add(name.name())) {
        throw source.error(
            Problem.REPEATED_AXIS,
            name.where(),
            "axis '" + name.name() + "' stands twice in the result");
      }
    }
  }

  private boolean hasWord(Side side) {
    return side.terms().stream()
        .anyMatch(term -> term instanceof Named name && name.name().length() > 1);
  }

  private void checkEllipses(List<Side> terms, Side output) {
    boolean known = false;
    for (var side : terms) {
      requireOneEllipsis(side);
      known |= side.ellipsis().isPresent();
    }
    requireOneEllipsis(output);
    if (!known && output.ellipsis().isPresent()) {
      throw source.error(
          Problem.ELLIPSIS_MISMATCH,
          output.ellipsis().get().where(),
          "'...' of the result is in no operand");
    }
  }

  private void requireOneEllipsis(Side side) {
    side.terms().stream()
        .filter(Ellipsis.class::isInstance)
        .skip(1)
        .findFirst()
        .ifPresent(second -> {
          throw source.error(
              Problem.REPEATED_ELLIPSIS, second.where(), "a second '...' in one term");
        });
  }

  /** Without an arrow: {@code ...} first, then what stands once, in the order of the alphabet. */
  private Side implied(List<Side> terms) {
    Map<String, Term> once = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    Term ellipsis = null;
    for (var side : terms) {
      for (var term : side.terms()) {
        switch (term) {
          case Named name when seen.add(name.name()) -> once.put(name.name(), name);
          case Named name -> once.remove(name.name());
          case Ellipsis dots -> ellipsis = ellipsis == null ? dots : ellipsis;
          case Anonymous _ -> {
            // 1 is no axis of the result unless it is written there
          }
          case Composed composed -> throw new IllegalStateException("composed: " + composed);
        }
      }
    }
    var output = new ArrayList<Term>();
    if (ellipsis != null) {
      output.add(ellipsis);
    }
    output.addAll(once.values());
    return new Side(List.copyOf(output));
  }
}
