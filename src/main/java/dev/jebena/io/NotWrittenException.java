package dev.jebena.io;

import java.io.IOException;
import java.nio.file.Path;

/** A file or folder could not be written; nothing is left under its name that was not there. */
public final class NotWrittenException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  NotWrittenException(Path target, String reason, IOException cause) {
    super(target + ": cannot be written: " + reason, cause);
    this.reason = reason;
  }

  /** Why, without the name of the file: {@code No space left on device}. */
  public String reason() {
    return reason;
  }
}
