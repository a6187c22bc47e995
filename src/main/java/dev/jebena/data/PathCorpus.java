package dev.jebena.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Chooses how to read a path by what lies there and how its name ends. */
final class PathCorpus {
  private PathCorpus() {}

  static Corpus of(Path path, Parts parts) {
    if (Files.isDirectory(path)) {
      return new FolderCorpus(path, parts);
    }
    if (!Files.exists(path)) {
      throw new DataException(path + ": no such file or folder");
    }
    var name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".zip")) {
      return new ZipCorpus(path, entry -> true, parts);
    }
    if (JsonLines.isNamedSo(name)) {
      return new JsonLinesCorpus(path);
    }
    return new TextFileCorpus(path, parts);
  }
}
