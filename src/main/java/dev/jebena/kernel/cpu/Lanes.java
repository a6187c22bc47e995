package dev.jebena.kernel.cpu;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector species of all kernels, fixed when the process starts: only a constant species
 * compiles to machine vectors. Property {@code jebena.vector.bits} (128, 256 or 512) chooses the
 * width; without it the machine's preferred one is taken.
 */
public final class Lanes {
  /** Vectors of f32. */
  public static final VectorSpecies<Float> F32 = choose();

  /** Vectors of f64, as wide. */
  public static final VectorSpecies<Double> F64 = VectorSpecies.of(double.class, F32.vectorShape());

  private Lanes() {}

  private static VectorSpecies<Float> choose() {
    String bits = System.getProperty("jebena.vector.bits", "");
    return switch (bits) {
      case "" -> preferred();
      case "128", "256", "512" ->
          VectorSpecies.of(float.class, VectorShape.forBitSize(Integer.parseInt(bits)));
      default ->
          throw new IllegalArgumentException(
              "jebena.vector.bits=" + bits + ": 128, 256 and 512 are the widths there are");
    };
  }

  /** Where the machine has narrower or wider vectors than the kernels know, the nearest width. */
  private static VectorSpecies<Float> preferred() {
    int bits = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    if (bits <= 64) {
      return FloatVector.SPECIES_128;
    }
    return bits > 512 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
  }

  /** Width of all vectors in bits. */
  public static int bits() {
    return F32.vectorBitSize();
  }

  /** How many vectors of this width the machine's registers hold: 32 with AVX-512 and NEON. */
  static int registers() {
    boolean arm = System.getProperty("os.arch", "").equals("aarch64");
    return arm || bits() >= 512 ? 32 : 16;
  }

  /** Width of the widest vectors that the machine has hardware for. */
  static int machineBits() {
    return DoubleVector.SPECIES_PREFERRED.vectorBitSize();
  }
}
