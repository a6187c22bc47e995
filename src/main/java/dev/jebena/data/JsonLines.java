package dev.jebena.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The documents of JSON lines: one object a line, whose string {@code text} is a document. */
final class JsonLines extends Documents {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final InputStream in;
  private final String where;
  private final String name;
  private final Predicate<String> wanted;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long number;
  private boolean any;

  /**
   * @param where names the file in errors
   * @param name of the file; that of a document is it, a colon and the number of the line
   * @param wanted whether to read the document of this name
   */
  JsonLines(InputStream in, String where, String name, Predicate<String> wanted) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.where = where;
    this.name = name;
    this.wanted = wanted;
  }

  /** Whether a file holds JSON lines, by its name. */
  static boolean isNamedSo(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(".jsonl");
  }

  /** Whether a line was found that is not blank. */
  boolean any() {
    return any;
  }

  @Override
  protected Document advance() {
    while (nextLine()) {
      var bytes = line.toByteArray();
      if (new String(bytes, StandardCharsets.ISO_8859_1).isBlank()) {
        continue;
      }
      any = true;
      var document = name + ":" + number;
      if (!wanted.test(document)) {
        continue;
      }
      var text = utf8(text(bytes));
      if (text.length > 0) {
        return new Document(document, text);
      }
    }
    return null;
  }

  private boolean nextLine() {
    line.reset();
    try {
      int b = in.read();
      if (b < 0) {
        return false;
      }
      number++;
      for (; b >= 0 && b != '\n'; b = in.read()) {
        line.write(b);
      }
      return true;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private String text(byte[] bytes) {
    int bad = TextCheck.firstBad(bytes);
    if (bad >= 0) {
      throw wrong(TextCheck.describe(bytes, bad, 0));
    }
    JsonNode json;
    try {
      json = JSON.readTree(bytes);
    } catch (JacksonException e) {
      throw wrong("not a JSON object: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
    if (!json.isObject()) {
      throw wrong("not a JSON object");
    }
    var text = json.get("text");
    if (text == null) {
      throw wrong("the object has no field \"text\"");
    }
    if (!text.isString()) {
      throw wrong("the field \"text\" is not a string");
    }
    return text.stringValue();
  }

  private DataException wrong(String what) {
    return new DataException(where + ", line " + number + ": " + what);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** UTF-8 of {@code text}; JSON can spell half a surrogate pair, which becomes U+FFFD. */
  private static byte[] utf8(String text) {
    var repaired = new StringBuilder(text);
    for (int i = 0; i < repaired.length(); i++) {
      char c = repaired.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < repaired.length()
          && Character.isLowSurrogate(repaired.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        repaired.setCharAt(i, '\uFFFD');
      }
    }
    return repaired.toString().getBytes(StandardCharsets.UTF_8);
  }

  private DataException unreadable(IOException e) {
    return new DataException(where + ": cannot be read: " + IoReason.of(e), e);
  }
}
