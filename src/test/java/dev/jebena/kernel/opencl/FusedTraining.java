package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AdamWKernel;
import dev.jebena.kernel.fused.CrossEntropyKernel;
import dev.jebena.kernel.fused.CrossEntropyTerms;
import dev.jebena.kernel.fused.DropoutKernel;
import dev.jebena.kernel.fused.LinearCrossEntropyKernel;
import dev.jebena.kernel.fused.SamplingKernel;
import dev.jebena.kernel.fused.SquaresKernel;
import dev.jebena.kernel.opencl.FusedCall.Lies;
import dev.jebena.memory.DType;

/** Calls of kernels at the end of a step: losses, the optimiser, dropout, and the next token. */
final class FusedTraining {
  private FusedTraining() {}

  /** Four bits from 1 on. */
  private static CrossEntropyTerms terms(FusedCase c) {
    return new CrossEntropyTerms(
        -100, c.flag(1) ? 0.1 : 0, c.flag(2) ? 0.01 : 0, c.flag(3) ? 1.5 : 0);
  }

  static FusedCall crossEntropy(FusedCase c) {
    return new FusedCall("CrossEntropyKernel.forward(a, b, " + terms(c) + ", c, d)")
        .input(c.size(0), c.size(1))
        .targets(c.flag(0), c.size(1), c.size(0))
        .output(c.size(0))
        .output(c.size(0))
        .launches((device, o) ->
            device
                .fused(CrossEntropyKernel.class)
                .orElseThrow()
                .forward(o[0], o[1], terms(c), o[2], o[3]));
  }

  static FusedCall crossEntropyBackward(FusedCase c) {
    return new FusedCall("CrossEntropyKernel.backward(a, b, " + terms(c) + ", d, e, f)")
        .input(c.size(0), c.size(1))
        .targets(c.flag(0), c.size(1), c.size(0))
        .input(c.size(0))
        .input(c.size(0))
        .input(c.size(0))
        .output(c.size(0), c.size(1))
        .prepared((device, o) ->
            device
                .fused(CrossEntropyKernel.class)
                .orElseThrow()
                .forward(o[0], o[1], terms(c), o[2], o[3]))
        .launches((device, o) ->
            device
                .fused(CrossEntropyKernel.class)
                .orElseThrow()
                .backward(o[0], o[1], terms(c), o[3], o[4], o[5]));
  }

  static FusedCall linearCrossEntropy(FusedCase c) {
    return new FusedCall("LinearCrossEntropyKernel.forward(a, b, c, " + terms(c) + ", d, e, f)")
        .input(Lies.ANYHOW, c.size(0), c.size(1))
        .input(Lies.ANYHOW, c.size(2), c.size(1))
        .targets(c.flag(0), c.size(2), c.size(0))
        .output()
        .output(!c.flag(4), c.size(0), c.size(1))
        .output(!c.flag(5), c.size(2), c.size(1))
        .within(1e-4)
        .launches((device, o) ->
            device
                .fused(LinearCrossEntropyKernel.class)
                .orElseThrow()
                .forward(o[0], o[1], o[2], terms(c), o[3], o[4], o[5]));
  }

  static FusedCall scale(FusedCase c) {
    return new FusedCall("LinearCrossEntropyKernel.scale(a, b)")
        .input()
        .output(c.size(0), c.size(1))
        .launches((device, o) ->
            device.fused(LinearCrossEntropyKernel.class).orElseThrow().scale(o[0], o[1]));
  }

  /** Two parameters. */
  static FusedCall adamW(FusedCase c) {
    var step = new AdamWKernel.Step(1 + c.choice(0, 8), 0.01, 0.9, 0.95, 1e-8);
    double decay = c.flag(3) ? 0.1 : 0;
    return new FusedCall(
            "AdamWKernel.update({a, b}, {c, d}, {e, f}, {g, h}, {%s, 0.5}, %s, i)"
                .formatted(decay, step))
        .output(c.size(0), c.size(1))
        .output(c.size(1))
        .input(c.size(0), c.size(1))
        .input(c.size(1))
        .output(c.size(0), c.size(1))
        .output(c.size(1))
        .positive(c.size(0), c.size(1))
        .positive(c.size(1))
        .wideInput()
        .launches((device, o) ->
            device
                .fused(AdamWKernel.class)
                .orElseThrow()
                .update(
                    new Operand[] {o[0], o[1]},
                    new Operand[] {o[2], o[3]},
                    new Operand[] {o[4], o[5]},
                    new Operand[] {o[6], o[7]},
                    new double[] {decay, 0.5},
                    step,
                    o[8]));
  }

  static FusedCall squares(FusedCase c) {
    return new FusedCall("SquaresKernel.sum({a, b}, c)")
        .input(c.size(0), c.size(1))
        .input(c.size(1))
        .output(DType.F64)
        .launches((device, o) ->
            device.fused(SquaresKernel.class).orElseThrow().sum(new Operand[] {o[0], o[1]}, o[2]));
  }

  static FusedCall dropout(FusedCase c) {
    double p = c.choice(0, 8) / 8.0;
    return new FusedCall(
            "DropoutKernel.apply(a, %s, %d, %d, b)".formatted(p, c.seed(), c.options()))
        .input(c.size(0), c.size(1))
        .output(c.size(0), c.size(1))
        .within(1e-6)
        .launches((device, o) ->
            device
                .fused(DropoutKernel.class)
                .orElseThrow()
                .apply(o[0], p, c.seed(), c.options(), o[1]));
  }

  static FusedCall sampling(FusedCase c) {
    double temperature = c.choice(0, 4) * 0.6;
    int topK = c.flag(3) ? 1 + c.choice(4, 8) : 0;
    double topP = c.flag(7) ? c.choice(8, 8) / 8.0 : 1;
    long bits = c.seed() * 0x9E3779B97F4A7C15L;
    return new FusedCall(
            "SamplingKernel.choose(a, %s, %d, %s, %dL, b)".formatted(temperature, topK, topP, bits))
        .input(c.size(0))
        .output(DType.I64)
        .within(0)
        .launches((device, o) ->
            device
                .fused(SamplingKernel.class)
                .orElseThrow()
                .choose(o[0], temperature, topK, topP, bits, o[1]));
  }
}
