package dev.jebena.einops;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Keeps what was computed last, and forgets what was not asked for longest. Holds no tensors. Safe
 * for several threads; two that ask for the same new key may both compute it, with equal results.
 */
final class BoundedCache<K, V> {
  private final Map<K, V> entries;

  BoundedCache(int capacity) {
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > capacity;
          }
        };
  }

  V get(K key, Function<? super K, ? extends V> make) {
    synchronized (entries) {
      var known = entries.get(key);
      if (known != null) {
        return known;
      }
    }
    var made = make.apply(key); // outside of the lock; a failure is not kept
    synchronized (entries) {
      entries.put(key, made);
    }
    return made;
  }

  int size() {
    synchronized (entries) {
      return entries.size();
    }
  }
}
