package dev.jebena.infer;

import dev.jebena.tokenizer.Tokenizer;
import dev.jebena.tokenizer.TokenizerException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Where a prompt ends and the model begins. Byte-level tokenizers put a space before a word into
 * the word's token, so that a prompt that ends in a space ends in a token that hardly ever stood
 * there in training, and the model goes on badly. Such spaces are held back: the prompt ends before
 * them, and the first new token must begin with them. (Known as token healing.)
 *
 * @param ids the prompt without what is held back
 * @param heldBack spaces that new text begins with; empty where nothing is held back
 * @param first ids of tokens that begin with them; empty for all
 */
public record PromptEnd(int[] ids, String heldBack, BitSet first) {
  /** The whole prompt, with nothing held back. */
  public static PromptEnd exact(int[] ids) {
    return new PromptEnd(ids, "", new BitSet());
  }

  /** Encodes a prompt and holds back the spaces at its end, unless there is nothing else. */
  public static PromptEnd of(Tokenizer tokenizer, String prompt) {
    int[] ids = tokenizer.encode(prompt);
    int end = prompt.length();
    while (end > 0 && prompt.charAt(end - 1) == ' ') {
      end--;
    }
    if (end == 0 || end == prompt.length()) {
      return exact(ids);
    }
    // the tokens of the rest must be the first ones of the whole: then only spaces are cut off
    int[] shorter = tokenizer.encode(prompt.substring(0, end));
    if (shorter.length == 0
        || shorter.length >= ids.length
        || !Arrays.equals(shorter, Arrays.copyOf(ids, shorter.length))) {
      return exact(ids);
    }
    var spaces = prompt.substring(end);
    var first = new BitSet();
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      if (goesBeyond(tokenizer, id, spaces.length())) {
        first.set(id);
      }
    }
    return first.isEmpty() ? exact(ids) : new PromptEnd(shorter, spaces, first);
  }

  /** Whether a token begins with so many spaces and then something that is none. */
  private static boolean goesBeyond(Tokenizer tokenizer, int id, int spaces) {
    if (tokenizer.specialTokens().containsValue(id)) {
      return false;
    }
    byte[] bytes;
    try {
      bytes = tokenizer.tokenBytes(id);
    } catch (TokenizerException e) {
      return false; // a hole in the vocabulary
    }
    for (int i = 0; i < spaces; i++) {
      if (i >= bytes.length || bytes[i] != ' ') {
        return false;
      }
    }
    return bytes.length > spaces && bytes[spaces] != ' ';
  }

  /** New text without the spaces that it begins with. */
  public String withoutHeldBack(String text) {
    return text.startsWith(heldBack) ? text.substring(heldBack.length()) : text;
  }
}
