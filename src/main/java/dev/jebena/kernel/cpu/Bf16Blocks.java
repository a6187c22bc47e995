package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.ORDER;
import static dev.jebena.kernel.cpu.Memory.SHORT;
import static jdk.incubator.vector.VectorOperators.I2S;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.S2I;

import dev.jebena.memory.NarrowFloat;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Contiguous bf16 to f32 and back: the upper half of the bits, in vectors; n elements. */
final class Bf16Blocks {
  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = S.length();
  private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, S.vectorShape());
  private static final VectorSpecies<Short> HALVES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(16 * L));

  private Bf16Blocks() {}

  static void load(MemorySegment x, long from, MemorySegment block, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var bits =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, x, from + 2L * i, ORDER)
                  .convertShape(S2I, INTS, 0);
      bits.lanewise(LSHL, 16).reinterpretAsFloats().intoMemorySegment(block, to + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      block.set(FLOAT, to + 4L * i, NarrowFloat.fromBf16(x.get(SHORT, from + 2L * i)));
    }
  }

  /** To nearest even; a NaN stays one by a bit that keeps its mantissa from becoming 0. */
  static void store(MemorySegment block, long from, MemorySegment out, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      var x = FloatVector.fromMemorySegment(S, block, from + 4L * i, ORDER);
      var bits = x.reinterpretAsInts();
      var upper = bits.lanewise(LSHR, 16);
      var rounded = bits.add(upper.and(1).add(0x7FFF)).lanewise(LSHR, 16);
      var notANumber = x.compare(NE, x).cast(INTS);
      var result = rounded.blend(upper.or(0x40), notANumber);
      ((ShortVector) result.convertShape(I2S, HALVES, 0))
          .intoMemorySegment(out, to + 2L * i, ORDER);
    }
    for (; i < n; i++) {
      out.set(SHORT, to + 2L * i, NarrowFloat.toBf16(block.get(FLOAT, from + 4L * i)));
    }
  }
}
