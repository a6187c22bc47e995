package dev.jebena.cli;

import dev.jebena.data.Corpus;
import dev.jebena.data.Encoding;
import dev.jebena.data.TokenData;
import dev.jebena.data.Utf8Check;
import dev.jebena.data.WrittenTokens;
import dev.jebena.io.AtomicFiles;
import dev.jebena.io.NpyFile;
import dev.jebena.tokenizer.SpecialTokenPolicy;
import dev.jebena.tokenizer.Tokenizer;
import dev.jebena.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jebena tokenizer encode}. */
@Command(
    name = "encode",
    addMethodSubcommands = false,
    description = "Turn text into token ids.",
    footer = {
      "%nExamples:",
      "  echo 'Hello, world' | jebena tokenizer encode --tokenizer model --ids",
      "  jebena tokenizer encode --tokenizer model --input book.txt --out ids.txt",
      "  jebena tokenizer encode --tokenizer model --input books --out books.tokens"
    })
final class TokenizerEncodeCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--tokenizer",
      required = true,
      paramLabel = "DIR",
      description =
          "A folder with tokenizer.json, or with vocab.json and merges.txt; or a .tiktoken file.")
  private Path tokenizer;

  @Option(
      names = "--input",
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "The text (default: stdin), encoded as it comes. For a token file also folders, .zip or"
              + " .jsonl.")
  private List<Path> input = List.of();

  @Option(names = "--ids", description = "Print the ids instead of how many there are.")
  private boolean printIds;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Write the ids into a file: i32 where it ends in .npy, a mapped token file with an"
              + " end-of-text token before each document where it ends in .tokens, else text.")
  private Path out;

  @Option(
      names = "--view",
      description = "Show the text with its token boundaries, in colour on a terminal.")
  private boolean view;

  @Option(
      names = "--raw",
      description = "Take any bytes; else what is not UTF-8 is an error that names its place.")
  private boolean raw;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that make a token file (default: all processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--allow-special",
      description = "Special tokens spelled in the text become their ids; else they are text.")
  private boolean allowSpecial;

  @Override
  public Integer call() throws IOException {
    if (threads < 1) {
      throw common.wrongUsage("--threads " + threads + " is too few: it takes at least one");
    }
    boolean tokenFile = out != null && out.toString().endsWith(".tokens");
    if (tokenFile && (input.isEmpty() || allowSpecial || raw || view)) {
      throw common.wrongUsage(
          "a token file is made of --input PATH..., without --allow-special, --raw and --view");
    }
    if (input.size() > 1 && !tokenFile) {
      throw common.wrongUsage("several inputs go into a token file: --out FILE.tokens");
    }
    if (view && raw) {
      throw common.wrongUsage("--view shows text; it cannot be given with --raw");
    }
    if (out != null && Files.isDirectory(out)) {
      throw common.wrongUsage("--out " + out + " is a folder; it must be a file");
    }
    if (!tokenFile && !input.isEmpty() && Files.isDirectory(input.getFirst())) {
      throw common.wrongUsage(
          "--input " + input.getFirst() + " is a folder, which goes into --out FILE.tokens only");
    }
    var encoder = TokenizerFiles.load(tokenizer);
    if (tokenFile) {
      return writeTokenFile(encoder);
    }
    var policy = allowSpecial ? SpecialTokenPolicy.all() : SpecialTokenPolicy.ordinary();
    var name = input.isEmpty() ? "stdin" : input.getFirst().toString();
    try (var text =
        new TextInput(
            input.isEmpty() ? System.in : Files.newInputStream(input.getFirst()),
            raw ? null : new Utf8Check(name))) {
      if (view) {
        view(encoder, text, policy);
      } else {
        encode(encoder, text, policy);
      }
    }
    common.out().flush();
    return 0;
  }

  private void view(Tokenizer encoder, TextInput text, SpecialTokenPolicy policy)
      throws IOException {
    var string = new String(text.readAllBytes(), StandardCharsets.UTF_8);
    var spans = encoder.encodeWithOffsets(string, policy);
    if (out != null) {
      write(sink -> Arrays.stream(spans.ids()).forEach(sink));
    }
    common.out().println(TokenColours.of(string, spans, TokenColours.wanted()));
  }

  /** Encodes as the text comes; ids are kept only where all of them are one JSON object. */
  private void encode(Tokenizer encoder, TextInput text, SpecialTokenPolicy policy)
      throws IOException {
    var kept = common.json() && out == null ? new ArrayList<int[]>() : null;
    long[] count = new long[1];
    long[] elsewhere = new long[1];
    boolean print = printIds && !common.json();
    long start = System.nanoTime();
    NpyFile.Ints ids =
        sink ->
            encoder.encodeStream(
                text,
                policy,
                part -> {
                  long given = System.nanoTime();
                  if (kept != null) {
                    kept.add(part);
                  }
                  for (int id : part) {
                    sink.accept(id);
                    if (print) {
                      common.out().print(count[0] == 0 ? "" : " ");
                      common.out().print(id);
                    }
                    count[0]++;
                  }
                  elsewhere[0] += System.nanoTime() - given;
                });
    if (out == null) {
      ids.writeTo(id -> {});
    } else {
      write(ids);
    }
    double seconds = (System.nanoTime() - start - text.nanos() - elsewhere[0]) / 1e9;
    if (common.json()) {
      var values = new LinkedHashMap<String, Object>();
      if (kept != null) {
        values.put("ids", kept.stream().flatMapToInt(Arrays::stream).toArray());
      } else {
        values.put("out", out.toString());
      }
      values.put("tokens", count[0]);
      values.put("bytes", text.bytes());
      values.put("seconds", seconds);
      common.printJson(values);
    } else if (print) {
      common.out().println();
    } else {
      common.out().println(summary(count[0], text.bytes(), seconds));
    }
  }

  private int writeTokenFile(Tokenizer encoder) {
    long start = System.nanoTime();
    WrittenTokens written;
    try (var interrupt = new Interrupt()) {
      try (var line = new ProgressLine(common.err())) {
        var corpus = new WatchedCorpus(Corpus.of(input), "encoding", line, interrupt);
        written = TokenData.encodeTo(out, corpus, Encoding.of(encoder), threads);
      } catch (CancellationException e) {
        common.err().println("stopped; nothing was written");
        return 1;
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (common.json()) {
      var values = new LinkedHashMap<String, Object>();
      values.put("out", out.toString());
      values.put("tokens", written.tokens());
      values.put("bytes", written.textBytes());
      values.put("seconds", seconds);
      values.put("documents", written.documents());
      common.printJson(values);
    } else {
      common
          .out()
          .println(
              "%s: %s documents, %s"
                  .formatted(
                      out,
                      Quantity.count(written.documents()),
                      summary(written.tokens(), written.textBytes(), seconds)));
      common.out().flush();
    }
    return 0;
  }

  private void write(NpyFile.Ints ids) throws IOException {
    if (out.toString().endsWith(".npy")) {
      NpyFile.write(out, ids);
      return;
    }
    AtomicFiles.write(
        out,
        stream -> {
          var writer = new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.US_ASCII));
          long[] count = new long[1];
          ids.writeTo(id -> {
            writer.print(count[0]++ == 0 ? "" : " ");
            writer.print(id);
          });
          writer.print("\n");
          if (writer.checkError()) {
            throw new IOException("ids cannot be written");
          }
        });
  }

  private static String summary(long tokens, long bytes, double seconds) {
    double each = tokens == 0 ? 0 : (double) bytes / tokens;
    return String.format(
        Locale.ROOT,
        "%,d tokens, %,d bytes (%.2f bytes a token), %s",
        tokens,
        bytes,
        each,
        Quantity.seconds(seconds));
  }
}
