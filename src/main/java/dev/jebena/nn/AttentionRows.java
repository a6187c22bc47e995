package dev.jebena.nn;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.kernel.fused.PackedSequences;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.Operation.Attributes;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import java.util.List;

/** The rows of attention in the operation table: one for each option, and one for all together. */
final class AttentionRows {
  private AttentionRows() {}

  static List<Operation> rows() {
    return List.of(plain(), window(), softCap(), alibi(), packed(), sinks(), everything());
  }

  private static AttentionOptions options(Attributes a) {
    double scale = a.number("scale");
    return a.flag("causal") ? AttentionOptions.causal(scale) : AttentionOptions.full(scale);
  }

  private static List<Input> heads(int b, int h, int g, int t, int s, int d) {
    return List.of(Input.of(b, h, t, d), Input.of(b, g, s, d), Input.of(b, g, s, d));
  }

  private static List<Input> withSinks(int b, int h, int g, int t, int s, int d) {
    return List.of(Input.of(b, h, t, d), Input.of(b, g, s, d), Input.of(b, g, s, d), Input.of(h));
  }

  private static Operation plain() {
    return named("attention", (x, a) -> ScaledDotProduct.attend(x[0], x[1], x[2], options(a)))
        .sample("full", heads(2, 2, 2, 5, 7, 8), "scale", 0.35, "causal", false)
        .sample("causal", heads(1, 3, 3, 17, 17, 6), "scale", 0.25, "causal", true)
        .sample("grouped, after a cache", heads(2, 4, 2, 3, 9, 8), "scale", 0.35, "causal", true)
        .sample("more queries than keys", heads(1, 2, 1, 7, 4, 8), "scale", 0.35, "causal", true)
        .sample("small", heads(1, 2, 1, 3, 3, 3), "scale", 0.6, "causal", true)
        .sample("several tiles", heads(1, 1, 1, 67, 70, 2), "scale", 0.2, "causal", true)
        .sample(
            "strided",
            List.of(
                Input.of(1, 2, 5, 6).as(View.TRANSPOSED),
                Input.of(1, 2, 5, 6).as(View.SLICED),
                Input.of(1, 2, 5, 6).as(View.TRANSPOSED)),
            "scale",
            0.4,
            "causal",
            true)
        .error(
            "attention: q [1, 3, 4, 8], k [1, 2, 4, 8], v [1, 2, 4, 8] do not fit",
            heads(1, 3, 2, 4, 4, 8),
            "scale",
            1.0,
            "causal",
            true)
        .build();
  }

  private static Operation window() {
    return named(
            "attentionWindow",
            (x, a) ->
                ScaledDotProduct.attend(
                    x[0], x[1], x[2], options(a).withWindow(a.integer("window"))))
        .sample("small", heads(1, 2, 1, 4, 4, 3), "scale", 0.6, "causal", true, "window", 2)
        .sample("own key", heads(1, 2, 2, 5, 5, 8), "scale", 0.3, "causal", true, "window", 1)
        .sample("both sides", heads(2, 2, 1, 9, 9, 8), "scale", 0.3, "causal", false, "window", 3)
        .sample("too wide", heads(1, 2, 1, 6, 9, 8), "scale", 0.3, "causal", true, "window", 30)
        .sample("one query", heads(1, 4, 2, 1, 40, 4), "scale", 0.3, "causal", true, "window", 7)
        .sample("tiles", heads(1, 1, 1, 66, 70, 2), "scale", 0.3, "causal", true, "window", 40)
        .error(
            "attention: a window of 0 keys",
            heads(1, 1, 1, 2, 2, 2),
            "scale",
            1.0,
            "causal",
            true,
            "window",
            0)
        .build();
  }

  private static Operation softCap() {
    return named(
            "attentionSoftCap",
            (x, a) ->
                ScaledDotProduct.attend(x[0], x[1], x[2], options(a).withSoftCap(a.number("cap"))))
        .sample("small", heads(1, 2, 1, 3, 3, 3), "scale", 0.6, "causal", true, "cap", 1.5)
        .sample("full", heads(2, 2, 2, 5, 7, 8), "scale", 1.0, "causal", false, "cap", 3.0)
        .sample("causal", heads(1, 2, 1, 17, 20, 5), "scale", 0.5, "causal", true, "cap", 2.0)
        .sample("one query", heads(2, 2, 1, 1, 19, 8), "scale", 1.0, "causal", true, "cap", 2.0)
        .error(
            "attention: scores bounded by -1.0",
            heads(1, 1, 1, 2, 2, 2),
            "scale",
            1.0,
            "causal",
            true,
            "cap",
            -1.0)
        .build();
  }

