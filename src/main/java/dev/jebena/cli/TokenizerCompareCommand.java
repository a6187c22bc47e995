package dev.jebena.cli;

import dev.jebena.data.Corpus;
import dev.jebena.io.AtomicFiles;
import dev.jebena.tokenizer.Comparison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jebena tokenizer compare}. */
@Command(
    name = "compare",
    addMethodSubcommands = false,
    description = "Characters, bytes, words and BPE side by side, on text they were not made from.",
    footer = {
      "%nExample:",
      "  jebena tokenizer compare --input book.txt --vocab-sizes 500,2000 --out compare.svg"
    })
final class TokenizerCompareCommand implements Callable<Integer> {
  /** A tenth is measured on. */
  private static final int PARTS = 10;

  private static final long SEED = 1;

  @Mixin private CommonOptions common;

  @Option(
      names = "--input",
      arity = "1..*",
      paramLabel = "PATH",
      description = "Text files, folders, .zip or .jsonl; a tenth is measured on.")
  private List<Path> input = List.of();

  @Option(names = "--jdk-sources", description = "The Java sources of this JDK.")
  private boolean jdkSources;

  @Option(
      names = "--vocab-sizes",
      split = ",",
      paramLabel = "N",
      description = "Vocabulary sizes for BPE (default: 1000,4000,16000).")
  private List<Integer> sizes = List.of(1_000, 4_000, 16_000);

  @Option(
      names = "--max-megabytes",
      paramLabel = "N",
      defaultValue = "32",
      description = "Take a sample of larger input (default: ${DEFAULT-VALUE}).")
  private int maxMegabytes;

  @Option(names = "--out", paramLabel = "FILE", description = "Draw a picture, an .svg.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    if (jdkSources == !input.isEmpty()) {
      throw common.wrongUsage("name the text to compare on: --input PATH..., or --jdk-sources");
    }
    if (maxMegabytes < 1) {
      throw common.wrongUsage("--max-megabytes " + maxMegabytes + " is less than one");
    }
    for (int size : sizes) {
      if (size < 257) {
        throw common.wrongUsage(
            "--vocab-sizes " + size + " is too small: bytes and end of text need 257");
      }
    }
    var corpus =
        jdkSources ? Corpus.jdkSources(Path.of(System.getProperty("java.home"))) : Corpus.of(input);
    var learned = new ArrayList<byte[]>();
    var heldOut = new ArrayList<byte[]>();
    Comparison comparison;
    try (var interrupt = new Interrupt();
        var line = new ProgressLine(common.err())) {
      read(new WatchedCorpus(corpus, "reading", line, interrupt), learned, heldOut);
      comparison =
          Comparison.of(
              learned,
              heldOut,
              sizes,
              Runtime.getRuntime().availableProcessors(),
              what -> line.update("comparing: " + what));
    }
    if (out != null) {
      AtomicFiles.writeString(out, comparison.toSvg());
    }
    if (common.json()) {
      json(comparison);
    } else {
      table(comparison);
    }
    return 0;
  }

  /** Every tenth document is held out; of a single one its end. */
  private void read(Corpus corpus, List<byte[]> learned, List<byte[]> heldOut) {
    try (var reading = corpus.limited(maxMegabytes * 1_000_000L, SEED).open()) {
      for (int i = 0; reading.hasNext(); i++) {
        (i % PARTS == PARTS - 1 ? heldOut : learned).add(reading.next().utf8());
      }
    }
    if (heldOut.isEmpty() && !learned.isEmpty()) {
      var last = learned.removeLast();
      int cut = (int) ((long) last.length * (PARTS - 1) / PARTS);
      while (cut < last.length && cut > 0 && (last[cut] & 0xC0) == 0x80) {
        cut--;
      }
      learned.add(Arrays.copyOf(last, cut));
      heldOut.add(Arrays.copyOfRange(last, cut, last.length));
    }
  }

  private void json(Comparison comparison) {
    var rows = new ArrayList<>();
    for (var row : comparison.rows()) {
      var values = new LinkedHashMap<String, Object>();
      values.put("name", row.name());
      values.put("vocab_size", row.vocabulary());
      values.put("tokens", row.tokens());
      values.put("bytes_per_token", row.bytesPerToken());
      values.put("unknown_rate", row.unknownRate());
      values.put("megabytes_per_second", row.megabytesPerSecond());
      rows.add(values);
    }
    var values = new LinkedHashMap<String, Object>();
    values.put("learned_bytes", comparison.learnedBytes());
    values.put("held_out_bytes", comparison.heldOutBytes());
    values.put("tokenizers", rows);
    if (out != null) {
      values.put("out", out.toString());
    }
    common.printJson(values);
  }

  private void table(Comparison comparison) {
    var text = common.out();
    text.println(
        "learned from %s, measured on other %s"
            .formatted(
                Quantity.bytes(comparison.learnedBytes()),
                Quantity.bytes(comparison.heldOutBytes())));
    text.println(
        String.format(
            "%-12s %12s %12s %12s %9s %9s",
            "tokenizer", "vocabulary", "tokens", "bytes/token", "unknown", "MB/s"));
    for (var row : comparison.rows()) {
      text.println(
          String.format(
              Locale.ROOT,
              "%-12s %,12d %,12d %12.2f %8.2f%% %9.1f",
              row.name(),
              row.vocabulary(),
              row.tokens(),
              row.bytesPerToken(),
              100 * row.unknownRate(),
              row.megabytesPerSecond()));
    }
    text.flush();
  }
}
