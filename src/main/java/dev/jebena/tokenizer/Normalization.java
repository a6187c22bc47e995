package dev.jebena.tokenizer;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What is done to a text before it is cut: some tokenizers mark spaces with a letter of their own,
 * put one before the text, or compose accents.
 *
 * @param steps done one after the other
 * @param before how many of them are the normaliser's, which added tokens may be sought behind; the
 *     others are done to what lies between such tokens
 */
record Normalization(List<Step> steps, int before) {
  static final Normalization NONE = new Normalization(List.of(), 0);

  Normalization {
    steps = List.copyOf(steps);
  }

  /** The normaliser's steps alone. */
  Normalization first() {
    return new Normalization(steps.subList(0, before), before);
  }

  /** The steps behind the normaliser. */
  Normalization rest() {
    return new Normalization(steps.subList(before, steps.size()), 0);
  }

  /** Which of them are the normaliser's shows in ids only where added tokens are normalised. */
  @Override
  public String toString() {
    return "Normalization[steps=" + steps + "]";
  }

  /** One step. */
  sealed interface Step {
    /**
     * The text after the step; bytes that are no UTF-8 stay as they are.
     *
     * @param first whether the text is the beginning of what is encoded, with no token before it
     */
    Tracked apply(Tracked text, boolean first);
  }

  /** Hugging Face's Prepend: before every text that is not empty. */
  record Prepend(String prefix) implements Step {
    @Override
    public Tracked apply(Tracked text, boolean first) {
      return text.size() == 0 ? text : text.prepended(Utf8.encode(prefix));
    }
  }

  /** Hugging Face's Replace of one string by another. */
  record Replace(String from, String to) implements Step {
    Replace {
      if (from.isEmpty()) {
        throw new TokenizerException("Replace needs a string to replace");
      }
    }

    @Override
    public Tracked apply(Tracked text, boolean first) {
      return text.replaced(Utf8.encode(from), Utf8.encode(to));
    }
  }

  /** Hugging Face's Replace of what an expression finds, which is never empty. */
  record ReplaceMatches(Delimiter.Expression expression, String to) implements Step {
    @Override
    public Tracked apply(Tracked text, boolean first) {
      return text.replaced(expression.pattern(), Utf8.encode(to));
    }
  }

  /** Hugging Face's Lowercase: each character by itself, so that no sigma is final. */
  record Lowercase() implements Step {
    @Override
    public Tracked apply(Tracked text, boolean first) {
      return text.lowered();
    }
  }

  /** Hugging Face's Strip of white space. */
  record Strip(boolean left, boolean right) implements Step {
    @Override
    public Tracked apply(Tracked text, boolean first) {
      return text.stripped(left, right);
    }
  }

  /** Where {@link Mark} puts its mark. */
  enum Scheme {
    ALWAYS,
    FIRST,
    NEVER
  }

  /** Hugging Face's Metaspace, without its split: the prefix is put only where there is none. */
  record Mark(String mark, Scheme scheme) implements Step {
    @Override
    public Tracked apply(Tracked text, boolean first) {
      var utf8 = Utf8.encode(mark);
      var marked = text.replaced(new byte[] {' '}, utf8);
      boolean wanted = scheme == Scheme.ALWAYS || scheme == Scheme.FIRST && first;
      return wanted && marked.size() > 0 && !marked.startsWith(utf8)
          ? marked.prepended(utf8)
          : marked;
    }
  }

  /** ByteLevel's {@code add_prefix_space}. */
  record LeadingSpace() implements Step {
    private static final byte[] SPACE = {' '};

    @Override
    public Tracked apply(Tracked text, boolean first) {
      return text.size() == 0 || text.startsWith(SPACE) ? text : text.prepended(SPACE);
    }
  }

  /** One of Unicode's normalisation forms. */
  record Unicode(Normalizer.Form form) implements Step {
    @Override
    public Tracked apply(Tracked text, boolean first) {
      return text.composed(form);
    }
  }

  boolean isNone() {
    return steps.isEmpty();
  }

  /** The normalised text alone. */
  byte[] apply(byte[] text, int from, int to, boolean first) {
    return apply(new Tracked(Arrays.copyOfRange(text, from, to), null, null), first).bytes();
  }

