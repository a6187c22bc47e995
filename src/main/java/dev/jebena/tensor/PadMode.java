package dev.jebena.tensor;

/** What {@link Tensor#pad(PadMode, long...)} puts beside an axis {@code a b c d}. */
public enum PadMode {
  /** Mirrored at the outermost element, which is not repeated: {@code c b | a b c d | c b}. */
  REFLECT {
    @Override
    long source(long i, long size) {
      long last = size - 1;
      return last == 0 ? 0 : last - Math.abs(last - Math.abs(i));
    }

    @Override
    long widest(long size) {
      return size - 1;
    }
  },

  /** The outermost element again and again: {@code a a | a b c d | d d}. */
  REPLICATE {
    @Override
    long source(long i, long size) {
      return Math.clamp(i, 0, size - 1);
    }

    @Override
    long widest(long size) {
      return size == 0 ? 0 : Long.MAX_VALUE;
    }
  },

  /** The axis as a ring: {@code c d | a b c d | a b}. */
  CIRCULAR {
    @Override
    long source(long i, long size) {
      return Math.floorMod(i, size);
    }

    @Override
    long widest(long size) {
      return size;
    }
  };

  /** Which element stands at position {@code i}, counted from the first. */
  abstract long source(long i, long size);

  /** How many elements can be put on one side of an axis. */
  abstract long widest(long size);
}
