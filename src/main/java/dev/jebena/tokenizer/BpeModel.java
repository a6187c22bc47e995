package dev.jebena.tokenizer;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a byte-level BPE tokenizer knows, as it stands in files.
 *
 * @param tokens the bytes of each token by id, [V]; null where the ids have a hole
 * @param merges left id, right id and resulting id of each merge, in order of rank, [3·M]
 * @param specialTokens the special tokens, in order of ids
 * @param preTokenizer how text is cut into pieces
 * @param wholePieceFirst whether a piece that is a token becomes that token even where the merges
 *     would not make it (Hugging Face's {@code ignore_merges})
 * @param rules what else is done to text
 */
record BpeModel(
    byte[][] tokens,
    int[] merges,
    Map<String, Integer> specialTokens,
    PreTokenizer preTokenizer,
    boolean wholePieceFirst,
    TextRules rules) {
  BpeModel {
    var sorted = new LinkedHashMap<String, Integer>();
    specialTokens.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
        .forEach(e -> sorted.put(e.getKey(), e.getValue()));
    specialTokens = Collections.unmodifiableMap(sorted);
  }

  /** The same with the special token that ends a text. */
  BpeModel withEndOfText(String token) {
    return new BpeModel(
        tokens, merges, specialTokens, preTokenizer, wholePieceFirst, rules.withEndOfText(token));
  }

  /** Which ids are special or added tokens, which no merge makes, [V]. */
  boolean[] isSpecial() {
    var special = new boolean[tokens.length];
    specialTokens.values().forEach(id -> special[id] = true);
    rules.addedTokens().values().forEach(id -> special[id] = true);
    return special;
  }

  /** Whether text is only cut and merged, byte by byte. */
  boolean isPlain() {
    return rules.normalization().isNone()
        && rules.addedTokens().isEmpty()
        && rules.matching().isEmpty()
        && rules.characters() == null;
  }

  /** What merging starts from. */
  Alphabet alphabet() {
    return rules.characters() == null ? new Alphabet.Bytes(byteIds()) : rules.characters();
  }

  /** The tokens as pieces of normalised text spell them, [V]. */
  byte[][] spelled() {
    return rules.spelled() == null ? tokens : rules.spelled();
  }

  /** The id of each byte, [256]. */
  int[] byteIds() {
    var special = isSpecial();
    var plain = new TreeMap<Integer, byte[]>();
    for (int id = 0; id < tokens.length; id++) {
      if (tokens[id] != null && !special[id]) {
        plain.put(id, tokens[id]);
      }
    }
    return byteIds(plain);
  }

  /** The id of each byte among {@code tokens}, [256]. */
  static int[] byteIds(Map<Integer, byte[]> tokens) {
    var ids = new int[256];
    Arrays.fill(ids, -1);
    tokens.forEach((id, token) -> {
      if (token.length == 1) {
        ids[token[0] & 0xFF] = id;
      }
    });
    for (int b = 0; b < 256; b++) {
      if (ids[b] < 0) {
        throw new TokenizerException(
            "byte-level BPE needs a token for every byte; 0x%02x (spelled %s) has none"
                .formatted(b, ByteAlphabet.spell(new byte[] {(byte) b})));
      }
    }
    return ids;
  }

  /** SHA-256 over everything above. */
  String hash() {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      try (var out =
          new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
        out.writeUTF("bpe");
        out.writeUTF(preTokenizer.name());
        out.writeBoolean(wholePieceFirst);
        out.writeInt(tokens.length);
        for (var token : tokens) {
          out.writeInt(token == null ? -1 : token.length);
          if (token != null) {
            out.write(token);
          }
        }
        out.writeInt(merges.length);
        for (int id : merges) {
          out.writeInt(id);
        }
        for (var special : specialTokens.entrySet()) {
          out.writeInt(special.getValue());
          out.writeUTF(special.getKey());
        }
        if (!rules.description().equals(TextRules.PLAIN.description())) {
          out.write(Utf8.encode(rules.description()));
          for (var token : spelled()) {
            out.writeInt(token == null ? -1 : token.length);
            out.write(token == null ? new byte[0] : token);
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
