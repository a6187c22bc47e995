package dev.jebena.autograd;

import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Trades time for memory: what a function computes on its way is forgotten and computed again in
 * backward (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016).
 *
 * <p>Gradients reach everything that the function reads: its inputs, parameters, whatever it
 * captured. Random numbers from the context's generator are the same the second time. Pieces may be
 * nested, and the gradient of a piece can be differentiated again.
 *
 * <p>The function runs twice, so it must do the same both times and change nothing outside of
 * itself; reading a value that was overwritten since it began is an {@link
 * dev.jebena.tensor.OverwrittenException}.
 */
public final class Checkpointing {
  private static final Predicate<String> NOTHING = _ -> false;

  private Checkpointing() {}

  /** The result of {@code f}, whose intermediate values are not kept. */
  public static Tensor checkpoint(Supplier<Tensor> f) {
    return Tape.recomputed(f, NOTHING);
  }

  /** The result of {@code f} of {@code inputs}, whose intermediate values are not kept. */
  public static Tensor checkpoint(Function<Tensor[], Tensor> f, Tensor... inputs) {
    return Tape.recomputed(() -> f.apply(inputs), NOTHING);
  }

  /**
   * The same, but results of some operations are kept and not computed again.
   *
   * @param keeps is asked by name; {@code matmul}, {@code linear} and {@code attention}, which cost
   *     the most time, can be kept
   */
  public static Tensor checkpoint(
      Predicate<String> keeps, Function<Tensor[], Tensor> f, Tensor... inputs) {
    return Tape.recomputed(() -> f.apply(inputs), keeps);
  }

  /** A policy that keeps the results of the named operations. */
  public static Predicate<String> keeping(String... operations) {
    return Set.of(operations)::contains;
  }
}
