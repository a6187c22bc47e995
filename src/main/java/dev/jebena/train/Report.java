package dev.jebena.train;

import dev.jebena.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of a run, as one HTML page that needs no network.
 *
 * @param title of the page
 * @param intro one or two sentences: what was trained, on what
 * @param configuration names and values, in order
 * @param history of the run; the last evaluation in it is the result
 * @param samples what the model writes
 * @param commands how to go on
 * @param machine names and values, in order: processor, JDK, versions
 */
public record Report(
    String title,
    String intro,
    Map<String, String> configuration,
    List<TrainProgress> history,
    List<Sample> samples,
    List<Command> commands,
    Map<String, String> machine) {

  /** A prompt and what the model made of it, without the prompt. */
  public record Sample(String prompt, String completion) {}

  /** A command line and what it is for. */
  public record Command(String purpose, String line) {}

  private static final String STYLE =
      """
      :root{--paper:#fbfaf8;--card:#fff;--ink:#1d2127;--soft:#5d6670;--line:#e2dfda;--accent:#a5551a}
      @media (prefers-color-scheme:dark){:root{--paper:#0f1216;--card:#161a20;--ink:#e8ebef;
      --soft:#9aa4af;--line:#2a3038;--accent:#eba566}}
      *{box-sizing:border-box}
      body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
      main{max-width:920px;margin:0 auto;padding:40px 24px 64px}
      h1{font-size:30px;line-height:1.2;margin:0 0 8px}h2{font-size:19px;margin:40px 0 12px}
      p{margin:0 0 12px}.soft{color:var(--soft)}
      .verdict{font-size:18px;border-left:4px solid var(--accent);padding:4px 0 4px 16px;margin:24px 0}
      .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px}
      .tile{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 14px}
      .tile b{display:block;font-size:22px;line-height:1.3;font-variant-numeric:tabular-nums}
      .tile span{color:var(--soft);font-size:13px;line-height:1.35;display:block}
      svg{width:100%;height:auto;border:1px solid var(--line);border-radius:8px;display:block}
      table{border-collapse:collapse;width:100%}
      td{padding:6px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
      td:first-child{color:var(--soft);width:34%;padding-right:16px}
      pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 14px;
      margin:0 0 14px;font:13px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
      pre i{font-style:normal;color:var(--accent);font-weight:600}
      """;

  /** The page. */
  public String html() {
    var out = new StringBuilder();
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
    out.append("<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    out.append(Html.escape(title)).append("</title>\n<style>\n").append(STYLE);
    out.append("</style>\n</head>\n<body>\n<main>\n<h1>").append(Html.escape(title));
    out.append("</h1>\n<p class=\"soft\">").append(Html.escape(intro)).append("</p>\n");
    out.append("<p class=\"verdict\">").append(Html.escape(verdict())).append("</p>\n");
    tiles(out);
    heading(out, "How it went");
    out.append(LossCurve.svg(history));
    if (!samples.isEmpty()) {
      heading(out, "What it writes");
      out.append("<p class=\"soft\">The prompt is set in colour; the rest is the model's.</p>\n");
      for (var sample : samples) {
        out.append("<pre><i>").append(Html.escape(sample.prompt)).append("</i>");
        out.append(Html.escape(sample.completion)).append("</pre>\n");
      }
    }
    if (!commands.isEmpty()) {
      heading(out, "How to go on");
      for (var command : commands) {
        out.append("<p>").append(Html.escape(command.purpose)).append("</p>\n<pre>");
        out.append(Html.escape(command.line)).append("</pre>\n");
      }
    }
    table(out, "What was trained", configuration);
    table(out, "Where", machine);
    return out.append("</main>\n</body>\n</html>\n").toString();
  }

  /** Writes the page to a file. */
  public void write(Path file) {
    try {
      AtomicFiles.writeString(file, html());
    } catch (IOException e) {
      throw new TrainException(file + ": cannot be written: " + RunFolder.reason(e), e);
    }
  }

  /** The result in plain words. */
  String verdict() {
    var last = lastEvaluated();
    if (last == null) {
      return "The held-out text has not been measured yet.";
    }
    double bits = last.valBitsPerByte();
    var result =
        "On text it has never seen, the model needs " + Words.fixed(bits, 3) + " bits per byte";
    double gzip = last.gzipBitsPerByte();
    if (Double.isNaN(gzip)) {
      return result + ".";
    }
    double percent = 100 * (1 - bits / gzip);
    var against = "; gzip -9 needs " + Words.fixed(gzip, 3) + " for the same bytes. ";
    var size = Words.fixed(Math.abs(percent), 1);
    return result
        + against
        + (percent >= 0.05
            ? "Used as a compressor, the model would make that text "
                + size
                + " % smaller than gzip."
            : percent <= -0.05
                ? "gzip is still " + size + " % ahead: longer training would help."
                : "The two are equal.");
  }

  private TrainProgress lastEvaluated() {
    return history.reversed().stream().filter(TrainProgress::evaluated).findFirst().orElse(null);
  }

  private void tiles(StringBuilder out) {
    if (history.isEmpty()) {
      return;
    }
    var last = history.getLast();
    var tiles = new LinkedHashMap<String, String>();
    var evaluated = lastEvaluated();
    if (evaluated != null) {
      tiles.put("held-out bits per byte", Words.fixed(evaluated.valBitsPerByte(), 3));
      tiles.put("gzip -9 on the same bytes", Words.fixed(evaluated.gzipBitsPerByte(), 3));
    }
    tiles.put("training loss, nats per token", Words.fixed(last.smoothedLoss(), 3));
    tiles.put("steps", Words.count(last.step()));
    tiles.put("tokens trained on", Words.compact(last.tokens()));
    tiles.put("time", Words.duration(last.seconds()));
    if (last.seconds() > 0) {
      tiles.put("tokens per second, overall", Words.compact(last.tokens() / last.seconds()));
    }
    if (Double.isFinite(last.gflops())) {
      tiles.put("GFLOP/s at the end", Words.compact(last.gflops()));
    }
    if (Double.isFinite(last.shareOfPeak())) {
      tiles.put("of the measured peak", Words.fixed(100 * last.shareOfPeak(), 0) + " %");
    }
    long memory = history.stream().mapToLong(TrainProgress::rssBytes).max().orElse(0);
    if (memory > 0) {
      tiles.put("memory at most", Words.bytes(memory));
    }
    out.append("<div class=\"tiles\">\n");
    tiles.forEach((name, value) ->
        out.append("<div class=\"tile\"><b>" + Html.escape(value) + "</b><span>")
            .append(Html.escape(name) + "</span></div>\n"));
    out.append("</div>\n");
  }

  private static void table(StringBuilder out, String heading, Map<String, String> rows) {
    if (rows.isEmpty()) {
      return;
    }
    heading(out, heading);
    out.append("<table>\n");
    rows.forEach((name, value) ->
        out.append("<tr><td>" + Html.escape(name) + "</td><td>")
            .append(Html.escape(value) + "</td></tr>\n"));
    out.append("</table>\n");
  }

  private static void heading(StringBuilder out, String text) {
    out.append("<h2>").append(Html.escape(text)).append("</h2>\n");
  }
}
