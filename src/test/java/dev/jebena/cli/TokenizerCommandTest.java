package dev.jebena.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerCommandTest {
  private static final String TEXT = "the cat sat on the mat, the rat sat on the cat — ça va 猫\n";

  @TempDir Path folder;
  private Path text;
  private Path tokenizer;

  @BeforeEach
  void write() throws IOException {
    text = Files.writeString(folder.resolve("text.txt"), TEXT.repeat(20));
    tokenizer = folder.resolve("tok");
  }

  private Run train(Object... more) {
    var args =
        new Object[] {
          "tokenizer", "train", "--input", text, "--vocab-size", 280, "--out", tokenizer
        };
    return Run.of(
        java.util.stream.Stream.concat(java.util.Arrays.stream(args), java.util.Arrays.stream(more))
            .toArray());
  }

  @Test
  void trainsAndTells() throws IOException {
    var json = train("--json").json();
    assertThat(json.propertyNames())
        .containsExactly("vocab_size", "merges", "seconds", "bytes", "peak_rss_bytes");
    assertThat(json.get("vocab_size").asInt()).isEqualTo(280);
    assertThat(json.get("merges").asInt()).isEqualTo(280 - 257);
    assertThat(json.get("bytes").asLong()).isEqualTo(Files.size(text));
    assertThat(json.get("seconds").asDouble()).isPositive();
    if (!json.get("peak_rss_bytes").isNull()) {
      assertThat(json.get("peak_rss_bytes").asLong()).isGreaterThan(10_000_000);
    }
    assertThat(TokenizerFiles.load(tokenizer).vocabularySize()).isEqualTo(280);
  }

  @Test
  void trainsForPeople() {
    var run = train().succeeds();
    assertThat(run.out()).contains("280 tokens", "23 merges").hasLineCount(1);
  }

  @Test
  void specialTokensGetTheFirstIds() throws IOException {
    train("--special", "<|a|>", "<|b|>").succeeds();
    assertThat(TokenizerFiles.load(tokenizer).specialTokens())
        .containsEntry("<|a|>", 0)
        .containsEntry("<|b|>", 1)
        .hasSize(2);
  }

  @Test
  void patternsTiesAndLengthsAreChosen() throws IOException {
    train("--pattern", "o200k", "--ties", "first", "--max-token-length", 3, "--threads", 1)
        .succeeds();
    var learned = (dev.jebena.tokenizer.BpeTokenizer) TokenizerFiles.load(tokenizer);
    assertThat(learned.preTokenizer().name()).isEqualTo("o200k");
    assertThat(learned.merges()).allMatch(m -> learned.tokenBytes(m.merged()).length <= 3);
    assertThat(train("--pattern", "[a-z]+|.").succeeds().err()).contains("slower");
    assertThat(train("--resume").succeeds().err()).contains("no counts there");
    train("--pattern", "gpt5").isWrongUsage("gpt5", "cl100k");
    train("--pattern", "(a").isWrongUsage("(a");
    train("--ties", "last").isWrongUsage("greater or first");
    train("--threads", 0).isWrongUsage("--threads 0");
    train("--max-token-length", 0).isWrongUsage("--max-token-length 0");
    train("--max-memory", 0).isWrongUsage("--max-memory 0");
    train("--max-memory", 1).succeeds();
    assertThat(tokenizer.toFile().list())
        .containsExactlyInAnyOrder("tokenizer.json", "tokenizer_config.json");
  }

  @Test
  void aTextWithoutMorePairsSaysSo() throws IOException {
    Files.writeString(text, "aaaa");
    var run = train("--json");
    assertThat(run.json().get("vocab_size").asInt()).isLessThan(280);
    assertThat(run.err()).contains("no more pairs");
  }

  @Test
  void tooSmallAVocabularyIsOneLine() {
    var run =
        Run.of("tokenizer", "train", "--input", text, "--vocab-size", 256, "--out", tokenizer);
    run.isWrongUsage("--vocab-size 256", "at least 257");
    assertThat(tokenizer).doesNotExist();
  }

  @Test
  void trainRefuses() throws IOException {
    Run.of("tokenizer", "train", "--vocab-size", 300, "--out", tokenizer)
        .isWrongUsage("--input", "--jdk-sources");
    train("--jdk-sources").isWrongUsage("--input", "--jdk-sources");
    Run.of("tokenizer", "train", "--input", text, "--vocab-size", "many", "--out", tokenizer)
        .isWrongUsage("--vocab-size", "many");
    Run.of("tokenizer", "train", "--input", text, "--vocab-size", 300, "--out", text)
        .isWrongUsage("is a file");
    Run.of("tokenizer", "train", "--input", "nowhere", "--vocab-size", 300, "--out", tokenizer)
        .isFailure("nowhere");
    Files.writeString(text, "");
    train().isFailure("empty");
    assertThat(tokenizer).doesNotExist();
    Run.of("tokenizer").isWrongUsage("subcommand");
  }

  @Test
  void encodesAndDecodesBack() throws IOException {
    train().succeeds();
    var json =
        Run.of("tokenizer", "encode", "--tokenizer", tokenizer, "--input", text, "--json").json();
    assertThat(json.propertyNames()).containsExactly("ids", "tokens", "bytes", "seconds");
    var expected = TokenizerFiles.load(tokenizer).encode(Files.readString(text));
    assertThat(IntStream.range(0, json.get("ids").size()).map(i -> json.get("ids").get(i).asInt()))
        .containsExactly(java.util.Arrays.stream(expected).boxed().toArray(Integer[]::new));
    assertThat(json.get("tokens").asInt()).isEqualTo(expected.length);
    assertThat(json.get("bytes").asLong()).isEqualTo(Files.size(text));

    var ids =
        Run.withInput(TEXT, "tokenizer", "encode", "--tokenizer", tokenizer, "--ids").succeeds();
    var back = Run.withInput(ids.out(), "tokenizer", "decode", "--tokenizer", tokenizer).succeeds();
    assertThat(back.out()).isEqualTo(TEXT);
  }

  @Test
  void encodesIntoAFile() throws IOException {
    train().succeeds();
    var out = folder.resolve("ids.txt");
    var json =
        Run.withInput(TEXT, "tokenizer", "encode", "--tokenizer", tokenizer, "--out", out, "--json")
            .json();
    assertThat(json.propertyNames()).containsExactly("out", "tokens", "bytes", "seconds");
    var decoded =
        Run.of("tokenizer", "decode", "--tokenizer", tokenizer, "--input", out, "--json").json();
    assertThat(decoded.get("text").asString()).isEqualTo(TEXT);
  }

  @Test
  void countsUnlessAskedForIds() {
    train().succeeds();
    var run = Run.withInput(TEXT, "tokenizer", "encode", "--tokenizer", tokenizer).succeeds();
    assertThat(run.out()).contains(" tokens, ", "bytes a token").hasLineCount(1);
    var none = Run.withInput("", "tokenizer", "encode", "--tokenizer", tokenizer, "--json").json();
    assertThat(none.get("ids").isEmpty()).isTrue();
  }

  @Test
  void specialTokensInTextAreTextUnlessAllowed() {
    train().succeeds();
    var forged = "a<|endoftext|>b";
    Object[] encode = {"tokenizer", "encode", "--tokenizer", tokenizer, "--ids"};
    var plain = Run.withInput(forged, encode).succeeds().out().strip().split(" ");
    assertThat(plain).doesNotContain("0").hasSizeGreaterThan(3);
    var allowed =
        Run.withInput(
                forged, "tokenizer", "encode", "--tokenizer", tokenizer, "--ids", "--allow-special")
            .succeeds();
    assertThat(allowed.out().strip().split(" ")).hasSize(3).contains("0");
  }

  @Test
  void decodesIdsGivenAsArguments() throws IOException {
    train().succeeds();
    var ids = TokenizerFiles.load(tokenizer).encode("the cat");
    var list = String.join(",", IntStream.of(ids).mapToObj(Integer::toString).toList());
    assertThat(Run.of("tokenizer", "decode", "--tokenizer", tokenizer, list).succeeds().out())
        .isEqualTo("the cat");
  }

  @Test
  void encodeAndDecodeRefuse() {
    train().succeeds();
    Run.of("tokenizer", "encode", "--tokenizer", folder.resolve("no"), "--input", text)
        .isFailure("no such folder");
    Run.of("tokenizer", "encode", "--tokenizer", tokenizer, "--input", folder.resolve("x"))
        .isFailure("no such file");
    Run.of("tokenizer", "encode", "--input", text).isWrongUsage("--tokenizer");
    Run.of("tokenizer", "decode", "--tokenizer", tokenizer, "12,x").isWrongUsage("'x'");
    Run.withInput("1 two", "tokenizer", "decode", "--tokenizer", tokenizer).isFailure("'two'");
    Run.of("tokenizer", "decode", "--tokenizer", tokenizer, "99999").isFailure("99999", "280");
  }

  @Test
  void aCorpusBecomesATokenFile() throws IOException {
    train().succeeds();
    var out = folder.resolve("corpus.tokens");
    Object[] encode = {
      "tokenizer", "encode", "--tokenizer", tokenizer, "--input", text, "--out", out
    };
    var json =
        Run.of(
                java.util.stream.Stream.concat(
                        java.util.Arrays.stream(encode), java.util.stream.Stream.of("--json"))
                    .toArray())
            .json();
    var loaded = TokenizerFiles.load(tokenizer);
    try (var tokens = dev.jebena.data.TokenData.open(out, loaded.hash())) {
      assertThat(tokens.count()).isEqualTo(json.get("tokens").asLong());
      assertThat(tokens.get(0)).isZero();
      assertThat(tokens.count()).isEqualTo(1 + loaded.count(Files.readString(text)));
    }
    assertThat(Run.of(encode).succeeds().out()).contains("1 documents", "tokens");
    Run.withInput("a", "tokenizer", "encode", "--tokenizer", tokenizer, "--out", out)
        .isWrongUsage("--input PATH");
    Run.of("tokenizer", "encode", "--tokenizer", tokenizer, "--input", text, text)
        .isWrongUsage("token file");
  }

  @Test
  void invalidUtf8IsNamedUnlessItIsRaw() throws IOException {
    train().succeeds();
    Files.write(text, new byte[] {'a', 'b', (byte) 0xC3, 'x'});
    Run.of("tokenizer", "encode", "--tokenizer", tokenizer, "--input", text)
        .isFailure("invalid UTF-8 at offset 2", "0xC3");
    var ids =
        Run.of("tokenizer", "encode", "--tokenizer", tokenizer, "--input", text, "--raw", "--ids")
            .succeeds();
    var numbers = ids.out().strip().split(" ");
    var loaded = TokenizerFiles.load(tokenizer);
    assertThat(
            loaded.decodeBytes(
                java.util.Arrays.stream(numbers).mapToInt(Integer::parseInt).toArray()))
        .isEqualTo(Files.readAllBytes(text));
    Run.of("tokenizer", "decode", "--tokenizer", tokenizer, "--raw", "--json", "1")
        .isWrongUsage("--raw");
  }

  @Test
  void boundariesAreShown() {
    train().succeeds();
    var view =
        Run.withInput("the cat 猫", "tokenizer", "encode", "--tokenizer", tokenizer, "--view")
            .succeeds();
    assertThat(view.out()).contains("|").startsWith("the");
    assertThat(view.out().replace("|", "").replace("·", "").strip()).isEqualTo("the cat 猫");
  }

  @Test
  void coloursAreForTerminalsAndForThoseWhoLikeThem() {
    assertThat(TokenColours.wanted("true", false, null)).isTrue();
    assertThat(TokenColours.wanted("true", false, "")).isTrue();
    assertThat(TokenColours.wanted("true", true, "1")).isFalse();
    assertThat(TokenColours.wanted("false", true, null)).isFalse();
    assertThat(TokenColours.wanted(null, true, null)).isTrue();
    assertThat(TokenColours.wanted(null, false, null)).isFalse();
  }

  @Test
  void tokenizersAreCompared() throws IOException {
    var picture = folder.resolve("compare.svg");
    Object[] compare = {
      "tokenizer", "compare", "--input", text, "--vocab-sizes", "260,280", "--out", picture
    };
    var run = Run.of(compare).succeeds();
    assertThat(run.out())
        .contains("character", "byte", "word", "BPE 260", "BPE 280", "bytes/token", "unknown");
    assertThat(picture)
        .content()
        .startsWith("<svg")
        .contains("BPE 280", ">vocabulary<", ">tokens<", ">unknown<", ">MB/s<", ">280<");
    var json =
        Run.of("tokenizer", "compare", "--input", text, "--vocab-sizes", "260,300", "--json")
            .json();
    var rows = json.get("tokenizers");
    assertThat(rows.size()).isEqualTo(5);
    assertThat(rows.get(1).get("bytes_per_token").asDouble()).isEqualTo(1);
    assertThat(rows.get(4).get("bytes_per_token").asDouble())
        .isGreaterThan(rows.get(3).get("bytes_per_token").asDouble());
    for (var row : rows) {
      assertThat(row.get("unknown_rate").asDouble()).isBetween(0.0, 1.0);
      assertThat(row.get("megabytes_per_second").asDouble()).isPositive();
    }
    Run.of("tokenizer", "compare").isWrongUsage("--input");
    Run.of("tokenizer", "compare", "--input", text, "--vocab-sizes", "12").isWrongUsage("12");
  }

  @Test
  void foldersAreNoFiles() {
    train().succeeds();
    assertThat(Run.of("tokenizer", "encode", "--tokenizer", tokenizer, "--input", folder).err())
        .contains("--input " + folder + " is a folder");
    assertThat(
            Run.of(
                    "tokenizer",
                    "encode",
                    "--tokenizer",
                    tokenizer,
                    "--input",
                    text,
                    "--out",
                    folder)
                .err())
        .contains("--out " + folder + " is a folder");
  }

  @Test
  void aFileInAFolderThatCannotBeReadIsNamedAndNothingIsWritten() throws IOException {
    train().succeeds();
    var books = Files.createDirectory(folder.resolve("books"));
    Files.writeString(books.resolve("a.txt"), TEXT);
    Files.writeString(books.resolve("c.txt"), TEXT);
    var link = Files.createSymbolicLink(books.resolve("b.txt"), folder.resolve("nowhere"));
    var out = folder.resolve("books.tokens");
    var encode =
        Run.of("tokenizer", "encode", "--tokenizer", tokenizer, "--input", books, "--out", out);
    assertThat(encode.code()).isEqualTo(1);
    assertThat(encode.err()).hasLineCount(1).contains(link + ": cannot be read: a link to nothing");
    assertThat(out).doesNotExist();
    var other = folder.resolve("other");
    var learn = Run.of("tokenizer", "train", "--input", books, "--vocab-size", 280, "--out", other);
    assertThat(learn.code()).isEqualTo(1);
    assertThat(learn.err()).hasLineCount(1).contains(link.toString());
    assertThat(other).doesNotExist();
  }

  @Test
  void aFileInAFolderThatIsNoTextIsNamed() throws IOException {
    train().succeeds();
    var books = Files.createDirectory(folder.resolve("books"));
    Files.writeString(books.resolve("a.txt"), TEXT);
    var broken = Files.write(books.resolve("b.txt"), new byte[] {'a', 'b', (byte) 0xFF});
    var out = folder.resolve("books.tokens");
    var said = "passed over a file that is no text; the first is " + broken + ": invalid UTF-8 at";
    assertThat(
            Run.of("tokenizer", "encode", "--tokenizer", tokenizer, "--input", books, "--out", out)
                .succeeds()
                .err())
        .contains(said + " offset 2");
    Files.write(books.resolve("c"), new byte[] {0});
    assertThat(
            Run.of("tokenizer", "train", "--input", books, "--vocab-size", 280, "--out", tokenizer)
                .succeeds()
                .err())
        .contains("passed over 2 files that are no text; the first is " + broken);
  }

  @Test
  void aBarSaysHowMuchIsDone() {
    assertThat(ProgressLine.bar(0, 7)).isEqualTo("[....................]   0 %");
    assertThat(ProgressLine.bar(3, 4)).isEqualTo("[###############.....]  75 %");
    assertThat(ProgressLine.bar(9, 9)).isEqualTo("[####################] 100 %");
    assertThat(ProgressLine.bar(1, 0)).startsWith("[..");
    for (long total : new long[] {0, 4}) {
      var err = new StringWriter();
      try (var line = new ProgressLine(new PrintWriter(err), true)) {
        var patience = System.nanoTime() + 20_000_000_000L;
        while (err.toString().isEmpty() && System.nanoTime() < patience) {
          line.update(1, total, "reading");
        }
      }
      assertThat(err.toString())
          .contains(total == 0 ? "\r\u001b[Kreading" : "[#####...............]  25 % reading");
    }
  }

  /** Cut behind its only line end, the text would have no pair of it and a tab. */
  @Test
  void aFileTooLargeForOneReadingIsLearnedFromAsAWhole() throws IOException {
    var books = Files.createDirectory(folder.resolve("books"));
    var half = " ab".repeat(11 << 20).getBytes(StandardCharsets.US_ASCII);
    try (var out = Files.newOutputStream(books.resolve("large"))) {
      out.write(half);
      out.write("\n\t\tq".getBytes(StandardCharsets.US_ASCII));
      out.write(half);
    }
    text = books;
    train();
    assertThat(Files.readString(tokenizer.resolve("tokenizer.json"))).contains("\"Ċĉ\"");
  }

  @Test
  void textIsEncodedAsItComes() throws IOException {
    train().succeeds();
    var line = TEXT.getBytes(StandardCharsets.UTF_8);
    long[] read = new long[1];
    long[] readBeforeTheFirstId = new long[1];
    var endless =
        new InputStream() {
          @Override
          public int read() {
            return read[0] < 4_000_000 ? line[(int) (read[0]++ % line.length)] & 0xFF : -1;
          }
        };
    var out =
        new PrintWriter(Writer.nullWriter()) {
          @Override
          public void print(int id) {
            if (readBeforeTheFirstId[0] == 0) {
              readBeforeTheFirstId[0] = read[0];
            }
          }
        };
    var before = System.in;
    System.setIn(endless);
    try {
      var words =
          new String[] {"tokenizer", "encode", "--tokenizer", tokenizer.toString(), "--ids"};
      assertThat(Main.run(out, new PrintWriter(new StringWriter()), words)).isZero();
    } finally {
      System.setIn(before);
    }
    assertThat(read[0]).isEqualTo(4_000_000);
    assertThat(readBeforeTheFirstId[0]).isBetween(1L, 1_000_000L);
  }

  @Test
  void whatIsWrongFarInsideIsNamedAndNoFileIsWritten() throws IOException {
    train().succeeds();
    var bytes = TEXT.repeat(20_000).getBytes(StandardCharsets.UTF_8);
    int at = bytes.length - 7;
    bytes[at] = (byte) 0xFF;
    Files.write(text, bytes);
    for (var name : new String[] {"ids.txt", "ids.npy"}) {
      var out = folder.resolve(name);
      Run.of("tokenizer", "encode", "--tokenizer", tokenizer, "--input", text, "--out", out)
          .isFailure("invalid UTF-8 at offset " + at, "0xFF");
      assertThat(out).doesNotExist();
    }
  }

  @Test
  void idsInAnArrayAreTheIds() throws IOException {
    train().succeeds();
    var many = TEXT.repeat(20_000);
    Files.writeString(text, many);
    var out = folder.resolve("ids.npy");
    Run.of("tokenizer", "encode", "--tokenizer", tokenizer, "--input", text, "--out", out)
        .succeeds();
    var ids = dev.jebena.io.NpyFile.read(out).toLongs();
    var expected = TokenizerFiles.load(tokenizer).encode(many);
    assertThat(ids).isEqualTo(IntStream.of(expected).asLongStream().toArray());
  }
}
