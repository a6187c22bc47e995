package dev.jebena.memory;

/** An element type that an operation does not take; the message names both and what would fit. */
public final class DTypeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public DTypeException(String message) {
    super(message);
  }
}
