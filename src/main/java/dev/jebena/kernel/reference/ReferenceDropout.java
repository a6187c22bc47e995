package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.DropoutKernel;
import dev.jebena.memory.BernoulliBits;

/** Dropout, one group of random words after the other. */
final class ReferenceDropout implements DropoutKernel {
  @Override
  public void apply(Operand xOperand, double p, long seed, long counter, Operand outOperand) {
    var x = Elements.of(xOperand);
    var out = Elements.of(outOperand);
    float scale = (float) (1 / (1 - p));
    int threshold = BernoulliBits.threshold(p);
    int[] words = new int[BernoulliBits.GROUP];
    long[] i = {0};
    Coordinates.forEach(
        x.shape(),
        at -> {
          int inGroup = (int) (i[0] % BernoulliBits.GROUP);
          if (inGroup == 0) {
            long group = i[0] / BernoulliBits.GROUP;
            BernoulliBits.group(seed, counter + group * BernoulliBits.BLOCKS, words);
          }
          boolean drawn = BernoulliBits.drawn(words[inGroup], threshold);
          out.set(drawn ? 0 : x.real(at) * scale, at);
          i[0]++;
        });
  }
}
