package dev.jebena.cli;

import java.util.Arrays;

/** Token ids as text: numbers apart by commas, spaces or line ends. */
final class TokenIds {
  private TokenIds() {}

  /** Ids of an argument; what is none is wrong usage. */
  static int[] ofArgument(CommonOptions common, String text) {
    try {
      return parse(text);
    } catch (IllegalArgumentException e) {
      throw common.wrongUsage(e.getMessage());
    }
  }

  /**
   * Reads ids.
   *
   * @throws IllegalArgumentException naming the first thing that is none
   */
  static int[] parse(String text) {
    var trimmed = text.strip();
    if (trimmed.isEmpty()) {
      return new int[0];
    }
    return Arrays.stream(trimmed.split("[\\s,]+")).mapToInt(TokenIds::id).toArray();
  }

  private static int id(String text) {
    try {
      int id = Integer.parseInt(text);
      if (id >= 0) {
        return id;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "'" + text + "' is not a token id (whole numbers from 0, as in 5,17,3)");
  }
}
