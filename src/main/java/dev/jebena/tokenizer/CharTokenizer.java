package dev.jebena.tokenizer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * One token per character (Unicode code point): the tokenizer to begin with. The vocabulary is
 * {@link Tokenizer#END_OF_TEXT}, then {@link #UNKNOWN} if unknown characters are to be replaced,
 * then the characters of the training text in the order of Unicode. Immutable.
 */
public final class CharTokenizer implements Tokenizer {
  /** The special token that stands for every character outside the vocabulary. */
  public static final String UNKNOWN = "<|unk|>";

  /** What happens to a character that is not in the vocabulary. */
  public enum UnknownCharacters {
    /** Encoding fails with an error that names the character. */
    REJECT,
    /** It becomes {@link CharTokenizer#UNKNOWN}, and is lost. */
    REPLACE
  }

  private final Map<String, Integer> specialTokens;
  private final SpecialTokenMatcher matcher;
  private final int[] characters;
  private final int[] idOf;
  private final byte[][] tokens;
  private final int unknownId;

  private CharTokenizer(int[] characters, UnknownCharacters unknown) {
    var specials = new LinkedHashMap<String, Integer>();
    specials.put(END_OF_TEXT, 0);
    if (unknown == UnknownCharacters.REPLACE) {
      specials.put(UNKNOWN, 1);
    }
    specialTokens = Collections.unmodifiableMap(specials);
    matcher = new SpecialTokenMatcher(specialTokens);
    this.characters = characters;
    int first = specials.size();
    tokens = new byte[first + characters.length][];
    specials.forEach((text, id) -> tokens[id] = Utf8.encode(text));
    idOf = new int[characters.length == 0 ? 0 : characters[characters.length - 1] + 1];
    Arrays.fill(idOf, -1);
    for (int i = 0; i < characters.length; i++) {
      idOf[characters[i]] = first + i;
      tokens[first + i] = Utf8.encode(Character.toString(characters[i]));
    }
    unknownId = specials.getOrDefault(UNKNOWN, -1);
  }

  /** A tokenizer of exactly these characters. */
  public static CharTokenizer of(CharSequence alphabet, UnknownCharacters unknown) {
    return train(Collections.singleton(alphabet).iterator(), unknown);
  }

  /** A tokenizer of all the characters of {@code documents}, read one by one. */
  public static CharTokenizer train(
      Iterator<? extends CharSequence> documents, UnknownCharacters unknown) {
    Objects.requireNonNull(unknown);
    var seen = new TreeSet<Integer>();
    var last = new int[] {-1};
    while (documents.hasNext()) {
      documents
          .next()
          .codePoints()
          .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
          .filter(c -> c != last[0])
          .forEach(c -> {
            last[0] = c;
            seen.add(c);
          });
    }
    return new CharTokenizer(seen.stream().mapToInt(Integer::intValue).toArray(), unknown);
  }

  /** Whether unknown characters become {@link #UNKNOWN} instead of an error. */
  public boolean replacesUnknown() {
    return unknownId >= 0;
  }

  /** The characters of the vocabulary, in the order of their ids. */
  public String alphabet() {
    return new String(characters, 0, characters.length);
  }

  @Override
  public int vocabularySize() {
    return tokens.length;
  }

  @Override
  public int[] encode(byte[] utf8, int from, int to, SpecialTokenPolicy policy) {
    Objects.checkFromToIndex(from, to, utf8.length);
    var specials = matcher.under(policy, utf8, from, to, 0);
    var ids = new IntList(to - from);
    int at = from;
    while (at < to) {
      long special = specials.next(utf8, at, to);
      int end = special < 0 ? to : SpecialTokenMatcher.position(special);
      // the JDK's decoder settles how many U+FFFD a malformed sequence is worth
      new String(utf8, at, end - at, StandardCharsets.UTF_8)
          .codePoints()
          .forEach(c -> ids.add(id(c)));
      at = end;
      if (special >= 0) {
        ids.add(specials.id(special));
        at += specials.length(special);
      }
    }
    return ids.takeArray();
  }

  /** An unknown character is as long as it is in the text, not as long as its token. */
  @Override
  public TokenSpans encodeWithOffsets(CharSequence text, SpecialTokenPolicy policy) {
    var utf8 = Utf8.encode(text);
    var ids = encode(utf8, 0, utf8.length, policy);
    var specials = matcher.under(policy, utf8, 0, utf8.length, 0);
    var starts = new int[ids.length];
    var ends = new int[ids.length];
    int at = 0;
    long special = specials.next(utf8, 0, utf8.length);
    for (int i = 0; i < ids.length; i++) {
      starts[i] = at;
      if (special >= 0 && SpecialTokenMatcher.position(special) == at) {
        at += specials.length(special);
        special = specials.next(utf8, at, utf8.length);
      } else {
        at += Utf8.length(Utf8.decode(utf8, at, utf8.length));
      }
      ends[i] = at;
    }
    return new TokenSpans(ids, starts, ends, utf8);
  }

  private int id(int character) {
    int id = character < idOf.length ? idOf[character] : -1;
    if (id >= 0) {
      return id;
    }
    if (unknownId < 0) {
      throw new TokenizerException(
          "character '%s' (U+%04X) is not among the %d characters of the vocabulary"
              .formatted(Character.toString(character), character, characters.length));
    }
    return unknownId;
  }

  @Override
  public byte[] tokenBytes(int id) {
    if (id < 0 || id >= tokens.length) {
      throw TokenizerException.unknownId(id, tokens.length);
    }
    return tokens[id].clone();
  }

  @Override
  public byte[] decodeBytes(int... ids) {
    int length = 0;
    for (int id : ids) {
      if (id < 0 || id >= tokens.length) {
        throw TokenizerException.unknownId(id, tokens.length);
      }
      length = Math.addExact(length, tokens[id].length);
    }
    var decoded = new byte[length];
    int at = 0;
    for (int id : ids) {
      System.arraycopy(tokens[id], 0, decoded, at, tokens[id].length);
      at += tokens[id].length;
    }
    return decoded;
  }

  @Override
  public Map<String, Integer> specialTokens() {
    return specialTokens;
  }

  @Override
  public String hash() {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(("char " + specialTokens + "\n" + alphabet()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
