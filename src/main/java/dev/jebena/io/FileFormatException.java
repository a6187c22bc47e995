package dev.jebena.io;

import java.io.IOException;
import java.nio.file.Path;

/** A file that breaks the rules of its format; the message is one line: the file, what is wrong. */
public final class FileFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  public FileFormatException(Path file, String problem) {
    this(file, problem, null);
  }

  public FileFormatException(Path file, String problem, Throwable cause) {
    super(file + ": " + problem.strip().replaceAll("\\s*\\R\\s*", "; "), cause);
  }
}
