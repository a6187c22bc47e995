package dev.jebena.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What an ablation found, as a page and as pictures. */
final class AblationReport {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 420;
  private static final int LEFT = 64;
  private static final int RIGHT = WIDTH - 230;
  private static final List<String> COLOURS =
      List.of("#a5551a", "#1667b7", "#2e7d32", "#7a3fa0", "#c2185b", "#00838f", "#6d6d00");

  /**
   * So many standard errors, chance alone gives in one case of twenty: Student's t for n − 1
   * degrees of freedom twice, from two seeds on. Few seeds know little of their own spread.
   */
  private static final double[] CERTAIN = {4.303, 2.776, 2.447, 2.306, 2.228, 2.179, 2.145, 2.12};

  /** Student's t for many seeds. */
  private static final double CERTAIN_OF_MANY = 2.1;

  private AblationReport() {}

  /**
   * The page.
   *
   * @param wanted how many results there will be
   */
  static String markdown(List<Ablation.Result> results, int wanted, long steps) {
    var page = new StringBuilder("# Ablation\n\n");
    int seeds = results.getFirst().losses().size();
    page.append(
        "Held-out loss in nats a token after %,d steps, mean and standard deviation of %d seeds.%n"
            .formatted(steps, seeds));
    if (results.size() < wanted) {
      page.append(
          "%n%d of %d variants are trained; the same command goes on with the others.%n"
              .formatted(results.size(), wanted));
    }
    for (var question : results.stream().map(Ablation.Result::question).distinct().toList()) {
      var those = results.stream().filter(r -> r.question().equals(question)).toList();
      page.append("\n## " + question + "\n\n");
      page.append("| variant | parameters | loss | spread | against the first |\n");
      page.append("|---|---:|---:|---:|---:|\n");
      for (var r : those) {
        page.append(row(r, those.getFirst())).append('\n');
      }
      page.append("\n![loss curves](" + question + ".svg)\n");
      if (those.size() > 1) {
        page.append('\n').append(conclusion(those)).append('\n');
      }
    }
    return page.toString();
  }

  private static String row(Ablation.Result r, Ablation.Result base) {
    var start = String.format(Locale.ROOT, "| %s | %,d | ", r.variant(), r.parameters());
    if (!Double.isFinite(r.mean())) {
      long lost = r.losses().stream().filter(loss -> !Double.isFinite(loss)).count();
      return start + "diverged with " + lost + " of " + r.losses().size() + " seeds | | |";
    }
    return start
        + String.format(
            Locale.ROOT, "%.4f | %.4f | %+.4f |", r.mean(), r.deviation(), r.mean() - base.mean());
  }

  /** What may be concluded from the spread: differences that chance hardly gives, and no more. */
  static String conclusion(List<Ablation.Result> results) {
    var base = results.getFirst();
    var better = new ArrayList<String>();
    var worse = new ArrayList<String>();
    var open = new ArrayList<String>();
    for (var r : results.subList(1, results.size())) {
      double error =
          Math.sqrt((square(r.deviation()) + square(base.deviation())) / base.losses().size());
      double difference = r.mean() - base.mean();
      if (Double.isInfinite(difference)) {
        (difference < 0 ? better : worse).add(r.variant());
      } else if (!(Math.abs(difference) > certain(base.losses().size()) * error)) {
        open.add(r.variant());
      } else {
        (difference < 0 ? better : worse).add(r.variant());
      }
    }
    var parts = new ArrayList<String>();
    say(parts, better, "better than " + base.variant());
    say(parts, worse, "worse");
    say(parts, open, "not told apart from it by these seeds");
    return "At this size, on this text and after so many steps: "
        + String.join("; ", parts)
        + String.format(
            Locale.ROOT,
            ". A difference counts from %.1f standard errors on, which chance alone gives in one"
                + " comparison of twenty at most; nothing is said of larger models.",
            certain(base.losses().size()));
  }

  private static double certain(int seeds) {
    return seeds - 2 < CERTAIN.length ? CERTAIN[seeds - 2] : CERTAIN_OF_MANY;
  }

  private static void say(List<String> parts, List<String> variants, String what) {
    if (!variants.isEmpty()) {
      parts.add(what + ": " + String.join(", ", variants));
    }
  }

  private static double square(double x) {
    return x * x;
  }

  static String svg(String question, List<Ablation.Result> results, long steps) {
    var all = results.stream().flatMap(r -> r.curve().stream()).mapToDouble(l -> l).toArray();
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double loss : all) {
      least = Math.min(least, loss);
      most = Math.max(most, loss);
    }
    var x = new Axis(0, steps, LEFT, RIGHT);
    var y = Axis.around(least, most, HEIGHT - 48, 44);
    var svg = new StringBuilder();
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " " + HEIGHT)
        .append("\" role=\"img\" aria-label=\"Training loss of each variant by step\">\n")
        .append("<rect fill=\"#ffffff\" width=\"100%\" height=\"100%\"/>\n");
    text(svg, LEFT, 26, "start", "Training loss (nats per token): " + question);
    for (double tick : y.ticks(5)) {
      double at = y.at(tick);
      line(svg, LEFT, at, RIGHT, at);
      text(svg, LEFT - 8, at + 4, "end", Words.fixed(tick, y.digits(5)));
    }
    for (double tick : x.ticks(6)) {
      text(svg, x.at(tick), HEIGHT - 26, "middle", Words.count((long) tick));
    }
    text(svg, (LEFT + RIGHT) / 2.0, HEIGHT - 8, "middle", "step");
    for (int i = 0; i < results.size(); i++) {
      var colour = COLOURS.get(i % COLOURS.size());
      var curve = results.get(i).curve();
      svg.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" + colour + "\" points=\"");
      for (int p = 0; p < curve.size(); p++) {
        double step = (p + 1.0) * steps / Math.min(Ablation.POINTS, steps);
        svg.append(Words.fixed(x.at(step), 1) + "," + Words.fixed(y.at(curve.get(p)), 1) + " ");
      }
      svg.append("\"/>\n<text x=\"" + (RIGHT + 12) + "\" y=\"" + (60 + 22 * i))
          .append("\" font-size=\"13\" font-family=\"system-ui,sans-serif\" fill=\"" + colour)
          .append("\">" + Html.escape(results.get(i).variant()) + "</text>\n");
    }
    return svg.append("</svg>\n").toString();
  }

  private static void line(StringBuilder svg, double x1, double y1, double x2, double y2) {
    svg.append("<line stroke=\"#e3e6ea\" x1=\"" + Words.fixed(x1, 1) + "\" y1=\"")
        .append(Words.fixed(y1, 1) + "\" x2=\"" + Words.fixed(x2, 1) + "\" y2=\"")
        .append(Words.fixed(y2, 1) + "\"/>\n");
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
    svg.append("<text font-size=\"13\" font-family=\"system-ui,sans-serif\" fill=\"#333a44\" x=\"")
        .append(Words.fixed(x, 1) + "\" y=\"" + Words.fixed(y, 1) + "\" text-anchor=\"" + anchor)
        .append("\">" + Html.escape(text) + "</text>\n");
  }
}
