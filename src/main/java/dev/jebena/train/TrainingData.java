package dev.jebena.train;

import dev.jebena.data.Corpus;
import dev.jebena.data.Encoding;
import dev.jebena.data.GzipBaseline;
import dev.jebena.data.Split;
import dev.jebena.data.TokenData;
import dev.jebena.tokenizer.BpeTrainer;
import dev.jebena.tokenizer.CharTokenizer;
import dev.jebena.tokenizer.Tokenizer;
import dev.jebena.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a run learns from: a corpus whose held-out documents are set aside first, a tokenizer
 * trained on the rest alone, and the tokens of both.
 */
final class TrainingData {
  /** Text beyond this is more than any run on a processor reads. */
  private static final long MAX_BYTES = 256L << 20;

  /** A tokenizer needs a sample of the text only. */
  private static final long TOKENIZER_BYTES = 48L << 20;

  private TrainingData() {}

  /** Everything that training needs of the text. */
  record Prepared(
      Tokenizer tokenizer, TokenData train, TokenData heldOut, double gzipBitsPerByte) {}

  /**
   * Reads, splits, learns a tokenizer and encodes.
   *
   * @param paths none for the sources of the running JDK
   * @param tokenizer null to train byte-level BPE, {@code char}, or a folder with a tokenizer
   * @param say told what happens, for the user
   */
  static Prepared prepare(
      List<Path> paths,
      String tokenizer,
      int vocabularySize,
      int contextLength,
      long heldOutBytes,
      long seed,
      int threads,
      Consumer<String> say) {
    var whole =
        paths.isEmpty()
            ? Corpus.jdkSources(Path.of(System.getProperty("java.home")), "java.base")
            : Corpus.of(paths);
    var split = Split.of(whole.limited(MAX_BYTES, seed), seed, heldOutBytes);
    say.accept("text: " + whole.description());
    var chosen = tokenizer(tokenizer, split.train(), vocabularySize, seed, threads, say);
    var encoding = Encoding.of(chosen);
    var train = TokenData.encode(split.train(), encoding, threads);
    var heldOut = TokenData.encode(split.heldOut(), encoding, threads);
    train.requireContext(contextLength);
    var gzip = GzipBaseline.of(split.heldOut());
    say.accept(
        "tokens: %,d to learn from (%.2f bytes each), %,d held out; gzip -9 needs %.3f bits per byte"
            .formatted(
                train.count(),
                (double) train.textBytes() / train.count(),
                heldOut.count(),
                gzip.bitsPerByte()));
    return new Prepared(chosen, train, heldOut, gzip.bitsPerByte());
  }

  private static Tokenizer tokenizer(
      String wanted,
      Corpus corpus,
      int vocabularySize,
      long seed,
      int threads,
      Consumer<String> say) {
    if (wanted != null && !wanted.equals("char")) {
      try {
        return TokenizerFiles.load(Path.of(wanted));
      } catch (IOException e) {
        throw new TrainException(
            "cannot read the tokenizer in " + wanted + ": " + RunFolder.reason(e), e);
      }
    }
    try (var documents = corpus.limited(TOKENIZER_BYTES, seed).open()) {
      Iterator<byte[]> texts =
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              return documents.hasNext();
            }

            @Override
            public byte[] next() {
              return documents.next().utf8();
            }
          };
      if (wanted != null) {
        say.accept("tokenizer: characters");
        return CharTokenizer.train(strings(texts), CharTokenizer.UnknownCharacters.REPLACE);
      }
      say.accept("tokenizer: learning byte-level BPE of " + vocabularySize + " tokens");
      return new BpeTrainer(vocabularySize)
          .withSpecialTokens(List.of(Tokenizer.END_OF_TEXT))
          .withThreads(threads)
          .trainUtf8(texts);
    }
  }

  private static Iterator<String> strings(Iterator<byte[]> texts) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return texts.hasNext();
      }

      @Override
      public String next() {
        return new String(texts.next(), StandardCharsets.UTF_8);
      }
    };
  }
}
