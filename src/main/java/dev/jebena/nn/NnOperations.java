package dev.jebena.nn;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.kernel.fused.CrossEntropyTerms;
import dev.jebena.memory.DType;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.Operation.Input;
import dev.jebena.tensor.Operation.View;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The rows of the operation table that this room contributes. */
public final class NnOperations {
  private NnOperations() {}

  /** All rows. */
  public static List<Operation> rows() {
    var rows =
        new ArrayList<>(List.of(rmsNorm(), layerNorm(), rmsNormAdded(), layerNormAdded(), rope()));
    rows.addAll(GateRows.rows());
    rows.addAll(AttentionRows.rows());
    rows.addAll(List.of(crossEntropy(), linearCrossEntropy(), dropout()));
    return List.copyOf(rows);
  }

  private static Operation rmsNorm() {
    return named(
            "rmsNorm",
            (x, a) -> RmsNorm.normalise(x[0], x.length > 1 ? x[1] : null, a.number("eps")))
        .sample("rows", List.of(Input.of(5, 37), Input.of(37)), "eps", 1e-5)
        .sample("batch", List.of(Input.of(2, 3, 64), Input.of(64)), "eps", 1e-6)
        .sample("strided", List.of(Input.of(4, 6).as(View.TRANSPOSED), Input.of(6)), "eps", 1e-5)
        .sample("no weight", List.of(Input.of(3, 9)), "eps", 1e-5)
        .sample("no rows", List.of(Input.of(0, 5), Input.of(5)), "eps", 1e-5)
        .error(
            "rmsNorm: input [4, 6] and weight [4] do not fit",
            List.of(Input.of(4, 6), Input.of(4)),
            "eps",
            1e-5)
        .build();
  }

  private static Operation layerNorm() {
    return named(
            "layerNorm",
            (x, a) ->
                LayerNorm.normalise(
                    x[0], x.length > 1 ? x[1] : null, x.length > 2 ? x[2] : null, a.number("eps")))
        .sample("rows", List.of(Input.of(5, 37), Input.of(37), Input.of(37)), "eps", 1e-5)
        .sample("batch", List.of(Input.of(2, 3, 64), Input.of(64), Input.of(64)), "eps", 1e-6)
        .sample(
            "strided",
            List.of(Input.of(4, 6).as(View.TRANSPOSED), Input.of(6), Input.of(6)),
            "eps",
            1e-5)
        .sample("no bias", List.of(Input.of(3, 9), Input.of(9)), "eps", 1e-5)
        .sample("nothing learned", List.of(Input.of(4, 11)), "eps", 1e-5)
        .sample("no rows", List.of(Input.of(0, 5), Input.of(5), Input.of(5)), "eps", 1e-5)
        .error(
            "layerNorm: input [4, 6] and weight [4] do not fit",
            List.of(Input.of(4, 6), Input.of(4)),
            "eps",
            1e-5)
        .error(
            "layerNorm: input [4, 6] and bias [2, 6] do not fit",
            List.of(Input.of(4, 6), Input.of(6), Input.of(2, 6)),
            "eps",
            1e-5)
        .build();
  }

  private static Operation rmsNormAdded() {
    return named(
            "rmsNormAdded",
            (x, a) ->
                both(RmsNorm.normaliseSum(x[0], x[1], x.length > 2 ? x[2] : null, a.number("eps"))))
        .sample("rows", List.of(Input.of(5, 37), Input.of(5, 37), Input.of(37)), "eps", 1e-5)
        .sample(
            "strided",
            List.of(
                Input.of(4, 6).as(View.TRANSPOSED), Input.of(4, 6).as(View.SLICED), Input.of(6)),
            "eps",
            1e-5)
        .sample("broadcast", List.of(Input.of(2, 3, 7), Input.of(7), Input.of(7)), "eps", 1e-5)
        .sample("no weight", List.of(Input.of(3, 9), Input.of(3, 9)), "eps", 1e-5)
        .sample("no rows", List.of(Input.of(0, 5), Input.of(0, 5), Input.of(5)), "eps", 1e-5)
        .error(
            "rmsNorm: input [4, 6] and weight [4] do not fit",
            List.of(Input.of(4, 6), Input.of(4, 6), Input.of(4)),
            "eps",
            1e-5)
        .build();
  }

  private static Operation layerNormAdded() {
    return named(
            "layerNormAdded",
            (x, a) ->
                both(
                    LayerNorm.normaliseSum(
                        x[0],
                        x[1],
                        x.length > 2 ? x[2] : null,
                        x.length > 3 ? x[3] : null,
                        a.number("eps"))))
        .sample(
            "rows",
            List.of(Input.of(5, 37), Input.of(5, 37), Input.of(37), Input.of(37)),
            "eps",
            1e-5)
        .sample(
            "strided",
            List.of(
                Input.of(4, 6).as(View.TRANSPOSED),
                Input.of(4, 6).as(View.SLICED),
                Input.of(6),
                Input.of(6)),
            "eps",
            1e-5)
        .sample("broadcast", List.of(Input.of(2, 3, 7), Input.of(7), Input.of(7)), "eps", 1e-5)
        .sample("nothing learned", List.of(Input.of(3, 9), Input.of(3, 9)), "eps", 1e-5)
        .sample("no rows", List.of(Input.of(0, 5), Input.of(0, 5), Input.of(5)), "eps", 1e-5)
        .error(
            "layerNorm: input [4, 6] and weight [4] do not fit",
            List.of(Input.of(4, 6), Input.of(4, 6), Input.of(4)),
            "eps",
            1e-5)
        .build();
  }

