package dev.jebena.cli;

import dev.jebena.io.AtomicFiles;
import dev.jebena.io.NamedArray;
import dev.jebena.io.NpyFile;
import dev.jebena.tokenizer.SpecialTokenPolicy;
import dev.jebena.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.concurrent.Callable;
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
      "  jebena tokenizer encode --tokenizer model --input book.txt --out ids.txt"
    })
final class TokenizerEncodeCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--tokenizer",
      required = true,
      paramLabel = "DIR",
      description = "A folder with tokenizer.json, or with vocab.json and merges.txt.")
  private Path tokenizer;

  @Option(names = "--input", paramLabel = "FILE", description = "The text (default: stdin).")
  private Path input;

  @Option(names = "--ids", description = "Print the ids instead of how many there are.")
  private boolean printIds;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the ids into a file: i32 where it ends in .npy, else text.")
  private Path out;

  @Option(
      names = "--allow-special",
      description = "Special tokens spelled in the text become their ids; else they are text.")
  private boolean allowSpecial;

  @Override
  public Integer call() throws IOException {
    var encoder = TokenizerFiles.load(tokenizer);
    var text = input == null ? System.in.readAllBytes() : Files.readAllBytes(input);
    var policy = allowSpecial ? SpecialTokenPolicy.all() : SpecialTokenPolicy.ordinary();
    long start = System.nanoTime();
    var ids = encoder.encode(text, 0, text.length, policy);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (out != null) {
      write(ids);
    }
    if (common.json()) {
      var values = new LinkedHashMap<String, Object>();
      if (out == null) {
        values.put("ids", ids);
      } else {
        values.put("out", out.toString());
      }
      values.put("tokens", ids.length);
      values.put("bytes", text.length);
      values.put("seconds", seconds);
      common.printJson(values);
      return 0;
    }
    if (printIds) {
      TokenIds.print(ids, common.out());
      common.out().println();
    } else {
      common.out().println(summary(ids.length, text.length, seconds));
    }
    common.out().flush();
    return 0;
  }

  private void write(int[] ids) throws IOException {
    if (out.toString().endsWith(".npy")) {
      NpyFile.write(out, NamedArray.of("ids", ids, ids.length));
      return;
    }
    AtomicFiles.write(
        out,
        stream -> {
          var writer = new OutputStreamWriter(stream, StandardCharsets.US_ASCII);
          TokenIds.print(ids, writer);
          writer.write("\n");
          writer.flush();
        });
  }

  private static String summary(int tokens, int bytes, double seconds) {
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
