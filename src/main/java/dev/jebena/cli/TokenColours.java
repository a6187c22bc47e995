package dev.jebena.cli;

import dev.jebena.tokenizer.TokenSpans;

/**
 * Text with its token boundaries: on a terminal tokens have backgrounds in turn, elsewhere a bar
 * stands between them. A character that several tokens share is shown with the first; the others
 * show as a dot.
 */
final class TokenColours {
  private static final int[] BACKGROUNDS = {153, 157, 223, 218, 189, 230};
  private static final String RESET = "\u001b[0m";

  private TokenColours() {}

  /** Whether colours will be seen and are welcome. */
  static boolean wanted() {
    return wanted(
        System.getProperty("jebena.stdout.terminal"),
        System.console() != null,
        System.getenv("NO_COLOR"));
  }

  /**
   * @param launcher what the launcher says of stdout: a console is there only where stdin is a
   *     terminal, too, and text often comes through a pipe; null without the launcher
   * @param noColour the environment's NO_COLOR, by which people turn colours off (no-color.org)
   */
  static boolean wanted(String launcher, boolean console, String noColour) {
    boolean terminal = launcher == null ? console : launcher.equals("true");
    return terminal && (noColour == null || noColour.isEmpty());
  }

  static String of(String text, TokenSpans spans, boolean colour) {
    var view = new StringBuilder();
    int shown = 0;
    for (int i = 0; i < spans.size(); i++) {
      int from = Math.max(shown, spans.charStart(i));
      int to = Math.max(from, spans.charEnd(i));
      var part = from == to ? "·" : text.substring(from, to);
      shown = to;
      if (!colour) {
        view.append(i == 0 ? "" : "|").append(part);
        continue;
      }
      var start = "\u001b[38;5;16;48;5;" + BACKGROUNDS[i % BACKGROUNDS.length] + "m";
      // a background that runs on over a line end fills the rest of the line
      view.append(start).append(part.replace("\n", "⏎" + RESET + "\n" + start)).append(RESET);
    }
    return view.toString();
  }
}
