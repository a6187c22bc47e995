package dev.jebena.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The text entries of a zip archive, sorted by name; hidden ones and binaries left out.
 *
 * @param entries which of them belong to the corpus, by name
 */
record ZipCorpus(Path file, Predicate<String> entries, Parts parts) implements Corpus {
  @Override
  public String description() {
    return file.toString();
  }

  @Override
  public Documents open(Predicate<String> wanted) {
    var zip = zip();
    var names = texts(zip).map(ZipEntry::getName).distinct().sorted().toList();
    return new NamedTexts(file + ": the archive holds no text", names, wanted, parts) {
      @Override
      protected byte[] read(String name) throws IOException {
        try (var in = zip.getInputStream(zip.getEntry(name))) {
          return in.readAllBytes();
        }
      }

      @Override
      protected long size(String name) {
        return zip.getEntry(name).getSize();
      }

      @Override
      protected InputStream open(String name) throws IOException {
        return zip.getInputStream(zip.getEntry(name));
      }

      @Override
      protected String whole(String name) {
        return file + ", " + name;
      }

      @Override
      public void close() {
        super.close();
        try {
          zip.close();
        } catch (IOException e) {
          throw new DataException(file + ": " + e.getMessage(), e);
        }
      }
    };
  }

  @Override
  public long expectedBytes() {
    try (var zip = zip()) {
      return texts(zip).mapToLong(entry -> Math.max(0, entry.getSize())).sum();
    } catch (IOException e) {
      throw new DataException(file + ": " + e.getMessage(), e);
    }
  }

  private ZipFile zip() {
    try {
      return new ZipFile(file.toFile());
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read as a zip archive: " + e.getMessage(), e);
    }
  }

  private Stream<? extends ZipEntry> texts(ZipFile zip) {
    return zip.stream()
        .filter(entry -> !entry.isDirectory())
        .filter(entry -> !hidden(entry.getName()) && entries.test(entry.getName()));
  }

  private static boolean hidden(String name) {
    return Arrays.stream(name.split("/")).anyMatch(part -> part.startsWith("."));
  }
}
