package dev.jebena.model;

/**
 * What only training sees of a model; a trained one computes the same with any of it.
 *
 * @param dropout probability with which embeddings and what is added to the residual stream are set
 *     to 0 while training (Srivastava et al., 2014)
 * @param attentionDropout probability with which a weight of attention is set to 0 while training,
 *     so that a query does without a key (Vaswani et al.'s code; GPT-2)
 * @param start first values of parameters
 * @param zLoss weight of {@code (log Σ e^logit)²} in the loss, which keeps logits from drifting
 *     (PaLM, 2022); 0 for none
 */
public record TrainingConfig(double dropout, double attentionDropout, Start start, double zLoss) {
  /** First values of parameters. */
  public enum Start {
    /** Normal with 0.02 at width 768, scaled to keep the variance of outputs at other widths. */
    SCALED_NORMAL,
    /** Normal with 0.02 at any width (Radford et al., GPT-2, 2019). */
    GPT2,
    /**
     * Normal with {@code √(2/(in + out))} cut off at 3 deviations; embeddings 1 cut off at 3
     * (Glorot and Bengio, 2010).
     */
    TRUNCATED_NORMAL,
    /**
     * Maximal update parametrisation (Yang et al., 2022): hidden matrices {@code 1/√in}, an output
     * of zeros; learning rates of hidden matrices fall with the width. {@link
     * ConfigBuilder#maximalUpdate} sets what belongs to it beside the start.
     */
    MU_P
  }

  /** No dropout, {@link Start#SCALED_NORMAL}, no z-loss. */
  public static final TrainingConfig DEFAULT = new TrainingConfig(0, 0, Start.SCALED_NORMAL, 0);

  public TrainingConfig {
    TransformerConfig.given("start", start);
    if (!(dropout >= 0 && dropout < 1)) {
      throw new ConfigurationException("dropout " + dropout + " is not in [0, 1)");
    }
    if (!(attentionDropout >= 0 && attentionDropout < 1)) {
      throw new ConfigurationException(
          "attentionDropout " + attentionDropout + " is not in [0, 1)");
    }
    if (!(zLoss >= 0)) {
      throw new ConfigurationException("zLoss " + zLoss + " is below 0");
    }
  }
}
