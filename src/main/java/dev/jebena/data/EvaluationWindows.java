package dev.jebena.data;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A held-out stream cut into windows that do not overlap: every token but the first, which is the
 * end-of-text token before the first document, is a target exactly once. The end-of-text tokens
 * between documents are targets as well: a model pays for saying where a document ends.
 *
 * <p>All batches are {@code [B, T]} but the last ones: what is left of full windows, and then one
 * window that is shorter.
 */
public final class EvaluationWindows implements Iterable<Batch> {
  private final TokenData data;
  private final int batchSize;
  private final int contextLength;

  /**
   * @param batchSize B at most
   * @param contextLength T at most; a shorter stream is one short window
   * @throws DataException if there is nothing to predict
   */
  public EvaluationWindows(TokenData data, int batchSize, int contextLength) {
    if (batchSize < 1 || contextLength < 1) {
      throw new IllegalArgumentException(
          "evaluation batches [" + batchSize + ", " + contextLength + "] (both at least 1)");
    }
    data.requireContext(1);
    this.data = data;
    this.batchSize = batchSize;
    this.contextLength = contextLength;
  }

  /** How many tokens are predicted in all. */
  public long targets() {
    return data.count() - 1;
  }

  /** Bytes of text that these tokens stand for. */
  public long textBytes() {
    return data.textBytes();
  }

  /**
   * Bits per byte of text.
   *
   * @param totalNats the sum (not the mean) of the natural-log losses of all targets
   */
  public double bitsPerByte(double totalNats) {
    return totalNats / Math.log(2) / data.textBytes();
  }

  @Override
  public Iterator<Batch> iterator() {
    return new Iterator<>() {
      private long position;

      @Override
      public boolean hasNext() {
        return position < targets();
      }

      @Override
      public Batch next() {
        if (!hasNext()) {
          throw new NoSuchElementException("all windows have been seen");
        }
        long left = targets() - position;
        int length = (int) Math.min(contextLength, left);
        int rows = (int) Math.min(batchSize, left / length);
        var ids = new int[rows * (length + 1)];
        for (int b = 0; b < rows; b++, position += length) {
          data.copyCircular(position, ids, b * (length + 1), length + 1);
        }
        return Batch.ofRows(rows, length, ids);
      }
    };
  }
}
