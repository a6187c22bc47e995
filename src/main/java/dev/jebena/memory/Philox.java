package dev.jebena.memory;

/**
 * Counter-based random bits, Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1,
 * 2, 3", SC 2011): word {@code i} of stream {@code seed} is a pure function of both, so any thread
 * or device can compute any part of the stream alone.
 */
public final class Philox {
  private static final long M0 = 0xD2511F53L;
  private static final long M1 = 0xCD9E8D57L;
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;

  private Philox() {}

  /** The four 32-bit words of block {@code counter} under {@code seed}, written to {@code out}. */
  public static void block(long seed, long counter, int[] out) {
    int c0 = (int) counter;
    int c1 = (int) (counter >>> 32);
    int c2 = 0;
    int c3 = 0;
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < 10; round++) {
      long p0 = M0 * (c0 & 0xFFFFFFFFL);
      long p1 = M1 * (c2 & 0xFFFFFFFFL);
      int n0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      int n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c1 = (int) p1;
      c3 = (int) p0;
      c0 = n0;
      c2 = n2;
      k0 += W0;
      k1 += W1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
  }

  /** A double in [0, 1) from 53 of the 64 given bits. */
  public static double toUnitDouble(int high, int low) {
    long bits = ((high & 0xFFFFFFFFL) << 32) | (low & 0xFFFFFFFFL);
    return (bits >>> 11) * 0x1.0p-53;
  }

  /** A float in [0, 1) from 24 of the 32 given bits. */
  public static float toUnitFloat(int word) {
    return (word >>> 8) * 0x1.0p-24f;
  }
}
