package dev.jebena.data;

import java.util.zip.Deflater;

/**
 * What {@code gzip -9} makes of the same bytes: the mark that a language model has to beat, since a
 * model that predicts text is a compressor (Delétang et al., "Language modeling is compression",
 * 2023).
 *
 * @param textBytes of the documents, one after the other with nothing between
 * @param compressedBytes of all of them as one gzip file: deflate at level 9, plus header and
 *     trailer
 */
public record GzipBaseline(long textBytes, long compressedBytes) {
  /** Ten bytes before the data; checksum and length behind it. */
  private static final int HEADER_AND_TRAILER = 18;

  /** Compresses a corpus. */
  public static GzipBaseline of(Corpus corpus) {
    long textBytes = 0;
    long compressed = HEADER_AND_TRAILER;
    var out = new byte[1 << 16];
    try (var deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        var reading = corpus.open()) {
      while (reading.hasNext()) {
        var utf8 = reading.next().utf8();
        textBytes += utf8.length;
        deflater.setInput(utf8);
        while (!deflater.needsInput()) {
          compressed += deflater.deflate(out);
        }
      }
      deflater.finish();
      while (!deflater.finished()) {
        compressed += deflater.deflate(out);
      }
    }
    if (textBytes == 0) {
      throw new DataException(corpus.description() + ": there is no text to compress");
    }
    return new GzipBaseline(textBytes, compressed);
  }

  /** Bits of compressed data per byte of text. */
  public double bitsPerByte() {
    return 8.0 * compressedBytes / textBytes;
  }
}
