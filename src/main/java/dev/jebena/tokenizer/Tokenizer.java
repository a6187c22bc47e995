package dev.jebena.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Turns text into token ids and back. Implementations are immutable and safe for use by many
 * threads at once.
 *
 * <p>Ids run from 0 to {@link #vocabularySize()} − 1. Lone surrogates in a Java string are encoded
 * as U+FFFD, and malformed UTF-8 decodes to U+FFFD.
 */
public interface Tokenizer {
  /** The text that ends a document, by the custom of GPT-2. */
  String END_OF_TEXT = "<|endoftext|>";

  /** One more than the largest id: the number of rows an embedding table needs. */
  int vocabularySize();

  /** Encodes {@code text} under {@link SpecialTokenPolicy#ordinary()}. */
  default int[] encode(CharSequence text) {
    return encode(text, SpecialTokenPolicy.ordinary());
  }

  /** Encodes {@code text}; {@code policy} says what becomes of special tokens spelled in it. */
  default int[] encode(CharSequence text, SpecialTokenPolicy policy) {
    var utf8 = Utf8.encode(text);
    return encode(utf8, 0, utf8.length, policy);
  }

  /** Encodes text that is UTF-8 already, under {@link SpecialTokenPolicy#ordinary()}. */
  default int[] encode(byte[] utf8) {
    return encode(utf8, 0, utf8.length, SpecialTokenPolicy.ordinary());
  }

  /**
   * Encodes the bytes {@code [from, to)} of {@code utf8}.
   *
   * @throws TokenizerException if the text spells a special token and the policy rejects it, or
   *     names one that does not exist, or if a character has no token
   */
  int[] encode(byte[] utf8, int from, int to, SpecialTokenPolicy policy);

  /**
   * Encodes {@code text} and tells of each token where in the text it stands.
   *
   * @throws TokenizerException as {@link #encode(byte[], int, int, SpecialTokenPolicy)}
   */
  default TokenSpans encodeWithOffsets(CharSequence text, SpecialTokenPolicy policy) {
    var utf8 = Utf8.encode(text);
    var ids = encode(utf8, 0, utf8.length, policy);
    var starts = new int[ids.length];
    var ends = new int[ids.length];
    int at = 0;
    for (int i = 0; i < ids.length; i++) {
      starts[i] = at;
      at += tokenBytes(ids[i]).length;
      ends[i] = at;
    }
    return new TokenSpans(ids, starts, ends, utf8);
  }

  /** How many ids {@code text} has under {@link SpecialTokenPolicy#ordinary()}. */
  default long count(CharSequence text) {
    var utf8 = Utf8.encode(text);
    return count(utf8, 0, utf8.length, SpecialTokenPolicy.ordinary());
  }

  /**
   * How many ids the bytes {@code [from, to)} have, without making the list where that can be
   * spared.
   *
   * @throws TokenizerException as {@link #encode(byte[], int, int, SpecialTokenPolicy)}
   */
  default long count(byte[] utf8, int from, int to, SpecialTokenPolicy policy) {
    return encode(utf8, from, to, policy).length;
  }

  /**
   * Encodes UTF-8 as it is read and hands its ids on in parts, which put together are the ids of
   * the whole. Memory is constant as long as there are places where no token can lie across (for
   * the built-in cuts: a blank behind a word); else it holds the text from one such place to the
   * next.
   *
   * @param sink receives ids in order; called often
   * @throws TokenizerException as {@link #encode(byte[], int, int, SpecialTokenPolicy)}
   */
  default void encodeStream(InputStream utf8, SpecialTokenPolicy policy, Consumer<int[]> sink)
      throws IOException {
    var bytes = utf8.readAllBytes();
    sink.accept(encode(bytes, 0, bytes.length, policy));
  }

  /**
   * Encodes many texts on {@code threads} threads. The result does not depend on how many.
   *
   * @throws TokenizerException as {@link #encode(byte[], int, int, SpecialTokenPolicy)}
   */
  default List<int[]> encodeBatch(
      List<? extends CharSequence> texts, SpecialTokenPolicy policy, int threads) {
    var ids = new ArrayList<int[]>(texts.size());
    var utf8 = texts.stream().map(Utf8::encode).iterator();
    new ParallelEncoder(this, policy, threads).encodeAll(utf8, ids::add);
    return ids;
  }

  /**
   * The bytes of one token: for a special token the UTF-8 of its text.
   *
   * @throws TokenizerException if the id is out of range or a hole in the vocabulary
   */
  byte[] tokenBytes(int id);

  /**
   * The bytes of {@code ids} put together.
   *
   * @throws TokenizerException if an id is out of range
   */
  byte[] decodeBytes(int... ids);

  /**
   * The text of {@code ids}; bytes that are not UTF-8 become U+FFFD.
   *
   * @throws TokenizerException if an id is out of range
   */
  default String decode(int... ids) {
    return new String(decodeBytes(ids), StandardCharsets.UTF_8);
  }

  /**
   * Ids that a finished sequence has before the text, such as a token that begins every text.
   * {@code encode} never adds them.
   */
  default int[] prefix() {
    return new int[0];
  }

  /** Ids that a finished sequence has behind the text. {@code encode} never adds them. */
  default int[] suffix() {
    return new int[0];
  }

  /** Special tokens and their ids, in the order of ids. */
  Map<String, Integer> specialTokens();

  /**
   * The id of the token that ends a text, if the vocabulary has one: {@link #END_OF_TEXT}, or what
   * the files that it was read from name.
   */
  default OptionalInt endOfText() {
    var id = specialTokens().get(END_OF_TEXT);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** A decoder that is fed one id at a time and never splits a character. */
  default StreamDecoder streamDecoder() {
    return new StreamDecoder(this);
  }

  /**
   * SHA-256, in hexadecimal, of everything that decides which ids a text gets: equal hashes mean
   * interchangeable token files.
   */
  String hash();
}
