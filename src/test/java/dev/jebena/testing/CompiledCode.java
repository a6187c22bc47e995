package dev.jebena.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/** Java from a document, compiled against what the tests see and run in their JVM. */
public final class CompiledCode {
  private CompiledCode() {}

  /**
   * Runs statements in which {@code System.out} is {@code out} and {@code folder} the given one.
   *
   * @param folder of the running test; class files go there too
   * @param type of {@code out}, public, for the compiler
   * @throws AssertionError where the code does not compile, with what the compiler says, and where
   *     it throws
   */
  public static <T> void run(Path folder, String imports, String body, Class<T> type, T out)
      throws Exception {
    var source = folder.resolve("Page.java");
    Files.writeString(
        source,
        imports
            + """
            public class Page {
              static class System { static %1$s out; }

              public static void run(%1$s printed, java.nio.file.Path folder) throws Exception {
                System.out = printed;
            """
                .formatted(type.getCanonicalName())
            + body
            + "}}\n");
    var said = new ByteArrayOutputStream();
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                said,
                said,
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                source.toString());
    assertThat(compiled).as(said.toString(StandardCharsets.UTF_8)).isZero();
    try (var loader =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, CompiledCode.class.getClassLoader())) {
      loader.loadClass("Page").getMethod("run", type, Path.class).invoke(null, out, folder);
    } catch (InvocationTargetException e) {
      throw new AssertionError(e.getCause().toString(), e.getCause());
    }
  }
}
