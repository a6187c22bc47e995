package dev.jebena.kernel.reference;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.SamplingKernel;
import dev.jebena.memory.CategoricalDraw;

/** The rule itself, over logits in their order. */
final class ReferenceSampling implements SamplingKernel {
  @Override
  public void choose(
      Operand logits, double temperature, int topK, double topP, long bits, Operand out) {
    var x = Elements.of(logits);
    float[] values = new float[Math.toIntExact(logits.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) x.real(i);
    }
    int chosen = CategoricalDraw.choose(values, temperature, topK, topP, bits);
    Elements.of(out).set((long) chosen);
  }
}