  /** Two results in one, so that the gradients of both are looked at, and their sum. */
  private static Tensor both(RowNorm.NormedSum result) {
    return Tensor.cat(-1, result.sum(), result.normed());
  }

  private static Operation rope() {
    return named(
            "rope",
            (x, a) ->
                RotaryEmbedding.rotate(x[0], x[1].detach(), x[2].detach(), a.flag("interleaved")))
        .sample(
            "half split",
            List.of(Input.of(2, 3, 5, 16), table(5, 8), table(5, 8)),
            "interleaved",
            false)
        .sample(
            "neighbours",
            List.of(Input.of(3, 7, 34), table(7, 17), table(7, 17)),
            "interleaved",
            true)
        .sample(
            "strided",
            List.of(Input.of(4, 6).as(View.TRANSPOSED), table(4, 3), table(4, 3)),
            "interleaved",
            false)
        .sample(
            "part of the features",
            List.of(Input.of(2, 5, 11), table(5, 3), table(5, 3)),
            "interleaved",
            false)
        .sample(
            "neighbours, part of the features",
            List.of(Input.of(2, 5, 11), table(5, 2), table(5, 2)),
            "interleaved",
            true)
        .error(
            "rope: input [5, 16] with tables [5, 9] and [5, 9] do not fit",
            List.of(Input.of(5, 16), table(5, 9), table(5, 9)),
            "interleaved",
            false)
        .build();
  }

  private static Input table(long t, long half) {
    return Input.uniform(-1, 1, t, half).as(DType.F32);
  }

  private static Operation crossEntropy() {
    var row = named("crossEntropy", (x, a) -> CrossEntropy.losses(x[0], x[1], terms(a)));
    var inputs = List.of(Input.uniform(-4, 4, 5, 37), Input.indices(37, 5));
    lossSamples(row, inputs);
    return row.sample(
            "batch", List.of(Input.of(2, 3, 11), Input.indices(11, 2, 3)), lossTerms(-100, 0, 0, 0))
        .error(
            "crossEntropy: logits [5, 7] and targets [4] do not fit",
            List.of(Input.of(5, 7), Input.indices(7, 4)),
            lossTerms(-100, 0, 0, 0))
        .build();
  }

  private static Operation linearCrossEntropy() {
    var row =
        named("linearCrossEntropy", (x, a) -> LinearCrossEntropy.mean(x[0], x[1], x[2], terms(a)));
    lossSamples(row, List.of(Input.of(7, 5), Input.of(37, 5), Input.indices(37, 7)));
    return row.sample(
            "batch",
            List.of(Input.of(2, 3, 8), Input.of(11, 8), Input.indices(11, 2, 3)),
            lossTerms(2, 0.1, 0, 0))
        .sample(
            "strided",
            List.of(
                Input.of(4, 6).as(View.TRANSPOSED),
                Input.of(9, 6).as(View.SLICED),
                Input.indices(9, 4)),
            lossTerms(-100, 0, 1e-2, 0))
        .error(
            "linearCrossEntropy: input [5, 7], weight [9, 6] and targets [5] do not fit",
            List.of(Input.of(5, 7), Input.of(9, 6), Input.indices(9, 5)),
            lossTerms(-100, 0, 0, 0))
        .build();
  }

  /** Each term of the loss alone, and all of them. */
  private static void lossSamples(Operation.Builder row, List<Input> inputs) {
    row.sample("rows", inputs, lossTerms(-100, 0, 0, 0))
        .sample("ignored", inputs, lossTerms(19, 0, 0, 0))
        .sample("smooth labels", inputs, lossTerms(-100, 0.1, 0, 0))
        .sample("z-loss", inputs, lossTerms(-100, 0, 0.05, 0))
        .sample("soft-cap", inputs, lossTerms(-100, 0, 0, 1.5))
        .sample("all terms", inputs, lossTerms(19, 0.2, 0.01, 2));
  }

  private static Object[] lossTerms(long ignored, double smoothing, double zLoss, double cap) {
    return new Object[] {
      "ignored", ignored, "labelSmoothing", smoothing, "zLoss", zLoss, "softCap", cap
    };
  }

  private static CrossEntropyTerms terms(Operation.Attributes a) {
    return new CrossEntropyTerms(
        a.integer("ignored"), a.number("labelSmoothing"), a.number("zLoss"), a.number("softCap"));
  }

  private static Operation dropout() {
    return named(
            "dropout",
            (x, a) ->
                Dropout.dropped(
                    x[0], a.number("p"), (long) a.number("seed"), (long) a.number("counter")))
        .sample("rows", List.of(Input.of(5, 37)), "p", 0.3, "seed", 42, "counter", 7)
        .sample(
            "strided",
            List.of(Input.of(6, 20).as(View.TRANSPOSED)),
            "p",
            0.75,
            "seed",
            -3,
            "counter",
            0)
        .sample(
            "past 32 bits of a counter",
            List.of(Input.of(2, 3, 64)),
            "p",
            0.5,
            "seed",
            1L << 40,
            "counter",
            (1L << 32) - 21)
        .sample("none", List.of(Input.of(0, 3)), "p", 0.5, "seed", 1, "counter", 0)
        .build();
  }
}
