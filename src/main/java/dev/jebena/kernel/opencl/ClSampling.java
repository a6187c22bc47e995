package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.SamplingKernel;
import dev.jebena.memory.CategoricalDraw;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;

/** Host side of {@code sampling.cl}: a launch of one work-group for each thing that is asked. */
final class ClSampling implements SamplingKernel {
  private static final String PROGRAM = "sampling";

  private final Engine engine;

  ClSampling(Engine engine) {
    this.engine = engine;
  }

  @Override
  public void choose(
      Operand logits, double temperature, int topK, double topP, long bits, Operand out) {
    CategoricalDraw.requireSize(logits.elements());
    int n = (int) logits.elements();
    var state = engine.scratch(DType.I64, Shape.of(2));
    run(launch("largest").operand(logits).operand(out).operand(state).integers(n));
    if (temperature > 0) {
      float inverse = CategoricalDraw.inverse(temperature);
      if (topK > 0 && topK < n) {
        run(launch("keep_most").operand(logits).operand(state).integers(n).integers(topK));
      }
      if (topP < 1) {
        run(
            launch("keep_likely")
                .operand(logits)
                .operand(state)
                .integers(n)
                .real(inverse)
                .longs(CategoricalDraw.fraction(topP)));
      }
      run(
          launch("draw")
              .operand(logits)
              .operand(out)
              .operand(state)
              .integers(n)
              .real(inverse)
              .longs(bits));
    }
    state.buffer().release();
  }

  private Launch launch(String kernel) {
    return engine.launch(PROGRAM, engine.rowMacros(), kernel);
  }

  private void run(Launch launch) {
    launch.run(new long[] {1}, engine.rowItems());
  }
}
