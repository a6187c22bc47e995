package dev.jebena.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Finds the sources that a JDK carries: real text on every machine that can run Java. */
final class JdkSources {
  private JdkSources() {}

  /**
   * @param module the module whose sources to take, or null for all
   */
  static Corpus in(Path javaHome, String module) {
    var prefix = module == null ? "" : module + "/";
    return Stream.of(javaHome.resolve("lib").resolve("src.zip"), javaHome.resolve("src.zip"))
        .filter(Files::isRegularFile)
        .findFirst()
        .map(zip ->
            new ZipCorpus(
                zip, name -> name.startsWith(prefix) && name.endsWith(".java"), Parts.LINES))
        .orElseThrow(() ->
            new DataException(
                "the JDK in "
                    + javaHome
                    + " has no lib/src.zip to learn from: name a text file or folder with"
                    + " --data, or use a JDK that carries its sources"));
  }
}
