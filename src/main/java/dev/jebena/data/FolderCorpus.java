package dev.jebena.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The text files in a folder and below it, sorted by path; hidden ones and binaries left out. */
record FolderCorpus(Path folder, Parts parts) implements Corpus {
  @Override
  public String description() {
    return folder.toString();
  }

  @Override
  public Documents open(Predicate<String> wanted) {
    var names = list().names;
    names.sort(null); // names have '/' on every system, so the order is the same on all
    return new NamedTexts(folder + ": the folder holds no text files", names, wanted, parts) {
      @Override
      protected byte[] read(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
      }

      @Override
      protected long size(String name) throws IOException {
        return Files.size(folder.resolve(name));
      }

      @Override
      protected InputStream open(String name) throws IOException {
        return Files.newInputStream(folder.resolve(name));
      }

      @Override
      protected String whole(String name) {
        return folder.resolve(name).toString();
      }
    };
  }

  @Override
  public long expectedBytes() {
    return list().bytes;
  }

  private Listing list() {
    var listing = new Listing();
    try {
      Files.walkFileTree(folder, listing);
    } catch (IOException e) {
      var path = e instanceof FileSystemException failed ? failed.getFile() : folder.toString();
      throw new DataException(path + ": cannot be read: " + IoReason.of(e), e);
    }
    return listing;
  }

  private final class Listing extends SimpleFileVisitor<Path> {
    private final List<String> names = new ArrayList<>();
    private long bytes;

    @Override
    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
      return !path.equals(folder) && hidden(path)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
      if (!hidden(path) && attributes.isSymbolicLink() && !Files.exists(path)) {
        throw new FileSystemException(path.toString(), null, "a link to nothing");
      }
      if (!hidden(path) && Files.isRegularFile(path)) {
        names.add(folder.relativize(path).toString().replace('\\', '/'));
        bytes += attributes.isSymbolicLink() ? Files.size(path) : attributes.size();
      }
      return FileVisitResult.CONTINUE;
    }

    private boolean hidden(Path path) {
      return path.getFileName().toString().startsWith(".");
    }
  }
}
