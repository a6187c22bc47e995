package dev.jebena.cli;

import dev.jebena.data.Corpus;
import dev.jebena.data.DataException;
import dev.jebena.data.Document;
import dev.jebena.data.Documents;
import dev.jebena.tokenizer.BpeTokenizer;
import dev.jebena.tokenizer.BpeTrainer;
import dev.jebena.tokenizer.PreTokenizer;
import dev.jebena.tokenizer.RegexPreTokenizer;
import dev.jebena.tokenizer.Ties;
import dev.jebena.tokenizer.Tokenizer;
import dev.jebena.tokenizer.TokenizerException;
import dev.jebena.tokenizer.TokenizerFiles;
import dev.jebena.tokenizer.TrainingListener;
import dev.jebena.tokenizer.TrainingMemory;
import dev.jebena.train.ProcessMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
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
      "  jebena tokenizer train --input books notes.jsonl --vocab-size 4096 --out tokenizer",
      "  jebena tokenizer train --input books --vocab-size 4096 --pattern o200k --out tokenizer"
    })
final class TokenizerTrainCommand implements Callable<Integer> {
  /** Text between two times that counts are put down. */
  private static final long CHECKPOINT_BYTES = 1L << 30;

  /** What Ctrl-C waits for counts to be put down. */
  private static final long SAVING_SECONDS = 60;

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
      names = "--pattern",
      paramLabel = "NAME|REGEX",
      defaultValue = "gpt2",
      description =
          "How text is cut into pieces: gpt2, gpt2-digits, cl100k, llama3, qwen2, o200k, none, or a"
              + " regular expression, which is slower (default: ${DEFAULT-VALUE}).")
  private String pattern;

  @Option(
      names = "--ties",
      paramLabel = "RULE",
      defaultValue = "greater",
      description =
          "Which of equally frequent pairs is merged first: the greater bytes (greater), or the"
              + " lower ids as in Hugging Face's library (first) (default: ${DEFAULT-VALUE}).")
  private String ties;

  @Option(
      names = "--max-token-length",
      paramLabel = "BYTES",
      description = "The most bytes of a token that merging makes (default: no limit).")
  private int maxTokenLength = Integer.MAX_VALUE;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that count pieces (default: all processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--max-memory",
      paramLabel = "MEGABYTES",
      description =
          "Memory for different pieces of text and pairs of tokens; what goes beyond it lies in"
              + " temporary files in --out, and makes learning slower (default: half of Java's"
              + " heap).")
  private long maxMegabytes = TrainingMemory.halfOfTheHeap().bytes() / 1_000_000;

  @Option(
      names = "--resume",
      description = "Go on with the counts that a stopped training left in --out.")
  private boolean resume;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where tokenizer.json goes.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    check();
    var cut = cut();
    var counts = out.resolve("counts.partial");
    if (!resume) {
      Files.deleteIfExists(counts);
    } else if (!Files.exists(counts)) {
      common.err().println(counts + ": no counts there; learning starts from the beginning");
    }
    var trainer =
        new BpeTrainer(vocabularySize)
            .withSpecialTokens(special)
            .withPreTokenizer(cut)
            .withTies(ties.equals("first") ? Ties.FIRST : Ties.GREATER)
            .withMaxTokenLength(maxTokenLength)
            .withThreads(threads)
            .withMemory(new TrainingMemory(maxMegabytes * 1_000_000, out))
            .withCheckpoint(new BpeTrainer.Checkpoint(counts, CHECKPOINT_BYTES));
    var corpus =
        jdkSources
            ? Corpus.jdkSources(Path.of(System.getProperty("java.home")))
            : Corpus.of(input, trainer::lastCut);
    long start = System.nanoTime();
    BpeTokenizer tokenizer;
    long bytes;
    try (var interrupt = new Interrupt(SAVING_SECONDS)) {
      try (var line = new ProgressLine(common.err());
          var reading = corpus.open()) {
        var progress = new Progress(line, interrupt, corpus.expectedBytes());
        if (cut instanceof RegexPreTokenizer) {
          line.message("a regular expression cuts text several times slower than a named pattern");
        }
        tokenizer = trainer.withListener(progress).trainUtf8(utf8(reading));
        line.clear();
        bytes = progress.bytes;
        if (bytes == 0) {
          throw new DataException(corpus.description() + ": there is no text to learn from");
        }
        line.passedOver(reading);
      } catch (CancellationException e) {
        common
            .err()
            .println(
                Files.exists(counts)
                    ? "stopped; what was counted is in " + counts + ": go on with --resume"
                    : "stopped");
        return 1;
      }
    }
    TokenizerFiles.save(tokenizer, out);
    report(tokenizer, bytes, (System.nanoTime() - start) / 1e9);
    return 0;
  }

  private PreTokenizer cut() {
    if (PreTokenizer.builtIn().stream().anyMatch(cut -> cut.name().equals(pattern))) {
      return PreTokenizer.named(pattern);
    }
    if (pattern.matches("[\\w-]+")) {
      throw common.wrongUsage(
          "--pattern "
              + pattern
              + ": there is "
              + String.join(", ", PreTokenizer.builtIn().stream().map(PreTokenizer::name).toList())
              + ", or a regular expression");
    }
    try {
      return new RegexPreTokenizer(pattern);
    } catch (TokenizerException e) {
      throw common.wrongUsage("--pattern " + e.getMessage());
    }
  }

  private void check() {
    if (!ties.equals("first") && !ties.equals("greater")) {
      throw common.wrongUsage("--ties is greater or first, not " + ties);
    }
    if (threads < 1) {
      throw common.wrongUsage("--threads " + threads + " is too few: it takes at least one");
    }
    if (maxTokenLength < 1) {
      throw common.wrongUsage("--max-token-length " + maxTokenLength + " is less than one byte");
    }
    if (maxMegabytes < 1 || maxMegabytes > 1_000_000_000) {
      throw common.wrongUsage("--max-memory " + maxMegabytes + " is not a size in megabytes");
    }
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
    private final Interrupt interrupt;
    private final long expectedBytes;
    private long bytes;

    Progress(ProgressLine line, Interrupt interrupt, long expectedBytes) {
      this.expectedBytes = expectedBytes;
      this.line = line;
      this.interrupt = interrupt;
    }

    @Override
    public boolean stopRequested() {
      return interrupt.requested();
    }

    @Override
    public void counting(long documents, long bytes) {
      line.update(
          bytes,
          expectedBytes,
          "reading: %s documents, %s".formatted(Quantity.count(documents), Quantity.bytes(bytes)));
    }

    @Override
    public void counted(long documents, long bytes, int distinctPieces) {
      this.bytes = bytes;
      line.update("merging: %s different pieces".formatted(Quantity.count(distinctPieces)));
    }

    @Override
    public void merged(int done, int total, long count) {
      line.update(done, total, Quantity.count(done) + " of " + Quantity.count(total) + " merges");
    }
  }
}
