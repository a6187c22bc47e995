package dev.jebena.model;

/** A configuration that cannot be a model; the message names the field and what would do. */
public final class ConfigurationException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public ConfigurationException(String message) {
    super(message);
  }
}
