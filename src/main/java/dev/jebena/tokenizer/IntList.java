package dev.jebena.tokenizer;

import java.util.Arrays;

/** A growing array of ints: ids on their way out of an encoder. */
final class IntList {
  private int[] values;
  private int size;

  IntList(int capacity) {
    values = new int[Math.max(8, capacity)];
  }

  int size() {
    return size;
  }

  int get(int index) {
    return values[index];
  }

  void clear() {
    size = 0;
  }

  /** Forgets all but the first {@code count} values. */
  void truncate(int count) {
    size = count;
  }

  void add(int value) {
    if (size == values.length) {
      grow(size + 1);
    }
    values[size++] = value;
  }

  void addAll(int[] source, int from, int count) {
    if (size + count > values.length) {
      grow(size + count);
    }
    System.arraycopy(source, from, values, size, count);
    size += count;
  }

  private void grow(int needed) {
    values = Arrays.copyOf(values, Math.max(needed, values.length + (values.length >> 1)));
  }

  /** The backing array, of which the first {@link #size} entries count. */
  int[] array() {
    return values;
  }

  /** The values, copied; lets go of the backing array if it has grown large. */
  int[] takeArray() {
    var taken = Arrays.copyOf(values, size);
    if (values.length > 1 << 20) {
      values = new int[256];
    }
    size = 0;
    return taken;
  }
}
