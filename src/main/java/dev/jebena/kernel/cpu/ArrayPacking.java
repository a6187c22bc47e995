package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.DOUBLE;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link Packing} into arrays. */
final class ArrayPacking {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();

  private ArrayPacking() {}

  /** See {@link TileKernel#pack}. */
  static void sliver(
      MemorySegment x,
      long atX,
      long stepR,
      long stepK,
      int width,
      int depth,
      float[] out,
      int atOut,
      int padded) {
    if (width < padded) {
      Arrays.fill(out, atOut, atOut + depth * padded, 0);
    }
    if (stepR == 4) {
      rows(x, atX, stepK, width, depth, out, atOut, padded);
      return;
    }
    int r = 0;
    if (stepK == 4) {
      for (; r + 8 <= width; r += 8) {
        ArrayTranspose.rows(x, atX + r * stepR, stepR, 8, depth, out, atOut + r, padded);
      }
      // Six rows are all of a sliver of A: what is written beyond them the next ones overwrite.
      if (width == 6 && padded == 6) {
        ArrayTranspose.rows(x, atX, stepR, 6, depth, out, atOut, padded);
        r = 6;
      }
    }
    for (; r < width; r++) {
      for (int k = 0; k < depth; k++) {
        out[atOut + k * padded + r] = x.get(FLOAT, atX + r * stepR + k * stepK);
      }
    }
  }

  private static void rows(
      MemorySegment x,
      long atX,
      long stepK,
      int width,
      int depth,
      float[] out,
      int atOut,
      int padded) {
    if (width == 2 * L) {
      for (int k = 0; k < depth; k++) {
        long from = atX + k * stepK;
        int to = atOut + k * padded;
        FloatVector.fromMemorySegment(S, x, from, ORDER).intoArray(out, to);
        FloatVector.fromMemorySegment(S, x, from + 4L * L, ORDER).intoArray(out, to + L);
      }
    } else if (width == 6) {
      for (int k = 0; k < depth; k++) {
        long from = atX + k * stepK;
        int to = atOut + k * padded;
        out[to] = x.get(FLOAT, from);
        out[to + 1] = x.get(FLOAT, from + 4);
        out[to + 2] = x.get(FLOAT, from + 8);
        out[to + 3] = x.get(FLOAT, from + 12);
        out[to + 4] = x.get(FLOAT, from + 16);
        out[to + 5] = x.get(FLOAT, from + 20);
      }
    } else {
      for (int k = 0; k < depth; k++) {
        for (int r = 0; r < width; r++) {
          out[atOut + k * padded + r] = x.get(FLOAT, atX + k * stepK + 4L * r);
        }
      }
    }
  }

  /** The same for f64, element by element. */
  static void sliver(
      MemorySegment x,
      long atX,
      long stepR,
      long stepK,
      int width,
      int depth,
      double[] out,
      int atOut,
      int padded) {
    if (width < padded) {
      Arrays.fill(out, atOut, atOut + depth * padded, 0);
    }
    if (stepR == 8) {
      for (int k = 0; k < depth; k++) {
        for (int r = 0; r < width; r++) {
          out[atOut + k * padded + r] = x.get(DOUBLE, atX + k * stepK + 8L * r);
        }
      }
    } else {
      for (int r = 0; r < width; r++) {
        for (int k = 0; k < depth; k++) {
          out[atOut + k * padded + r] = x.get(DOUBLE, atX + r * stepR + k * stepK);
        }
      }
    }
  }
}
