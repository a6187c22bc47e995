package dev.jebena.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * Byte-level BPE (Sennrich et al. 2016; on bytes, Radford et al. 2019). Any bytes can be encoded,
 * and decoding gives exactly them back, malformed UTF-8 included.
 *
 * <p>Made by {@link BpeTrainer} or read by {@link TokenizerFiles}. Immutable; threads share it
 * without locks, each borrowing an encoder with its own cache of pieces.
 */
public final class BpeTokenizer implements Tokenizer {
  private static final int STREAM_BYTES = 1 << 18;

  private final BpeModel model;
  private final MergeTable merges;
  private final Alphabet alphabet;
  private final PreTokenizer cut;
  private final PieceTable wholePieces;
  private final SpecialTokenMatcher specials;
  private final AtomicReferenceArray<BpeEncoder> idleEncoders;
  private final String hash;

  BpeTokenizer(BpeModel model) {
    this.model = model;
    alphabet = model.alphabet();
    merges = new MergeTable(model.merges());
    specials =
        new SpecialTokenMatcher(
            model.specialTokens(),
            model.rules().addedTokens(),
            model.rules().matching(),
            model.rules().normalization().first());
    cut = cut(model);
    wholePieces = wholePieces();
    idleEncoders = new AtomicReferenceArray<>(Runtime.getRuntime().availableProcessors());
    hash = model.hash();
  }

  /**
   * The cut in use. Where whole texts would be merged but no merge makes a token in which a marked
   * space follows something else, no merge ever crosses such a place, and text can be cut there.
   */
  private static PreTokenizer cut(BpeModel model) {
    if (model.rules().characters() == null
        || model.wholePieceFirst()
        || !(model.preTokenizer() instanceof WholePreTokenizer)) {
      return model.preTokenizer();
    }
    var mark = Utf8.encode(MarkPreTokenizer.MARK);
    var atMarks = new MarkPreTokenizer(false);
    var spelled = model.spelled();
    var special = model.isSpecial();
    for (int id = 0; id < spelled.length; id++) {
      var token = spelled[id];
      boolean crosses =
          token != null
              && token.length > mark.length
              && !special[id]
              && atMarks.pieceEnd(token, 0, token.length) < token.length;
      if (crosses) {
        return model.preTokenizer();
      }
    }
    return atMarks;
  }

