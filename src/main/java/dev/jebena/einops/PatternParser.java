package dev.jebena.einops;

import dev.jebena.einops.EinopsException.Problem;
import dev.jebena.einops.Term.Anonymous;
import dev.jebena.einops.Term.Composed;
import dev.jebena.einops.Term.Ellipsis;
import dev.jebena.einops.Term.Named;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/** Reads {@code left -> right}, where a side is axes, one {@code ...} and parentheses of them. */
final class PatternParser {
  private final Source source;

  private PatternParser(Source source) {
    this.source = source;
  }

  /** Both sides of a pattern. */
  record Sides(Side left, Side right) {}

  /**
   * Parses a pattern.
   *
   * @throws EinopsException where a side is not well formed
   */
  static Sides parse(Source source) {
    var parser = new PatternParser(source);
    var tokens = Lexer.tokens(source);
    int arrow = parser.arrow(tokens);
    return new Sides(
        parser.side(tokens.subList(0, arrow)),
        parser.side(tokens.subList(arrow + 1, tokens.size())));
  }

  private int arrow(List<Token> tokens) {
    int[] arrows =
        IntStream.range(0, tokens.size())
            .filter(i -> tokens.get(i).kind() == Token.Kind.ARROW)
            .toArray();
    if (arrows.length == 0) {
      throw source.error(
          Problem.MISSING_ARROW,
          source.everything(),
          "no '->' between what comes in and what goes out");
    }
    if (arrows.length > 1) {
      throw source.error(
          Problem.REPEATED_ARROW,
          tokens.get(arrows[1]).where(),
          "a second '->'; a pattern has one");
    }
    return arrows[0];
  }

  private Side side(List<Token> tokens) {
    var terms = new ArrayList<Term>();
    List<Term> parts = null;
    Token open = null;
    for (var token : tokens) {
      switch (token.kind()) {
        case OPEN -> {
          if (open != null) {
            throw source.error(
                Problem.NESTED_PARENTHESES,
                token.where(),
                "parentheses inside of parentheses; one pair composes any number of axes");
          }
          open = token;
          parts = new ArrayList<>();
        }
        case CLOSE -> {
          if (open == null) {
            throw source.error(
                Problem.UNBALANCED_PARENTHESIS, token.where(), "')' without a '(' before it");
          }
          terms.add(new Composed(List.copyOf(parts), open.where().to(token.where())));
          open = null;
        }
        default -> (open == null ? terms : parts).add(simple(token));
      }
    }
    if (open != null) {
      throw source.error(
          Problem.UNBALANCED_PARENTHESIS, open.where(), "'(' is never closed by a ')'");
    }
    var side = new Side(List.copyOf(terms));
    requireEachOnce(side);
    return side;
  }

  private Term simple(Token token) {
    return switch (token.kind()) {
      case NAME -> new Named(token.text(), token.where());
      case NUMBER -> new Anonymous(Long.parseLong(token.text()), token.where());
      case ELLIPSIS -> new Ellipsis(token.where());
      default ->
          throw source.error(
              Problem.MISPLACED,
              token.where(),
              "'" + token.text() + "' has no meaning in " + source.operation());
    };
  }

  private void requireEachOnce(Side side) {
    var seen = new HashSet<String>();
    boolean ellipsis = false;
    for (var term : side.elements().toList()) {
      if (term instanceof Named named && !seen.add(named.name())) {
        throw source.error(
            Problem.REPEATED_AXIS,
            named.where(),
            "axis '" + named.name() + "' stands twice on one side");
      }
      if (term instanceof Ellipsis) {
        if (ellipsis) {
          throw source.error(Problem.REPEATED_ELLIPSIS, term.where(), "a second '...' on one side");
        }
        ellipsis = true;
      }
    }
  }
}
