package dev.jebena.data;

import dev.jebena.memory.Philox;

/**
 * Training batches in seeded order.
 *
 * <p>An epoch cuts the stream, taken as a ring, into windows that do not overlap in what they
 * predict, from a random phase on; every token is predicted once, and fewer than T of them a second
 * time where T does not divide the stream. The windows come in shuffled order, another one each
 * epoch, and batches run on over the end of an epoch.
 *
 * <p>Which windows make up a batch depends on the seed and on how many windows came before, nothing
 * else: so {@link State} is all there is to save. Micro-batches of gradient accumulation are just
 * further calls of {@link #next}.
 *
 * <p>Not thread-safe.
 */
public final class BatchLoader {
  /**
   * Where a loader stands.
   *
   * @param seed of the order
   * @param windows how many were handed out
   * @param contextLength T
   * @param tokens in the stream: with another number the order would be another
   */
  public record State(long seed, long windows, int contextLength, long tokens) {}

  private final TokenData data;
  private final int batchSize;
  private final int contextLength;
  private final long seed;
  private final int windowsPerEpoch;
  private long windows;
  private long epoch = -1;
  private long phase;
  private int[] order;

  /**
   * @param batchSize B
   * @param contextLength T
   * @throws DataException if the stream is shorter than one context
   */
  public BatchLoader(TokenData data, int batchSize, int contextLength, long seed) {
    if (batchSize < 1 || contextLength < 1) {
      throw new IllegalArgumentException(
          "batches [" + batchSize + ", " + contextLength + "] (both at least 1)");
    }
    data.requireContext(contextLength);
    this.data = data;
    this.batchSize = batchSize;
    this.contextLength = contextLength;
    this.seed = seed;
    windowsPerEpoch = Math.toIntExact((data.count() + contextLength - 1) / contextLength);
  }

  /** The next batch. */
  public Batch next() {
    int row = contextLength + 1;
    var rows = new int[batchSize * row];
    for (int b = 0; b < batchSize; b++, windows++) {
      enter(windows / windowsPerEpoch);
      long window = order[(int) (windows % windowsPerEpoch)];
      data.copyCircular(phase + window * contextLength, rows, b * row, row);
    }
    return Batch.ofRows(batchSize, contextLength, rows);
  }

  private void enter(long wanted) {
    if (wanted == epoch) {
      return;
    }
    epoch = wanted;
    long key = SeededOrder.key(seed, epoch);
    phase = Long.remainderUnsigned(SeededOrder.key(key, -1), data.count());
    order = shuffled(windowsPerEpoch, key);
  }

  /** Fisher–Yates (Durstenfeld, 1964) with counter-based random numbers. */
  private static int[] shuffled(int count, long key) {
    var order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    var words = new int[4];
    for (int i = count - 1; i > 0; i--) {
      Philox.block(key, i, words);
      long bits = ((words[0] & 0xFFFFFFFFL) << 32) | (words[1] & 0xFFFFFFFFL);
      int j = (int) Long.remainderUnsigned(bits, i + 1L); // biased by less than 2^-32
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  /** B, sequences a batch. */
  public int batchSize() {
    return batchSize;
  }

  /** T, tokens a sequence. */
  public int contextLength() {
    return contextLength;
  }

  /** How far the training has come, in passes over the data: 1.5 is the middle of the second. */
  public double epochs() {
    return (double) windows / windowsPerEpoch;
  }

  /** Windows that make one epoch. */
  public int windowsPerEpoch() {
    return windowsPerEpoch;
  }

  /** Where the loader stands now. */
  public State state() {
    return new State(seed, windows, contextLength, data.count());
  }

  /**
   * Goes to where another loader stood: what follows is what would have followed there, row by row,
   * whatever the batch size.
   *
   * @throws DataException if that loader had another seed, context length or stream
   */
  public void restore(State state) {
    var here = state();
    if (state.seed() != seed
        || state.contextLength() != contextLength
        || state.tokens() != data.count()
        || state.windows() < 0) {
      throw new DataException(
          data.source() + ": the saved " + state + " does not fit this loader, " + here);
    }
    windows = state.windows();
  }
}
