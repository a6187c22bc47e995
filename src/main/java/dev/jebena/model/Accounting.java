package dev.jebena.model;

/**
 * What a configuration costs, counted exactly from its shapes. A product {@code [M, K]·[K, N]} is
 * {@code 2·M·K·N} FLOPs; attention scores are counted in full, as usual, although causal kernels
 * skip half; norms and other element-wise work is left out, as usual.
 *
 * @param parameters scalars in all parameters
 * @param forwardFlopsPerToken at a given context
 */
public record Accounting(long parameters, double forwardFlopsPerToken) {

  /**
   * Counts from the configuration alone; no model is made.
   *
   * @param context tokens that each position can see at the end of the sequence
   */
  public static Accounting of(TransformerConfig c, int context) {
    long d = c.dModel();
    long queries = (long) c.heads() * c.headDim();
    long keys = (long) c.keyValueHeads() * c.headDim();
    long projections = 2 * d * queries + 2 * d * keys;
    long feedForward = 3L * d * c.dFf();
    long block = projections + feedForward + 2 * d;
    long embedding = (long) c.vocabularySize() * d;
    long parameters = embedding + c.layers() * block + d + (c.tiedEmbeddings() ? 0 : embedding);
    double scores = 2.0 * 2 * queries * context;
    double perToken = c.layers() * (2.0 * (projections + feedForward) + scores) + 2.0 * embedding;
    return new Accounting(parameters, perToken);
  }

  /** Forward and backward: the backward pass costs twice the forward one. */
  public double trainingFlopsPerToken() {
    return 3 * forwardFlopsPerToken;
  }
}
