package dev.jebena.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Predicate;

/** One text file: one document, or several where it is very large. */
record TextFileCorpus(Path file, int partBytes) implements Corpus {
  /** Larger files are cut at line ends into documents of at most this size. */
  static final int PART_BYTES = 64 << 20;

  TextFileCorpus(Path file) {
    this(file, PART_BYTES);
  }

  @Override
  public String description() {
    return file.toString();
  }

  @Override
  public Documents open(Predicate<String> wanted) {
    return new Parts(wanted);
  }

  /** Reads a part at a time; what follows its last line end begins the next one. */
  private final class Parts extends Documents {
    private final Predicate<String> wanted;
    private final InputStream in;
    private byte[] rest = new byte[0];
    private long offset;
    private int part;
    private boolean ended;

    Parts(Predicate<String> wanted) {
      this.wanted = wanted;
      try {
        in = Files.newInputStream(file);
      } catch (IOException e) {
        throw unreadable(e);
      }
    }

    @Override
    protected Document advance() {
      while (!ended) {
        var document = part();
        if (document != null && wanted.test(document.name())) {
          return document;
        }
      }
      return null;
    }

    private Document part() {
      byte[] bytes;
      try {
        bytes = joined(rest, in.readNBytes(partBytes + 1 - rest.length));
      } catch (IOException e) {
        throw unreadable(e);
      }
      if (bytes.length == 0) {
        throw new DataException(file + ": the file is empty");
      }
      ended = bytes.length <= partBytes;
      int cut = ended ? bytes.length : TextCut.atOrBefore(bytes, partBytes);
      if (cut == 0) {
        cut = partBytes; // no character starts anywhere: the check below says so
      }
      var text = Arrays.copyOf(bytes, cut);
      int bad = TextCheck.firstBad(text);
      if (bad >= 0) {
        throw new DataException(file + ": " + TextCheck.describe(text, bad, offset));
      }
      rest = Arrays.copyOfRange(bytes, cut, bytes.length);
      offset += cut;
      part++;
      var name = file.getFileName().toString();
      return new Document(ended && part == 1 ? name : name + "#" + part, text);
    }

    private static byte[] joined(byte[] first, byte[] second) {
      var both = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      return both;
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw unreadable(e);
      }
    }
  }

  private DataException unreadable(IOException e) {
    return new DataException(file + ": cannot be read: " + IoReason.of(e), e);
  }
}
