package dev.jebena.data;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * One reading of a corpus: its documents in order, one at a time. Close it when done; it then lets
 * go of the file it reads.
 */
public abstract class Documents implements Iterator<Document>, AutoCloseable {
  private Document next;
  private boolean ended;

  /** For readers of all kinds of sources. */
  protected Documents() {}

  /** The next document, or null where there is none left. */
  protected abstract Document advance();

  /** Files met so far that were no text (a NUL byte, or not UTF-8) and were passed over. */
  public long skipped() {
    return 0;
  }

  /** The first of them and what is wrong with it; null where there is none. */
  public String firstSkipped() {
    return null;
  }

  @Override
  public final boolean hasNext() {
    if (next == null && !ended) {
      next = advance();
      ended = next == null;
    }
    return next != null;
  }

  @Override
  public final Document next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the corpus has no more documents");
    }
    var document = next;
    next = null;
    return document;
  }

  /** Lets go of what is open. */
  @Override
  public void close() {}
}
