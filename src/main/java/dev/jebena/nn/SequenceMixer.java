package dev.jebena.nn;

import dev.jebena.tensor.Tensor;

/** The part of a block in which positions see each other: {@link Attention} and its kin. */
public interface SequenceMixer extends Module {
  /**
   * Mixes each position with those before it.
   *
   * @param x {@code [B, T, D]}
   * @param cache of the tokens before {@code x}, or null where there are none
   * @return {@code [B, T, D]}
   */
  Tensor forward(Tensor x, KeyValueCache cache);
}
