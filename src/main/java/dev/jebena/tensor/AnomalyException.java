package dev.jebena.tensor;

/**
 * An operation or its gradient made a value that is not a finite number. The cause, where there is
 * one, is the stack of the place at which the operation was recorded.
 */
public final class AnomalyException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  AnomalyException(String message, Throwable recorded) {
    super(message);
    if (recorded != null) {
      initCause(recorded);
    }
  }
}
