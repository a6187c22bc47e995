package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.RandomOp;
import dev.jebena.memory.BernoulliBits;
import dev.jebena.memory.BoxMuller;
import dev.jebena.memory.Philox;
import dev.jebena.memory.StochasticRounding;
import dev.jebena.memory.TruncatedNormal;

/** Random numbers as functions of seed, counter and position. */
final class RandomNumbers {
  private RandomNumbers() {}

  static void random(RandomOp op, long seed, long counter, double a, double b, Operand outOperand) {
    if (op == RandomOp.BERNOULLI) {
      bernoulli(seed, counter, a, outOperand);
      return;
    }
    var out = Elements.of(outOperand);
    int[] words = new int[4];
    long[] i = {0};
    Coordinates.forEach(
        out.shape(),
        at -> {
          Philox.block(seed, counter + i[0] / 2, words);
          double first = Philox.toUnitDouble(words[0], words[1]);
          double second = Philox.toUnitDouble(words[2], words[3]);
          boolean even = i[0] % 2 == 0;
          i[0]++;
          switch (op) {
            case UNIFORM -> {
              out.set(a + (b - a) * (even ? first : second), at);
              if (out.real(at) >= b) {
                out.set(a, at); // rounding must not reach the open end: the circle closes there
              }
            }
            case NORMAL -> out.set(a + b * BoxMuller.normal(first, second, even), at);
            case TRUNCATED_NORMAL ->
                out.set(TruncatedNormal.quantile(even ? first : second, a, b), at);
            case BERNOULLI -> throw new IllegalStateException("drawn in groups");
            case INTEGER -> out.set((long) Math.floor(a + (b - a) * (even ? first : second)), at);
          }
        });
  }

  private static void bernoulli(long seed, long counter, double p, Operand outOperand) {
    var out = Elements.of(outOperand);
    int threshold = BernoulliBits.threshold(p);
    int[] words = new int[BernoulliBits.GROUP];
    long[] i = {0};
    Coordinates.forEach(
        out.shape(),
        at -> {
          int inGroup = (int) (i[0] % BernoulliBits.GROUP);
          if (inGroup == 0) {
            BernoulliBits.group(seed, counter + RandomOp.BERNOULLI.blocks(i[0]), words);
          }
          out.set(BernoulliBits.drawn(words[inGroup], threshold) ? 1.0 : 0.0, at);
          i[0]++;
        });
  }

  static void round(Operand xOperand, long seed, long counter, Operand outOperand) {
    var x = Elements.of(xOperand);
    var out = Elements.of(outOperand);
    int[] words = new int[4];
    long[] i = {0};
    Coordinates.forEach(
        out.shape(),
        at -> {
          Philox.block(seed, counter + i[0] / 4, words);
          int word = words[(int) (i[0]++ % 4)];
          out.set(StochasticRounding.round(out.dtype(), x.real(at), word), at);
        });
  }
}
