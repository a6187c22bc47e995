package dev.jebena.memory;

/**
 * Which of many elements are drawn with one probability, from {@link Philox}: a word of 32 bits an
 * element. Elements go in groups of {@link #GROUP}; element j of a group takes word {@code j / 16}
 * of block {@code j % 16} of the group's {@link #BLOCKS}, so that vectors of up to 16 lanes compute
 * as many blocks side by side and find neighbouring elements in neighbouring lanes.
 */
public final class BernoulliBits {
  /** Elements of a group. */
  public static final int GROUP = 64;

  /** Blocks of a group. */
  public static final int BLOCKS = 16;

  private BernoulliBits() {}

  /** An element is drawn where its word, as an unsigned number, is below this. */
  public static int threshold(double probability) {
    long threshold = Math.round(probability * 0x1p32);
    return (int) Math.max(0, Math.min(0xFFFF_FFFFL, threshold));
  }

  /** The words of the group that begins at block {@code counter}. */
  public static void group(long seed, long counter, int[] words) {
    int[] block = new int[4];
    for (int b = 0; b < BLOCKS; b++) {
      Philox.block(seed, counter + b, block);
      for (int w = 0; w < 4; w++) {
        words[w * BLOCKS + b] = block[w];
      }
    }
  }

  /** Whether a word draws its element. */
  public static boolean drawn(int word, int threshold) {
    return Integer.compareUnsigned(word, threshold) < 0;
  }
}
