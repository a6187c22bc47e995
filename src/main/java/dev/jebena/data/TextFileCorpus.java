package dev.jebena.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** One text file: one document, or several where it is very large. */
record TextFileCorpus(Path file, Parts parts) implements Corpus {
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
    var reading = new TextParts(in, file.toString(), file.getFileName().toString(), parts);
    return new Documents() {
      @Override
      protected Document advance() {
        while (reading.hasNext()) {
          var document = reading.next();
          if (wanted.test(document.name())) {
            return document;
          }
        }
        return null;
      }

      @Override
      public void close() {
        reading.close();
      }
    };
  }
}
