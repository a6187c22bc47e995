package dev.jebena.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Reads texts by name, passing over empty ones and, counted, what is no text. JSON lines are read
 * line by line, and very large texts in parts; of those the beginning decides whether they are
 * text, and what is none later on is an error.
 */
abstract class NamedTexts extends Documents {
  private static final int BEGINNING = 1 << 16;

  private final String emptyMessage;
  private final List<String> names;
  private final Predicate<String> wanted;
  private final Parts parts;
  private int position;
  private long found;
  private long skipped;
  private String firstSkipped;

  /** Whether something was not wanted: then it is no error to find nothing. */
  private boolean leftOut;

  /** A text of several documents that is being read; null between them. */
  private Documents reading;

  /**
   * @param emptyMessage what to say where there is no text at all
   * @param names the texts that there are
   * @param wanted whether to read a document of this name; large texts have several
   * @param parts how large ones are cut
   */
  NamedTexts(String emptyMessage, List<String> names, Predicate<String> wanted, Parts parts) {
    this.wanted = wanted;
    this.parts = parts;
    this.emptyMessage = emptyMessage;
    this.names = names;
  }

  protected abstract byte[] read(String name) throws IOException;

  /** How many bytes the text has. */
  protected abstract long size(String name) throws IOException;

  protected abstract InputStream open(String name) throws IOException;

  /** The name of a text as errors show it. */
  protected String whole(String name) {
    return name;
  }

  @Override
  protected final Document advance() {
    while (true) {
      if (reading != null) {
        while (reading.hasNext()) {
          var part = reading.next();
          if (isWanted(part.name())) {
            found++;
            return part;
          }
        }
        reading.close();
        reading = null;
      }
      if (position == names.size()) {
        break;
      }
      var name = names.get(position++);
      try {
        if (JsonLines.isNamedSo(name)) {
          reading = new JsonLines(open(name), whole(name), name, document -> true);
        } else if (size(name) > parts.bytes()) {
          openParts(name);
        } else if (isWanted(name)) {
          var bytes = read(name);
          if (bytes.length > 0 && isText(name, bytes, bytes.length)) {
            found++;
            return new Document(name, bytes);
          }
        }
      } catch (IOException e) {
        throw new DataException(whole(name) + ": cannot be read: " + IoReason.of(e), e);
      }
    }
    if (found == 0 && !leftOut) {
      throw new DataException(
          emptyMessage + (skipped == 0 ? "" : " (" + skipped + " binary files were passed over)"));
    }
    return null;
  }

  private boolean isWanted(String name) {
    boolean is = wanted.test(name);
    leftOut |= !is;
    return is;
  }

  private void openParts(String name) throws IOException {
    byte[] start;
    try (var in = open(name)) {
      start = in.readNBytes(BEGINNING);
    }
    // the last character may be cut off
    if (isText(name, start, TextCut.atOrBefore(start, start.length - 4))) {
      reading = new TextParts(open(name), whole(name), name, parts);
    }
  }

  /** Whether {@code bytes[0, length)} are text; what is none is counted. */
  private boolean isText(String name, byte[] bytes, int length) {
    var text = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    int bad = TextCheck.firstBad(text);
    if (bad < 0) {
      return true;
    }
    skipped++;
    if (firstSkipped == null) {
      firstSkipped = whole(name) + ": " + TextCheck.describe(text, bad, 0);
    }
    return false;
  }

  @Override
  public final long skipped() {
    return skipped;
  }

  @Override
  public final String firstSkipped() {
    return firstSkipped;
  }

  @Override
  public void close() {
    if (reading != null) {
      reading.close();
    }
  }
}
