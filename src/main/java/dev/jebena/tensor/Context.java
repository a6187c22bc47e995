package dev.jebena.tensor;

import dev.jebena.kernel.Device;
import java.util.function.Supplier;

/**
 * What operations take from their surroundings: the device of new tensors, the generator of random
 * numbers, and whether gradients are recorded. It is carried by a {@link ScopedValue}; each thread
 * has a root context of its own, whose generator has seed 0.
 */
public final class Context {
  private static final ScopedValue<Context> BOUND = ScopedValue.newInstance();
  private static final ThreadLocal<Context> ROOT =
      ThreadLocal.withInitial(() -> new Context(null, new Generator(0), true, false, null));

  private final Device device;
  private final Generator generator;
  private final boolean grad;
  private final boolean anomalies;
  private final KeptResults kept;

  private Context(
      Device device, Generator generator, boolean grad, boolean anomalies, KeptResults kept) {
    this.device = device;
    this.generator = generator;
    this.grad = grad;
    this.anomalies = anomalies;
    this.kept = kept;
  }

  /** The context of the calling code. A pool captures it and {@link #run}s its tasks in it. */
  public static Context current() {
    return BOUND.isBound() ? BOUND.get() : ROOT.get();
  }

  /** Where new tensors are made: the one set, else {@link Devices#standard()}. */
  public Device device() {
    return device == null ? Devices.standard() : device;
  }

  /** Where random numbers come from. */
  public Generator generator() {
    return generator;
  }

  /** Whether operations are recorded for {@link Tensor#backward()}. */
  public boolean recordsGradients() {
    return grad;
  }

  /** Whether operations and gradient rules are searched for values that are not numbers. */
  public boolean detectsAnomalies() {
    return anomalies;
  }

  /** What activation checkpointing keeps of the operations that run now, or null. */
  KeptResults keptResults() {
    return kept;
  }

  /** This context with another device; this one stays as it is. */
  public Context withDevice(Device device) {
    return new Context(device, generator, grad, anomalies, kept);
  }

  /** This context with another source of random numbers; this one stays as it is. */
  public Context withGenerator(Generator generator) {
    return new Context(device, generator, grad, anomalies, kept);
  }

  /** The same context with a new generator. */
  public Context withSeed(long seed) {
    return withGenerator(new Generator(seed));
  }

  /** This context with operations recorded for backward, or not; this one stays as it is. */
  public Context withGradients(boolean recorded) {
    return new Context(device, generator, recorded, anomalies, kept);
  }

  /**
   * The same context with or without a search for NaN and infinities after each operation and each
   * gradient rule; see {@code autograd.Anomaly}.
   */
  public Context withAnomalyDetection(boolean wanted) {
    return new Context(device, generator, grad, wanted, kept);
  }

  Context withKeptResults(KeptResults results) {
    return new Context(device, generator, grad, anomalies, results);
  }

  /** Runs {@code action} in this context. */
  public void run(Runnable action) {
    ScopedValue.where(BOUND, this).run(action);
  }

  /** Computes {@code action} in this context. */
  public <T> T call(Supplier<T> action) {
    return ScopedValue.where(BOUND, this).call(action::get);
  }
}
