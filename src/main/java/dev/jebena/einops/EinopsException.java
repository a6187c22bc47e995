package dev.jebena.einops;

/**
 * A pattern that is wrong, or does not fit the tensors it was given. The first line of the message
 * is complete by itself: what is wrong, the pattern, the shapes. Two more lines point at the place:
 *
 * <pre>
 * rearrange: p=2 does not divide axis 1 of size 7; pattern "b (w p) -> b w p", shape [4, 7], ...
 *   b (w p) -> b w p
 *     ^^^^^
 * </pre>
 */
public final class EinopsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Problem {
    /** A character that no pattern has. */
    UNEXPECTED_CHARACTER,
    /** A name that is none: it begins with a digit or begins or ends with an underscore. */
    INVALID_NAME,
    /** No {@code ->} where one is needed. */
    MISSING_ARROW,
    /** More than one {@code ->}. */
    REPEATED_ARROW,
    /** A parenthesis without its partner. */
    UNBALANCED_PARENTHESIS,
    /** A parenthesis inside of another. */
    NESTED_PARENTHESES,
    /** Something that this operation has no use for, such as a comma in {@code rearrange}. */
    MISPLACED,
    /** One name twice where it can stand once. */
    REPEATED_AXIS,
    /** A name on the right that the left does not have. */
    UNKNOWN_AXIS,
    /** A name on the left that the right must have and has not. */
    MISSING_AXIS,
    /** More than one {@code ...} where one can stand. */
    REPEATED_ELLIPSIS,
    /** A {@code ...} on one side only, or axes under it that do not broadcast. */
    ELLIPSIS_MISMATCH,
    /** A {@code ...} inside of parentheses on the left, which could be split in many ways. */
    ELLIPSIS_IN_PARENTHESES,
    /** A number other than 1 where an axis needs a name. */
    ANONYMOUS_AXIS,
    /** More or fewer axes than the pattern names. */
    WRONG_RANK,
    /** A composed axis whose known parts do not divide it. */
    NOT_DIVISIBLE,
    /** One axis with two sizes. */
    SIZES_CONTRADICT,
    /** A size that neither the shape nor the arguments tell. */
    UNDEFINED_SIZE,
    /** A size for an axis that the pattern does not have. */
    UNUSED_SIZE,
    /** Two sizes given for one axis. */
    REPEATED_SIZE,
    /** A size below 0. */
    NEGATIVE_SIZE,
    /** A reduction of an unknown name. */
    UNKNOWN_REDUCTION,
    /** The largest or smallest of no elements. */
    EMPTY_REDUCTION,
    /** An element type that the operation does not take. */
    WRONG_DTYPE,
    /** More or fewer tensors than the equation has terms. */
    OPERAND_COUNT,
    /** More than 64 different axes. */
    TOO_MANY_AXES,
    /** More operands than the search for the best order takes. */
    TOO_MANY_OPERANDS,
    /** A pack pattern without {@code *}. */
    MISSING_STAR,
    /** A pack pattern with more than one {@code *}. */
    REPEATED_STAR,
    /** Packed shapes that do not add up to the axis. */
    PACKED_SIZES
  }

  private final Problem problem;
  private final transient Source source;
  private final transient Span where;
  private final String reason;

  EinopsException(Problem problem, Source source, Span where, String reason, String context) {
    super(message(source, where, reason, context));
    this.problem = problem;
    this.source = source;
    this.where = where;
    this.reason = reason;
  }

  private static String message(Source source, Span where, String reason, String context) {
    var shown = source.text().replaceAll("\\s", " ");
    var first =
        source.operation()
            + ": "
            + reason
            + "; pattern \""
            + shown
            + "\""
            + (context.isEmpty() ? "" : ", " + context);
    int length = Math.max(1, where.end() - where.start());
    return first + "\n  " + shown + "\n  " + " ".repeat(where.start()) + "^".repeat(length);
  }

  /** What is wrong, for code that wants to know. */
  public Problem problem() {
    return problem;
  }

  /** The same complaint by somebody who knows which tensors the pattern was meant for. */
  EinopsException about(String context) {
    var told = new EinopsException(problem, source, where, reason, context);
    told.setStackTrace(getStackTrace());
    return told;
  }
}
