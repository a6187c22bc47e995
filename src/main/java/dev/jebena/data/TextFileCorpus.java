package dev.jebena.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
  public long expectedBytes() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + IoReason.of(e), e);
    }
  }

  @Override
  public Documents open(Predicate<String> wanted) {
    InputStream in;
    try {
      in = Files.newInputStream(file);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + IoReason.of(e), e);
    }
    var parts = new TextParts(in, file.toString(), file.getFileName().toString(), partBytes);
    return new Documents() {
      @Override
      protected Document advance() {
        while (parts.hasNext()) {
          var document = parts.next();
          if (wanted.test(document.name())) {
            return document;
          }
        }
        return null;
      }

      @Override
      public void close() {
        parts.close();
      }
    };
  }
}
