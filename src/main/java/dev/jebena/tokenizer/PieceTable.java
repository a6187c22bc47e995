package dev.jebena.tokenizer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;

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
final class PieceTable implements PieceCounts {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int INLINE = 16;
  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final int SMALL_ARENA = 256;

  private long[] slots;
  private int mask;
  private int size;
  private byte[] arena = new byte[SMALL_ARENA];
  private int arenaSize;

  /** Bytes that the table may take, its old self included while it grows. */
  private final long mostBytes;

  private final Consumer<PieceTable> overflow;

  /** A table with room for {@code expected} pieces before it grows. */
  PieceTable(int expected) {
    this(expected, Long.MAX_VALUE, null);
  }

  /**
   * A table within a bound on memory. Before it would grow beyond it, it hands itself to {@code
   * overflow} and is cleared. A single piece that is longer than the bound has to fit all the same.
   *
   * @param mostBytes what the table may take
   * @param overflow takes over what is in the table; null where there is no bound
   */
  PieceTable(int expected, long mostBytes, Consumer<PieceTable> overflow) {
    this.mostBytes = mostBytes;
    this.overflow = overflow;
    int capacity = Integer.highestOneBit(Math.max(16, expected) * 2 - 1) << 1;
    slots = new long[capacity * 4];
    mask = capacity - 1;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public long bytes() {
    long bytes = 0;
    for (int slot = 0; slot < slots.length; slot += 4) {
      bytes += slots[slot + 2];
    }
    return bytes;
  }

  @Override
  public long takenBytes() {
    return 8L * slots.length + arena.length;
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

  @Override
  public void forEach(Visitor visitor) {
    for (int slot = 0; slot < slots.length; slot += 4) {
      int length = (int) slots[slot + 2];
      if (length != 0) {
        visitor.visit(bytes(slot, length), slots[slot + 3]);
      }
    }
  }

  /** As {@link #forEach}, in the order of {@link #compare}. */
  void forEachSorted(Visitor visitor) {
    var order = new long[size];
    int count = 0;
    for (int slot = 0; slot < slots.length; slot += 4) {
      int length = (int) slots[slot + 2];
      if (length != 0) {
        order[count++] = (long) order(slots[slot], keyOf(slot, length), length) << 32 | slot >> 2;
      }
    }
    Arrays.sort(order);
    for (int from = 0, to; from < count; from = to) {
      to = from + 1;
      while (to < count && (int) (order[to] >>> 32) == (int) (order[from] >>> 32)) {
        to++;
      }
      if (to > from + 1) { // pieces that the hash does not tell apart: a few at most
        visitSorted(order, from, to, visitor);
      } else {
        int slot = (int) order[from] << 2;
        visitor.visit(bytes(slot, (int) slots[slot + 2]), slots[slot + 3]);
      }
    }
  }

  private void visitSorted(long[] order, int from, int to, Visitor visitor) {
    record Entry(byte[] piece, long value) {}
    Arrays.stream(order, from, to)
        .mapToInt(entry -> (int) entry << 2)
        .mapToObj(slot -> new Entry(bytes(slot, (int) slots[slot + 2]), slots[slot + 3]))
        .sorted((a, b) -> Arrays.compare(a.piece, b.piece))
        .forEach(entry -> visitor.visit(entry.piece, entry.value));
  }

  /** An order of pieces that all tables share: by a hash, and by their bytes where it is equal. */
  static int compare(byte[] a, byte[] b) {
    int byHash = Integer.compare(order(a), order(b));
    return byHash != 0 ? byHash : Arrays.compare(a, b);
  }

  private static int order(byte[] piece) {
    int length = piece.length;
    return order(key0(piece, 0, length), key1(piece, length, length), length);
  }

  private static int order(long key0, long key1, int length) {
    return (int) (hash(key0, key1, length) >>> 32);
  }

  /** What {@link #hash} needs of a slot beside its first key. */
  private long keyOf(int slot, int length) {
    return length <= INLINE ? slots[slot + 1] : 0;
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
    long hash = hash(key0, key1, length);
    return (int) (hash ^ hash >>> 32) & mask;
  }

  private static long hash(long key0, long key1, int length) {
    return length <= INLINE ? (key0 ^ Long.rotateLeft(key1 * MIX, 31) ^ length) * MIX : key0;
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
    if (length > INLINE && size > 0 && arenaIsFull(length)) {
      handOver();
      insert(~find(text, from, to), text, from, to, value);
      return;
    }
    slots[slot] = key0(text, from, length);
    slots[slot + 1] = length <= INLINE ? key1(text, to, length) : store(text, from, length);
    slots[slot + 2] = length;
    slots[slot + 3] = value;
    if (++size * 2L > mask) {
      if (overflow != null && 24L * slots.length + arena.length > mostBytes) {
        handOver();
      } else {
        grow();
      }
    }
  }

  /** Whether an arena with this piece, too, would be more than the table may take. */
  private boolean arenaIsFull(int length) {
    return overflow != null
        && (long) arenaSize + length > arena.length
        && 8L * slots.length + 3L * arena.length + length > mostBytes;
  }

  private void handOver() {
    overflow.accept(this);
    clear();
    if (arena.length > mostBytes >> 2) {
      arena = new byte[SMALL_ARENA];
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
