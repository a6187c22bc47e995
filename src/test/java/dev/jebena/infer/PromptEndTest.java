package dev.jebena.infer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.model.Initialisation;
import dev.jebena.model.TransformerConfig;
import dev.jebena.tokenizer.BpeTrainer;
import dev.jebena.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PromptEndTest {
  private static final Tokenizer TOKENIZER =
      new BpeTrainer(280)
          .withSpecialTokens(List.of(Tokenizer.END_OF_TEXT))
          .trainUtf8(
              List.of("public static int max public static int min  two".repeat(20)).stream()
                  .map(text -> text.getBytes(StandardCharsets.UTF_8))
                  .iterator());

  @Test
  void aSpaceAtTheEndIsLeftToTheFirstNewToken() {
    var end = PromptEnd.of(TOKENIZER, "public static ");
    assertThat(end.ids()).isEqualTo(TOKENIZER.encode("public static"));
    assertThat(end.heldBack()).isEqualTo(" ");
    assertThat(end.first().stream().mapToObj(TOKENIZER::decode))
        .isNotEmpty()
        .contains(" int")
        .allMatch(text -> text.startsWith(" ") && !text.startsWith("  ") && text.length() > 1);
    var model = Initialisation.model(TransformerConfig.of(280, 32, 32, 1, 2, 64), 7);
    for (long seed = 0; seed < 20; seed++) {
      var request =
          new TextGenerator.Request(
              end.ids(), 3, new Sampler(2, 0, 1), Set.of(), seed, end.first());
      int[] made = new TextGenerator(model).generate(request, id -> true).ids();
      assertThat(end.first().get(made[0])).isTrue();
    }
  }

  @Test
  void otherPromptsStayAsTheyAre() {
    for (var prompt : List.of("public static", "public\n", "", "  ", "a \n")) {
      var end = PromptEnd.of(TOKENIZER, prompt);
      assertThat(end.ids()).as(prompt).isEqualTo(TOKENIZER.encode(prompt));
      assertThat(end.heldBack()).isEmpty();
      assertThat(end.first().isEmpty()).isTrue();
    }
  }

  /** More spaces than any token begins with: there would be nothing to choose. */
  @Test
  void spacesThatNoTokenHasAreNotHeldBack() {
    var prompt = "public" + " ".repeat(9);
    assertThat(PromptEnd.of(TOKENIZER, prompt).ids()).isEqualTo(TOKENIZER.encode(prompt));
  }
}
