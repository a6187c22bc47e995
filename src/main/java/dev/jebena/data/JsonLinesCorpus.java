package dev.jebena.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON-lines file: one object a line, whose string {@code text} is a document. */
record JsonLinesCorpus(Path file) implements Corpus {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Override
  public String description() {
    return file.toString();
  }

  @Override
  public long expectedBytes() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + IoReason.of(e), e);
    }
  }

  @Override
  public Documents open(Predicate<String> wanted) {
    return new Lines(wanted);
  }

  private final class Lines extends Documents {
    private final Predicate<String> wanted;
    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long number;
    private long found;

    Lines(Predicate<String> wanted) {
      this.wanted = wanted;
      try {
        in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
      } catch (IOException e) {
        throw unreadable(e);
      }
    }

    @Override
    protected Document advance() {
      while (nextLine()) {
        var bytes = line.toByteArray();
        if (new String(bytes, StandardCharsets.ISO_8859_1).isBlank()) {
          continue;
        }
        found++;
        var name = file.getFileName() + ":" + number;
        if (!wanted.test(name)) {
          continue;
        }
        var text = utf8(text(bytes));
        if (text.length > 0) {
          return new Document(name, text);
        }
      }
      if (found == 0) {
        throw new DataException(file + ": the file is empty");
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
      return new DataException(file + ", line " + number + ": " + what);
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw unreadable(e);
      }
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
    return new DataException(file + ": cannot be read: " + IoReason.of(e), e);
  }
}
