package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AttentionKernel;

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
      double scale,
      boolean causal,
      Operand outOperand,
      Operand logSumExpOperand) {
    var q = Elements.of(qOperand);
    var k = Elements.of(kOperand);
    var v = Elements.of(vOperand);
    var out = Elements.of(outOperand);
    var logSumExp = Elements.of(logSumExpOperand);
    int queries = q.size(2);
    int keys = k.size(2);
    int headsPerGroup = q.size(1) / Math.max(1, k.size(1));
    for (int b = 0; b < q.size(0); b++) {
      for (int h = 0; h < q.size(1); h++) {
        int g = h / headsPerGroup;
        double[][] scores = scores(q, k, b, h, g, scale, causal);
        for (int t = 0; t < queries; t++) {
          double lse = logSumExp(scores[t]);
          logSumExp.set(lse, b, h, t);
          for (int d = 0; d < v.size(3); d++) {
            double sum = 0;
            for (int s = 0; s < keys; s++) {
              double p = probability(scores[t][s], lse);
              if (p != 0) {
                sum += p * v.real(b, g, s, d);
              }
            }
            out.set(sum, b, h, t, d);
          }
        }
      }
    }
  }

  /** {@code [T, S]}: scale · q kᵀ, −∞ where query t must not see key s. */
  private static double[][] scores(
      Elements q, Elements k, int b, int h, int g, double scale, boolean causal) {
    int queries = q.size(2);
    int keys = k.size(2);
    double[][] scores = new double[queries][keys];
    for (int t = 0; t < queries; t++) {
      for (int s = 0; s < keys; s++) {
        if (causal && s > t + keys - queries) {
          scores[t][s] = Double.NEGATIVE_INFINITY;
          continue;
        }
        double dot = 0;
        for (int d = 0; d < q.size(3); d++) {
          dot += q.real(b, h, t, d) * k.real(b, g, s, d);
        }
        scores[t][s] = scale * dot;
      }
    }
    return scores;
  }

  /** log Σ exp; −∞ for a row that sees nothing. */
  private static double logSumExp(double[] row) {
    double max = Double.NEGATIVE_INFINITY;
    for (double score : row) {
      max = Math.max(max, score);
    }
    if (max == Double.NEGATIVE_INFINITY) {
      return max;
    }
    double sum = 0;
    for (double score : row) {
      sum += StrictMath.exp(score - max);
    }
    return max + StrictMath.log(sum);
  }

  private static double probability(double score, double lse) {
    return score == Double.NEGATIVE_INFINITY ? 0 : StrictMath.exp(score - lse);
  }

  @Override
  public void backward(
      Operand qOperand,
      Operand kOperand,
      Operand vOperand,
      double scale,
      boolean causal,
      Operand outOperand,
      Operand logSumExpOperand,
      Operand gOutOperand,
      Operand gqOperand,
      Operand gkOperand,
      Operand gvOperand) {
    var q = Elements.of(qOperand);
    var k = Elements.of(kOperand);
    var v = Elements.of(vOperand);
    var out = Elements.of(outOperand);
    var logSumExp = Elements.of(logSumExpOperand);
    var gOut = Elements.of(gOutOperand);
    var gq = Elements.of(gqOperand);
    int keys = k.size(2);
    int width = q.size(3);
    int headsPerGroup = q.size(1) / Math.max(1, k.size(1));
    for (int b = 0; b < q.size(0); b++) {
      for (int g = 0; g < k.size(1); g++) {
        double[][] gk = new double[keys][width];
        double[][] gv = new double[keys][width];
        for (int h = g * headsPerGroup; h < (g + 1) * headsPerGroup; h++) {
          double[][] scores = scores(q, k, b, h, g, scale, causal);
          for (int t = 0; t < q.size(2); t++) {
            double delta = 0; // Σ_s p·gp, which equals Σ_d gOut·out
            for (int d = 0; d < width; d++) {
              delta += gOut.real(b, h, t, d) * out.real(b, h, t, d);
            }
            double[] gqRow = new double[width];
            for (int s = 0; s < keys; s++) {
              double p = probability(scores[t][s], logSumExp.real(b, h, t));
              if (p == 0) {
                continue;
              }
              double gp = 0;
              for (int d = 0; d < width; d++) {
                gp += gOut.real(b, h, t, d) * v.real(b, g, s, d);
              }
              double gScore = p * (gp - delta) * scale;
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
  }

  private static void write(double[][] rows, Elements out, int b, int g) {
    for (int s = 0; s < rows.length; s++) {
      for (int d = 0; d < rows[s].length; d++) {
        out.set(rows[s][d], b, g, s, d);
      }
    }
  }
}
