package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ULT;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.DropoutKernel;
import dev.jebena.memory.BernoulliBits;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dropout, bound by the random bits: ten rounds of two multiplications for four elements. A vector
 * holds one of the four words of as many blocks of {@link dev.jebena.memory.Philox} as it has
 * lanes.
 */
final class CpuDropout implements DropoutKernel {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, F32.vectorShape());
  private static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, F32.vectorShape());
  private static final int LANES = F32.length();
  private static final int GROUP = BernoulliBits.GROUP;
  private static final int BLOCKS = BernoulliBits.BLOCKS;

  private static final LongVector LOW = LongVector.broadcast(LONGS, 0xFFFF_FFFFL);
  private static final LongVector HIGH = LongVector.broadcast(LONGS, 0xFFFF_FFFF_0000_0000L);
  private static final LongVector M0 = LongVector.broadcast(LONGS, 0xD2511F53L);
  private static final LongVector M1 = LongVector.broadcast(LONGS, 0xCD9E8D57L);
  private static final IntVector INDEX = IntVector.zero(INTS).addIndex(1);

  private final WorkerPool pool;

  CpuDropout(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void apply(Operand xOperand, double p, long seed, long counter, Operand outOperand) {
    var x = Contiguous.of(xOperand);
    var out = Contiguous.of(outOperand);
    long elements = xOperand.elements();
    float scale = (float) (1 / (1 - p));
    int threshold = BernoulliBits.threshold(p);
    pool.run(
        Contiguous.chunks(elements),
        task -> {
          long first = (long) task * Contiguous.CHUNK; // a multiple of a group
          int n = Contiguous.chunkSize(elements, task);
          var words = pool.scratch().area(Scratch.FUSED, GROUP * Integer.BYTES);
          for (int i = 0; i < n; i += GROUP) {
            long block = counter + (first + i) / GROUP * BLOCKS;
            for (int lane = 0; lane < BLOCKS; lane += LANES) {
              words(seed, block + lane, words, (long) lane * Integer.BYTES);
            }
            long at = x.at(first + i);
            long outAt = out.at(first + i);
            int size = Math.min(GROUP, n - i);
            drop(words, threshold, scale, x.segment(), at, out.segment(), outAt, size);
          }
        });
  }

  /** The words of as many blocks as a vector has lanes, each kind of word 16 apart. */
  private static void words(long seed, long counter, MemorySegment words, long at) {
    long last = counter + LANES - 1;
    var c0 = INDEX.add((int) counter);
    // the upper half of the counter is one more for lanes behind a carry
    var carried = c0.compare(ULT, (int) counter);
    var c1 = IntVector.broadcast(INTS, (int) (counter >>> 32));
    c1 = c1.blend((int) (last >>> 32), carried);
    var c2 = IntVector.zero(INTS);
    var c3 = IntVector.zero(INTS);
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < 10; round++) {
      var x0 = c0.reinterpretAsLongs();
      var x2 = c2.reinterpretAsLongs();
      var even0 = x0.and(LOW).mul(M0);
      var odd0 = x0.lanewise(LSHR, 32).mul(M0);
      var even2 = x2.and(LOW).mul(M1);
      var odd2 = x2.lanewise(LSHR, 32).mul(M1);
      var low0 = even0.and(LOW).or(odd0.lanewise(LSHL, 32)).reinterpretAsInts();
      var high0 = even0.lanewise(LSHR, 32).or(odd0.and(HIGH)).reinterpretAsInts();
      var low2 = even2.and(LOW).or(odd2.lanewise(LSHL, 32)).reinterpretAsInts();
      var high2 = even2.lanewise(LSHR, 32).or(odd2.and(HIGH)).reinterpretAsInts();
      c0 = high2.lanewise(XOR, c1).lanewise(XOR, k0);
      c2 = high0.lanewise(XOR, c3).lanewise(XOR, k1);
      c1 = low2;
      c3 = low0;
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    long step = (long) BLOCKS * Integer.BYTES;
    c0.intoMemorySegment(words, at, ORDER);
    c1.intoMemorySegment(words, at + step, ORDER);
    c2.intoMemorySegment(words, at + 2 * step, ORDER);
    c3.intoMemorySegment(words, at + 3 * step, ORDER);
  }

  private static void drop(
      MemorySegment words,
      int threshold,
      float scale,
      MemorySegment x,
      long at,
      MemorySegment out,
      long outAt,
      int n) {
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      var drawn = IntVector.fromMemorySegment(INTS, words, shift, ORDER).compare(ULT, threshold);
      FloatVector.fromMemorySegment(F32, x, at + shift, ORDER)
          .mul(scale)
          .blend(0f, drawn.cast(F32))
          .intoMemorySegment(out, outAt + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      int word = words.get(ValueLayout.JAVA_INT_UNALIGNED, shift);
      boolean drawn = BernoulliBits.drawn(word, threshold);
      out.set(FLOAT, outAt + shift, drawn ? 0f : x.get(FLOAT, at + shift) * scale);
    }
  }
}
