package dev.jebena.nn;

import dev.jebena.tensor.Tensor;

/**
 * Where attention puts the keys and values of tokens it has seen, so that a new token costs one row
 * of work and not the whole prefix again.
 */
public interface KeyValueCache {
  /** Keys and values of one layer, {@code [B, G, S, D]} each. */
  record KeysAndValues(Tensor keys, Tensor values) {}

  /**
   * Tokens in the cache: the position of the next one. The same for all layers between two tokens.
   */
  long length();

  /**
   * Appends to a layer.
   *
   * @param keys {@code [B, G, T, D]}
   * @param values {@code [B, G, T, D]}
   * @return everything up to now, the new ones included
   */
  KeysAndValues append(int layer, Tensor keys, Tensor values);
}
