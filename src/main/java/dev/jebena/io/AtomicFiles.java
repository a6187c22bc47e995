package dev.jebena.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Files that are either the old one or the new one, whole: written beside under a temporary name,
 * forced to disk, then renamed.
 */
public final class AtomicFiles {
  private AtomicFiles() {}

  /** Writes content to a stream. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Replaces {@code target} by what {@code content} writes. On failure the old file stays. */
  public static void write(Path target, Content content) throws IOException {
    var folder = target.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    var beside = Files.createTempFile(folder, "." + target.getFileName(), ".tmp");
    try {
      try (var channel = FileChannel.open(beside, StandardOpenOption.WRITE);
          var out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      Files.move(
          beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(folder);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /** Replaces {@code target} by a text in UTF-8. */
  public static void writeString(Path target, String text) throws IOException {
    write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Makes a rename or creation in {@code folder} survive a power cut, where the system can. */
  public static void syncFolder(Path folder) {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows does not open folders; the rename itself is then all there is
    }
  }
}
