package dev.jebena.infer;

import dev.jebena.memory.Scope;
import dev.jebena.memory.ShapeException;
import dev.jebena.nn.KeyValueCache;
import dev.jebena.tensor.Tensor;

/**
 * Keys and values of all tokens up to a capacity, in memory allocated when the first arrive: {@code
 * [B, G, capacity, D]} a layer. What {@link #append} returns are views.
 */
public final class GrowingCache implements KeyValueCache, AutoCloseable {
  private final Tensor[] keys;
  private final Tensor[] values;
  private final long capacity;
  private long length;
  private int appended;
  private long arriving;

  /** An empty cache for at most {@code capacity} tokens. */
  public GrowingCache(int layers, long capacity) {
    this.keys = new Tensor[layers];
    this.values = new Tensor[layers];
    this.capacity = capacity;
  }

  @Override
  public long length() {
    return length;
  }

  /** Tokens that fit. */
  public long capacity() {
    return capacity;
  }

  @Override
  public KeysAndValues append(int layer, Tensor k, Tensor v) {
    long end = length + k.size(2);
    if (end > capacity) {
      throw new ShapeException(
          "cache: " + end + " tokens are more than its capacity of " + capacity);
    }
    if (appended > 0 && k.size(2) != arriving) {
      throw new ShapeException(
          "cache: layer " + layer + " brings " + k.size(2) + " tokens, the others " + arriving);
    }
    if (keys[layer] == null) {
      keys[layer] = room(k);
      values[layer] = room(v);
    }
    Tensor.noGrad(() -> {
      keys[layer].slice(2, length, end).copyInPlace(k);
      values[layer].slice(2, length, end).copyInPlace(v);
    });
    var all = new KeysAndValues(keys[layer].slice(2, 0, end), values[layer].slice(2, 0, end));
    arriving = k.size(2);
    if (++appended == keys.length) { // every layer has them: the next token comes after
      appended = 0;
      length = end;
    }
    return all;
  }

  private Tensor room(Tensor like) {
    return Scope.outside(
        () -> Tensor.empty(like.device(), like.dtype(), like.shape().with(2, capacity)));
  }

  /** Forgets everything; the memory stays. */
  public void clear() {
    length = 0;
    appended = 0;
  }

  /** Frees the memory. */
  @Override
  public void close() {
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != null) {
        keys[i].release();
        values[i].release();
        keys[i] = null;
        values[i] = null;
      }
    }
    clear();
  }
}
