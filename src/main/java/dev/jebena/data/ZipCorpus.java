package dev.jebena.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The text entries of a zip archive, sorted by name; hidden ones and binaries left out.
 *
 * @param entries which of them belong to the corpus, by name
 */
record ZipCorpus(Path file, Predicate<String> entries) implements Corpus {
  @Override
  public String description() {
    return file.toString();
  }

  @Override
  public Documents open(Predicate<String> wanted) {
    ZipFile zip;
    try {
      zip = new ZipFile(file.toFile());
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read as a zip archive: " + e.getMessage(), e);
    }
    List<String> all =
        zip.stream()
            .filter(entry -> !entry.isDirectory())
            .map(ZipEntry::getName)
            .filter(name -> !hidden(name) && entries.test(name))
            .distinct()
            .sorted()
            .toList();
    var names = all.stream().filter(wanted).toList();
    return new NamedTexts(file + ": the archive holds no text", names, TextFileCorpus.PART_BYTES) {
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
      protected boolean mustHaveText() {
        return all.size() == names.size();
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

  private static boolean hidden(String name) {
    return Arrays.stream(name.split("/")).anyMatch(part -> part.startsWith("."));
  }
}
