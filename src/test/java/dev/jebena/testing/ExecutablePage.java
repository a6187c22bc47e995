package dev.jebena.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.tensor.Tensor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;

/**
 * A page of documentation whose Java can be run. Sections of second order stand alone; within one
 * the code blocks are one program, in which {@code folder} is an empty folder. Behind a statement
 *
 * <ul>
 *   <li>{@code // [2, 3]} says the shape of a tensor, or a shape or an array itself,
 *   <li>{@code // bf16 [2, 3]} its type too,
 *   <li>{@code // true}, {@code // 6.0} a value,
 *   <li>{@code // refused} that it throws, and then its message is printed.
 * </ul>
 *
 * <p>A text block is what the code block before it prints, where {@code …} stands for anything and
 * marks such as {@code @7a3f} only have to be the same or different in the same places.
 */
public final class ExecutablePage {
  private static final Pattern BLOCK =
      Pattern.compile("(?m)^(## )|^```(java|text)\n(.*?)^```", Pattern.DOTALL);

  private static final Pattern SAID =
      Pattern.compile(
          "(?:( *)var (\\w+) = )?(.*?); +// ((?:\\w+ )?\\[[0-9, -]*]|true|false|-?[0-9.E-]+)");

  private static final Pattern REFUSED = Pattern.compile("(.*); +// refused");

  private static final Pattern MARK = Pattern.compile("@[0-9a-f]+");

  private static final String IMPORTS =
      """
      import dev.jebena.autograd.*;
      import dev.jebena.einops.*;
      import dev.jebena.memory.*;
      import dev.jebena.tensor.*;
      import java.nio.file.Path;
      import java.util.List;
      import java.util.Map;
      """;

  private final StringBuilder imports = new StringBuilder(IMPORTS);
  private final StringBuilder body = new StringBuilder("{\n");
  private final List<String> expected = new ArrayList<>();
  private int checks;

  /** A page from its Markdown. */
  public ExecutablePage(String markdown) {
    boolean afterCode = false;
    var block = BLOCK.matcher(markdown);
    while (block.find()) {
      if (block.group(1) != null) {
        body.append("}\n{\n");
      } else if (block.group(2).equals("text")) {
        assertThat(afterCode).as("a text block follows a code block").isTrue();
        expected.set(expected.size() - 1, block.group(3));
      } else {
        block.group(3).lines().forEach(this::add);
        body.append("System.out.cut();\n");
        expected.add("");
      }
      afterCode = block.group(1) == null && block.group(2).equals("java");
    }
    body.append("}\n");
  }

  private void add(String line) {
    (line.startsWith("import") ? imports : body).append(statement(line)).append('\n');
  }

  private String statement(String line) {
    var refused = REFUSED.matcher(line);
    if (refused.matches()) {
      checks++;
      return "try { "
          + refused.group(1)
          + "; throw new AssertionError("
          + quoted(line)
          + "); } catch (RuntimeException e) { System.out.println(e.getMessage()); }";
    }
    var said = SAID.matcher(line);
    if (!said.matches()) {
      return line;
    }
    checks++;
    boolean named = said.group(2) != null;
    var check =
        "dev.jebena.testing.ExecutablePage.check(%s, %s, \"%s\");"
            .formatted(quoted(line), named ? said.group(2) : said.group(3), said.group(4));
    return named ? line + "\n" + check : check;
  }

  private static String quoted(String line) {
    return '"' + line.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** How many lines say something about a value. */
  public int checks() {
    return checks;
  }

  /** How many blocks say what is printed. */
  public long texts() {
    return expected.stream().filter(text -> !text.isEmpty()).count();
  }

  /** Fails unless a value is what the page says. For compiled pages. */
  public static void check(String line, Object value, String said) {
    var text =
        switch (value) {
          case Tensor x when said.startsWith("[") -> x.shape().toString();
          case Tensor x -> x.dtype() + " " + x.shape();
          case long[] numbers -> Arrays.toString(numbers);
          case float[] numbers -> Arrays.toString(numbers);
          case double[] numbers -> Arrays.toString(numbers);
          default -> value.toString();
        };
    assertThat(text).as(line).isEqualTo(said);
  }

  /** Runs the page in an empty folder and fails unless all of it is true. */
  public void run(Path folder) throws Exception {
    var printed = new Printed();
    CompiledCode.run(folder, imports.toString(), body.toString(), Printed.class, printed);
    assertThat(printed.pieces).hasSameSizeAs(expected);
    var softly = new SoftAssertions();
    for (int i = 0; i < expected.size(); i++) {
      var wanted = marked(expected.get(i));
      var actual = marked(printed.pieces.get(i));
      var anything =
          Arrays.stream(wanted.split("…", -1))
              .map(Pattern::quote)
              .collect(Collectors.joining(".*"));
      if (!actual.matches(anything)) {
        softly.assertThat(actual).isEqualTo(wanted);
      }
    }
    softly.assertAll();
  }

  /** Numbers the marks in the order in which they first stand there. */
  private static String marked(String text) {
    var numbers = new HashMap<String, Integer>();
    return MARK.matcher(text)
        .replaceAll(mark -> {
          numbers.putIfAbsent(mark.group(), numbers.size());
          return "@" + numbers.get(mark.group());
        });
  }

  /** What code prints, in pieces. Public, because compiled pages use it. */
  public static final class Printed {
    private final StringWriter text = new StringWriter();
    private final PrintWriter writer = new PrintWriter(text);
    private final List<String> pieces = new ArrayList<>();

    /** A line, or several. */
    public void println(Object line) {
      String.valueOf(line).lines().forEach(l -> writer.print(l.stripTrailing() + "\n"));
    }

    /** Ends a piece. */
    public void cut() {
      writer.flush();
      pieces.add(text.toString());
      text.getBuffer().setLength(0);
    }
  }
}
