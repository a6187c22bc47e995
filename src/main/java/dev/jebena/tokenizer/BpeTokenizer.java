package dev.jebena.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Byte-level BPE (Sennrich et al. 2016; on bytes, Radford et al. 2019). Any bytes can be encoded,
 * and decoding gives exactly them back, malformed UTF-8 included.
 *
 * <p>Made by {@link BpeTrainer} or read by {@link TokenizerFiles}. Immutable; threads share it
 * without locks, each borrowing an encoder with its own cache of pieces.
 */
public final class BpeTokenizer implements Tokenizer {
  private final BpeModel model;
  private final MergeTable merges;
  private final int[] byteIds;
  private final PieceTable wholePieces;
  private final SpecialTokenMatcher specials;
  private final AtomicReferenceArray<BpeEncoder> idleEncoders;
  private final String hash;

  BpeTokenizer(BpeModel model) {
    this.model = model;
    byteIds = model.byteIds();
    merges = new MergeTable(model.merges());
    specials = new SpecialTokenMatcher(model.specialTokens());
    wholePieces = wholePieces();
    idleEncoders = new AtomicReferenceArray<>(Runtime.getRuntime().availableProcessors());
    hash = model.hash();
  }

  /**
   * Tokens that a piece of the same bytes becomes. A trained vocabulary reaches all of its tokens
   * by its merges; one made by hand may not, so each is tried, and the look-up never changes a
   * result.
   */
  private PieceTable wholePieces() {
    var table = new PieceTable(model.tokens().length);
    var merger = new PieceMerger(merges, byteIds);
    var ids = new IntList(16);
    for (int id = 0; id < model.tokens().length; id++) {
      var token = model.tokens()[id];
      if (token == null || token.length == 0 || model.specialTokens().containsValue(id)) {
        continue;
      }
      ids.clear();
      merger.merge(token, 0, token.length, ids);
      if (model.wholePieceFirst() || ids.size() == 1 && ids.get(0) == id) {
        table.put(token, 0, token.length, id);
      }
    }
    return table;
  }

  BpeModel model() {
    return model;
  }

  /** How text is cut into pieces before it is encoded. */
  public PreTokenizer preTokenizer() {
    return model.preTokenizer();
  }

  /** The merges in the order in which they were learned. */
  public List<Merge> merges() {
    var list = new ArrayList<Merge>();
    for (int i = 0; i < model.merges().length; i += 3) {
      list.add(new Merge(model.merges()[i], model.merges()[i + 1], model.merges()[i + 2]));
    }
    return List.copyOf(list);
  }

  /** Tokens {@code left} and {@code right} side by side become {@code merged}. */
  public record Merge(int left, int right, int merged) {}

  @Override
  public int vocabularySize() {
    return model.tokens().length;
  }

  @Override
  public int[] encode(byte[] utf8, int from, int to, SpecialTokenPolicy policy) {
    Objects.checkFromToIndex(from, to, utf8.length);
    var matcher = specials.under(policy, utf8, from, to);
    var encoder = borrow();
    var ids = encoder.encode(utf8, from, to, matcher);
    giveBack(encoder);
    return ids;
  }

  private BpeEncoder borrow() {
    for (int i = 0; i < idleEncoders.length(); i++) {
      var encoder = idleEncoders.getAndSet(i, null);
      if (encoder != null) {
        return encoder;
      }
    }
    return new BpeEncoder(model.preTokenizer(), wholePieces, new PieceMerger(merges, byteIds));
  }

  private void giveBack(BpeEncoder encoder) {
    for (int i = 0; i < idleEncoders.length(); i++) {
      if (idleEncoders.compareAndSet(i, null, encoder)) {
        return;
      }
    }
  }

  @Override
  public byte[] tokenBytes(int id) {
    return bytes(id).clone();
  }

  private byte[] bytes(int id) {
    if (id < 0 || id >= model.tokens().length) {
      throw TokenizerException.unknownId(id, model.tokens().length);
    }
    var bytes = model.tokens()[id];
    if (bytes == null) {
      throw new TokenizerException(
          "token id "
              + id
              + " is a hole in the vocabulary of "
              + model.tokens().length
              + " tokens: no text belongs to it");
    }
    return bytes;
  }

  @Override
  public byte[] decodeBytes(int... ids) {
    int length = 0;
    for (int id : ids) {
      length = Math.addExact(length, bytes(id).length);
    }
    var decoded = new byte[length];
    int at = 0;
    for (int id : ids) {
      var bytes = model.tokens()[id];
      System.arraycopy(bytes, 0, decoded, at, bytes.length);
      at += bytes.length;
    }
    return decoded;
  }

  @Override
  public Map<String, Integer> specialTokens() {
    return model.specialTokens();
  }

  @Override
  public String hash() {
    return hash;
  }
}
