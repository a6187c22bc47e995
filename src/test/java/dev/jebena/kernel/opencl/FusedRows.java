package dev.jebena.kernel.opencl;

import dev.jebena.kernel.fused.ColumnSoftmaxKernel;
import dev.jebena.kernel.fused.LayerNormKernel;
import dev.jebena.kernel.fused.RmsNormKernel;
import dev.jebena.kernel.fused.RowFoldKernel;
import dev.jebena.kernel.fused.SoftmaxKernel;
import dev.jebena.kernel.opencl.FusedCall.Lies;

/** Calls of kernels that fold rows: softmax, its sums, and norms. */
final class FusedRows {
  private static final double EPS = 1e-5;

  private FusedRows() {}

  static FusedCall softmax(FusedCase c) {
    boolean log = c.flag(0);
    return new FusedCall("SoftmaxKernel.forward(a, " + log + ", b)")
        .input(Lies.LAST_CONTIGUOUS, c.size(0), c.size(1), c.size(2))
        .output(c.size(0), c.size(1), c.size(2))
        .launches((device, o) ->
            device.fused(SoftmaxKernel.class).orElseThrow().forward(o[0], log, o[1]));
  }

  static FusedCall softmaxBackward(FusedCase c) {
    boolean log = c.flag(0);
    return new FusedCall("SoftmaxKernel.backward(b, c, " + log + ", d)")
        .input(c.size(0), c.size(1))
        .input(c.size(0), c.size(1))
        .input(c.size(0), c.size(1))
        .output(c.size(0), c.size(1))
        .prepared(
            (device, o) -> device.fused(SoftmaxKernel.class).orElseThrow().forward(o[0], log, o[1]))
        .launches((device, o) ->
            device.fused(SoftmaxKernel.class).orElseThrow().backward(o[1], o[2], log, o[3]));
  }

  static FusedCall columnSoftmax(FusedCase c) {
    boolean log = c.flag(0);
    return new FusedCall("ColumnSoftmaxKernel.forward(a, " + log + ", b)")
        .input(c.size(0), c.size(1), c.size(2))
        .output(c.size(0), c.size(1), c.size(2))
        .launches((device, o) ->
            device.fused(ColumnSoftmaxKernel.class).orElseThrow().forward(o[0], log, o[1]));
  }

  static FusedCall logSumExp(FusedCase c) {
    return new FusedCall("RowFoldKernel.logSumExp(a, b)")
        .input(Lies.LAST_CONTIGUOUS, c.size(0), c.size(1), c.size(2))
        .output(c.size(0), c.size(1), 1)
        .launches(
            (device, o) -> device.fused(RowFoldKernel.class).orElseThrow().logSumExp(o[0], o[1]));
  }

  static FusedCall moments(FusedCase c) {
    return new FusedCall("RowFoldKernel.moments(a, b, c)")
        .input(Lies.LAST_CONTIGUOUS, c.size(0), c.size(1), c.size(2))
        .output(c.size(0), c.size(1), 1)
        .output(c.size(0), c.size(1), 1)
        .launches((device, o) ->
            device.fused(RowFoldKernel.class).orElseThrow().moments(o[0], o[1], o[2]));
  }

  static FusedCall rmsNorm(FusedCase c) {
    boolean residual = c.flag(0);
    return new FusedCall("RmsNormKernel.forward(a, b, c, 1e-5, d, e, f)")
        .input(c.size(0), c.size(1))
        .input(residual, c.size(0), c.size(1))
        .input(c.flag(1), c.size(1))
        .output(residual, c.size(0), c.size(1))
        .output(c.size(0), c.size(1))
        .output(c.size(0))
        .launches((device, o) ->
            device
                .fused(RmsNormKernel.class)
                .orElseThrow()
                .forward(o[0], o[1], o[2], EPS, o[3], o[4], o[5]));
  }

  static FusedCall rmsNormBackward(FusedCase c) {
    return new FusedCall("RmsNormKernel.backward(a, b, c, d, e, f, g)")
        .input(c.size(0), c.size(1))
        .input(c.flag(0), c.size(1))
        .input(c.size(0))
        .input(c.size(0), c.size(1))
        .input(c.flag(1), c.size(0), c.size(1))
        .output(c.size(0), c.size(1))
        .output(!c.flag(2), c.size(1))
        .prepared((device, o) ->
            // what forward writes to gh is not read
            device
                .fused(RmsNormKernel.class)
                .orElseThrow()
                .forward(o[0], null, o[1], EPS, null, o[5], o[2]))
        .within(1e-4)
        .launches((device, o) ->
            device
                .fused(RmsNormKernel.class)
                .orElseThrow()
                .backward(o[0], o[1], o[2], o[3], o[4], o[5], o[6]));
  }

  static FusedCall layerNorm(FusedCase c) {
    boolean residual = c.flag(0);
    return new FusedCall("LayerNormKernel.forward(a, b, c, d, 1e-5, e, f, g, h)")
        .input(c.size(0), c.size(1))
        .input(residual, c.size(0), c.size(1))
        .input(c.flag(1), c.size(1))
        .input(c.flag(2), c.size(1))
        .output(residual, c.size(0), c.size(1))
        .output(c.size(0), c.size(1))
        .output(c.size(0))
        .output(c.size(0))
        .launches((device, o) ->
            device
                .fused(LayerNormKernel.class)
                .orElseThrow()
                .forward(o[0], o[1], o[2], o[3], EPS, o[4], o[5], o[6], o[7]));
  }

  static FusedCall layerNormBackward(FusedCase c) {
    return new FusedCall("LayerNormKernel.backward(a, b, c, d, e, f, g, h, i)")
        .input(c.size(0), c.size(1))
        .input(c.flag(0), c.size(1))
        .input(c.size(0))
        .input(c.size(0))
        .input(c.size(0), c.size(1))
        .input(c.flag(1), c.size(0), c.size(1))
        .output(c.size(0), c.size(1))
        .output(!c.flag(2), c.size(1))
        .output(!c.flag(3), c.size(1))
        .prepared((device, o) ->
            device
                .fused(LayerNormKernel.class)
                .orElseThrow()
                .forward(o[0], null, o[1], null, EPS, null, o[6], o[2], o[3]))
        .within(1e-4)
        .launches((device, o) ->
            device
                .fused(LayerNormKernel.class)
                .orElseThrow()
                .backward(o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7], o[8]));
  }
}
