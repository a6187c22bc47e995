package dev.jebena.kernel.reference;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.LinearKernel;

/** A linear layer element by element. */
final class ReferenceLinear implements LinearKernel {
  @Override
  public void forward(
      Operand xOperand,
      Operand weightOperand,
      Operand biasOperand,
      Activation f,
      Operand residualOperand,
      Operand beforeOperand,
      Operand outOperand) {
    var x = Elements.of(xOperand);
    var weight = Elements.of(weightOperand);
    var out = Elements.of(outOperand);
    int width = out.size(1);
    double[] bias = ReferenceLayerNorm.orElse(biasOperand, width, 0);
    for (int m = 0; m < out.size(0); m++) {
      for (int n = 0; n < width; n++) {
        double z = bias[n];
        for (int k = 0; k < x.size(1); k++) {
          z += x.real(m, k) * weight.real(n, k);
        }
        if (beforeOperand != null) {
          Elements.of(beforeOperand).set(z, m, n);
        }
        double r = residualOperand == null ? 0 : Elements.of(residualOperand).real(m, n);
        out.set(ReferenceActivations.value(f, z) + r, m, n);
      }
    }
  }

  @Override
  public void backward(
      Activation f,
      Operand beforeOperand,
      Operand gyOperand,
      Operand gzOperand,
      Operand gBiasOperand) {
    var before = Elements.of(beforeOperand);
    var gy = Elements.of(gyOperand);
    var gz = Elements.of(gzOperand);
    double[] gBias = new double[gz.size(1)];
    for (int m = 0; m < gz.size(0); m++) {
      for (int n = 0; n < gBias.length; n++) {
        double g = gy.real(m, n) * ReferenceActivations.slope(f, before.real(m, n));
        gz.set(g, m, n);
        gBias[n] += g;
      }
    }
    ReferenceLayerNorm.write(gBias, gBiasOperand);
  }
}
