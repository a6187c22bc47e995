package dev.jebena.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** A file of {@link JsonLines}. */
record JsonLinesCorpus(Path file) implements Corpus {
  @Override
  public String description() {
    return file.toString();
  }

  @Override
  public long expectedBytes() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public Documents open(Predicate<String> wanted) {
    JsonLines lines;
    try {
      var name = file.getFileName().toString();
      lines = new JsonLines(Files.newInputStream(file), file.toString(), name, wanted);
    } catch (IOException e) {
      throw unreadable(e);
    }
    return new Documents() {
      @Override
      protected Document advance() {
        if (lines.hasNext()) {
          return lines.next();
        }
        if (!lines.any()) {
          throw new DataException(file + ": the file is empty");
        }
        return null;
      }

      @Override
      public void close() {
        lines.close();
      }
    };
  }

  private DataException unreadable(IOException e) {
    return new DataException(file + ": cannot be read: " + IoReason.of(e), e);
  }
}
