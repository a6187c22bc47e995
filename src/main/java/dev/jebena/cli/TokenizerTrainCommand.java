package dev.jebena.cli;

import dev.jebena.data.Corpus;
import dev.jebena.data.DataException;
import dev.jebena.data.Document;
import dev.jebena.data.Documents;
import dev.jebena.tokenizer.BpeTokenizer;
import dev.jebena.tokenizer.BpeTrainer;
import dev.jebena.tokenizer.Tokenizer;
import dev.jebena.tokenizer.TokenizerFiles;
import dev.jebena.tokenizer.TrainingListener;
import dev.jebena.train.ProcessMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jebena tokenizer train}: byte-level BPE. */
@Command(
    name = "train",
    addMethodSubcommands = false,
    description = "Learn a byte-level BPE vocabulary from text.",
    footer = {
      "%nExamples:",
      "  jebena tokenizer train --jdk-sources --vocab-size 8192 --out tokenizer",
      "  jebena tokenizer train --input books notes.jsonl --vocab-size 4096 --out tokenizer"
    })
final class TokenizerTrainCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--input",
      arity = "1..*",
      paramLabel = "PATH",
      description = "Text files, folders, .zip or .jsonl (a string \"text\" a line).")
  private List<Path> input = List.of();

  @Option(names = "--jdk-sources", description = "Learn from the Java sources of this JDK.")
  private boolean jdkSources;

  @Option(
      names = "--vocab-size",
      required = true,
      paramLabel = "N",
      description = "Tokens in all; at least 256 and the special ones.")
  private int vocabularySize;

  @Option(
      names = "--special",
      arity = "1..*",
      paramLabel = "TOKEN",
      description = "Special tokens, which get the first ids (default: <|endoftext|>).")
  private List<String> special = List.of(Tokenizer.END_OF_TEXT);

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where tokenizer.json goes.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    check();
    var corpus = jdkSources ? Corpus.jdkSources(Path.of(System.getProperty("java.home"))) : null;
    if (corpus == null) {
      corpus = Corpus.of(input);
    }
    long start = System.nanoTime();
    BpeTokenizer tokenizer;
    long bytes;
    try (var line = new ProgressLine(common.err());
        var reading = corpus.open()) {
      var progress = new Progress(line);
      tokenizer =
          new BpeTrainer(vocabularySize)
              .withSpecialTokens(special)
              .withListener(progress)
              .trainUtf8(utf8(reading));
      bytes = progress.bytes;
      if (bytes == 0) {
        throw new DataException(corpus.description() + ": there is no text to learn from");
      }
      if (reading.skipped() > 0) {
        line.message("passed over " + reading.skipped() + " files that are no text");
      }
    }
    TokenizerFiles.save(tokenizer, out);
    report(tokenizer, bytes, (System.nanoTime() - start) / 1e9);
    return 0;
  }

  private void check() {
    if (jdkSources == !input.isEmpty()) {
      throw common.wrongUsage("name the text to learn from: --input PATH..., or --jdk-sources");
    }
    int smallest = 256 + new LinkedHashSet<>(special).size();
    if (vocabularySize < smallest) {
      throw common.wrongUsage(
          "--vocab-size %d is too small: 256 bytes and %d special tokens need at least %d"
              .formatted(vocabularySize, smallest - 256, smallest));
    }
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw common.wrongUsage("--out " + out + " is a file; it must be a folder");
    }
  }

  private void report(BpeTokenizer tokenizer, long bytes, double seconds) {
    int size = tokenizer.vocabularySize();
    int merges = tokenizer.merges().size();
    if (size < vocabularySize) {
      common
          .err()
          .println(
              "the text has no more pairs to merge: %d tokens instead of %d"
                  .formatted(size, vocabularySize));
    }
    long peak = ProcessMemory.peakResidentBytes();
    if (common.json()) {
      var values = new LinkedHashMap<String, Object>();
      values.put("vocab_size", size);
      values.put("merges", merges);
      values.put("seconds", seconds);
      values.put("bytes", bytes);
      values.put("peak_rss_bytes", peak == 0 ? null : peak);
      common.printJson(values);
      return;
    }
    common
        .out()
        .println(
            "%s: %s tokens, %s merges, from %s of text in %s"
                .formatted(
                    out,
                    Quantity.count(size),
                    Quantity.count(merges),
                    Quantity.bytes(bytes),
                    Quantity.seconds(seconds)));
  }

  private static Iterator<byte[]> utf8(Documents documents) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return documents.hasNext();
      }

      @Override
      public byte[] next() {
        Document document = documents.next();
        return document.utf8();
      }
    };
  }

  private static final class Progress implements TrainingListener {
    private final ProgressLine line;
    private long bytes;

    Progress(ProgressLine line) {
      this.line = line;
    }

    @Override
    public void counting(long documents, long bytes) {
      line.update(
          "reading: %s documents, %s".formatted(Quantity.count(documents), Quantity.bytes(bytes)));
    }

    @Override
    public void counted(long documents, long bytes, int distinctPieces) {
      this.bytes = bytes;
      line.update("merging: %s different pieces".formatted(Quantity.count(distinctPieces)));
    }

    @Override
    public void merged(int done, int total, long count) {
      line.update("merging: " + Quantity.count(done) + " of " + Quantity.count(total));
    }
  }
}
