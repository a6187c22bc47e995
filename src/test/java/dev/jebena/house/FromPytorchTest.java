package dev.jebena.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.CompiledCode;
import dev.jebena.testing.Fixtures;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both columns of {@code docs/from-pytorch.md} give the same: the right one is compiled and run
 * here, what the left one gave in PyTorch was written down by {@code from_pytorch.py}.
 */
public class FromPytorchTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]*)` \\| `([^`]*)` \\|$");
  private static final Pattern TABLE_LINE = Pattern.compile("(?m)^\\|.*");
  private static final Pattern NAMES = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private static final String IMPORTS =
      """
      import dev.jebena.autograd.*;
      import dev.jebena.einops.Einops;
      import dev.jebena.memory.*;
      import dev.jebena.nn.*;
      import dev.jebena.optim.*;
      import dev.jebena.tensor.*;
      import java.util.List;
      import java.util.Map;
      """;

  @TempDir Path folder;

  private static String page() throws Exception {
    return Files.readString(Fixtures.basedir().resolve("docs/from-pytorch.md"));
  }

  /** A tensor or numbers; the type is {@code -} for what is no tensor, values null for random. */
  private record Result(String type, String shape, double... values) {
    static Result read(String line) {
      int end = line.indexOf(']') + 1;
      var words = line.substring(end).strip();
      var values =
          words.equals("?")
              ? null
              : Arrays.stream(words.split(" "))
                  .filter(word -> !word.isEmpty())
                  .mapToDouble(Double::parseDouble)
                  .toArray();
      int space = line.indexOf(' ');
      return new Result(line.substring(0, space), line.substring(space + 1, end), values);
    }

    static Result numbers(double... values) {
      return new Result("-", "[" + values.length + "]", values);
    }

    @Override
    public String toString() {
      return type + " " + shape;
    }
  }

  /** What one row gave. */
  private record Row(String code, List<Result> results) {}

  /** Rows as PyTorch gave them. */
  private static List<Row> expected() throws Exception {
    var rows = new ArrayList<Row>();
    var file = "src/test/resources/dev/jebena/house/from-pytorch.txt";
    for (var line : Files.readAllLines(Fixtures.basedir().resolve(file))) {
      if (line.startsWith("= ")) {
        rows.add(new Row(line.substring(2), new ArrayList<>()));
      } else {
        rows.getLast().results().add(Result.read(line));
      }
    }
    return rows;
  }

  /** Runs the rows one after the other. Public, because the compiled page uses it. */
  public static final class Rows {
    private final List<Row> rows = new ArrayList<>();

    /** Something that gives nothing. */
    @FunctionalInterface
    public interface Action {
      void run() throws Exception;
    }

    /** A row that gives a value. */
    public void row(String code, Callable<?> action) {
      try {
        rows.add(new Row(code, results(action.call())));
      } catch (Exception e) {
        throw new AssertionError(code + ": " + e, e);
      }
    }

    /** A row that gives none. */
    public void row(String code, Action action) {
      row(
          code,
          () -> {
            action.run();
            return null;
          });
    }

    /** Prints nothing. */
    public void println(Object line) {
      assertThat(line).isNotNull();
    }

    private static List<Result> results(Object value) throws Exception {
      return switch (value) {
        case null -> List.of();
        case Tensor x ->
            List.of(new Result(x.dtype().toString(), x.shape().toString(), x.toDoubles()));
        case Shape shape ->
            List.of(Result.numbers(Arrays.stream(shape.toArray()).asDoubleStream().toArray()));
        case Number n -> List.of(Result.numbers(n.doubleValue()));
        case Boolean b -> List.of(Result.numbers(b ? 1 : 0));
        case List<?> list -> all(list);
        case Object[] several -> all(List.of(several));
        case Record several -> {
          var parts = new ArrayList<Object>();
          for (var part : several.getClass().getRecordComponents()) {
            parts.add(part.getAccessor().invoke(several));
          }
          yield all(parts);
        }
        case Object array when array.getClass().isArray() ->
            List.of(
                Result.numbers(
                    IntStream.range(0, Array.getLength(array))
                        .mapToDouble(at -> Array.getDouble(array, at))
                        .toArray()));
        default -> List.of();
      };
    }

    private static List<Result> all(List<?> parts) throws Exception {
      var results = new ArrayList<Result>();
      for (var part : parts) {
        results.addAll(results(part));
      }
      return results;
    }
  }

  @Test
  void everyLineOfATableIsARow() throws Exception {
    var page = page();
    var others =
        TABLE_LINE
            .matcher(page)
            .results()
            .map(line -> line.group())
            .filter(line -> !ROW.matcher(line).matches())
            .distinct();
    assertThat(others).containsExactly("| PyTorch | Jebena |", "|---|---|");
    assertThat(ROW.matcher(page).results().count()).isGreaterThanOrEqualTo(100);
  }

  @Test
  void bothColumnsGiveTheSame() throws Exception {
    var page = page();
    var names = NAMES.matcher(page);
    assertThat(names.find()).isTrue();
    var body = new StringBuilder(names.group(1));
    ROW.matcher(page)
        .results()
        .forEach(row ->
            body.append("System.out.row(\"")
                .append(row.group(1).replace("\\", "\\\\").replace("\"", "\\\""))
                .append("\", () -> ")
                .append(row.group(2))
                .append(");\n"));
    var rows = new Rows();
    CompiledCode.run(folder, IMPORTS, body.toString(), Rows.class, rows);
    var expected = expected();
    assertThat(rows.rows.stream().map(Row::code))
        .as("the rows of the page; run from_pytorch.py after changing them")
        .containsExactlyElementsOf(expected.stream().map(Row::code).toList());
    var softly = new SoftAssertions();
    int compared = 0;
    for (int i = 0; i < expected.size(); i++) {
      if (!expected.get(i).results().isEmpty()) {
        compared++;
        compare(softly, expected.get(i), rows.rows.get(i).results());
      }
    }
    softly.assertAll();
    assertThat(compared).isGreaterThanOrEqualTo(100);
  }

  private static void compare(SoftAssertions softly, Row row, List<Result> actual) {
    softly.assertThat(actual).as(row.code()).hasSameSizeAs(row.results());
    for (int i = 0; i < Math.min(actual.size(), row.results().size()); i++) {
      var result = actual.get(i);
      var wanted = row.results().get(i);
      // where PyTorch gives a tensor of one number, a Java number will do
      boolean number = result.type().equals("-") && wanted.shape().equals("[]");
      if (!number) {
        softly.assertThat(result).as(row.code()).hasToString(wanted.toString());
      }
      if (wanted.values() != null && (number || result.toString().equals(wanted.toString()))) {
        softly
            .assertThat(furthest(result.values(), wanted.values()))
            .as(row.code())
            .isCloseTo(0, within(2e-6));
      }
    }
  }

  /** The largest difference, in units of the larger of 1 and the number. */
  private static double furthest(double[] actual, double... wanted) {
    return IntStream.range(0, wanted.length)
        .mapToDouble(i -> Math.abs(actual[i] - wanted[i]) / Math.max(1, Math.abs(wanted[i])))
        .max()
        .orElse(0);
  }
}
