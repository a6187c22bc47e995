package dev.jebena.memory;

/**
 * Shapes, axes or strides that do not fit; the message names operation, shapes, axis and what
 * would.
 */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public ShapeException(String message) {
    super(message);
  }

  public ShapeException(String message, Throwable cause) {
    super(message, cause);
  }
}
