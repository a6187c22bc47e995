package dev.jebena.tokenizer;

import java.util.Set;

/**
 * What {@code encode} does where a text spells a special token such as {@code <|endoftext|>}.
 *
 * <p>Text from outside should never be able to forge a control token, so the default everywhere is
 * {@link #ordinary()}: the characters are encoded like any others (tiktoken's {@code
 * encode_ordinary}).
 */
public sealed interface SpecialTokenPolicy {
  /** The text of a special token is encoded as ordinary characters. */
  record Ordinary() implements SpecialTokenPolicy {}

  /** Every special token of the vocabulary becomes its own id, the longest first. */
  record All() implements SpecialTokenPolicy {}

  /** Only these special tokens become their ids; the text of others is ordinary. */
  record Only(Set<String> tokens) implements SpecialTokenPolicy {
    public Only {
      tokens = Set.copyOf(tokens);
    }
  }

  /**
   * Only these special tokens become their ids; the text of any other is an error (tiktoken's
   * {@code encode} with {@code allowed_special}).
   */
  record OnlyElseReject(Set<String> tokens) implements SpecialTokenPolicy {
    public OnlyElseReject {
      tokens = Set.copyOf(tokens);
    }
  }

  /** The text of any special token is an error (the default of tiktoken's {@code encode}). */
  record Reject() implements SpecialTokenPolicy {}

  /** Their texts are text like any other. */
  static SpecialTokenPolicy ordinary() {
    return new Ordinary();
  }

  /** All of their texts become their tokens: for trusted text only. */
  static SpecialTokenPolicy all() {
    return new All();
  }

  /** The texts of these become tokens; others are text like any other. */
  static SpecialTokenPolicy only(String... tokens) {
    return new Only(Set.of(tokens));
  }

  /** The texts of these become tokens; a text that contains another is an error. */
  static SpecialTokenPolicy onlyElseReject(String... tokens) {
    return new OnlyElseReject(Set.of(tokens));
  }

  /** A text that contains one is an error. */
  static SpecialTokenPolicy reject() {
    return new Reject();
  }
}
