package dev.jebena.memory;

/** Use of a tensor whose storage was freed with its {@link Scope}. */
public final class ClosedScopeException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public ClosedScopeException(String message) {
    super(message);
  }
}
