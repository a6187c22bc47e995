package dev.jebena.model;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A model directory that cannot be read as it is; the message is one line: the file, the key or
 * tensor, its value, and what would do.
 */
public final class ModelFileException extends IOException {
  private static final long serialVersionUID = 1L;

  public ModelFileException(Path file, String problem) {
    super(file + ": " + problem.strip().replaceAll("\\s*\\R\\s*", "; "));
  }
}
