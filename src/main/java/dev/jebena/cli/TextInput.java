package dev.jebena.cli;

import dev.jebena.data.Utf8Check;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A text as it is read: how long it is, how long it took to come, and whether it is UTF-8. */
final class TextInput extends FilterInputStream {
  private final Utf8Check check;
  private long bytes;
  private long nanos;

  /**
   * @param check hears of every byte; null for none
   */
  TextInput(InputStream in, Utf8Check check) {
    super(in);
    this.check = check;
  }

  /** Bytes that have been read. */
  long bytes() {
    return bytes;
  }

  /** Time that reading took. */
  long nanos() {
    return nanos;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    long start = System.nanoTime();
    int read = in.read(to, offset, length);
    nanos += System.nanoTime() - start;
    bytes += Math.max(0, read);
    if (check != null) {
      if (read >= 0) {
        check.accept(to, offset, offset + read);
      } else {
        check.end();
      }
    }
    return read;
  }
}
