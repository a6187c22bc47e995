package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.DOUBLE;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.LONG;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies parts of matrices of any strides into slivers in the order in which tiles read them,
 * padded with zeros to whole tiles. A packed element is used once per tile of the other matrix, so
 * that packing must cost a few per cent of that: both orders that occur in models (the sliver's
 * long axis contiguous, or its short one) move whole vectors.
 */
final class Packing {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();

  private Packing() {}

  /**
   * One sliver: {@code out[k][r] = x[r][k]} for k below {@code depth}, r below {@code width}, and 0
   * for r up to {@code padded}. Slivers of 6 may write 8 bytes of anything behind their end.
   *
   * @param stepR bytes between neighbours along the short axis of x
   * @param stepK bytes between neighbours along the long axis of x
   * @param padded a multiple of 8, or 6
   */
  static void sliver(
      MemorySegment x,
      long atX,
      long stepR,
      long stepK,
      int width,
      int depth,
      MemorySegment out,
      long atOut,
      int padded) {
    long row = 4L * padded;
    if (width < padded) {
      out.asSlice(atOut, depth * row).fill((byte) 0);
    }
    if (stepR == 4) {
      rows(x, atX, stepK, width, depth, out, atOut, row);
      return;
    }
    int r = 0;
    if (stepK == 4) {
      for (; r + 8 <= width; r += 8) {
        Transpose.rows(x, atX + r * stepR, stepR, 8, depth, out, atOut + 4L * r, row);
      }
      if (width == 6 && padded == 6) {
        Transpose.rows(x, atX, stepR, 6, depth, out, atOut, row);
        r = 6;
      }
    }
    for (; r < width; r++) {
      for (int k = 0; k < depth; k++) {
        out.set(FLOAT, atOut + k * row + 4L * r, x.get(FLOAT, atX + r * stepR + k * stepK));
      }
    }
  }

  private static void rows(
      MemorySegment x,
      long atX,
      long stepK,
      int width,
      int depth,
      MemorySegment out,
      long atOut,
      long row) {
    if (width == 2 * L) {
      for (int k = 0; k < depth; k++) {
        long from = atX + k * stepK;
        long to = atOut + k * row;
        FloatVector.fromMemorySegment(S, x, from, ORDER).intoMemorySegment(out, to, ORDER);
        FloatVector.fromMemorySegment(S, x, from + 4L * L, ORDER)
            .intoMemorySegment(out, to + 4L * L, ORDER);
      }
    } else if (width == 8 || width == 6) {
      // Pairs of floats move as 64 bits, on every width of vectors.
      for (int k = 0; k < depth; k++) {
        long from = atX + k * stepK;
        long to = atOut + k * row;
        out.set(LONG, to, x.get(LONG, from));
        out.set(LONG, to + 8, x.get(LONG, from + 8));
        out.set(LONG, to + 16, x.get(LONG, from + 16));
        if (width == 8) {
          out.set(LONG, to + 24, x.get(LONG, from + 24));
        }
      }
    } else {
      for (int k = 0; k < depth; k++) {
        for (int r = 0; r < width; r++) {
          out.set(FLOAT, atOut + k * row + 4L * r, x.get(FLOAT, atX + k * stepK + 4L * r));
        }
      }
    }
  }

  /** The same for f64, element by element. */
  static void doubles(
      MemorySegment x,
      long atX,
      long stepR,
      long stepK,
      int width,
      int depth,
      MemorySegment out,
      long atOut,
      int padded) {
    long row = 8L * padded;
    if (width < padded) {
      out.asSlice(atOut, depth * row).fill((byte) 0);
    }
    if (stepR == 8) {
      for (int k = 0; k < depth; k++) {
        for (int r = 0; r < width; r++) {
          out.set(DOUBLE, atOut + k * row + 8L * r, x.get(DOUBLE, atX + k * stepK + 8L * r));
        }
      }
    } else {
      for (int r = 0; r < width; r++) {
        for (int k = 0; k < depth; k++) {
          out.set(DOUBLE, atOut + k * row + 8L * r, x.get(DOUBLE, atX + r * stepR + k * stepK));
        }
      }
    }
  }
}
