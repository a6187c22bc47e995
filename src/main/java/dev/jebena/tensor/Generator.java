package dev.jebena.tensor;

/**
 * A stream of counter-based random numbers. Its whole state is a seed and a position, so that it
 * can be saved and so that every device draws the same numbers.
 */
public final class Generator {
  private final long seed;
  private long position;

  /** The stream of numbers that belongs to a seed, from its beginning. */
  public Generator(long seed) {
    this(seed, 0);
  }

  /** A generator as it was when it had {@code position}. */
  public Generator(long seed, long position) {
    this.seed = seed;
    this.position = position;
  }

  /** The number that names the stream. */
  public long seed() {
    return seed;
  }

  /** Blocks drawn so far. */
  public synchronized long position() {
    return position;
  }

  /** Reserves so many blocks and returns the number of the first. */
  public synchronized long take(long blocks) {
    long first = position;
    position += blocks;
    return first;
  }
}
