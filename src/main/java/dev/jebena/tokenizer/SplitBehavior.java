package dev.jebena.tokenizer;

/** Where a text is cut around the matches of a {@link Delimiter}, by Hugging Face's names. */
enum SplitBehavior {
  /** Before and behind each match. */
  ISOLATED,
  /** The same, but matches side by side stay together. */
  CONTIGUOUS,
  /** Behind a match, which stays with what is before it. */
  MERGED_WITH_PREVIOUS,
  /** Before a match, which stays with what follows. */
  MERGED_WITH_NEXT;

  /** Whether there is a cut between two stretches side by side that are matches or are not. */
  boolean cuts(boolean leftMatches, boolean rightMatches) {
    return switch (this) {
      case ISOLATED -> true;
      case CONTIGUOUS -> leftMatches != rightMatches;
      case MERGED_WITH_PREVIOUS -> leftMatches || !rightMatches;
      case MERGED_WITH_NEXT -> !leftMatches || rightMatches;
    };
  }

  /** The behaviour with this name, or null. */
  static SplitBehavior named(String name) {
    return switch (name) {
      case "Isolated" -> ISOLATED;
      case "Contiguous" -> CONTIGUOUS;
      case "MergedWithPrevious" -> MERGED_WITH_PREVIOUS;
      case "MergedWithNext" -> MERGED_WITH_NEXT;
      default -> null;
    };
  }
}
