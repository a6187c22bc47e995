package dev.jebena.tokenizer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * How much memory a {@link BpeTrainer} takes for the distinct pieces of its text and the pairs of
 * tokens in them, and where it puts what goes beyond that. The result does not depend on it.
 *
 * @param bytes for tables of pieces while counting; for these, the pieces laid out and their pairs
 *     while merging
 * @param folder where temporary files go; null for the system's folder. They are deleted when
 *     training ends, however it ends
 */
public record TrainingMemory(long bytes, Path folder) {
  public TrainingMemory {
    if (bytes < 1) {
      throw new TokenizerException("training needs some memory, not " + bytes + " bytes");
    }
  }

  /** Half of what the JVM may take, and the system's folder for temporary files. */
  public static TrainingMemory halfOfTheHeap() {
    return new TrainingMemory(Math.max(1, Runtime.getRuntime().maxMemory() / 2), null);
  }

  /** The same with temporary files elsewhere. */
  public TrainingMemory withFolder(Path other) {
    return new TrainingMemory(bytes, other);
  }

  /** An empty file that is deleted when it is closed. */
  FileChannel temporaryFile() throws IOException {
    if (folder != null) {
      Files.createDirectories(folder);
    }
    var file =
        folder == null
            ? Files.createTempFile("jebena-bpe-", ".tmp")
            : Files.createTempFile(folder, ".jebena-bpe-", ".tmp");
    return FileChannel.open(
        file,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // it was read to its end already, or is not read any more
    }
  }
}
