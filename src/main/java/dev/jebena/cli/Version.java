package dev.jebena.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** The version of Jebena, and of the Java that runs it. */
public final class Version implements IVersionProvider {
  /** The version that the build wrote into the class path, such as {@code 0.1.0}. */
  public static String number() {
    try (var in = Version.class.getResourceAsStream("version.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String[] getVersion() {
    return new String[] {"jebena " + number() + " (JDK " + Runtime.version() + ")"};
  }
}
