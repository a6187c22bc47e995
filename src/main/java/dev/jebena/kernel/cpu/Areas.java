package dev.jebena.kernel.cpu;

/** The array in which one thread works on tiles, and how it is cut; grows and stays. */
final class Areas {
  private float[] floats = new float[0];
  private int used;

  /** Begins anew with room for so many floats. */
  void begin(long size) {
    if (floats.length < size) {
      floats = new float[Math.toIntExact(size)];
    }
    used = 0;
  }

  /** Where the next {@code size} floats begin, content undefined. */
  int take(int size) {
    int at = used;
    used += size;
    return at;
  }

  float[] floats() {
    return floats;
  }
}
