package dev.jebena.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Ratios by which published models resemble each other whatever their size. Leaving a range is no
 * error; it deserves a reason.
 */
public final class Ratios {
  private Ratios() {}

  /** One sentence for each ratio that leaves its usual range: which range, and whose. */
  public static List<String> unusual(TransformerConfig c) {
    var warnings = new ArrayList<String>();
    double d = c.dModel();
    boolean gated = c.feedForward().gated();
    check(
        warnings,
        "d_ff/d",
        c.dFf() / d,
        gated ? 2.5 : 2,
        gated ? 5.5 : 8,
        gated
            ? "models with a gate: 2.7 in Llama, 3.5 in Mistral, 4 in Gemma 2, 5.4 in Qwen 2"
            : "4 in GPT-2, GPT-3 and the original Transformer; Kaplan et al. (2020) lose little"
                + " around it");
    check(
        warnings,
        "heads·head_dim/d",
        c.heads() * c.headDim() / d,
        0.5,
        2,
        "1 in GPT-3 and Llama, 1.5 in PaLM, 2 in LaMDA and Qwen 3 0.6B");
    check(
        warnings,
        "d/layers",
        d / c.layers(),
        30,
        210,
        "33 in GPT-2 XL, 128 in GPT-3 and Llama 3 8B, 205 in BLOOM; Kaplan et al. (2020) find a"
            + " wide optimum near 100");
    check(
        warnings,
        "vocabulary",
        c.vocabularySize(),
        4096,
        262_144,
        "50,257 in GPT-2, 128,256 in Llama 3, 256,000 in Gemma 2; fewer are characters or bytes");
    var accounting = Accounting.of(c, c.contextLength());
    double table = (double) c.vocabularySize() * c.dModel() * (c.tiedEmbeddings() ? 1 : 2);
    check(
        warnings,
        "share of parameters in embeddings",
        table / accounting.parameters(),
        0,
        0.5,
        "31 % in GPT-2 124M, 13 % in Llama 3 8B; Tao et al. (2024) let vocabularies grow with"
            + " models");
    return warnings;
  }

  private static void check(
      List<String> warnings, String name, double value, double low, double high, String whose) {
    if (value < low || value > high) {
      warnings.add(
          "%s is %s, usual is %s to %s (%s)"
              .formatted(name, number(value), number(low), number(high), whose));
    }
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,d", (long) value)
        : String.format(Locale.ROOT, "%.3g", value);
  }
}
