package dev.jebena.model;

/**
 * Multi-head latent attention (DeepSeek-V2, 2024): keys and values of all heads are made from one
 * narrow vector a position, and positions turn a few features of their own, shared by all heads.
 *
 * @param queryRank width of the latent that queries are made from; 0 for none
 * @param keyValueRank width of the latent that keys and values are made from
 * @param ropeDim features of queries and keys that turn, beside the {@code headDim} that do not
 * @param valueDim features a head of values
 */
public record LatentConfig(int queryRank, int keyValueRank, int ropeDim, int valueDim) {
  public LatentConfig {
    if (queryRank < 0) {
      throw new ConfigurationException("queryRank " + queryRank + " is below 0");
    }
    TransformerConfig.positive("keyValueRank", keyValueRank);
    TransformerConfig.positive("ropeDim", ropeDim);
    TransformerConfig.positive("valueDim", valueDim);
    if (ropeDim % 2 != 0) {
      throw new ConfigurationException(
          "ropeDim " + ropeDim + " is odd; rotary features turn in pairs");
    }
  }
}
