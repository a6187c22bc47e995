package dev.jebena.data;

/**
 * Token ids to learn from or to be measured on.
 *
 * @param batchSize B
 * @param contextLength T
 * @param inputs [B, T], row after row
 * @param targets [B, T]: the token that follows each input
 */
public record Batch(int batchSize, int contextLength, int[] inputs, int[] targets) {
  /** Tokens that are predicted: B · T. */
  public int tokens() {
    return targets.length;
  }

  /** Cuts {@code [B, T+1]} into inputs and targets. */
  static Batch ofRows(int batchSize, int contextLength, int[] rows) {
    var inputs = new int[batchSize * contextLength];
    var targets = new int[batchSize * contextLength];
    for (int b = 0; b < batchSize; b++) {
      int from = b * (contextLength + 1);
      System.arraycopy(rows, from, inputs, b * contextLength, contextLength);
      System.arraycopy(rows, from + 1, targets, b * contextLength, contextLength);
    }
    return new Batch(batchSize, contextLength, inputs, targets);
  }

  @Override
  public String toString() {
    return "batch [" + batchSize + ", " + contextLength + "]";
  }
}
