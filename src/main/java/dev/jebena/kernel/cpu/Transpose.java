package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.ADDRESS;
import static dev.jebena.kernel.cpu.Memory.ALL;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes eight rows, or six, of f32 in blocks of 8×8: three rounds in which rows at distance 4,
 * 2 and 1 exchange half of their lanes (Eklundh, "A fast computer method for matrix transposing",
 * 1972). Works in 256-bit vectors whatever the width of other kernels; without them element by
 * element.
 */
final class Transpose {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
  private static final boolean VECTORS = Lanes.machineBits() >= 256;
  private static final VectorShuffle<Float> SWAP4 = swap(4);
  private static final VectorShuffle<Float> SWAP2 = swap(2);
  private static final VectorShuffle<Float> SWAP1 = swap(1);
  private static final VectorMask<Float> HIGH4 = high(4);
  private static final VectorMask<Float> HIGH2 = high(2);
  private static final VectorMask<Float> HIGH1 = high(1);
  private static final VectorMask<Float> LOW4 = HIGH4.not();
  private static final VectorMask<Float> LOW2 = HIGH2.not();
  private static final VectorMask<Float> LOW1 = HIGH1.not();

  private Transpose() {}

  private static VectorShuffle<Float> swap(int distance) {
    return VectorShuffle.fromOp(S, lane -> lane ^ distance);
  }

  private static VectorMask<Float> high(int distance) {
    boolean[] lanes = new boolean[S.length()];
    for (int lane = 0; lane < lanes.length; lane++) {
      lanes[lane] = (lane & distance) != 0;
    }
    return VectorMask.fromArray(S, lanes, 0);
  }

  /**
   * {@code out[k][r] = x[r][k]} for some rows r and n columns k. Columns are written eight at a
   * time, from the first on: with fewer rows than eight, what stands behind them is overwritten by
   * anything, up to 8 bytes behind the last column.
   *
   * @param rowX bytes between rows of x, whose elements are contiguous
   * @param rows 8 or 6
   * @param rowOut bytes between rows of out
   */
  static void rows(
      MemorySegment x,
      long atX,
      long rowX,
      int rows,
      int n,
      MemorySegment out,
      long atOut,
      long rowOut) {
    int k = 0;
    if (VECTORS) {
      k = n & -8;
      // The rows that are not there are read from the last one.
      long seventh = Math.min(rows - 1, 6) * rowX;
      long from = x.address() + atX;
      blocks(from, rowX, seventh, (rows - 1) * rowX, k, out.address() + atOut, rowOut);
    }
    for (; k < n; k++) {
      for (int r = 0; r < rows; r++) {
        out.set(FLOAT, atOut + k * rowOut + 4 * r, x.get(FLOAT, atX + r * rowX + 4L * k));
      }
    }
  }

  /**
   * Positions are addresses: with the checks of segments at sixteen accesses the compiler was at
   * the end of its nodes with the last exchange, and boxed its vector in some starts.
   */
  private static void blocks(
      long x, long rowX, long seventh, long eighth, int n, long out, long rowOut) {
    for (int k = 0; k < n; k += 8) {
      long from = (x + 4L * k) & ADDRESS;
      long to = (out + k * rowOut) & ADDRESS;
      var r0 = FloatVector.fromMemorySegment(S, ALL, from, ORDER);
      var r1 = FloatVector.fromMemorySegment(S, ALL, from + 1 * rowX, ORDER);
      var r2 = FloatVector.fromMemorySegment(S, ALL, from + 2 * rowX, ORDER);
      var r3 = FloatVector.fromMemorySegment(S, ALL, from + 3 * rowX, ORDER);
      var r4 = FloatVector.fromMemorySegment(S, ALL, from + 4 * rowX, ORDER);
      var r5 = FloatVector.fromMemorySegment(S, ALL, from + 5 * rowX, ORDER);
      var r6 = FloatVector.fromMemorySegment(S, ALL, from + seventh, ORDER);
      var r7 = FloatVector.fromMemorySegment(S, ALL, from + eighth, ORDER);
      var s0 = r0.blend(r4.rearrange(SWAP4), HIGH4);
      var s4 = r4.blend(r0.rearrange(SWAP4), LOW4);
      var s1 = r1.blend(r5.rearrange(SWAP4), HIGH4);
      var s5 = r5.blend(r1.rearrange(SWAP4), LOW4);
      var s2 = r2.blend(r6.rearrange(SWAP4), HIGH4);
      var s6 = r6.blend(r2.rearrange(SWAP4), LOW4);
      var s3 = r3.blend(r7.rearrange(SWAP4), HIGH4);
      var s7 = r7.blend(r3.rearrange(SWAP4), LOW4);
      var t0 = s0.blend(s2.rearrange(SWAP2), HIGH2);
      var t2 = s2.blend(s0.rearrange(SWAP2), LOW2);
      var t1 = s1.blend(s3.rearrange(SWAP2), HIGH2);
      var t3 = s3.blend(s1.rearrange(SWAP2), LOW2);
      var t4 = s4.blend(s6.rearrange(SWAP2), HIGH2);
      var t6 = s6.blend(s4.rearrange(SWAP2), LOW2);
      var t5 = s5.blend(s7.rearrange(SWAP2), HIGH2);
      var t7 = s7.blend(s5.rearrange(SWAP2), LOW2);
      var u0 = t0.blend(t1.rearrange(SWAP1), HIGH1);
      var u1 = t1.blend(t0.rearrange(SWAP1), LOW1);
      var u2 = t2.blend(t3.rearrange(SWAP1), HIGH1);
      var u3 = t3.blend(t2.rearrange(SWAP1), LOW1);
      var u4 = t4.blend(t5.rearrange(SWAP1), HIGH1);
      var u5 = t5.blend(t4.rearrange(SWAP1), LOW1);
      var u6 = t6.blend(t7.rearrange(SWAP1), HIGH1);
      var u7 = t7.blend(t6.rearrange(SWAP1), LOW1);
      u0.intoMemorySegment(ALL, to, ORDER);
      u1.intoMemorySegment(ALL, to + 1 * rowOut, ORDER);
      u2.intoMemorySegment(ALL, to + 2 * rowOut, ORDER);
      u3.intoMemorySegment(ALL, to + 3 * rowOut, ORDER);
      u4.intoMemorySegment(ALL, to + 4 * rowOut, ORDER);
      u5.intoMemorySegment(ALL, to + 5 * rowOut, ORDER);
      u6.intoMemorySegment(ALL, to + 6 * rowOut, ORDER);
      u7.intoMemorySegment(ALL, to + 7 * rowOut, ORDER);
    }
  }
}
