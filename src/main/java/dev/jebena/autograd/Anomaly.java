package dev.jebena.autograd;

import dev.jebena.tensor.Context;
import java.util.function.Supplier;

/**
 * Finds the operation that first made a NaN or an infinity, forward or backward. Each operation and
 * each gradient rule is followed by a look at all its values, which costs time: switch it on to
 * search, not to train.
 *
 * <p>What is found is thrown as a {@link dev.jebena.tensor.AnomalyException} that names operation,
 * direction, shapes and the line at which the operation was called; its cause is the stack there.
 * Infinities that the caller writes himself, such as a mask of −∞, are no anomaly, nor is what
 * operations make of infinities that they were given; a NaN always is.
 */
public final class Anomaly {
  private Anomaly() {}

  /** Runs {@code action} with a search; it covers backward passes in it. */
  public static void detect(Runnable action) {
    Context.current().withAnomalyDetection(true).run(action);
  }

  /** Computes {@code action} with a search; it covers backward passes in it. */
  public static <T> T detect(Supplier<T> action) {
    return Context.current().withAnomalyDetection(true).call(action);
  }
}
