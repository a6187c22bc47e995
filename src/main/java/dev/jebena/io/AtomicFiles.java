package dev.jebena.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;

/**
 * Files and folders that are either the old one or the new one, whole: written beside under a
 * temporary name, forced to disk, then renamed.
 *
 * <p>One process at a time may write a given target.
 */
public final class AtomicFiles {
  private AtomicFiles() {}

  /** Writes content to a stream. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of the content; where it throws, the file stays as it was. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes content to a file in any order. */
  @FunctionalInterface
  public interface SeekableContent {
    /** Writes all of the content; where it throws, the file stays as it was. */
    void writeTo(FileChannel file) throws IOException;
  }

  /** Writes files into an empty folder. */
  @FunctionalInterface
  public interface FolderContent {
    /** Fills an empty folder; where it throws, what stood there stays. */
    void writeTo(Path folder) throws IOException;
  }

  /**
   * Replaces {@code target} by what {@code content} writes. Folders above it are made. On failure
   * the old file stays, and nothing else is left.
   *
   * @throws IOException that names {@code target} and why it could not be written
   */
  public static void write(Path target, Content content) throws IOException {
    writeSeekable(
        target,
        file -> {
          var out = new BufferedOutputStream(Channels.newOutputStream(file), 1 << 16);
          content.writeTo(out);
          out.flush();
        });
  }

  /**
   * As {@link #write}, for content whose beginning is known only at its end.
   *
   * @throws IOException that names {@code target} and why it could not be written
   */
  public static void writeSeekable(Path target, SeekableContent content) throws IOException {
    var place = place(target);
    var beside = beside(place);
    try {
      Files.createDirectories(place.getParent());
      try (var channel =
          FileChannel.open(beside, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        content.writeTo(channel);
        channel.force(true);
      }
      rename(beside, place);
    } catch (IOException e) {
      throw notWritten(target, e);
    } finally {
      discard(beside);
    }
    syncFolder(place.getParent());
  }

  /** Replaces {@code target} by a text in UTF-8. */
  public static void writeString(Path target, String text) throws IOException {
    write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Replaces the folder {@code target} by one that {@code content} fills. A process that dies on
   * the way leaves the old folder or the new one; call {@link #recover} before reading it.
   *
   * @throws IOException that names {@code target} and why it could not be written
   */
  public static void writeFolder(Path target, FolderContent content) throws IOException {
    var place = place(target);
    var beside = beside(place);
    try {
      Files.createDirectories(place.getParent());
      recover(place);
      if (Files.exists(place) && !Files.isDirectory(place)) {
        throw new NotDirectoryException(place.toString());
      }
      Files.createDirectory(beside);
      content.writeTo(beside);
      syncTree(beside);
      var old = old(place);
      if (Files.exists(place)) {
        rename(place, old);
        try {
          rename(beside, place);
        } catch (IOException e) {
          rename(old, place);
          throw e;
        }
      } else {
        rename(beside, place);
      }
      syncFolder(place.getParent());
      deleteTree(old);
    } catch (IOException e) {
      throw notWritten(target, e);
    } finally {
      discard(beside);
    }
  }

  /**
   * Brings the folder {@code target} to a whole state after a process died while writing it: back
   * to the old one where it died between two renames. Removes what dead processes left beside it.
   */
  public static void recover(Path target) throws IOException {
    var place = place(target);
    var parent = place.getParent();
    if (!Files.isDirectory(parent)) {
      return;
    }
    var old = old(place);
    if (Files.exists(old)) {
      if (Files.exists(place)) {
        deleteTree(old);
      } else {
        rename(old, place);
        syncFolder(parent);
      }
    }
    var prefix = "." + place.getFileName() + ".tmp-";
    try (var files =
        Files.newDirectoryStream(parent, f -> f.getFileName().toString().startsWith(prefix))) {
      for (var file : files) {
        var owner = file.getFileName().toString().substring(prefix.length()).split("-")[0];
        if (owner.matches("\\d{1,18}")
            && ProcessHandle.of(Long.parseLong(owner)).filter(ProcessHandle::isAlive).isEmpty()) {
          deleteTree(file);
        }
      }
    }
  }

  /** Makes a rename or creation in {@code folder} survive a power cut, where the system can. */
  public static void syncFolder(Path folder) {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows does not open folders; the rename itself is then all there is
    }
  }

  /** Where {@code target} truly is: a symbolic link stays, and what it points to is replaced. */
  private static Path place(Path target) throws IOException {
    return Files.isSymbolicLink(target) && Files.exists(target)
        ? target.toRealPath()
        : target.toAbsolutePath().normalize();
  }

  /** A temporary name that tells which process it belongs to. */
  private static Path beside(Path place) {
    var random = UUID.randomUUID().toString().substring(0, 8);
    return place.resolveSibling(
        "." + place.getFileName() + ".tmp-" + ProcessHandle.current().pid() + "-" + random);
  }

  private static Path old(Path place) {
    return place.resolveSibling("." + place.getFileName() + ".old");
  }

  private static void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("the file system cannot rename " + from + " to " + to + " at once", e);
    }
  }

  private static IOException notWritten(Path target, IOException e) {
    if (e instanceof NotWrittenException inside) {
      // A file of a folder, under a name that nobody gave it: only the reason is of use.
      return new NotWrittenException(target, inside.reason(), e);
    }
    var message = e.getMessage() == null ? "" : e.getMessage();
    var reason =
        message.isBlank() || e instanceof java.nio.file.FileSystemException
            ? e.getClass().getSimpleName().replaceAll("Exception$", "") + " " + message
            : message;
    return new NotWrittenException(target, reason.strip(), e);
  }

  private static void syncTree(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException e)
              throws IOException {
            syncFolder(visited);
            return super.postVisitDirectory(visited, e);
          }
        });
  }

  /** Removes what was not finished; where that fails, the failure that led here matters more. */
  private static void discard(Path beside) {
    try {
      deleteTree(beside);
    } catch (IOException e) {
      // recover() removes it when this process is gone
    }
  }

  /** Removes a folder and all that is in it, not what its links point to; or nothing. */
  private static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException e)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
