package dev.jebena.cli;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.ExecutionException;

/** One line that tells a user what went wrong. */
final class ErrorLine {
  private ErrorLine() {}

  /** The line for {@code error}, without line breaks. */
  static String of(Throwable error) {
    var cause = error;
    while ((cause instanceof UncheckedIOException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return describe(cause).strip().replaceAll("\\s*\\R\\s*", "; ");
  }

  private static String describe(Throwable error) {
    var message = error.getMessage();
    return switch (error) {
      // the messages of these are the bare path
      case NoSuchFileException e -> e.getFile() + ": no such file or folder";
      case AccessDeniedException e -> e.getFile() + ": permission denied";
      case NotDirectoryException e -> e.getFile() + ": not a folder";
      case FileSystemException e when e.getReason() == null ->
          e.getFile() + ": " + words(e.getClass());
      case OutOfMemoryError e ->
          "out of memory: " + message + " (JEBENA_OPTS=-Xmx8g gives the heap 8 GiB)";
      case LinkageError e -> words(e.getClass()) + ": " + message;
      default -> message == null || message.isBlank() ? words(error.getClass()) : message;
    };
  }

  /** {@code FileAlreadyExistsException} as "file already exists". */
  private static String words(Class<?> type) {
    return type.getSimpleName()
        .replaceAll("(Exception|Error)$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(java.util.Locale.ROOT);
  }
}
