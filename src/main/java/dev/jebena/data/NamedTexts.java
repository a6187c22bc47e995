package dev.jebena.data;

import java.io.IOException;
import java.util.List;

/** Reads texts by name, passing over empty ones and, counted, what is no text. */
abstract class NamedTexts extends Documents {
  private final String emptyMessage;
  private final List<String> names;
  private int position;
  private long found;
  private long skipped;

  NamedTexts(String emptyMessage, List<String> names) {
    this.emptyMessage = emptyMessage;
    this.names = names;
  }

  protected abstract byte[] read(String name) throws IOException;

  /** The name of a text as errors show it. */
  protected String whole(String name) {
    return name;
  }

  /** Whether it is an error to find nothing: not where the caller asked for some names only. */
  protected abstract boolean mustHaveText();

  /** How many names there are to read. */
  final int named() {
    return names.size();
  }

  @Override
  protected final Document advance() {
    while (position < names.size()) {
      var name = names.get(position++);
      byte[] bytes;
      try {
        bytes = read(name);
      } catch (IOException e) {
        throw new DataException(whole(name) + ": cannot be read: " + IoReason.of(e), e);
      }
      if (bytes.length == 0) {
        continue;
      }
      if (TextCheck.firstBad(bytes) >= 0) {
        skipped++;
        continue;
      }
      found++;
      return new Document(name, bytes);
    }
    if (found == 0 && mustHaveText()) {
      throw new DataException(
          emptyMessage + (skipped == 0 ? "" : " (" + skipped + " binary files were passed over)"));
    }
    return null;
  }

  @Override
  public final long skipped() {
    return skipped;
  }
}
