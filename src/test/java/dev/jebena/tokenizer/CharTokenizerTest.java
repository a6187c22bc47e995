package dev.jebena.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.tokenizer.CharTokenizer.UnknownCharacters;
import java.util.List;
import org.junit.jupiter.api.Test;

class CharTokenizerTest {
  @Test
  void oneTokenPerCharacterInTheOrderOfUnicode() {
    var tokenizer =
        CharTokenizer.train(List.of("cab", "🙃é a").iterator(), UnknownCharacters.REJECT);
    assertThat(tokenizer.alphabet()).isEqualTo(" abcé🙃");
    assertThat(tokenizer.vocabularySize()).isEqualTo(7);
    assertThat(tokenizer.endOfText()).hasValue(0);
    assertThat(tokenizer.encode("abc 🙃é")).containsExactly(2, 3, 4, 1, 6, 5);
    assertThat(tokenizer.decode(2, 3, 4, 1, 6, 5, 0)).isEqualTo("abc 🙃é<|endoftext|>");
    assertThat(tokenizer.encode("a<|endoftext|>b", SpecialTokenPolicy.all()))
        .containsExactly(2, 0, 3);
    assertThat(tokenizer.streamDecoder().accept(6)).isEqualTo("🙃");
  }

  @Test
  void unknownCharactersAreAnErrorOrReplaced() {
    var strict = CharTokenizer.of("ab", UnknownCharacters.REJECT);
    assertThatThrownBy(() -> strict.encode("aéb"))
        .isInstanceOf(TokenizerException.class)
        .hasMessage("character 'é' (U+00E9) is not among the 2 characters of the vocabulary");
    var lenient = CharTokenizer.of("ab", UnknownCharacters.REPLACE);
    assertThat(lenient.encode("aéb")).containsExactly(2, 1, 3);
    assertThat(lenient.decode(2, 1, 3)).isEqualTo("a<|unk|>b");
  }

  @Test
  void idsOutOfRangeAreNamed() {
    var tokenizer = CharTokenizer.of("ab", UnknownCharacters.REJECT);
    assertThatThrownBy(() -> tokenizer.decode(3))
        .isInstanceOf(TokenizerException.class)
        .hasMessage("token id 3 is not in the vocabulary of 3 tokens (ids 0..2)");
  }

  @Test
  void differentAlphabetsHaveDifferentHashes() {
    var ab = CharTokenizer.of("ab", UnknownCharacters.REJECT);
    assertThat(ab.hash()).isEqualTo(CharTokenizer.of("bab", UnknownCharacters.REJECT).hash());
    assertThat(ab.hash()).isNotEqualTo(CharTokenizer.of("abc", UnknownCharacters.REJECT).hash());
    assertThat(ab.hash()).isNotEqualTo(CharTokenizer.of("ab", UnknownCharacters.REPLACE).hash());
  }
}
