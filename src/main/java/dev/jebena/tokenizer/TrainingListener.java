package dev.jebena.tokenizer;

/** Hears how far a {@link BpeTrainer} has come. Called from the thread that called the trainer. */
public interface TrainingListener {
  /** Documents and bytes read so far; called about once per megabyte. */
  default void counting(long documents, long bytes) {}

  /** All text is read: it had this many distinct pieces. */
  default void counted(long documents, long bytes, int distinctPieces) {}

  /**
   * {@code done} of {@code total} merges are learned; the last joined a pair seen {@code count}
   * times.
   */
  default void merged(int done, int total, long count) {}

  /**
   * Asked often: whether to stop. Training then puts its counts down, if it was told where, and
   * ends with a {@link java.util.concurrent.CancellationException}.
   */
  default boolean stopRequested() {
    return false;
  }

  /** A listener that does nothing. */
  static TrainingListener none() {
    return new TrainingListener() {};
  }
}
