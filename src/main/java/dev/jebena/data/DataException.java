package dev.jebena.data;

/** Data that cannot be used: one line that names the source, what is wrong and what would do. */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
