package dev.jebena.data;

import dev.jebena.memory.Philox;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Keys that put documents into an order that looks random, and is the same everywhere. */
final class SeededOrder {
  private SeededOrder() {}

  /** The key of 64 bits under {@code seed}. */
  static long key(long seed, long bits) {
    var words = new int[4];
    Philox.block(seed, bits, words);
    return ((words[0] & 0xFFFFFFFFL) << 32) | (words[1] & 0xFFFFFFFFL);
  }

  /** The key of a name under {@code seed}. */
  static long key(long seed, String name) {
    var crc = new CRC32C();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    return key(seed, (crc.getValue() << 32) | (name.hashCode() & 0xFFFFFFFFL));
  }
}
