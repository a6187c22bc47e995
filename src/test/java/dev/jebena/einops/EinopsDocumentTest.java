package dev.jebena.einops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.Fixtures;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the examples of {@code docs/einops.md} one after the other: a shape behind a line is that of
 * its tensor, a text block is what the code block before it prints.
 */
public class EinopsDocumentTest {
  private static final Pattern BLOCK = Pattern.compile("```(java|text)\n(.*?)```", Pattern.DOTALL);

  private static final Pattern SHAPE =
      Pattern.compile("(?:var (\\w+) = )?(.*?); +// (\\[[0-9, ]*])");

  private static final Pattern REFUSED = Pattern.compile("(.*); +// refused");

  @TempDir Path folder;

  /** Fails unless a tensor has the shape that the page says. */
  public static void check(String line, Tensor x, String shape) {
    assertThat(x.shape()).as(line).hasToString(shape);
  }

  private static String statement(String line) {
    var refused = REFUSED.matcher(line);
    if (refused.matches()) {
      return "try { "
          + refused.group(1)
          + "; throw new AssertionError(); } catch (EinopsException e) {"
          + " System.out.println(e.getMessage()); }";
    }
    var shape = SHAPE.matcher(line);
    if (!shape.matches()) {
      return line;
    }
    var quoted = '"' + line.replace("\"", "\\\"") + '"';
    var check = "EinopsDocumentTest.check(" + quoted + ", %s, \"" + shape.group(3) + "\");";
    return shape.group(1) == null
        ? check.formatted(shape.group(2))
        : line + "\n" + check.formatted(shape.group(1));
  }

  @Test
  void everyLineOfThePageIsTrue() throws Exception {
    var page = Files.readString(Fixtures.basedir().resolve("docs/einops.md"));
    var imports =
        new StringBuilder(
            """
            import dev.jebena.einops.*;
            import dev.jebena.memory.*;
            import dev.jebena.tensor.*;
            import java.util.List;
            """);
    var body = new StringBuilder();
    var expected = new ArrayList<String>();
    boolean afterCode = false;
    int shapes = 0;
    var block = BLOCK.matcher(page);
    while (block.find()) {
      if (block.group(1).equals("text")) {
        assertThat(afterCode).as("a text block follows a code block").isTrue();
        expected.set(expected.size() - 1, block.group(2));
        afterCode = false;
        continue;
      }
      for (var line : block.group(2).lines().toList()) {
        boolean imported = line.startsWith("import");
        (imported ? imports : body).append(statement(line)).append('\n');
        shapes += SHAPE.matcher(line).matches() ? 1 : 0;
      }
      body.append("System.out.cut();\n");
      expected.add("");
      afterCode = true;
    }
    assertThat(shapes).isGreaterThan(20);
    assertThat(expected).hasSizeGreaterThan(6);
    assertThat(run(imports.toString(), body.toString())).isEqualTo(expected);
  }

  /** What code prints, in pieces. Public, because compiled code uses it. */
  public static final class Printed {
    private final StringWriter text = new StringWriter();
    private final PrintWriter writer = new PrintWriter(text);
    private final List<String> pieces = new ArrayList<>();

    /** A line. */
    public void println(Object line) {
      line.toString().lines().forEach(l -> writer.print(l.stripTrailing() + "\n"));
    }

    /** Ends a piece. */
    public void cut() {
      writer.flush();
      pieces.add(text.toString());
      text.getBuffer().setLength(0);
    }
  }

  private List<String> run(String imports, String body) throws Exception {
    var source = folder.resolve("Page.java");
    var printed = EinopsDocumentTest.class.getName() + ".Printed";
    Files.writeString(
        source,
        imports
            + "import dev.jebena.einops.EinopsDocumentTest;\n"
            + "public class Page { static class System { static "
            + printed
            + " out; }\n"
            + "public static void run("
            + printed
            + " printed) {\nSystem.out = printed;\n"
            + body
            + "}}\n");
    var errors = new java.io.ByteArrayOutputStream();
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                errors,
                errors,
                "-cp",
                java.lang.System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                source.toString());
    assertThat(compiled).as(errors.toString()).isZero();
    try (var loader =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, EinopsDocumentTest.class.getClassLoader())) {
      var out = new Printed();
      loader.loadClass("Page").getMethod("run", Printed.class).invoke(null, out);
      return out.pieces;
    } catch (InvocationTargetException e) {
      throw new AssertionError(e.getCause());
    }
  }

  @Test
  void aWrongShapeIsSeen() {
    var x = Tensor.zeros(2, 3);
    assertThat(x.shape()).isEqualTo(Shape.of(2, 3));
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> check("x; // [3]", x, "[3]"))
        .isInstanceOf(AssertionError.class);
    assertThat(statement("f(x);   // [2, 3]"))
        .isEqualTo("EinopsDocumentTest.check(\"f(x);   // [2, 3]\", f(x), \"[2, 3]\");");
  }
}
