package dev.jebena.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.jebena.data.Corpus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Hugging Face's own tokenizers, as a native library, beside ours on text made to hurt. */
class DjlTest {
  /**
   * Scripts that every version of Unicode in use agrees on; the peer's tables are older than the
   * JDK's, and its regular expressions do not fold the long s.
   */
  private static final int[][] AGREED = {
    {0, 0x17E},
    {0x370, 0x377},
    {0x391, 0x3A1},
    {0x400, 0x481},
    {0x5D0, 0x5EA},
    {0x621, 0x63A},
    {0x905, 0x939},
    {0x1100, 0x1112},
    {0x2000, 0x202F},
    {0x2160, 0x2180},
    {0x3041, 0x3096},
    {0x4E00, 0x9FA0},
    {0xAC00, 0xD7A3},
    {0x1F300, 0x1F53D},
    {0x300, 0x345},
    {0x2580, 0x2583}
  };

  @TempDir Path folder;

  private static HuggingFaceTokenizer peer(Path file) throws IOException {
    try {
      return HuggingFaceTokenizer.newInstance(
          file, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
    } catch (LinkageError | RuntimeException e) {
      System.err.println("WARNING: DJL's native tokenizers cannot be loaded here: " + e);
      assumeTrue(false, "DJL's native tokenizers cannot be loaded here: " + e);
      throw e;
    }
  }

  private static String text(SplittableRandom random, int length) {
    var text = new StringBuilder();
    int count = random.nextInt(length + 1);
    while (text.length() < count) {
      switch (random.nextInt(8)) {
        case 0 -> text.append("  \n\n\r\n \t".substring(random.nextInt(7)));
        case 1 -> text.append("don't We'LL <s>x</s> <table>\n\n".substring(random.nextInt(20)));
        case 2 -> text.append(" the operations of tensors".substring(random.nextInt(10)));
        case 3 -> text.append((char) ('a' + random.nextInt(3))).repeat('a', random.nextInt(30));
        case 4 -> text.append(random.nextInt(100_000));
        default -> {
          var range = AGREED[random.nextInt(AGREED.length)];
          text.appendCodePoint(range[0] + random.nextInt(range[1] - range[0] + 1));
        }
      }
    }
    return text.toString();
  }

  private static void compare(Path file, long seed, int texts) throws IOException {
    var ours = TokenizerFiles.load(file);
    var random = new SplittableRandom(seed);
    try (var theirs = peer(file)) {
      for (int i = 0; i < texts; i++) {
        agree(ours, theirs, text(random, 80));
      }
    }
  }

  private static void agree(Tokenizer ours, HuggingFaceTokenizer theirs, String text) {
    var expected = theirs.encode(text, false, false).getIds();
    var ids = ours.encode(text, SpecialTokenPolicy.all());
    if (!Arrays.equals(Arrays.stream(ids).asLongStream().toArray(), expected)) {
      assertThat(Arrays.stream(ids).asLongStream().toArray()).as(text).isEqualTo(expected);
    }
    if (ids.length > 0) {
      assertThat(ours.decode(ids)).as(text).isEqualTo(theirs.decode(expected, false));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama2",
        "mistral",
        "gemma",
        "metaspace",
        "llama3",
        "qwen2",
        "prefix-space",
        "starcoder",
        "falcon",
        "deepseek",
        "deepseek3",
        "merged",
        "roberta",
        "phi3"
      })
  void givesTheSameIdsAndTexts(String name) throws IOException {
    compare(HuggingFaceFilesTest.file(name + ".json"), 30, 1_500);
  }

  private static ObjectNode normalizer(String json) {
    return (ObjectNode) JsonMapper.builder().build().readTree(json);
  }

  /** A file of a name with another normaliser, and all of its added tokens normalised or none. */
  private Path edited(String name, String json, boolean normalized) throws IOException {
    var mapper = JsonMapper.builder().build();
    var root = (ObjectNode) mapper.readTree(HuggingFaceFilesTest.file(name + ".json").toFile());
    if (json != null) {
      root.set("normalizer", normalizer(json));
    }
    int count = 0;
    for (var token : root.path("added_tokens")) {
      // every third one stays, so that some are sought before and some behind
      ((ObjectNode) token).put("normalized", normalized && count++ % 3 != 2);
    }
    var file = folder.resolve("tokenizer.json");
    Files.write(file, mapper.writeValueAsBytes(root));
    return file;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"llama2", "mistral", "gemma", "metaspace", "llama3", "phi3", "prefix-space"})
  void normalizedTokensAreFoundBehindTheNormalizer(String name) throws IOException {
    compare(edited(name, null, true), 33, 1_500);
    if (name.equals("gemma")) {
      return; // its cut is idle behind its own normaliser only
    }
    compare(edited(name, "{\"type\":\"Prepend\",\"prepend\":\"a\"}", true), 34, 500);
    compare(edited(name, "{\"type\":\"Lowercase\"}", true), 35, 500);
    compare(
        edited(
            name, "{\"type\":\"Replace\",\"pattern\":{\"String\":\"s\"},\"content\":\"xx\"}", true),
        36,
        500);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'Lowercase'}",
        "{'type':'Strip','strip_left':true,'strip_right':true}",
        "{'type':'Strip','strip_left':false,'strip_right':true}",
        "{'type':'Strip','strip_left':true,'strip_right':false}",
        "{'type':'Replace','pattern':{'Regex':'\\\\s+'},'content':' '}",
        "{'type':'Replace','pattern':{'Regex':'[0-9]{2}|a+'},'content':''}",
        "{'type':'Replace','pattern':{'Regex':'(?<=a)\\\\w'},'content':'xyz'}",
        "{'type':'Sequence','normalizers':[{'type':'NFC'},{'type':'Lowercase'},"
            + "{'type':'Replace','pattern':{'Regex':' {2,}'},'content':'_'},"
            + "{'type':'Strip','strip_left':true,'strip_right':true}]}",
      })
  void normalizersDoWhatTheyDoThere(String json) throws IOException {
    for (var name : new String[] {"llama3", "prefix-space", "metaspace", "qwen2"}) {
      compare(edited(name, json.replace('\'', '"'), false), 37, 400);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama2",
        "mistral",
        "gemma",
        "metaspace",
        "llama3",
        "qwen2",
        "prefix-space",
        "starcoder",
        "falcon",
        "deepseek",
        "deepseek3",
        "merged",
        "roberta",
        "phi3"
      })
  void givesTheSameIdsAndTextsForLong(String name) throws IOException {
    compare(HuggingFaceFilesTest.file(name + ".json"), System.nanoTime(), 30_000);
  }

  @Test
  void readsWhatIsWrittenHereWithEveryCut() throws IOException {
    var random = new SplittableRandom(31);
    var texts = new ArrayList<String>();
    for (int i = 0; i < 200; i++) {
      texts.add(text(random, 200));
    }
    for (var cut : PreTokenizer.builtIn()) {
      var trained =
          new BpeTrainer(600)
              .withSpecialTokens(List.of("<s>", "</s>"))
              .withPreTokenizer(cut)
              .train(texts.iterator());
      TokenizerFiles.save(trained, folder);
      var file = folder.resolve("tokenizer.json");
      assertThat(TokenizerFiles.load(file).hash()).as(cut.name()).isEqualTo(trained.hash());
      compare(file, 32, 300);
    }
  }

  @Test
  void agreesOnTheSourcesOfTheJdk() throws IOException {
    for (var name : List.of("llama3", "mistral")) {
      var file = HuggingFaceFilesTest.file(name + ".json");
      var ours = TokenizerFiles.load(file);
      long bytes = 0;
      try (var theirs = peer(file);
          var sources =
              Corpus.jdkSources(Path.of(System.getProperty("java.home")), "java.logging").open()) {
        while (sources.hasNext() && bytes < 300_000) {
          var text = new String(sources.next().utf8(), StandardCharsets.UTF_8);
          agree(ours, theirs, text);
          bytes += text.length();
        }
      }
      assertThat(bytes).isPositive();
    }
  }
}
