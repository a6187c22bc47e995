package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * A line whose keys fit 32 bits: a word is the key above the index, so no two are equal and sorting
 * words is stable whatever the algorithm.
 *
 * <p>Where few are wanted, candidates are gathered until there are twice as many, and all but the
 * best are dropped; from then on only what beats the worst of them becomes a candidate. Of random
 * values hardly any do, so that the work is one comparison an element, in vectors for floats.
 */
final class PackedLine implements Sorting.Line {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();

  private final LineSource source;
  private final int kept;
  private final boolean selects;
  private final boolean floats;
  private final long[] words;
  private int count;
  private long worst;

  PackedLine(LineSource source, int kept) {
    this.source = source;
    this.kept = kept;
    this.selects = Sorting.isSelection(source.length(), kept);
    this.floats = Lane.of(source.dtype()) == Lane.F32;
    this.words = new long[selects ? Sorting.candidates(kept) : source.length()];
  }

  @Override
  public void order(long atX) {
    count = 0;
    worst = Long.MAX_VALUE;
    for (int i = 0; i < source.length(); i += LineSource.BLOCK) {
      int n = Math.min(LineSource.BLOCK, source.length() - i);
      var block = source.block(atX, i, n);
      if (selects) {
        select(block, i, n);
      } else {
        for (int j = 0; j < n; j++) {
          words[i + j] = word(block, i, j);
        }
      }
    }
    Arrays.sort(words, 0, selects ? count : source.length());
  }

  private long word(MemorySegment block, int start, int j) {
    return (long) source.narrowKey(block, j) << 32 | (start + j);
  }

  private void select(MemorySegment block, int start, int n) {
    int j = 0;
    while (j < n) {
      if (floats && worst != Long.MAX_VALUE) {
        j = skip(block, j, n, worstFloat(), source.descending());
      }
      for (int end = Math.min(n, j + L); j < end; j++) {
        consider(word(block, start, j));
      }
    }
  }

  /** The value behind the worst candidate; NaN where that is NaN, which then skips nothing. */
  private float worstFloat() {
    int key = (int) (worst >> 32);
    int rising = source.descending() ? ~key : key;
    return Float.intBitsToFloat(rising ^ ((rising >> 31) & Integer.MAX_VALUE));
  }

  /** The first position from j on whose vector may hold something better than {@code bar}. */
  private static int skip(MemorySegment block, int j, int n, float bar, boolean descending) {
    var bars = FloatVector.broadcast(S, bar);
    var worse = descending ? VectorOperators.LE : VectorOperators.GE;
    while (j <= n - L
        && FloatVector.fromMemorySegment(S, block, 4L * j, ORDER).compare(worse, bars).allTrue()) {
      j += L;
    }
    return j;
  }

  private void consider(long word) {
    if (word >= worst) {
      return;
    }
    words[count++] = word;
    if (count == words.length) {
      Arrays.sort(words);
      count = kept;
      worst = words[kept - 1];
    }
  }

  @Override
  public int index(int i) {
    return (int) words[i];
  }
}
