package dev.jebena.train;

import java.util.ArrayList;
import java.util.List;

/** One line about a run, of at most so many columns. */
final class ProgressText {
  private ProgressText() {}

  /**
   * @param last the latest evaluation, since most steps have none of their own; or null
   * @param columns the most that the line may take: what matters least is left out
   */
  static String of(TrainProgress now, TrainProgress last, int columns) {
    var whole = String.join("  ", parts(now, last, false));
    if (whole.length() <= columns) {
      return whole;
    }
    var line = new StringBuilder();
    for (var part : parts(now, last, true)) {
      int before = line.length();
      line.append(before == 0 ? "" : " ").append(part);
      if (line.length() > columns) {
        line.setLength(before == 0 ? Math.max(columns, 0) : before);
        break;
      }
    }
    return line.toString();
  }

  /**
   * The most important first.
   *
   * @param brief abbreviates units
   */
  private static List<String> parts(TrainProgress now, TrainProgress last, boolean brief) {
    var parts = new ArrayList<String>();
    parts.add("step " + Words.count(now.step()) + "/" + Words.count(now.totalSteps()));
    double loss = Double.isNaN(now.smoothedLoss()) ? now.loss() : now.smoothedLoss();
    parts.add("loss " + Words.fixed(loss, 3));
    if (last != null) {
      var mark =
          Double.isNaN(last.gzipBitsPerByte())
              ? ""
              : (brief ? " (gzip " : " (gzip -9: ") + Words.fixed(last.gzipBitsPerByte(), 2) + ")";
      parts.add(
          "val " + Words.fixed(last.valBitsPerByte(), 3) + (brief ? " b/B" : " bits/byte") + mark);
    }
    if (Double.isFinite(now.secondsLeft())) {
      parts.add(Words.duration(now.secondsLeft()) + " left");
    }
    if (Double.isFinite(now.tokensPerSecond())) {
      parts.add(Words.compact(now.tokensPerSecond()) + (brief ? " tok/s" : " tokens/s"));
    }
    if (Double.isFinite(now.gflops())) {
      var share =
          Double.isFinite(now.shareOfPeak())
              ? " (" + Words.fixed(100 * now.shareOfPeak(), 0) + "%)"
              : "";
      parts.add(Words.compact(now.gflops()) + (brief ? " GF/s" : " GFLOP/s") + share);
    }
    if (now.rssBytes() > 0) {
      parts.add(Words.bytes(now.rssBytes()));
    }
    parts.add("lr " + Words.scientific(now.learningRate()));
    return parts;
  }
}
