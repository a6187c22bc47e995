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
    long parameters = 0;
    double products = 0;
    for (var entry : ParameterShapes.of(c).entrySet()) {
      long elements = entry.getValue().elements();
      parameters += elements;
      // tables are looked up; every other matrix is multiplied with once a token
      if (entry.getValue().rank() == 2 && !entry.getKey().contains("embed_")) {
        products += 2.0 * elements;
      }
    }
    if (c.tiedEmbeddings()) {
      products += 2.0 * c.vocabularySize() * c.dModel();
    }
    double scores = 0;
    for (int layer = 0; layer < c.layers(); layer++) {
      int window = c.attention().window(layer);
      long seen = window == 0 ? context : Math.min(window, context);
      scores += 2.0 * 2 * c.heads() * c.headDim() * seen;
    }
    return new Accounting(parameters, products + scores);
  }

  /** Forward and backward: the backward pass costs twice the forward one. */
  public double trainingFlopsPerToken() {
    return 3 * forwardFlopsPerToken;
  }
}
