package dev.jebena.kernel.cpu;

/** A line of 64-bit keys with their indices beside them, merged from sorted halves. */
final class WideLine implements Sorting.Line {
  /** Up to here insertion is quicker than merging. */
  private static final int SHORT = 24;

  private final LineSource source;
  private final int kept;
  private final boolean selects;
  private final long[] keys;
  private final int[] indices;
  private final long[] otherKeys;
  private final int[] otherIndices;
  private int count;

  WideLine(LineSource source, int kept) {
    this.source = source;
    this.kept = kept;
    this.selects = Sorting.isSelection(source.length(), kept);
    int room = selects ? Sorting.candidates(kept) : source.length();
    this.keys = new long[room];
    this.indices = new int[room];
    this.otherKeys = new long[room];
    this.otherIndices = new int[room];
  }

  @Override
  public void order(long atX) {
    count = 0;
    boolean full = false;
    for (int i = 0; i < source.length(); i += LineSource.BLOCK) {
      int n = Math.min(LineSource.BLOCK, source.length() - i);
      var block = source.block(atX, i, n);
      for (int j = 0; j < n; j++) {
        long key = source.wideKey(block, j);
        // of equals the earlier one stays, so only a smaller key beats the worst candidate
        if (full && key >= keys[kept - 1]) {
          continue;
        }
        keys[count] = key;
        indices[count++] = i + j;
        if (selects && count == keys.length) {
          sort(0, count);
          count = kept;
          full = true;
        }
      }
    }
    sort(0, count);
  }

  /** Sorts positions from (inclusive) to (exclusive), stably. */
  private void sort(int from, int to) {
    if (to - from <= SHORT) {
      insert(from, to);
      return;
    }
    int middle = (from + to) >>> 1;
    sort(from, middle);
    sort(middle, to);
    if (keys[middle - 1] <= keys[middle]) {
      return; // in order as it is
    }
    int left = middle - from;
    System.arraycopy(keys, from, otherKeys, from, left);
    System.arraycopy(indices, from, otherIndices, from, left);
    int a = from;
    int b = middle;
    for (int i = from; a < middle; i++) {
      if (b == to || otherKeys[a] <= keys[b]) {
        keys[i] = otherKeys[a];
        indices[i] = otherIndices[a++];
      } else {
        keys[i] = keys[b];
        indices[i] = indices[b++];
      }
    }
  }

  private void insert(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long key = keys[i];
      int index = indices[i];
      int j = i;
      for (; j > from && keys[j - 1] > key; j--) {
        keys[j] = keys[j - 1];
        indices[j] = indices[j - 1];
      }
      keys[j] = key;
      indices[j] = index;
    }
  }

  @Override
  public int index(int i) {
    return indices[i];
  }
}
