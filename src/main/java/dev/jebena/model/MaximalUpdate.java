package dev.jebena.model;

/**
 * Maximal update parametrisation, μP (Yang et al., "Tensor Programs V", 2022, table 8, for Adam):
 * at every width activations and their changes in a step are of about the same size, so that a
 * learning rate found on a narrow model is right for a wide one.
 *
 * <ul>
 *   <li>Hidden matrices begin with deviation {@code 1/√in} ({@link Initialisation}), and their
 *       learning rate falls with the width ({@link #rateFactor}).
 *   <li>Embeddings, norms and biases are the same at every width.
 *   <li>The output begins with zeros, and logits are multiplied by a factor that falls with the
 *       width. Tied to the embedding it begins as that does.
 *   <li>Scores are divided by the head dimension rather than by its root.
 * </ul>
 *
 * <p>At {@value #BASE_WIDTH}, with heads of {@value #BASE_HEAD_DIM}, factors and scale are the
 * usual ones: that is the model that rates are given for.
 */
public final class MaximalUpdate {
  /** The width at which learning rates are those of the schedule. */
  public static final int BASE_WIDTH = 256;

  /** The head dimension at which scores have the usual scale. */
  public static final int BASE_HEAD_DIM = 64;

  private MaximalUpdate() {}

  /** What the learning rate of hidden matrices is multiplied by, under Adam and its like. */
  public static double rateFactor(TransformerConfig config) {
    return (double) BASE_WIDTH / config.dModel();
  }

  /** The start, the factor of logits and the scale of scores; width and heads are set before. */
  static ConfigBuilder of(ConfigBuilder c, int dModel, int headDim) {
    return c.start(TrainingConfig.Start.MU_P)
        .logitScale((double) BASE_WIDTH / dModel)
        .attentionScale(headDim == BASE_HEAD_DIM ? 0 : Math.sqrt(BASE_HEAD_DIM) / headDim);
  }
}
