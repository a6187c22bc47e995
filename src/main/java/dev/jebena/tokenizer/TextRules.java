package dev.jebena.tokenizer;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * What a BPE tokenizer from a file may do beside merging bytes. {@link #PLAIN}, which does nothing,
 * is what {@link BpeTrainer} makes and what GPT-2 has.
 *
 * @param normalization what is done to text first
 * @param addedTokens tokens outside of the merges that are no special tokens: they are always found
 * @param matching how special and added tokens are found that are not plainly spelled
 * @param characters the alphabet of a vocabulary over characters; null for one over bytes
 * @param spelled the tokens as such a vocabulary spells them, [V]; null for one over bytes
 * @param firstSpace what decoding does with the space before the first word
 * @param prefix ids that a finished sequence has before the text
 * @param suffix and behind it
 * @param endOfText the special token that ends a text, as {@code tokenizer_config.json} names it;
 *     null where it does not
 * @param frame the parts of {@code tokenizer.json} as they were read, to be written as they were
 */
record TextRules(
    Normalization normalization,
    Map<String, Integer> addedTokens,
    Map<String, MatchRule> matching,
    Alphabet.Characters characters,
    byte[][] spelled,
    FirstSpace firstSpace,
    int[] prefix,
    int[] suffix,
    String endOfText,
    JsonNode frame) {
  static final TextRules PLAIN =
      new TextRules(
          Normalization.NONE,
          Map.of(),
          Map.of(),
          null,
          null,
          FirstSpace.KEPT,
          new int[0],
          new int[0],
          null,
          null);

  /** The same with another token that ends a text. */
  TextRules withEndOfText(String token) {
    return new TextRules(
        normalization,
        addedTokens,
        matching,
        characters,
        spelled,
        firstSpace,
        prefix,
        suffix,
        token,
        frame);
  }

  /** What decoding does with a space at the beginning. */
  enum FirstSpace {
    /** Nothing. */
    KEPT,
    /** One is taken away (Hugging Face's decoder Strip). */
    STRIPPED,
    /** All marks of the first token are taken away (its decoder Metaspace). */
    DROPPED_FROM_FIRST_TOKEN
  }

  /** Everything that decides over ids, for the hash. */
  String description() {
    var characterRules =
        characters == null
            ? "bytes"
            : "characters "
                + (characters.byteIds() != null)
                + " "
                + characters.unknown()
                + " "
                + characters.fuse();
    return normalization
        + " "
        + addedTokens
        + " "
        + characterRules
        + " "
        + Arrays.toString(prefix)
        + Arrays.toString(suffix)
        + (matching.isEmpty() ? "" : new TreeMap<>(matching));
  }
}
