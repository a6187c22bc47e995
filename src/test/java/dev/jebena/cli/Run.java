package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One call of the command line and what came of it. */
record Run(int code, String out, String err) {
  static Run of(Object... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    var words = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      words[i] = args[i].toString();
    }
    int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    return new Run(code, out.toString(), err.toString());
  }

  /** With a text on stdin. */
  static Run withInput(String input, Object... args) {
    var before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      return of(args);
    } finally {
      System.setIn(before);
    }
  }

  Run succeeds() {
    assertThat(err + out).doesNotStartWith("jebena: ");
    assertThat(code).as(err).isZero();
    return this;
  }

  /** Code 2 and one line that contains all of {@code parts}. */
  void isWrongUsage(String... parts) {
    assertThat(code).as(err).isEqualTo(2);
    isOneLine(parts);
  }

  /** Code 1 and one line that contains all of {@code parts}. */
  void isFailure(String... parts) {
    assertThat(code).as(err).isEqualTo(1);
    isOneLine(parts);
  }

  private void isOneLine(String... parts) {
    assertThat(out).isEmpty();
    assertThat(err).startsWith("jebena: ").contains(parts).hasLineCount(1);
  }

  /** What was printed: one JSON object on one line. */
  JsonNode json() {
    succeeds();
    assertThat(out).hasLineCount(1);
    return JsonMapper.builder().build().readTree(out);
  }
}