  private static Operation alibi() {
    return named(
            "attentionAlibi",
            (x, a) ->
                ScaledDotProduct.attend(
                    x[0],
                    x[1],
                    x[2],
                    options(a).withSlopes(AttentionOptions.alibi(a.integer("slopes")))))
        .sample("small", heads(1, 2, 1, 3, 4, 3), "scale", 0.6, "causal", true, "slopes", 2)
        .sample("both sides", heads(1, 3, 3, 7, 7, 8), "scale", 0.4, "causal", false, "slopes", 3)
        .sample("causal", heads(1, 6, 2, 10, 12, 4), "scale", 0.4, "causal", true, "slopes", 6)
        .sample("one query", heads(1, 4, 4, 1, 21, 8), "scale", 0.4, "causal", true, "slopes", 4)
        .error(
            "attention: 3 slopes for 2 heads",
            heads(1, 2, 2, 3, 3, 4),
            "scale",
            1.0,
            "causal",
            true,
            "slopes",
            3)
        .build();
  }

  private static PackedSequences sequences(Attributes a) {
    return PackedSequences.of(a.sizes("queries"), a.sizes("keys"));
  }

  private static Operation packed() {
    return named(
            "attentionPacked",
            (x, a) ->
                ScaledDotProduct.attend(x[0], x[1], x[2], options(a).withSequences(sequences(a))))
        .sample(
            "small",
            heads(1, 2, 1, 4, 4, 2),
            "scale",
            0.7,
            "causal",
            true,
            "queries",
            new long[] {0, 1, 4},
            "keys",
            new long[] {0, 1, 4})
        .sample(
            "full, some empty",
            heads(2, 2, 1, 11, 13, 8),
            "scale",
            0.35,
            "causal",
            false,
            "queries",
            new long[] {0, 0, 4, 7, 11, 11},
            "keys",
            new long[] {0, 2, 9, 9, 12, 13})
        .sample(
            "causal, other keys than queries",
            heads(1, 2, 2, 20, 25, 4),
            "scale",
            0.25,
            "causal",
            true,
            "queries",
            new long[] {0, 3, 10, 20},
            "keys",
            new long[] {0, 10, 15, 25})
        .error(
            "attention: sequences end at query 3 and key 3, but there are 4 and 4",
            heads(1, 1, 1, 4, 4, 2),
            "scale",
            1.0,
            "causal",
            true,
            "queries",
            new long[] {0, 3},
            "keys",
            new long[] {0, 3})
        .error(
            "attention: queries with offsets [0, 3, 2]",
            heads(1, 1, 1, 2, 2, 2),
            "scale",
            1.0,
            "causal",
            true,
            "queries",
            new long[] {0, 3, 2},
            "keys",
            new long[] {0, 1, 2})
        .build();
  }

  private static Operation sinks() {
    return named(
            "attentionSinks", (x, a) -> ScaledDotProduct.attend(x[0], x[1], x[2], x[3], options(a)))
        .sample("small", withSinks(1, 2, 1, 3, 3, 3), "scale", 0.6, "causal", true)
        .sample("full", withSinks(2, 2, 2, 5, 7, 8), "scale", 0.35, "causal", false)
        .sample("no keys", withSinks(1, 2, 1, 6, 4, 8), "scale", 0.35, "causal", true)
        .sample("one query", withSinks(2, 4, 2, 1, 21, 8), "scale", 0.35, "causal", true)
        .error(
            "attention: sinks [3] for 2 heads",
            List.of(Input.of(1, 2, 3, 4), Input.of(1, 2, 3, 4), Input.of(1, 2, 3, 4), Input.of(3)),
            "scale",
            1.0,
            "causal",
            true)
        .build();
  }

  private static Operation everything() {
    return named(
            "attentionWithAll",
            (x, a) ->
                ScaledDotProduct.attend(
                    x[0],
                    x[1],
                    x[2],
                    x[3],
                    options(a)
                        .withWindow(a.integer("window"))
                        .withSoftCap(a.number("cap"))
                        .withSlopes(AttentionOptions.alibi(a.integer("slopes")))
                        .withSequences(sequences(a))))
        .sample(
            "causal",
            withSinks(1, 4, 2, 20, 25, 4),
            "scale",
            0.25,
            "causal",
            true,
            "window",
            9,
            "cap",
            3.0,
            "slopes",
            4,
            "queries",
            new long[] {0, 3, 10, 20},
            "keys",
            new long[] {0, 10, 15, 25})
        .sample(
            "both sides",
            withSinks(2, 2, 1, 14, 14, 8),
            "scale",
            0.25,
            "causal",
            false,
            "window",
            4,
            "cap",
            3.0,
            "slopes",
            2,
            "queries",
            new long[] {0, 6, 14},
            "keys",
            new long[] {0, 6, 14})
        .build();
  }
}
