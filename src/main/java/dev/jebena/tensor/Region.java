package dev.jebena.tensor;

import java.util.function.Supplier;

/**
 * A named part of the work, for those who watch it: a backward pass, the gradient rule of an
 * operation, the step of an optimiser. Regions nest. Where nobody watches, entering one costs a
 * look at a {@link ScopedValue}.
 */
public final class Region {
  private static final ScopedValue<Listener> LISTENER = ScopedValue.newInstance();

  private Region() {}

  /** Told in the thread that enters or leaves. */
  public interface Listener {
    /** A region begins; it lies in all that were entered and not left. */
    void entered(String name);

    /** The region that was entered last ends. */
    void left();
  }

  /** Computes {@code action} while a listener hears of the regions that it enters. */
  public static <T> T observed(Listener listener, Supplier<T> action) {
    return ScopedValue.where(LISTENER, listener).call(action::get);
  }

  /** Whether somebody watches this thread. */
  public static boolean isObserved() {
    return LISTENER.isBound();
  }

  /** Computes {@code action} as a region of that name. */
  public static <T> T call(String name, Supplier<T> action) {
    if (!LISTENER.isBound()) {
      return action.get();
    }
    var listener = LISTENER.get();
    listener.entered(name);
    try {
      return action.get();
    } finally {
      listener.left();
    }
  }

  /** Runs {@code action} as a region of that name. */
  public static void run(String name, Runnable action) {
    call(
        name,
        () -> {
          action.run();
          return null;
        });
  }
}
