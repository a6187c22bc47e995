package dev.jebena.io;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * Whole files as memory, loaded by the system page by page.
 *
 * <p>The mapping lives as long as any slice of it is reachable, so nobody has to close it. A file
 * must not be shortened while it is mapped; replacing it by a rename is harmless.
 */
final class MappedFile {
  private MappedFile() {}

  static MemorySegment map(Path file) throws IOException {
    return map(file, MapMode.READ_ONLY);
  }

  /** Pages may be written to; they are then copies that only this process sees. */
  static MemorySegment mapCopyOnWrite(Path file) throws IOException {
    return map(file, MapMode.PRIVATE);
  }

  private static MemorySegment map(Path file, MapMode mode) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileFormatException(file, "is a folder, not a file");
    }
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    // a private mapping asks for the right to write, and never uses it on the file
    var options =
        mode == MapMode.READ_ONLY
            ? Set.of(StandardOpenOption.READ)
            : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    try (var channel = FileChannel.open(file, options)) {
      return channel.map(mode, 0, channel.size(), Arena.ofAuto());
    }
  }

  /** {@code data} itself, or a copy where its address is no multiple of {@code byteSize}. */
  static MemorySegment aligned(MemorySegment data, int byteSize) {
    return data.address() % byteSize == 0
        ? data
        : NamedArray.allocate(data.byteSize()).copyFrom(data);
  }

  /** Writes a segment of any size to a stream. */
  static void copy(MemorySegment data, OutputStream out) throws IOException {
    var chunk = new byte[(int) Math.min(1 << 18, data.byteSize())];
    for (long at = 0; at < data.byteSize(); at += chunk.length) {
      int count = (int) Math.min(chunk.length, data.byteSize() - at);
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, chunk, 0, count);
      out.write(chunk, 0, count);
    }
  }
}
