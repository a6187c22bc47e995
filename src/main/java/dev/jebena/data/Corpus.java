package dev.jebena.data;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * Documents that can be read again and again, always the same ones in the same order, one in memory
 * at a time.
 */
public interface Corpus {
  /** What it is, in a few words for a person: a path, or several. */
  String description();

  /**
   * Starts reading the documents whose name is wanted.
   *
   * @throws DataException here or while reading, where the data cannot be used
   */
  Documents open(Predicate<String> wanted);

  /** Starts reading all documents. */
  default Documents open() {
    return open(name -> true);
  }

  /**
   * The documents of files and folders, in the order given.
   *
   * <ul>
   *   <li>A folder: every text file in it and below, sorted by path. Hidden files and folders are
   *       passed over, and so are, counted, files that are no text. Files of JSON lines in it are
   *       read as such.
   *   <li>A {@code .zip}: its entries sorted by name, under the same rules.
   *   <li>A {@code .jsonl}: one JSON object a line, each with a string {@code text}, which is a
   *       document.
   *   <li>Any other file: one document of UTF-8 text. From {@value Parts#BYTES} bytes on it is cut
   *       at line ends into documents of that size, to bound memory.
   * </ul>
   *
   * @throws DataException where a path does not exist; whatever else is wrong shows in reading
   */
  static Corpus of(List<Path> paths) {
    return of(paths, TextCutter.atLineEnds());
  }

  /** As {@link #of(List)}; very large texts are cut where {@code cutter} says. */
  static Corpus of(List<Path> paths, TextCutter cutter) {
    var parts = new Parts(Parts.BYTES, cutter);
    return JoinedCorpus.of(paths.stream().map(path -> PathCorpus.of(path, parts)).toList());
  }

  /** As {@link #of(List)}. */
  static Corpus of(Path... paths) {
    return of(List.of(paths));
  }

  /** Documents that are in memory already. */
  static Corpus ofDocuments(Document... documents) {
    return new MemoryCorpus(List.of(documents));
  }

  /**
   * The Java sources that a JDK carries in {@code lib/src.zip}, sorted by name.
   *
   * @param javaHome the JDK's folder; {@code java.home} of the running one as a rule
   * @throws DataException where it has no sources
   */
  static Corpus jdkSources(Path javaHome) {
    return JdkSources.in(javaHome, null);
  }

  /** As {@link #jdkSources(Path)}, one module such as {@code java.base} only. */
  static Corpus jdkSources(Path javaHome, String module) {
    return JdkSources.in(javaHome, module);
  }

  /**
   * At most {@code maxBytes} bytes of this corpus: documents taken in an order shuffled by {@code
   * seed}, then read in their own order. All of it where it is small enough.
   *
   * <p>The order hangs on the names alone, so that the same documents are chosen on every machine.
   */
  default Corpus limited(long maxBytes, long seed) {
    return LimitedCorpus.of(this, maxBytes, seed);
  }

  /**
   * How many bytes there will be to read, as far as the sizes of files tell; 0 where they do not.
   *
   * @throws DataException where the data cannot be found
   */
  default long expectedBytes() {
    return 0;
  }

  /** Reads everything once and counts. */
  default CorpusSize size() {
    long documents = 0;
    long bytes = 0;
    try (var reading = open()) {
      while (reading.hasNext()) {
        documents++;
        bytes += reading.next().byteCount();
      }
      return new CorpusSize(documents, bytes, reading.skipped());
    }
  }
}
