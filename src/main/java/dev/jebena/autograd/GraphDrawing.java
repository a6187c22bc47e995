package dev.jebena.autograd;

import java.util.List;
import java.util.Locale;

/** Draws placed boxes and lines as SVG. */
final class GraphDrawing {
  private static final int BOX_HEIGHT = 38;
  private static final int LAYER_HEIGHT = 74;
  private static final int GAP = 18;
  private static final int MARGIN = 16;

  private final List<Graph.Vertex> vertices;
  private final GraphLayers placed;
  private final double[] x;
  private final int[] layer;
  private final double width;

  private GraphDrawing(List<Graph.Vertex> vertices) {
    this.vertices = vertices;
    this.placed = GraphLayers.of(vertices);
    this.x = new double[placed.count()];
    this.layer = new int[placed.count()];
    double widest = 0;
    for (var row : placed.layers()) {
      widest = Math.max(widest, rowWidth(row));
    }
    this.width = widest + 2 * MARGIN;
    for (int i = 0; i < placed.layers().size(); i++) {
      var row = placed.layers().get(i);
      double at = (width - rowWidth(row)) / 2;
      for (int box : row) {
        x[box] = at + width(box) / 2;
        layer[box] = i;
        at += width(box) + GAP;
      }
    }
  }

  static String svg(List<Graph.Vertex> vertices) {
    return new GraphDrawing(vertices).draw();
  }

  private double rowWidth(List<Integer> row) {
    double sum = -GAP;
    for (int box : row) {
      sum += width(box) + GAP;
    }
    return sum;
  }

  /** A passing line is thin. */
  private double width(int box) {
    if (box >= vertices.size()) {
      return 6;
    }
    var v = vertices.get(box);
    return 24 + 7.2 * Math.max(v.name().length(), 0.9 * v.shape().length());
  }

  /** The middle of a box; leaves stand above. */
  private double y(int box) {
    return MARGIN + BOX_HEIGHT / 2.0 + (placed.layers().size() - 1 - layer[box]) * LAYER_HEIGHT;
  }

  private String draw() {
    double height = 2 * MARGIN + BOX_HEIGHT + (placed.layers().size() - 1) * (double) LAYER_HEIGHT;
    var svg = new StringBuilder();
    svg.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\""
                + " viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\" font-size=\"13\""
                + " text-anchor=\"middle\">\n",
            width, height, width, height));
    svg.append("<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" ");
    svg.append("markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">");
    svg.append("<path d=\"M0 0L8 4L0 8z\" fill=\"#667\"/></marker></defs>\n");
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    svg.append("<g fill=\"none\" stroke=\"#667\">\n");
    for (int[] line : placed.lines()) {
      drawLine(svg, line);
    }
    svg.append("</g>\n");
    for (int i = 0; i < vertices.size(); i++) {
      drawBox(svg, i);
    }
    return svg.append("</svg>\n").toString();
  }

  /** From the input, which stands above, down to the result. */
  private void drawLine(StringBuilder svg, int... line) {
    int last = line.length - 1;
    double fromX = x[line[last]];
    double fromY = y(line[last]) + BOX_HEIGHT / 2.0;
    svg.append(format("<path d=\"M%.1f %.1f", fromX, fromY));
    for (int i = last - 1; i >= 0; i--) {
      double toX = x[line[i]];
      double toY = y(line[i]) - BOX_HEIGHT / 2.0;
      double half = (toY - fromY) / 2;
      svg.append(
          format("C%.1f %.1f %.1f %.1f %.1f %.1f", fromX, fromY + half, toX, toY - half, toX, toY));
      if (i > 0) {
        toY += BOX_HEIGHT;
        svg.append(format("V%.1f", toY)); // straight down between the boxes of a layer
      }
      fromX = toX;
      fromY = toY;
    }
    svg.append("\" marker-end=\"url(#tip)\"/>\n");
  }

  private void drawBox(StringBuilder svg, int box) {
    var v = vertices.get(box);
    double w = width(box);
    svg.append(
        format(
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"%d\" fill=\"%s\""
                + " stroke=\"%s\"/>",
            x[box] - w / 2,
            y(box) - BOX_HEIGHT / 2.0,
            w,
            BOX_HEIGHT,
            v.isLeaf() ? 19 : 5,
            v.isLeaf() ? "#e6f4e6" : box == 0 ? "#fdeedd" : "#eef1fb",
            v.isLeaf() ? "#4a8a4a" : box == 0 ? "#c07020" : "#5566aa"));
    svg.append(
        format(
            "<text x=\"%.1f\" y=\"%.1f\" font-weight=\"bold\">%s</text>"
                + "<text x=\"%.1f\" y=\"%.1f\" fill=\"#555\" font-size=\"11\">%s</text>\n",
            x[box], y(box) - 2, escaped(v.name()), x[box], y(box) + 13, escaped(v.shape())));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
