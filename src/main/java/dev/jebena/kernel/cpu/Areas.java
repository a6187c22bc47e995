package dev.jebena.kernel.cpu;

/**
 * Cuts working memory into areas of floats, each at an absolute address that begins a line of the
 * cache. Behind each area is room for what packing may write too much.
 */
final class Areas {
  private static final int LINE = 64;

  private Areas() {}

  /**
   * Where areas of so many floats begin, content undefined. They lie in {@link Scratch#FUSED} of
   * the calling thread, and stay as long as nobody else on it asks for that.
   */
  static long[] cut(Scratch scratch, long... sizes) {
    long[] at = new long[sizes.length];
    long used = 0;
    for (int i = 0; i < sizes.length; i++) {
      at[i] = used;
      used += (sizes[i] * Float.BYTES + PackedProduct.GAP + LINE - 1) & -LINE;
    }
    long base = scratch.area(Scratch.FUSED, used).address();
    for (int i = 0; i < sizes.length; i++) {
      at[i] += base;
    }
    return at;
  }
}
