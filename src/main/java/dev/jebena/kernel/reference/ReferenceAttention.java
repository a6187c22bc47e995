package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AttentionKernel;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.kernel.fused.VisibleKeys;

/**
 * Attention as the formula has it: all {@code T×S} scores of one head, their softmax, the weighted
 * sum of values.
 */
final class ReferenceAttention implements AttentionKernel {
  @Override
  public void forward(
      Operand qOperand,
      Operand kOperand,
      Operand vOperand,
      Operand sinkOperand,
      AttentionOptions options,
      Operand outOperand,
      Operand logSumExpOperand) {
    var q = Elements.of(qOperand);
    var k = Elements.of(kOperand);
    var v = Elements.of(vOperand);
    var out = Elements.of(outOperand);
    var logSumExp = Elements.of(logSumExpOperand);
    var visible = options.visibleKeys(q.size(2), k.size(2));
    int headsPerGroup = q.size(1) / Math.max(1, k.size(1));
    for (int b = 0; b < q.size(0); b++) {
      for (int h = 0; h < q.size(1); h++) {
        int g = h / headsPerGroup;
        double sink =
            sinkOperand == null ? Double.NEGATIVE_INFINITY : Elements.of(sinkOperand).real(h);
        for (int t = 0; t < q.size(2); t++) {
          double[] scores = new double[visible.end(t) - visible.first(t)];
          for (int i = 0; i < scores.length; i++) {
            int s = visible.first(t) + i;
            double capped = capped(product(q, k, b, h, g, t, s) * options.scale(), options);
            scores[i] = capped + bias(options, visible, h, t, s);
          }
          double lse = logSumExp(scores, sink);
          logSumExp.set(lse, b, h, t);
          for (int d = 0; d < v.size(3); d++) {
            double sum = 0;
            for (int i = 0; i < scores.length; i++) {
              sum += StrictMath.exp(scores[i] - lse) * v.real(b, g, visible.first(t) + i, d);
            }
            out.set(sum, b, h, t, d);
          }
        }
      }
    }
  }

  private static double product(Elements q, Elements k, int b, int h, int g, int t, int s) {
    double dot = 0;
    for (int d = 0; d < q.size(3); d++) {
      dot += q.real(b, h, t, d) * k.real(b, g, s, d);
    }
    return dot;
  }

  private static double capped(double score, AttentionOptions options) {
    double cap = options.softCap();
    return cap == 0 ? score : cap * StrictMath.tanh(score / cap);
  }

  private static double bias(AttentionOptions options, VisibleKeys visible, int h, int t, int s) {
    return options.slopes().isEmpty()
        ? 0
        : -options.slopes().get(h) * Math.abs((double) visible.own(t) - s);
  }

  /** log Σ exp; −∞ for a row that sees nothing. */
  private static double logSumExp(double[] row, double sink) {
    double max = sink;
    for (double score : row) {
      max = Math.max(max, score);
    }
    if (max == Double.NEGATIVE_INFINITY) {
      return max;
    }
    double sum = StrictMath.exp(sink - max);
    for (double score : row) {
      sum += StrictMath.exp(score - max);
    }
    return max + StrictMath.log(sum);
  }

  @Override
  public void backward(
      Operand qOperand,
      Operand kOperand,
      Operand vOperand,
      Operand sinkOperand,
      AttentionOptions options,
      Operand outOperand,
      Operand logSumExpOperand,
      Operand gOutOperand,
      Operand gqOperand,
      Operand gkOperand,
      Operand gvOperand,
      Operand gSinkOperand) {
    var q = Elements.of(qOperand);
    var k = Elements.of(kOperand);
    var v = Elements.of(vOperand);
    var out = Elements.of(outOperand);
    var logSumExp = Elements.of(logSumExpOperand);
    var gOut = Elements.of(gOutOperand);
    var gq = Elements.of(gqOperand);
    var visible = options.visibleKeys(q.size(2), k.size(2));
    double[] gSinks = new double[q.size(1)];
    int keys = k.size(2);
    int width = q.size(3);
    int headsPerGroup = q.size(1) / Math.max(1, k.size(1));
    for (int b = 0; b < q.size(0); b++) {
      for (int g = 0; g < k.size(1); g++) {
        double[][] gk = new double[keys][width];
        double[][] gv = new double[keys][width];
        for (int h = g * headsPerGroup; h < (g + 1) * headsPerGroup; h++) {
          for (int t = 0; t < q.size(2); t++) {
            double delta = 0; // Σ_s p·gp, which equals Σ_d gOut·out
            for (int d = 0; d < width; d++) {
              delta += gOut.real(b, h, t, d) * out.real(b, h, t, d);
            }
            double lse = logSumExp.real(b, h, t);
            if (sinkOperand != null) {
              // a sink has no value, so that its gp is 0
              double p = StrictMath.exp(Elements.of(sinkOperand).real(h) - lse);
              gSinks[h] -= p * delta;
            }
            double[] gqRow = new double[width];
            for (int s = visible.first(t); s < visible.end(t); s++) {
              double scaled = product(q, k, b, h, g, t, s) * options.scale();
              double capped = capped(scaled, options);
              double p = StrictMath.exp(capped + bias(options, visible, h, t, s) - lse);
              double gp = 0;
              for (int d = 0; d < width; d++) {
                gp += gOut.real(b, h, t, d) * v.real(b, g, s, d);
              }
              double gScore = p * (gp - delta) * options.scale() * slope(capped, options);
              for (int d = 0; d < width; d++) {
                gv[s][d] += p * gOut.real(b, h, t, d);
                gqRow[d] += gScore * k.real(b, g, s, d);
                gk[s][d] += gScore * q.real(b, h, t, d);
              }
            }
            for (int d = 0; d < width; d++) {
              gq.set(gqRow[d], b, h, t, d);
            }
          }
        }
        write(gk, Elements.of(gkOperand), b, g);
        write(gv, Elements.of(gvOperand), b, g);
      }
    }
    for (int h = 0; gSinkOperand != null && h < gSinks.length; h++) {
      Elements.of(gSinkOperand).set(gSinks[h], h);
    }
  }

  /** The derivative of cap · tanh(x / cap): 1 − tanh². */
  private static double slope(double capped, AttentionOptions options) {
    double tanh = options.softCap() == 0 ? 0 : capped / options.softCap();
    return 1 - tanh * tanh;
  }

  private static void write(double[][] rows, Elements out, int b, int g) {
    for (int s = 0; s < rows.length; s++) {
      for (int d = 0; d < rows[s].length; d++) {
        out.set(rows[s][d], b, g, s, d);
      }
    }
  }
}
