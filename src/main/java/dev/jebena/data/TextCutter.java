package dev.jebena.data;

/** Chooses where a text that is too large to be in memory as a whole is cut into documents. */
@FunctionalInterface
public interface TextCutter {
  /**
   * A place to cut, which must lie between characters.
   *
   * @param utf8 the text, or what follows the last cut; it goes on behind {@code limit}
   * @param limit how much of it is there at least
   * @return a place in {@code (0, limit]}; 0 where none is known before more has been read
   */
  int cut(byte[] utf8, int limit);

  /** Behind the last line end; where there is none, behind the last whole character. */
  static TextCutter atLineEnds() {
    return (utf8, limit) -> {
      int cut = TextCut.atOrBefore(utf8, limit);
      return cut == 0 ? limit : cut; // no character starts anywhere: that it is no text shows later
    };
  }
}
