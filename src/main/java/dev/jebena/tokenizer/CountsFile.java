package dev.jebena.tokenizer;

import dev.jebena.io.AtomicFiles;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * Pieces counted so far, so that counting can go on after a stop: how much was read, under which
 * settings, every piece with its count, and a checksum.
 */
final class CountsFile {
  private static final long MAGIC = 0x4A42434F554E5433L; // JBCOUNT3

  /**
   * What a file holds.
   *
   * @param checksum CRC-32C of all text that was read
   */
  record Counts(long documents, long bytes, long checksum) {}

  private CountsFile() {}

  /**
   * @param settings what must be the same for the counts to be of use
   * @param pieces visits every piece
   */
  static void write(
      Path file, String settings, Counts counts, Consumer<PieceCounts.Visitor> pieces) {
    try {
      AtomicFiles.write(
          file,
          stream -> {
            var checked = new CheckedOutputStream(new BufferedOutputStream(stream), new CRC32C());
            var out = new DataOutputStream(checked);
            out.writeLong(MAGIC);
            var text = Utf8.encode(settings);
            out.writeInt(text.length);
            out.write(text);
            out.writeLong(counts.documents());
            out.writeLong(counts.bytes());
            out.writeLong(counts.checksum());
            PieceStream.write(out, pieces);
            out.writeLong(checked.getChecksum().getValue());
            out.flush();
          });
    } catch (IOException e) {
      throw new TokenizerException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * @param pieces sees every piece and its count
   * @throws TokenizerException if the file is damaged or was made under other settings
   */
  static Counts read(Path file, String settings, PieceCounts.Visitor pieces) {
    try (var stream = Files.newInputStream(file)) {
      var checked = new CheckedInputStream(new BufferedInputStream(stream), new CRC32C());
      var in = new DataInputStream(checked);
      if (in.readLong() != MAGIC) {
        throw new TokenizerException(file + ": holds no counts of a tokenizer in training");
      }
      var found = Utf8.decode(in.readNBytes(in.readInt()));
      if (!found.equals(settings)) {
        throw new TokenizerException(
            file + ": was counted with other settings (" + found + ", now " + settings + ")");
      }
      long documents = in.readLong();
      long bytes = in.readLong();
      long text = in.readLong();
      PieceStream.read(in, pieces);
      long sum = checked.getChecksum().getValue();
      if (in.readLong() != sum) {
        throw new TokenizerException(file + ": is damaged: its checksum does not fit");
      }
      return new Counts(documents, bytes, text);
    } catch (EOFException e) {
      throw new TokenizerException(file + ": is cut off", e);
    } catch (IOException e) {
      throw new TokenizerException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