  /**
   * Tokens that a piece of the same bytes becomes. A trained vocabulary reaches all of its tokens
   * by its merges; one made by hand may not, so each is tried, and the look-up never changes a
   * result.
   */
  private PieceTable wholePieces() {
    var table = new PieceTable(model.tokens().length);
    var merger = new PieceMerger(merges, alphabet);
    var spelled = model.spelled();
    var ids = new IntList(16);
    var special = model.isSpecial();
    for (int id = 0; id < spelled.length; id++) {
      var token = spelled[id];
      if (token == null || token.length == 0 || special[id]) {
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
    return encode(utf8, from, to, specials.under(policy, utf8, from, to, 0));
  }

  private int[] encode(byte[] utf8, int from, int to, SpecialTokenMatcher matcher) {
    var encoder = borrow();
    var ids = encoder.encode(utf8, from, to, matcher);
    giveBack(encoder);
    return ids;
  }

  @Override
  public long count(byte[] utf8, int from, int to, SpecialTokenPolicy policy) {
    Objects.checkFromToIndex(from, to, utf8.length);
    var matcher = specials.under(policy, utf8, from, to, 0);
    var encoder = borrow();
    long count = encoder.count(utf8, from, to, matcher);
    giveBack(encoder);
    return count;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where text is normalised, or special tokens take the white space around them, one part's ids
   * depend on another's, and all of it is read first.
   */
  @Override
  public void encodeStream(InputStream utf8, SpecialTokenPolicy policy, Consumer<int[]> sink)
      throws IOException {
    if (!model.rules().normalization().isNone() || !model.rules().matching().isEmpty()) {
      Tokenizer.super.encodeStream(utf8, policy, sink);
      return;
    }
    encodeStream(utf8, policy, sink, STREAM_BYTES);
  }

  /**
   * @param chunk bytes to read before a place to cut is sought; more where there is none
   */
  void encodeStream(InputStream utf8, SpecialTokenPolicy policy, Consumer<int[]> sink, int chunk)
      throws IOException {
    var cuts = new StreamCut(model.preTokenizer(), specials.recognised(policy), specials);
    var buffer = new byte[chunk];
    int size = 0;
    long base = 0;
    while (true) {
      int read = utf8.readNBytes(buffer, size, buffer.length - size);
      size += read;
      boolean ended = size < buffer.length;
      int cut = ended ? size : cuts.last(buffer, size);
      if (cut > 0) {
        var matcher = specials.under(policy, buffer, 0, cut, base);
        sink.accept(encode(buffer, 0, cut, matcher));
        System.arraycopy(buffer, cut, buffer, 0, size - cut);
        size -= cut;
        base += cut;
      }
      if (ended) {
        return;
      }
      if (size == buffer.length) {
        buffer = Arrays.copyOf(buffer, Math.toIntExact(Math.min(2L * size, Integer.MAX_VALUE - 8)));
        if (buffer.length == size) {
          throw new TokenizerException("2 GiB of text without a place where it could be cut");
        }
      }
    }
  }

  private BpeEncoder borrow() {
    for (int i = 0; i < idleEncoders.length(); i++) {
      var encoder = idleEncoders.getAndSet(i, null);
      if (encoder != null) {
        return encoder;
      }
    }
    return new BpeEncoder(
        model.rules().normalization(), cut, wholePieces, new PieceMerger(merges, alphabet));
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

  /**
   * {@inheritDoc}
   *
   * <p>A vocabulary that puts a space before the first word takes it away again.
   */
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
    if (ids.length == 0) {
      return decoded;
    }
    return switch (model.rules().firstSpace()) {
      case KEPT -> decoded;
      case STRIPPED ->
          length > 0 && decoded[0] == ' ' ? Arrays.copyOfRange(decoded, 1, length) : decoded;
      case DROPPED_FROM_FIRST_TOKEN -> {
        var rest = Arrays.copyOfRange(decoded, bytes(ids[0]).length, length);
        yield concatenate(withoutMarks(ids[0]), rest);
      }
    };
  }

  private byte[] withoutMarks(int id) {
    var spelled = new String(model.spelled()[id], StandardCharsets.UTF_8);
    return isByteToken(id) ? bytes(id) : Utf8.encode(spelled.replace(MarkPreTokenizer.MARK, ""));
  }

  private static byte[] concatenate(byte[] left, byte[] right) {
    var both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }

  /** Whether the token stands for a byte of a character that is not in the vocabulary. */
  boolean isByteToken(int id) {
    return model.rules().characters() != null
        && model.tokens()[id] != null
        && model.tokens()[id].length == 1
        && model.spelled()[id].length == 6;
  }

  /**
   * The text of {@code ids}; bytes that are not UTF-8 become U+FFFD. Where characters fall back on
   * bytes, a run of byte tokens that is not UTF-8 as a whole becomes one U+FFFD for each byte, as
   * with Hugging Face.
   */
  @Override
  public String decode(int... ids) {
    if (model.rules().characters() == null) {
      return new String(decodeBytes(ids), StandardCharsets.UTF_8);
    }
    var decoder = streamDecoder();
    var text = new StringBuilder();
    for (int id : ids) {
      text.append(decoder.accept(id));
    }
    return text.append(decoder.finish()).toString();
  }

  @Override
  public StreamDecoder streamDecoder() {
    return model.rules().characters() == null
        ? new StreamDecoder(this)
        : new StreamDecoder(this, this::isByteToken, model.rules().firstSpace());
  }

  @Override
  public TokenSpans encodeWithOffsets(CharSequence text, SpecialTokenPolicy policy) {
    if (model.isPlain()) {
      return Tokenizer.super.encodeWithOffsets(text, policy);
    }
    var utf8 = Utf8.encode(text);
    var matcher = specials.under(policy, utf8, 0, utf8.length, 0);
    var spans = new Spans(borrow(), new IntList(64), new IntList(64), new IntList(64));
    var reader = matcher.read(utf8, 0, utf8.length);
    for (int at = 0; at < utf8.length; at = reader.end()) {
      boolean special = reader.find();
      int end = special ? Math.max(at, reader.start()) : utf8.length;
      if (at < end) {
        addSegment(utf8, at, end, matcher, spans);
      }
      if (!special) {
        break;
      }
      spans.add(reader.id(), reader.start(), reader.end());
    }
    giveBack(spans.encoder);
    return new TokenSpans(
        spans.ids.takeArray(), spans.starts.takeArray(), spans.ends.takeArray(), utf8);
  }

  /** Ids with their places as they are put together. */
  private record Spans(BpeEncoder encoder, IntList ids, IntList starts, IntList ends) {
    void add(int id, int start, int end) {
      ids.add(id);
      starts.add(start);
      ends.add(end);
    }
  }

  /** What lies between special tokens that are sought in text as it comes. */
  private void addSegment(byte[] utf8, int from, int to, SpecialTokenMatcher matcher, Spans spans) {
    var normalization = model.rules().normalization();
    boolean first = from == 0;
    if (matcher.normalized() == null) {
      addPiece(normalization.track(utf8, from, to, first), spans);
      return;
    }
    var tracked = normalization.first().track(utf8, from, to, first);
    var rest = normalization.rest();
    var reader = matcher.normalized().read(tracked.bytes(), 0, tracked.size());
    for (int at = 0; at < tracked.size(); at = reader.end()) {
      boolean special = reader.find();
      int end = special ? Math.max(at, reader.start()) : tracked.size();
      addPiece(rest.apply(tracked.slice(at, end), first && at == 0), spans);
      if (!special) {
        break;
      }
      spans.add(reader.id(), tracked.starts()[reader.start()], tracked.ends()[reader.end() - 1]);
    }
  }

  private void addPiece(Normalization.Tracked text, Spans spans) {
    int from = 0;
    for (int id : spans.encoder.encodeNormalized(text.bytes())) {
      int to = from + lengthIn(text.bytes(), from, id);
      spans.add(id, text.starts()[from], text.ends()[to - 1]);
      from = to;
    }
  }

  /** The bytes of normalised text that a token covers: its spelling, unless it is the unknown. */
  private int lengthIn(byte[] text, int from, int id) {
    var characters = model.rules().characters();
    if (isByteToken(id)) {
      return 1;
    }
    if (characters == null || id != characters.unknown()) {
      return model.spelled()[id].length;
    }
    int at = from;
    do {
      at += Utf8.length(Utf8.decode(text, at, text.length));
    } while (characters.fuse()
        && at < text.length
        && characters
                .characters()
                .get(text, at, at + Utf8.length(Utf8.decode(text, at, text.length)), -1)
            < 0);
    return at - from;
  }

  @Override
  public int[] prefix() {
    return model.rules().prefix().clone();
  }

  @Override
  public int[] suffix() {
    return model.rules().suffix().clone();
  }

  /** The token that its files name, else {@link Tokenizer#END_OF_TEXT}. */
  @Override
  public OptionalInt endOfText() {
    var named = model.rules().endOfText();
    return named == null
        ? Tokenizer.super.endOfText()
        : OptionalInt.of(model.specialTokens().get(named));
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
