package dev.jebena.train;

import dev.jebena.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The course of a run as a picture: above, the training loss; below, bits per byte of held-out text
 * with the mark of {@code gzip -9}. The picture brings its own background, light or dark as the
 * reader's system is.
 */
public final class LossCurve {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 560;
  private static final int LEFT = 64;
  private static final int RIGHT = WIDTH - 24;
  private static final int MAX_POINTS = 500;

  private static final String STYLE =
      """
      .jb-paper{fill:#ffffff}.jb-text{fill:#333a44;font:13px system-ui,sans-serif}
      .jb-title{fill:#14181f;font:600 14px system-ui,sans-serif}
      .jb-grid{stroke:#e3e6ea;stroke-width:1}.jb-frame{stroke:#9aa3ad;stroke-width:1}
      .jb-raw{fill:none;stroke:#c98a4b;stroke-width:1;opacity:.35}
      .jb-loss{fill:none;stroke:#a5551a;stroke-width:2;stroke-linejoin:round}
      .jb-val{fill:none;stroke:#1667b7;stroke-width:2;stroke-linejoin:round}
      .jb-dot{fill:#1667b7}.jb-gzip{stroke:#7a3fa0;stroke-width:1.5;stroke-dasharray:6 4}
      .jb-gziptext{fill:#7a3fa0;font:13px system-ui,sans-serif}
      @media (prefers-color-scheme:dark){
      .jb-paper{fill:#161a20}.jb-text{fill:#c3cad3}.jb-title{fill:#eef1f5}
      .jb-grid{stroke:#2a3038}.jb-frame{stroke:#66707c}
      .jb-raw{stroke:#d8975a}.jb-loss{stroke:#eba566}.jb-val{stroke:#6db3f7}
      .jb-dot{fill:#6db3f7}.jb-gzip{stroke:#c792ea}.jb-gziptext{fill:#c792ea}}
      """;

  private LossCurve() {}

  private record Point(double x, double y) {}

  /** The picture as SVG. */
  public static String svg(List<TrainProgress> history) {
    var svg = new StringBuilder();
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
        .append(WIDTH + " " + HEIGHT)
        .append("\" width=\"" + WIDTH + "\" height=\"" + HEIGHT + "\" role=\"img\"")
        .append(" aria-label=\"Training loss and held-out bits per byte by step\">\n<style>")
        .append(STYLE)
        .append("</style>\n<rect class=\"jb-paper\" width=\"100%\" height=\"100%\" rx=\"8\"/>\n");
    double lastStep = history.isEmpty() ? 1 : Math.max(1, history.getLast().step());
    var x = new Axis(0, lastStep, LEFT, RIGHT);
    lossPanel(svg, history, x);
    validationPanel(svg, history, x);
    text(svg, "jb-text", (LEFT + RIGHT) / 2.0, HEIGHT - 10, "middle", "step");
    return svg.append("</svg>\n").toString();
  }

  /** Writes the picture to a file. */
  public static void write(Path file, List<TrainProgress> history) {
    try {
      AtomicFiles.writeString(file, svg(history));
    } catch (IOException e) {
      throw new TrainException(file + ": cannot be written: " + RunFolder.reason(e), e);
    }
  }

  private static void lossPanel(StringBuilder svg, List<TrainProgress> history, Axis x) {
    int top = 44;
    int bottom = 256;
    text(svg, "jb-title", LEFT, top - 14, "start", "Training loss (nats per token)");
    var raw = points(history, false);
    if (raw.isEmpty()) {
      nothing(svg, top, bottom);
      return;
    }
    var smooth = points(history, true);
    var y = axis(smooth.isEmpty() ? raw : smooth, Double.NaN, top, bottom);
    frame(svg, x, y);
    line(svg, "jb-raw", thinned(raw), x, y);
    line(svg, "jb-loss", thinned(smooth.isEmpty() ? raw : smooth), x, y);
  }

