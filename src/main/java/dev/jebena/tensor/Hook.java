package dev.jebena.tensor;

/** An action that was added to a tensor's gradients; {@link #remove} takes it away again. */
@FunctionalInterface
public interface Hook {
  /** Takes the action away. A second call does nothing. */
  void remove();
}