  /** The normalised text, and for each of its bytes which bytes of {@code text} it came from. */
  Tracked track(byte[] text, int from, int to, boolean first) {
    int length = to - from;
    var starts = new int[length];
    var ends = new int[length];
    for (int i = 0; i < length; i++) {
      starts[i] = from + i;
      ends[i] = from + i + 1;
    }
    return apply(new Tracked(Arrays.copyOfRange(text, from, to), starts, ends), first);
  }

  /** The text after all steps. */
  Tracked apply(Tracked text, boolean first) {
    var result = text;
    for (var step : steps) {
      result = step.apply(result, first);
    }
    return result;
  }

  /**
   * A text on its way through the steps.
   *
   * @param starts first byte of the original that each byte came from; null where nobody asks
   * @param ends one past the last
   */
  record Tracked(byte[] bytes, int[] starts, int[] ends) {
    int size() {
      return bytes.length;
    }

    /** A part of it. */
    Tracked slice(int from, int to) {
      return new Tracked(
          Arrays.copyOfRange(bytes, from, to),
          starts == null ? null : Arrays.copyOfRange(starts, from, to),
          ends == null ? null : Arrays.copyOfRange(ends, from, to));
    }

    boolean startsWith(byte[] prefix) {
      return bytes.length >= prefix.length
          && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** What is put before belongs to the first character. */
    Tracked prepended(byte[] prefix) {
      var builder = new Builder(this, bytes.length + prefix.length);
      builder.add(prefix, 0, Utf8.length(Utf8.decode(bytes, 0, bytes.length)));
      builder.copy(0, bytes.length);
      return builder.build();
    }

    Tracked replaced(byte[] from, byte[] to) {
      var builder = new Builder(this, bytes.length + (bytes.length >> 1));
      int copied = 0;
      for (int at = 0; at + from.length <= bytes.length; ) {
        if (Arrays.equals(bytes, at, at + from.length, from, 0, from.length)) {
          builder.copy(copied, at);
          builder.add(to, at, at + from.length);
          at += from.length;
          copied = at;
        } else {
          at++;
        }
      }
      builder.copy(copied, bytes.length);
      return builder.build();
    }

    Tracked replaced(Pattern pattern, byte[] to) {
      var units = TextUnits.of(bytes, 0, bytes.length);
      var matcher = pattern.matcher(units.chars());
      var builder = new Builder(this, bytes.length);
      int copied = 0;
      while (matcher.find()) {
        int start = units.offsets()[matcher.start()];
        int end = units.offsets()[matcher.end()];
        builder.copy(copied, start);
        builder.add(to, start, end);
        copied = end;
      }
      builder.copy(copied, bytes.length);
      return builder.build();
    }

    Tracked lowered() {
      var builder = new Builder(this, bytes.length);
      int copied = 0;
      for (int at = 0, end; at < bytes.length; at = end) {
        int decoded = Utf8.decode(bytes, at, bytes.length);
        int codePoint = Utf8.codePoint(decoded);
        end = at + Utf8.length(decoded);
        if (codePoint != Utf8.MALFORMED && Character.toLowerCase(codePoint) != codePoint) {
          builder.copy(copied, at);
          // one by one: only İ has more than one small letter, an i and a dot
          builder.add(Utf8.encode(Character.toString(codePoint).toLowerCase(Locale.ROOT)), at, end);
          copied = end;
        }
      }
      builder.copy(copied, bytes.length);
      return builder.build();
    }

    Tracked stripped(boolean left, boolean right) {
      int from = left ? CharacterClass.runEnd(bytes, 0, bytes.length, CharacterClass.SPACE) : 0;
      int to = bytes.length;
      if (right) {
        to = from;
        for (int at = from;
            at < bytes.length;
            at += CharacterClass.length(bytes, at, bytes.length)) {
          if ((CharacterClass.at(bytes, at, bytes.length) & CharacterClass.SPACE) == 0) {
            to = at + CharacterClass.length(bytes, at, bytes.length);
          }
        }
      }
      return slice(from, to);
    }

    /**
     * Stretches between characters that interact with nothing are normalised one by one; a stretch
     * that changes came from all of its old self.
     */
    Tracked composed(Normalizer.Form form) {
      var builder = new Builder(this, bytes.length);
      int at = 0;
      while (at < bytes.length) {
        int end = at;
        // ASCII is left alone by every form, unless a mark follows
        while (end < bytes.length
            && bytes[end] >= 0
            && (end + 1 == bytes.length || bytes[end + 1] >= 0)) {
          end++;
        }
        if (end > at) {
          builder.copy(at, end);
          at = end;
          continue;
        }
        while (end < bytes.length) {
          int decoded = Utf8.decode(bytes, end, bytes.length);
          boolean ascii = bytes[end] >= 0 && end > at;
          if (ascii || Utf8.codePoint(decoded) == Utf8.MALFORMED) {
            break;
          }
          end += Utf8.length(decoded);
        }
        if (end == at) { // a byte that is no UTF-8
          builder.copy(at, at + 1);
          at++;
          continue;
        }
        var before = new String(bytes, at, end - at, StandardCharsets.UTF_8);
        if (Normalizer.isNormalized(before, form)) {
          builder.copy(at, end);
        } else {
          composeParts(builder, before, at, form);
        }
        at = end;
      }
      return builder.build();
    }

    /** Parts begin at characters before which normalising may stop, as far as can be seen. */
    private void composeParts(Builder builder, String text, int start, Normalizer.Form form) {
      int at = start;
      int from = 0;
      while (from < text.length()) {
        int to = from + Character.charCount(text.codePointAt(from));
        while (to < text.length() && !standsAlone(text, from, to, form)) {
          to += Character.charCount(text.codePointAt(to));
        }
        var part = text.substring(from, to);
        int length = Utf8.encode(part).length;
        var normalized = Normalizer.normalize(part, form);
        if (normalized.equals(part)) {
          builder.copy(at, at + length);
        } else {
          builder.add(Utf8.encode(normalized), at, at + length);
        }
        at += length;
        from = to;
      }
    }

    /** Whether {@code text[from, to)} and the character at {@code to} do not change each other. */
    private static boolean standsAlone(String text, int from, int to, Normalizer.Form form) {
      int next = text.codePointAt(to);
      int type = Character.getType(next);
      if (type == Character.NON_SPACING_MARK
          || type == Character.COMBINING_SPACING_MARK
          || type == Character.ENCLOSING_MARK) {
        return false;
      }
      var left = text.substring(from, to);
      var right = Character.toString(next);
      return Normalizer.normalize(left + right, form)
          .equals(Normalizer.normalize(left, form) + Normalizer.normalize(right, form));
    }
  }

