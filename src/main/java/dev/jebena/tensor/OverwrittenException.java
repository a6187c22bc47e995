package dev.jebena.tensor;

/**
 * A value that a gradient needs was overwritten in place after the operation that reads it was
 * recorded. Names both operations.
 */
public final class OverwrittenException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  OverwrittenException(String message) {
    super(message);
  }
}
