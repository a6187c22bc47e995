package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.RandomOp;
import dev.jebena.kernel.fused.DropoutKernel;
import dev.jebena.memory.BernoulliBits;

/** Host side of dropout in {@code random.cl}. */
final class ClDropout implements DropoutKernel {
  private final Engine engine;

  ClDropout(Engine engine) {
    this.engine = engine;
  }

  @Override
  public void apply(Operand x, double p, long seed, long counter, Operand out) {
    long n = x.elements();
    if (n == 0) {
      return;
    }
    engine
        .launch("random", "", "dropout")
        .operand(x)
        .operand(out)
        .integers(BernoulliBits.threshold(p))
        .real((float) (1 / (1 - p)))
        .longs(seed)
        .longs(counter)
        .longs(n)
        .run(RandomOp.BERNOULLI.blocks(n), engine.group());
  }
}
