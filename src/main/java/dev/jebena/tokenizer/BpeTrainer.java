package dev.jebena.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * Learns a byte-level BPE vocabulary: starting from the 256 bytes, the most frequent pair of
 * neighbouring tokens becomes a token, until there are enough (Sennrich et al. 2016, algorithm 1).
 * Among equally frequent pairs the one with the greater byte strings wins, left before right,
 * compared as unsigned bytes, so the result depends on the text alone.
 *
 * <p>Ids are given out as Hugging Face's trainer does: special tokens, then the bytes in the order
 * of GPT-2's alphabet, then merges. Special tokens are hard boundaries: their text is never counted
 * and no merge reaches across one.
 *
 * @param vocabularySize tokens in all: at least 256 and the special tokens. Fewer come out where
 *     the text has no pair left to merge
 * @param specialTokens special tokens, which get the first ids
 * @param preTokenizer how text is cut into pieces
 * @param threads threads that count pieces; the merges do not depend on it
 * @param ties which of equally frequent pairs comes first
 * @param maxTokenLength the most bytes of a token that merging makes
 * @param memory how much of it the distinct pieces take, and where they go beyond that
 * @param checkpoint where counts are put down from time to time; null for nowhere
 * @param listener hears of progress
 */
public record BpeTrainer(
    int vocabularySize,
    List<String> specialTokens,
    PreTokenizer preTokenizer,
    int threads,
    Ties ties,
    int maxTokenLength,
    TrainingMemory memory,
    Checkpoint checkpoint,
    TrainingListener listener) {
  private static final int REPORT_EVERY = 100;

  /**
   * Where and how often counts are put down. If the file is there when training starts, the
   * documents that it has counted are passed over; they must be the same ones again. It is deleted
   * when training has ended.
   *
   * @param everyBytes bytes of text between two times; counting pauses while it writes
   */
  public record Checkpoint(Path file, long everyBytes) {
    public Checkpoint {
      Objects.requireNonNull(file);
      if (everyBytes < 1) {
        throw new TokenizerException("checkpoints are at least 1 byte apart, not " + everyBytes);
      }
    }
  }

  public BpeTrainer {
    specialTokens = List.copyOf(new LinkedHashSet<>(specialTokens));
    Objects.requireNonNull(preTokenizer);
    Objects.requireNonNull(ties);
    Objects.requireNonNull(memory);
    Objects.requireNonNull(listener);
    int smallest = 256 + specialTokens.size();
    if (vocabularySize < smallest) {
      throw new TokenizerException(
          "a vocabulary of "
              + vocabularySize
              + " tokens is too small: 256 bytes and "
              + specialTokens.size()
              + " special tokens need at least "
              + smallest);
    }
    if (threads < 1) {
      throw new TokenizerException("training needs at least one thread, not " + threads);
    }
    if (maxTokenLength < 1) {
      throw new TokenizerException(
          "tokens have at least one byte; the limit cannot be " + maxTokenLength);
    }
    for (var token : specialTokens) {
      if (token.length() < 2) {
        throw new TokenizerException(
            "special token '" + token + "' is too short: it needs at least two characters");
      }
    }
  }

  /**
   * A trainer for {@code vocabularySize} tokens with {@link Tokenizer#END_OF_TEXT}, the cut of
   * GPT-2 and all processors.
   */
  public BpeTrainer(int vocabularySize) {
    this(
        vocabularySize,
        List.of(Tokenizer.END_OF_TEXT),
        new Gpt2PreTokenizer(),
        Runtime.getRuntime().availableProcessors(),
        Ties.GREATER,
        Integer.MAX_VALUE,
        TrainingMemory.halfOfTheHeap(),
        null,
        TrainingListener.none());
  }

  /** The same with other special tokens. */
  public BpeTrainer withSpecialTokens(List<String> tokens) {
    return new BpeTrainer(
        vocabularySize,
        tokens,
        preTokenizer,
        threads,
        ties,
        maxTokenLength,
        memory,
        checkpoint,
        listener);
  }

  /** The same with another cut. */
  public BpeTrainer withPreTokenizer(PreTokenizer other) {
    return new BpeTrainer(
        vocabularySize,
        specialTokens,
        other,
        threads,
        ties,
        maxTokenLength,
        memory,
        checkpoint,
        listener);
  }

  /** The same on this many threads. */
  public BpeTrainer withThreads(int count) {
    return new BpeTrainer(
        vocabularySize,
        specialTokens,
        preTokenizer,
        count,
        ties,
        maxTokenLength,
        memory,
        checkpoint,
        listener);
  }

  /** The same with another rule for equally frequent pairs. */
  public BpeTrainer withTies(Ties other) {
    return new BpeTrainer(
        vocabularySize,
        specialTokens,
        preTokenizer,
        threads,
        other,
        maxTokenLength,
        memory,
        checkpoint,
        listener);
  }

  /** The same with tokens of at most so many bytes (special ones apart). */
  public BpeTrainer withMaxTokenLength(int bytes) {
    return new BpeTrainer(
        vocabularySize,
        specialTokens,
        preTokenizer,
        threads,
        ties,
        bytes,
        memory,
        checkpoint,
        listener);
  }

  /** The same with another bound on memory. */
  public BpeTrainer withMemory(TrainingMemory other) {
    return new BpeTrainer(
        vocabularySize,
        specialTokens,
        preTokenizer,
        threads,
        ties,
        maxTokenLength,
        other,
        checkpoint,
        listener);
  }

  /** The same with counts put down from time to time. */
  public BpeTrainer withCheckpoint(Checkpoint other) {
    return new BpeTrainer(
        vocabularySize,
        specialTokens,
        preTokenizer,
        threads,
        ties,
        maxTokenLength,
        memory,
        other,
        listener);
  }

  /** The same with a listener. */
  public BpeTrainer withListener(TrainingListener other) {
    return new BpeTrainer(
        vocabularySize,
        specialTokens,
        preTokenizer,
        threads,
        ties,
        maxTokenLength,
        memory,
        checkpoint,
        other);
  }

  /**
   * Trains on documents given as text; see {@link #trainUtf8}.
   *
   * @throws CancellationException if the thread is interrupted
   */
  public BpeTokenizer train(Iterator<? extends CharSequence> documents) {
    return trainUtf8(
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return documents.hasNext();
          }

          @Override
          public byte[] next() {
            return Utf8.encode(documents.next());
          }
        });
  }

  /**
   * Trains on documents given as UTF-8. No piece crosses from one document to the next. The arrays
   * must not change while training runs.
   *
   * <p>Documents are read one by one and not kept; a few megabytes are on their way to the threads.
   * Distinct pieces and pairs of tokens take what {@link TrainingMemory} allows: while counting,
   * tables that are full go to temporary files as sorted runs; while merging, what does not fit
   * lies in temporary files that are mapped: pieces (20 bytes for each of their bytes) that would
   * take more than half of what the table of counts leaves, and pairs that ever stood side by side
   * (100 bytes each) where they outgrow the rest. Beyond that there is the vocabulary. Distinct
   * pieces of more than 2 GiB are an error that asks for a sample.
   *
   * @throws CancellationException if the thread is interrupted, its interrupt flag stays set; or if
   *     the listener asks to stop
   */
  public BpeTokenizer trainUtf8(Iterator<byte[]> documents) {
    var specials = specialIds();
    BpeTokenizer tokenizer;
    try (var counter = new PieceCounter(preTokenizer, matcher(), threads, memory, listener)) {
      if (checkpoint == null) {
        return learn(counter.count(documents), specials);
      }
      var settings = preTokenizer.name() + ", special tokens " + specialTokens;
      tokenizer = learn(counter.count(documents, checkpoint, settings), specials);
    }
    try {
      Files.deleteIfExists(checkpoint.file());
    } catch (IOException e) {
      throw new TokenizerException(checkpoint.file() + ": cannot be deleted: " + e.getMessage(), e);
    }
    return tokenizer;
  }

  /**
   * The last place in {@code utf8[0, length)}, the beginning of a longer text, that no piece and no
   * special token lies across, whatever follows: documents cut there give the merges of the whole.
   * The built-in cuts know one behind a word before a blank. An expression knows the end of any
   * match that has not looked at the end of what is there, unless it looks back, too.
   *
   * @return 0 where none is known
   */
  public int lastCut(byte[] utf8, int length) {
    var specials = matcher();
    return new StreamCut(preTokenizer, specials, specials).last(utf8, length);
  }

  private SpecialTokenMatcher matcher() {
    return new SpecialTokenMatcher(specialIds());
  }

  private Map<String, Integer> specialIds() {
    var specials = new LinkedHashMap<String, Integer>();
    for (var token : specialTokens) {
      specials.put(token, specials.size());
    }
    return specials;
  }

  private BpeTokenizer learn(PieceCounts pieces, Map<String, Integer> specials) {
    var tokens = new byte[vocabularySize][];
    var lengths = new int[vocabularySize];
    var byteIds = new int[256];
    int size = 0;
    for (var token : specials.keySet()) {
      tokens[size++] = Utf8.encode(token);
    }
    for (int i = 0; i < 256; i++) {
      int b = ByteAlphabet.byteAt(i);
      byteIds[b] = size;
      lengths[size] = 1;
      tokens[size++] = new byte[] {(byte) b};
    }
    try (var store = new CellStore(memory, memory.bytes() - pieces.takenBytes())) {
      var state = new MergeState(pieces, byteIds, lengths, store);
      return merge(store, state, tokens, lengths, size, specials);
    }
  }

  private BpeTokenizer merge(
      CellStore store,
      MergeState state,
      byte[][] tokens,
      int[] lengths,
      int first,
      Map<String, Integer> specials) {
    var pairs = state.pairs();
    var queue = new PairQueue(store, pairs, tokens, ties, maxTokenLength);
    int queued = 0;
    int size = first;
    int total = vocabularySize - first;
    var merges = new int[3 * total];
    while (size < vocabularySize) {
      for (; queued < pairs.size(); queued++) {
        if (pairs.count(queued) > 0) {
          queue.push(queued);
        }
      }
      int pair = queue.pop();
      if (pair < 0) {
        break;
      }
      long count = pairs.count(pair);
      int left = pairs.left(pair);
      int right = pairs.right(pair);
      tokens[size] = concatenate(tokens[left], tokens[right]);
      lengths[size] = tokens[size].length;
      state.merge(pair, size);
      int done = size - first;
      merges[3 * done] = left;
      merges[3 * done + 1] = right;
      merges[3 * done + 2] = size;
      size++;
      report(done + 1, total, count);
    }
    return new BpeTokenizer(
        new BpeModel(
            Arrays.copyOf(tokens, size),
            Arrays.copyOf(merges, 3 * (size - first)),
            specials,
            preTokenizer,
            false,
            TextRules.PLAIN));
  }

  private void report(int done, int total, long count) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("tokenizer training was interrupted");
    }
    if (listener.stopRequested()) {
      throw new CancellationException("tokenizer training was stopped");
    }
    if (done % REPORT_EVERY == 0 || done == total) {
      listener.merged(done, total, count);
    }
  }

  private static byte[] concatenate(byte[] left, byte[] right) {
    var both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }
}