  private static void validationPanel(StringBuilder svg, List<TrainProgress> history, Axis x) {
    int top = 324;
    int bottom = 516;
    text(svg, "jb-title", LEFT, top - 14, "start", "Held-out text (bits per byte)");
    var points = new ArrayList<Point>();
    double gzip = Double.NaN;
    for (var p : history) {
      if (Double.isFinite(p.valBitsPerByte())) {
        points.add(new Point(p.step(), p.valBitsPerByte()));
      }
      if (Double.isFinite(p.gzipBitsPerByte())) {
        gzip = p.gzipBitsPerByte();
      }
    }
    if (points.isEmpty() && Double.isNaN(gzip)) {
      nothing(svg, top, bottom);
      return;
    }
    var y = axis(points, gzip, top, bottom);
    frame(svg, x, y);
    if (Double.isFinite(gzip)) {
      double at = y.at(gzip);
      rule(svg, "jb-gzip", LEFT, at, RIGHT, at);
      var label = "gzip -9: " + Words.fixed(gzip, 3);
      text(svg, "jb-gziptext", LEFT + 8, at - 6, "start", label);
    }
    line(svg, "jb-val", points, x, y);
    for (var point : points) {
      svg.append("<circle class=\"jb-dot\" r=\"3\" cx=\"" + px(x.at(point.x)))
          .append("\" cy=\"" + px(y.at(point.y)) + "\"/>\n");
    }
    if (!points.isEmpty()) {
      var last = points.getLast();
      double at = y.at(last.y) - 9;
      text(svg, "jb-text", x.at(last.x), at, "end", Words.fixed(last.y, 3));
    }
  }

  private static List<Point> points(List<TrainProgress> history, boolean smoothed) {
    var points = new ArrayList<Point>();
    for (var p : history) {
      double value = smoothed ? p.smoothedLoss() : p.loss();
      if (Double.isFinite(value)) {
        points.add(new Point(p.step(), value));
      }
    }
    return points;
  }

  /** Means of neighbours, so that a long run does not make a large picture. */
  private static List<Point> thinned(List<Point> points) {
    int size = points.size();
    if (size <= MAX_POINTS) {
      return points;
    }
    var thin = new ArrayList<Point>();
    for (int i = 0; i < MAX_POINTS; i++) {
      var run =
          points.subList(
              (int) ((long) i * size / MAX_POINTS), (int) ((i + 1L) * size / MAX_POINTS));
      thin.add(
          new Point(
              run.stream().mapToDouble(Point::x).average().getAsDouble(),
              run.stream().mapToDouble(Point::y).average().getAsDouble()));
    }
    return thin;
  }

  private static Axis axis(List<Point> points, double mark, int top, int bottom) {
    double least = Double.isNaN(mark) ? Double.POSITIVE_INFINITY : mark;
    double most = Double.isNaN(mark) ? Double.NEGATIVE_INFINITY : mark;
    for (var point : points) {
      least = Math.min(least, point.y);
      most = Math.max(most, point.y);
    }
    return Axis.around(least, most, bottom, top);
  }

  private static void frame(StringBuilder svg, Axis x, Axis y) {
    int digits = y.digits(5);
    for (double tick : y.ticks(5)) {
      double at = y.at(tick);
      rule(svg, "jb-grid", LEFT, at, RIGHT, at);
      text(svg, "jb-text", LEFT - 8, at + 4, "end", Words.fixed(tick, digits));
    }
    for (double tick : x.ticks(8)) {
      if (tick == Math.rint(tick)) {
        double at = x.at(tick);
        rule(svg, "jb-frame", at, y.from(), at, y.from() + 4);
        text(svg, "jb-text", at, y.from() + 18, "middle", Words.count((long) tick));
      }
    }
    rule(svg, "jb-frame", LEFT, y.from(), RIGHT, y.from());
    rule(svg, "jb-frame", LEFT, y.from(), LEFT, y.to());
  }

  private static void nothing(StringBuilder svg, int top, int bottom) {
    double middle = (top + bottom) / 2.0;
    text(svg, "jb-text", (LEFT + RIGHT) / 2.0, middle, "middle", "not measured yet");
  }

  private static void line(StringBuilder svg, String style, List<Point> points, Axis x, Axis y) {
    svg.append("<polyline class=\"" + style + "\" points=\"");
    for (var point : points) {
      // What lies outside (the noise of single steps) runs along the edge.
      double inside = Math.clamp(point.y, y.low(), y.high());
      svg.append(px(x.at(point.x)) + "," + px(y.at(inside)) + " ");
    }
    svg.append("\"/>\n");
  }

  private static void rule(
      StringBuilder svg, String style, double x1, double y1, double x2, double y2) {
    svg.append("<line class=\"" + style + "\" x1=\"" + px(x1) + "\" y1=\"" + px(y1))
        .append("\" x2=\"" + px(x2) + "\" y2=\"" + px(y2) + "\"/>\n");
  }

  private static void text(
      StringBuilder svg, String style, double x, double y, String anchor, String text) {
    svg.append("<text class=\"" + style + "\" x=\"" + px(x) + "\" y=\"" + px(y))
        .append("\" text-anchor=\"" + anchor + "\">" + Html.escape(text) + "</text>\n");
  }

  private static String px(double pixels) {
    return Words.fixed(pixels, 1);
  }
}
