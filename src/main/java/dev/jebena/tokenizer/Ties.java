package dev.jebena.tokenizer;

/** Which of several pairs that are equally frequent is merged first. */
public enum Ties {
  /** The one whose byte strings (left first, then right) are the greater, as unsigned bytes. */
  GREATER,

  /** The one whose tokens (left first, then right) have the lower ids, as Hugging Face has it. */
  FIRST
}
