package dev.jebena.tokenizer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A hash map from short byte strings to longs, built for the one look-up that decides the speed of
 * training and encoding.
 *
 * <p>Pieces are 4 to 5 bytes long on average, so a piece of up to 16 bytes is its own key: two
 * words in the slot, no pointer to follow and no bytes to compare elsewhere. Longer pieces keep a
 * 64-bit hash in the slot and their bytes in an arena, and are compared in full. A slot is four
 * longs, half a cache line: {@code key0, key1 (or arena offset), length, value}; length 0 marks a
 * free one.
 *
 * <p>Reading is safe for many threads once writing has ended.
 */
final class PieceTable {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int INLINE = 16;
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private long[] slots;
  private int mask;
  private int size;
  private byte[] arena = new byte[256];
  private int arenaSize;

  /** A table with room for {@code expected} pieces before it grows. */
  PieceTable(int expected) {
    int capacity = Integer.highestOneBit(Math.max(16, expected) * 2 - 1) << 1;
    slots = new long[capacity * 4];
    mask = capacity - 1;
  }

  int size() {
    return size;
  }

  void clear() {
    Arrays.fill(slots, 0);
    size = 0;
    arenaSize = 0;
  }

  /** The value of the piece {@code text[from, to)}, or {@code absent}. */
  long get(byte[] text, int from, int to, long absent) {
    int slot = find(text, from, to);
    return slot < 0 ? absent : slots[slot + 3];
  }

  /** Adds {@code amount} to the value of a piece, which starts at 0. */
  void add(byte[] text, int from, int to, long amount) {
    int slot = find(text, from, to);
    if (slot >= 0) {
      slots[slot + 3] += amount;
    } else {
      insert(~slot, text, from, to, amount);
    }
  }

  /** Sets the value of a piece. */
  void put(byte[] text, int from, int to, long value) {
    int slot = find(text, from, to);
    if (slot >= 0) {
      slots[slot + 3] = value;
    } else {
      insert(~slot, text, from, to, value);
    }
  }

  /** Adds every value of {@code other} to this table's. */
  void addAll(PieceTable other) {
    other.forEach((bytes, value) -> add(bytes, 0, bytes.length, value));
  }

  /** What {@link #forEach} calls: the bytes of a piece, a fresh array, and its value. */
  interface Visitor {
    void visit(byte[] piece, long value);
  }

  void forEach(Visitor visitor) {
    for (int slot = 0; slot < slots.length; slot += 4) {
      int length = (int) slots[slot + 2];
      if (length != 0) {
        visitor.visit(bytes(slot, length), slots[slot + 3]);
      }
    }
  }

  private byte[] bytes(int slot, int length) {
    var bytes = new byte[length];
    if (length > INLINE) {
      System.arraycopy(arena, (int) slots[slot + 1], bytes, 0, length);
    } else if (length >= 8) {
      LONG.set(bytes, 0, slots[slot]);
      if (length > 8) {
        LONG.set(bytes, length - 8, slots[slot + 1]);
      }
    } else {
      for (int i = 0; i < length; i++) {
        bytes[i] = (byte) (slots[slot] >>> 8 * i);
      }
    }
    return bytes;
  }

  /** The first index of the piece's slot, or the complement of the free slot where it belongs. */
  private int find(byte[] text, int from, int to) {
    int length = to - from;
    long key0 = key0(text, from, length);
    long key1 = key1(text, to, length);
    int index = start(key0, key1, length);
    while (true) {
      int slot = index * 4;
      long found = slots[slot + 2];
      if (found == 0) {
        return ~slot;
      }
      if (found == length && slots[slot] == key0) {
        if (length <= INLINE) {
          if (slots[slot + 1] == key1) {
            return slot;
          }
        } else {
          int offset = (int) slots[slot + 1];
          if (Arrays.equals(arena, offset, offset + length, text, from, to)) {
            return slot;
          }
        }
      }
      index = index + 1 & mask;
    }
  }

  private int start(long key0, long key1, int length) {
    long hash = length <= INLINE ? (key0 ^ Long.rotateLeft(key1 * MIX, 31) ^ length) * MIX : key0;
    return (int) (hash ^ hash >>> 32) & mask;
  }

  private static long key0(byte[] text, int from, int length) {
    if (length >= 8) {
      return length <= INLINE ? (long) LONG.get(text, from) : longHash(text, from, length);
    }
    if (from + 8 <= text.length) {
      return (long) LONG.get(text, from) & (1L << 8 * length) - 1;
    }
    long key = 0;
    for (int i = 0; i < length; i++) {
      key |= (text[from + i] & 0xFFL) << 8 * i;
    }
    return key;
  }

  /**
   * The last eight bytes of a piece of 9 to 16; they overlap the first eight, which is harmless.
   */
  private static long key1(byte[] text, int to, int length) {
    return length > 8 && length <= INLINE ? (long) LONG.get(text, to - 8) : 0;
  }

  private static long longHash(byte[] text, int from, int length) {
    long hash = length * MIX;
    int at = from;
    int end = from + length;
    for (; at + 8 <= end; at += 8) {
      hash = (hash ^ (long) LONG.get(text, at)) * MIX;
      hash ^= hash >>> 29;
    }
    hash = (hash ^ (long) LONG.get(text, end - 8)) * MIX;
    return hash ^ hash >>> 32;
  }

  private void insert(int slot, byte[] text, int from, int to, long value) {
    int length = to - from;
    if (length == 0) {
      throw new IllegalArgumentException("a piece has at least one byte");
    }
    slots[slot] = key0(text, from, length);
    slots[slot + 1] = length <= INLINE ? key1(text, to, length) : store(text, from, length);
    slots[slot + 2] = length;
    slots[slot + 3] = value;
    if (++size * 2L > mask) {
      grow();
    }
  }

  private int store(byte[] text, int from, int length) {
    long needed = (long) arenaSize + length;
    if (needed > arena.length) {
      if (needed > Integer.MAX_VALUE - 8) {
        throw new TokenizerException("distinct long pieces exceed 2 GiB; split the corpus");
      }
      arena =
          Arrays.copyOf(
              arena, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, arena.length * 2L)));
    }
    System.arraycopy(text, from, arena, arenaSize, length);
    arenaSize += length;
    return arenaSize - length;
  }

  private void grow() {
    if (slots.length >= 1 << 30) {
      throw new TokenizerException("more than " + size + " distinct pieces; split the corpus");
    }
    var old = slots;
    slots = new long[old.length * 2];
    mask = slots.length / 4 - 1;
    for (int from = 0; from < old.length; from += 4) {
      int length = (int) old[from + 2];
      if (length != 0) {
        int index = start(old[from], length <= INLINE ? old[from + 1] : 0, length);
        while (slots[index * 4 + 2] != 0) {
          index = index + 1 & mask;
        }
        System.arraycopy(old, from, slots, index * 4, 4);
      }
    }
  }
}
