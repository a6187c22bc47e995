package dev.jebena.cli;

import dev.jebena.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jebena tokenizer decode}. */
@Command(
    name = "decode",
    addMethodSubcommands = false,
    description = "Turn token ids into text.",
    footer = {"%nExample:", "  jebena tokenizer decode --tokenizer model 464 2068,7586"})
final class TokenizerDecodeCommand implements Callable<Integer> {
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
      paramLabel = "FILE",
      description = "Ids in a file (default: stdin, where no id is given).")
  private Path input;

  @Option(
      names = "--raw",
      description = "Print the bytes as they are; else what is not UTF-8 becomes U+FFFD.")
  private boolean raw;

  @Parameters(paramLabel = "ID", description = "Token ids, apart by spaces or commas.")
  private List<String> ids;

  @Override
  public Integer call() throws IOException {
    if (ids != null && input != null) {
      throw common.wrongUsage("give ids or --input, not both");
    }
    var decoder = TokenizerFiles.load(tokenizer);
    if (raw && common.json()) {
      throw common.wrongUsage("--raw prints bytes, which have no place in --json");
    }
    if (raw) {
      System.out.write(decoder.decodeBytes(given()));
      System.out.flush();
      return 0;
    }
    var text = decoder.decode(given());
    if (common.json()) {
      common.printJson(Map.of("text", text));
    } else {
      common.out().print(text);
      common.out().flush();
    }
    return 0;
  }

  private int[] given() throws IOException {
    if (ids != null) {
      return TokenIds.ofArgument(common, String.join(" ", ids));
    }
    var bytes = input == null ? System.in.readAllBytes() : Files.readAllBytes(input);
    return TokenIds.parse(new String(bytes, StandardCharsets.UTF_8));
  }
}
