package dev.jebena.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Several named arrays in one zip of npy files: {@code numpy.savez} and {@code savez_compressed}.
 */
public final class NpzFile {
  /** No zip entry grows by more than this when inflated (the limit of the deflate format). */
  private static final long MOST_INFLATION = 1032;

  private NpzFile() {}

  /**
   * All arrays of a file in its order, copied into memory.
   *
   * @throws FileFormatException where it is no zip, or an entry is no npy file or fails its
   *     checksum
   */
  public static Map<String, NamedArray> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    Map<String, NamedArray> arrays = new LinkedHashMap<>();
    try (var zip = new ZipFile(file.toFile())) {
      for (var entry : Collections.list(zip.entries())) {
        var name = entry.getName();
        var array =
            NpyFile.decode(
                file,
                "entry " + name + ": ",
                name.endsWith(".npy") ? name.substring(0, name.length() - 4) : name,
                content(file, zip, entry));
        if (arrays.put(array.name(), array) != null) {
          throw new FileFormatException(file, "entry " + name + " appears twice");
        }
      }
    } catch (EOFException | ZipException | IllegalArgumentException e) {
      throw new FileFormatException(
          file, "no readable zip: " + (e.getMessage() == null ? "truncated" : e.getMessage()), e);
    }
    return Collections.unmodifiableMap(arrays);
  }

  private static MemorySegment content(Path file, ZipFile zip, ZipEntry entry) throws IOException {
    long size = entry.getSize();
    // a lying size must not make us ask for more memory than the file could ever fill
    if (size < 0
        || entry.getCompressedSize() > Files.size(file)
        || size > MOST_INFLATION * (entry.getCompressedSize() + 1)) {
      throw new FileFormatException(
          file, "entry " + entry.getName() + " claims an impossible size of " + size + " bytes");
    }
    var bytes = NamedArray.allocate(size);
    var checksum = new CRC32();
    var chunk = new byte[1 << 16];
    long at = 0;
    try (InputStream in = zip.getInputStream(entry)) {
      int count;
      while ((count = in.read(chunk)) > 0) {
        if (at + count > size) {
          throw new ZipException("longer than its size of " + size + " bytes");
        }
        checksum.update(chunk, 0, count);
        MemorySegment.copy(chunk, 0, bytes, ValueLayout.JAVA_BYTE, at, count);
        at += count;
      }
    } catch (EOFException | ZipException e) {
      throw new FileFormatException(file, "entry " + entry.getName() + ": " + e.getMessage(), e);
    }
    if (at != size || checksum.getValue() != entry.getCrc()) {
      throw new FileFormatException(
          file, "entry " + entry.getName() + " is damaged (length or checksum differ)");
    }
    return bytes;
  }

  /** Replaces {@code file} by {@code arrays}, not compressed. */
  public static void write(Path file, List<NamedArray> arrays) throws IOException {
    write(file, arrays, false);
  }

  /** Replaces {@code file} by {@code arrays}, deflated; slower, and seldom much smaller. */
  public static void writeCompressed(Path file, List<NamedArray> arrays) throws IOException {
    write(file, arrays, true);
  }

  private static void write(Path file, List<NamedArray> arrays, boolean compressed)
      throws IOException {
    var names = new HashSet<String>();
    for (var array : arrays) {
      if (!names.add(array.name())) {
        throw new IllegalArgumentException(file + ": two arrays are named " + array.name());
      }
    }
    AtomicFiles.write(
        file,
        out -> {
          var zip = new ZipOutputStream(out);
          for (var array : arrays) {
            var entry = new ZipEntry(array.name() + ".npy");
            entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0)); // same arrays, same bytes
            if (!compressed) {
              stored(entry, array);
            }
            zip.putNextEntry(entry);
            NpyFile.encode(array, zip);
            zip.closeEntry();
          }
          zip.finish();
        });
  }

  /** A stored entry states its length and checksum up front. */
  private static void stored(ZipEntry entry, NamedArray array) throws IOException {
    var crc = new CRC32();
    NpyFile.encode(array, new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
    long size = NpyHeader.write(array).length + array.data().byteSize();
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(size);
    entry.setCompressedSize(size);
    entry.setCrc(crc.getValue());
  }
}
