package dev.jebena.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.tokenizer.CharTokenizer.UnknownCharacters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TokenizerFilesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String TEXT = "low lower lowest naïve <|endoftext|> 🙃\r\n";

  @TempDir Path folder;
  private BpeTokenizer bpe;

  @BeforeEach
  void train() throws IOException {
    bpe = new BpeTrainer(270).train(List.of("low lower lowest low low newest newest").iterator());
    TokenizerFiles.save(bpe, folder);
  }

  private ObjectNode json() throws IOException {
    return (ObjectNode) JSON.readTree(Files.readAllBytes(folder.resolve("tokenizer.json")));
  }

  private void change(Consumer<ObjectNode> edit) throws IOException {
    var root = json();
    edit.accept(root);
    Files.writeString(folder.resolve("tokenizer.json"), JSON.writeValueAsString(root));
  }

  private void refused(Consumer<ObjectNode> edit, String... words) throws IOException {
    change(edit);
    assertThatThrownBy(() -> TokenizerFiles.load(folder))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("tokenizer.json")
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("\n");
    TokenizerFiles.save(bpe, folder);
  }

  @Test
  void theLayoutIsThatOfHuggingFace() throws IOException {
    var root = json();
    assertThat(root.at("/model/type").stringValue()).isEqualTo("BPE");
    assertThat(root.at("/model/vocab").size()).isEqualTo(bpe.vocabularySize());
    assertThat(root.at("/model/vocab/<|endoftext|>").intValue()).isZero();
    assertThat(root.at("/model/vocab/!").intValue()).isEqualTo(1);
    assertThat(root.at("/model/merges/0").stringValue()).isEqualTo("o w");
    for (var part : List.of("/pre_tokenizer", "/decoder")) {
      assertThat(root.at(part + "/type").stringValue()).isEqualTo("ByteLevel");
      assertThat(root.at(part + "/add_prefix_space").booleanValue()).isFalse();
    }
    assertThat(root.at("/added_tokens/0/content").stringValue()).isEqualTo("<|endoftext|>");
    assertThat(root.at("/added_tokens/0/special").booleanValue()).isTrue();
    var config = JSON.readTree(Files.readAllBytes(folder.resolve("tokenizer_config.json")));
    assertThat(config.path("tokenizer_class").stringValue()).isEqualTo("PreTrainedTokenizerFast");
    for (var role : List.of("bos_token", "eos_token", "unk_token")) {
      assertThat(config.path(role).stringValue()).isEqualTo("<|endoftext|>");
    }
  }

  @Test
  void whatIsWrittenReadsBackTheSame() throws IOException {
    var read = TokenizerFiles.load(folder);
    assertThat(read.hash()).isEqualTo(bpe.hash()).matches("[0-9a-f]{64}");
    assertThat(read.encode(TEXT, SpecialTokenPolicy.all()))
        .isEqualTo(bpe.encode(TEXT, SpecialTokenPolicy.all()))
        .contains(0);
    assertThat(TokenizerFiles.load(folder.resolve("tokenizer.json")).hash()).isEqualTo(bpe.hash());
    assertThat(new BpeTrainer(271).train(List.of("low lower").iterator()).hash())
        .isNotEqualTo(bpe.hash());
  }

  @Test
  void everyCutReadsBackTheSame() throws IOException {
    for (var cut : PreTokenizer.builtIn()) {
      var trained = new BpeTrainer(280).withPreTokenizer(cut).train(List.of(TEXT).iterator());
      TokenizerFiles.save(trained, folder);
      assertThat(TokenizerFiles.load(folder).hash()).isEqualTo(trained.hash());
    }
    var own = new RegexPreTokenizer("[a-z]+| ");
    var trained = new BpeTrainer(280).withPreTokenizer(own).train(List.of(TEXT).iterator());
    TokenizerFiles.save(trained, folder);
    assertThat(TokenizerFiles.load(folder).hash()).isEqualTo(trained.hash());
    assertThat(((BpeTokenizer) TokenizerFiles.load(folder)).preTokenizer()).isEqualTo(own);
  }

  @Test
  void writesVocabJsonWithMergesTxtAndRanks() throws IOException {
    var pair = folder.resolve("gpt2");
    TokenizerFiles.saveGpt2(bpe, pair);
    assertThat(TokenizerFiles.load(pair).hash()).isEqualTo(bpe.hash());
    var ranks = folder.resolve("own.tiktoken");
    TokenizerFiles.saveTiktoken(bpe, ranks);
    var read = TokenizerFiles.loadTiktoken(ranks, bpe.preTokenizer(), bpe.specialTokens());
    assertThat(read.merges()).isEqualTo(bpe.merges());
    assertThatThrownBy(() -> TokenizerFiles.load(ranks))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("does not say how text is cut");
    var other = new BpeTrainer(270).withPreTokenizer(new O200kPreTokenizer());
    var cutOtherwise = other.train(List.of(TEXT).iterator());
    assertThatThrownBy(() -> TokenizerFiles.saveGpt2(cutOtherwise, pair))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("o200k");
    for (var wrong : List.of("AA== 0\nAA== 1\n", "AA== 0\nAQ== 0\n", "?? 1\n", "AA==\n", "")) {
      Files.writeString(ranks, wrong);
      assertThatThrownBy(() -> TokenizerFiles.loadTiktoken(ranks, bpe.preTokenizer(), Map.of()))
          .isInstanceOf(TokenizerException.class)
          .hasMessageContaining("own.tiktoken: ");
    }
  }

  @Test
  void mergesMayBePairsToo() throws IOException {
    change(root -> {
      var merges = ((ObjectNode) root.path("model")).putArray("merges");
      for (var merge : bpe.merges()) {
        merges
            .addArray()
            .add(ByteAlphabet.spell(bpe.tokenBytes(merge.left())))
            .add(ByteAlphabet.spell(bpe.tokenBytes(merge.right())));
      }
    });
    assertThat(TokenizerFiles.load(folder).hash()).isEqualTo(bpe.hash());
  }

  @Test
  void readsVocabJsonWithMergesTxt() throws IOException {
    var model = json().path("model");
    Files.delete(folder.resolve("tokenizer.json"));
    Files.writeString(folder.resolve("vocab.json"), JSON.writeValueAsString(model.path("vocab")));
    var merges = new StringBuilder("#version: 0.2\n");
    model.path("merges").forEach(m -> merges.append(m.stringValue()).append('\n'));
    Files.writeString(folder.resolve("merges.txt"), merges);
    assertThat(TokenizerFiles.load(folder).hash()).isEqualTo(bpe.hash());

    Files.writeString(folder.resolve("merges.txt"), "l o\nl o w\n");
    assertThatThrownBy(() -> TokenizerFiles.load(folder))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("merges.txt: line 2 is not two tokens");
    var all = merges.toString().lines().toList();
    int lost = 0;
    while (!all.get(lost).startsWith("Ġ")) {
      lost++;
    }
    Files.write(folder.resolve("merges.txt"), all.subList(0, lost));
    var spelling = all.get(lost).replace(" ", "");
    assertThatThrownBy(() -> TokenizerFiles.load(folder))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("merges.txt: does not fit its vocabulary: no merge makes")
        .hasMessageContaining("'Ġ");
    Files.writeString(folder.resolve("merges.txt"), merges + "q " + spelling + "\n");
    assertThatThrownBy(() -> TokenizerFiles.load(folder))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("merges.txt: merge " + (all.size() - 1))
        .hasMessageContaining("'q" + spelling + "', which is not in the vocabulary of vocab.json");
    Files.delete(folder.resolve("merges.txt"));
    assertThatThrownBy(() -> TokenizerFiles.load(folder))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("has no tokenizer.json, and no vocab.json with merges.txt");
  }

  @Test
  void whatIsNotSupportedIsNamed() throws IOException {
    refused(root -> ((ObjectNode) root.path("model")).put("type", "Unigram"), "Unigram");
    refused(
        root -> root.putObject("normalizer").put("type", "Precompiled"), "normalizer Precompiled");
    refused(root -> root.putObject("pre_tokenizer").put("type", "Metaspace"), "Metaspace");
    refused(root -> root.putNull("pre_tokenizer"), "decoder ByteLevel");
    refused(root -> root.putObject("post_processor").put("type", "TemplateProcessing"), "Template");
    refused(root -> root.putObject("decoder").put("type", "WordPiece"), "decoder WordPiece");
    refused(root -> ((ObjectNode) root.path("model")).put("byte_fallback", true), "byte_fallback");
    refused(root -> ((ObjectNode) root.path("model")).put("dropout", 0.1), "dropout");
    refused(
        root -> {
          var replace = root.putObject("normalizer").put("type", "Replace").put("content", "");
          replace.putObject("pattern").put("Regex", ".");
          ((ObjectNode) root.at("/added_tokens/0")).put("normalized", true);
        },
        "leaves nothing of the added token '<|endoftext|>'");
  }

  @Test
  void whatIsWrongIsNamed() throws IOException {
    refused(root -> root.remove("model"), "has no model");
    refused(root -> ((ObjectNode) root.at("/model/vocab")).remove("ow"), "merge 0", "'ow'");
    refused(root -> ((ObjectNode) root.at("/model/vocab")).remove("!"), "0x21");
    refused(root -> ((ObjectNode) root.at("/model/vocab")).put("!", -3), "-3");
    refused(root -> ((ObjectNode) root.at("/model/vocab")).put("!", 2), "two tokens", "id 2");
    refused(root -> ((ObjectNode) root.at("/model/vocab")).put("!", "x"), "'!'");
    refused(root -> ((ObjectNode) root.path("model")).putArray("merges").add("lo"), "merge 0");
    refused(
        root -> {
          var bert = root.putObject("post_processor").put("type", "BertProcessing");
          bert.putArray("cls").add("[CLS]").add(5);
          bert.putArray("sep").add("[SEP]").add(99_999);
        },
        "the id 99999");
    refused(
        root -> root.putObject("post_processor").put("type", "RobertaProcessing"), "no id for cls");
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {");
    assertThatThrownBy(() -> TokenizerFiles.load(folder))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("is not JSON");
    assertThatThrownBy(() -> TokenizerFiles.load(folder.resolve("nowhere")))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("there is no such folder");
  }

  @Test
  void aSpecialTokenThatReadsLikeAnotherTokenIsRefused() {
    var clash = new BpeTrainer(259).withSpecialTokens(List.of("Ġx"));
    var tokenizer = clash.train(List.of(" x x x").iterator());
    assertThatThrownBy(() -> TokenizerFiles.save(tokenizer, folder))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("both written 'Ġx'");
  }

  @Test
  void characterTokenizersReadBackTheSame() throws IOException {
    for (var unknown : UnknownCharacters.values()) {
      var characters = CharTokenizer.of("héllo wörld 🙃\n\0", unknown);
      TokenizerFiles.save(characters, folder);
      var read = TokenizerFiles.load(folder);
      assertThat(read).isInstanceOf(CharTokenizer.class);
      assertThat(read.hash()).isEqualTo(characters.hash());
    }
  }
}