  /** Puts a text together from parts of another. */
  private static final class Builder {
    private final Tracked source;
    private byte[] bytes;
    private int[] starts;
    private int[] ends;
    private int size;

    Builder(Tracked source, int expected) {
      this.source = source;
      bytes = new byte[Math.max(16, expected)];
      if (source.starts != null) {
        starts = new int[bytes.length];
        ends = new int[bytes.length];
      }
    }

    private void reserve(int more) {
      if (size + more > bytes.length) {
        int capacity = Math.max(size + more, Math.addExact(bytes.length, bytes.length >> 1));
        bytes = Arrays.copyOf(bytes, capacity);
        if (starts != null) {
          starts = Arrays.copyOf(starts, capacity);
          ends = Arrays.copyOf(ends, capacity);
        }
      }
    }

    void copy(int from, int to) {
      reserve(to - from);
      System.arraycopy(source.bytes, from, bytes, size, to - from);
      if (starts != null) {
        System.arraycopy(source.starts, from, starts, size, to - from);
        System.arraycopy(source.ends, from, ends, size, to - from);
      }
      size += to - from;
    }

    /** New bytes in place of {@code source[from, to)}. */
    void add(byte[] text, int from, int to) {
      reserve(text.length);
      System.arraycopy(text, 0, bytes, size, text.length);
      if (starts != null) {
        Arrays.fill(starts, size, size + text.length, source.starts[from]);
        Arrays.fill(ends, size, size + text.length, source.ends[to - 1]);
      }
      size += text.length;
    }

    Tracked build() {
      return new Tracked(
          Arrays.copyOf(bytes, size),
          starts == null ? null : Arrays.copyOf(starts, size),
          ends == null ? null : Arrays.copyOf(ends, size));
    }
  }
}
