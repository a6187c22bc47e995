package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.ActivationKernel;
import dev.jebena.kernel.fused.AttentionKernel;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.kernel.fused.LinearKernel;
import dev.jebena.kernel.fused.PackedSequences;
import dev.jebena.kernel.fused.RopeKernel;
import dev.jebena.kernel.opencl.FusedCall.Lies;
import java.util.List;
import java.util.stream.IntStream;

/** Calls of kernels that layers are made of: activations, gates, linear, RoPE and attention. */
final class FusedLayers {
  /** Each is a kernel to compile, so that there are few. */
  private static final List<Integer> HEAD_DIMS = List.of(16, 1, 5, 24);

  private FusedLayers() {}

  private static Activation function(FusedCase c) {
    return Activation.values()[c.choice(0, Activation.values().length)];
  }

  static FusedCall activation(FusedCase c) {
    var f = function(c);
    return new FusedCall("ActivationKernel.forward(Activation." + f + ", a, b)")
        .input(c.size(0), c.size(1))
        .output(c.size(0), c.size(1))
        .launches((device, o) ->
            device.fused(ActivationKernel.class).orElseThrow().forward(f, o[0], o[1]));
  }

  static FusedCall activationBackward(FusedCase c) {
    var f = function(c);
    return new FusedCall("ActivationKernel.backward(Activation." + f + ", a, b, c)")
        .input(c.size(0), c.size(1))
        .input(c.size(0), c.size(1))
        .output(c.size(0), c.size(1))
        .launches((device, o) ->
            device.fused(ActivationKernel.class).orElseThrow().backward(f, o[0], o[1], o[2]));
  }

  static FusedCall gated(FusedCase c) {
    var f = function(c);
    return new FusedCall("ActivationKernel.gatedForward(Activation." + f + ", a, b, c)")
        .input(c.size(0), c.size(1))
        .input(c.size(0), c.size(1))
        .output(c.size(0), c.size(1))
        .launches((device, o) ->
            device.fused(ActivationKernel.class).orElseThrow().gatedForward(f, o[0], o[1], o[2]));
  }

  static FusedCall gatedBackward(FusedCase c) {
    var f = function(c);
    return new FusedCall("ActivationKernel.gatedBackward(Activation." + f + ", a, b, c, d, e)")
        .input(c.size(0), c.size(1))
        .input(c.size(0), c.size(1))
        .input(c.size(0), c.size(1))
        .output(c.size(0), c.size(1))
        .output(c.size(0), c.size(1))
        .launches((device, o) ->
            device
                .fused(ActivationKernel.class)
                .orElseThrow()
                .gatedBackward(f, o[0], o[1], o[2], o[3], o[4]));
  }

  static FusedCall linear(FusedCase c) {
    var f = function(c);
    boolean residual = c.flag(3);
    boolean inPlace = residual && c.flag(4);
    return new FusedCall(
            "LinearKernel.forward(a, b, c, Activation.%s, %s, e, f)"
                .formatted(f, inPlace ? "f" : "d"))
        .input(Lies.ANYHOW, c.size(0), c.size(1))
        .input(Lies.ANYHOW, c.size(2), c.size(1))
        .input(c.flag(5), c.size(2))
        .input(residual && !inPlace, c.size(0), c.size(2))
        .output(c.flag(6), c.size(0), c.size(2))
        .output(c.size(0), c.size(2))
        .within(5e-5)
        .launches((device, o) ->
            device
                .fused(LinearKernel.class)
                .orElseThrow()
                .forward(o[0], o[1], o[2], f, inPlace ? o[5] : o[3], o[4], o[5]));
  }

  static FusedCall linearBackward(FusedCase c) {
    var f = function(c);
    return new FusedCall("LinearKernel.backward(Activation." + f + ", a, b, c, d)")
        .input(c.size(0), c.size(1))
        .input(c.size(0), c.size(1))
        .output(c.size(0), c.size(1))
        .output(!c.flag(3), c.size(1))
        .launches((device, o) ->
            device.fused(LinearKernel.class).orElseThrow().backward(f, o[0], o[1], o[2], o[3]));
  }

  /** Sizes are batch, heads, positions, features that stay, and pairs that turn. */
  static FusedCall rope(FusedCase c) {
    long d = 2 * c.size(4) + c.size(3);
    return new FusedCall("RopeKernel.rotate(a, b, c, %s, %s, d)".formatted(c.flag(0), c.flag(1)))
        .input(Lies.LAST_CONTIGUOUS, c.size(0), c.size(1), c.size(2), d)
        .input(c.size(2), c.size(4))
        .input(c.size(2), c.size(4))
        .output(Lies.LAST_CONTIGUOUS, c.size(0), c.size(1), c.size(2), d)
        .launches((device, o) ->
            device
                .fused(RopeKernel.class)
                .orElseThrow()
                .rotate(o[0], o[1], o[2], c.flag(0), c.flag(1), o[3]));
  }

  /** Sizes are batch, groups, heads of a group, which head dimension, queries, and keys. */
  private record Attention(FusedCase c) {
    long heads() {
      return c.size(1) * c.size(2);
    }

    long d() {
      return HEAD_DIMS.get((int) (c.size(3) % HEAD_DIMS.size()));
    }

    long[] queries() {
      return new long[] {c.size(0), heads(), c.size(4), d()};
    }

    long[] keys() {
      return new long[] {c.size(0), c.size(1), c.size(5), d()};
    }

    long[] rows() {
      return new long[] {c.size(0), heads(), c.size(4)};
    }

    boolean sinks() {
      return c.flag(0);
    }

    AttentionOptions options() {
      double scale = 1 / Math.sqrt(d());
      var options = c.flag(1) ? AttentionOptions.causal(scale) : AttentionOptions.full(scale);
      if (c.flag(2)) {
        options = options.withWindow(1 + c.choice(3, 7));
      }
      if (c.flag(6)) {
        options = options.withSoftCap(1.5);
      }
      if (c.flag(7)) {
        options =
            options.withSlopes(
                IntStream.range(0, (int) heads()).mapToObj(h -> 0.25 / (h + 1)).toList());
      }
      if (c.flag(8)) {
        long cut = c.size(4) * c.choice(9, 8) / 7;
        long cutKeys = c.size(5) * c.choice(12, 8) / 7;
        options =
            options.withSequences(
                PackedSequences.of(
                    new long[] {0, cut, c.size(4)}, new long[] {0, cutKeys, c.size(5)}));
      }
      return options;
    }

    void forward(Device device, Operand[] o, int out, int logSumExp) {
      device
          .fused(AttentionKernel.class)
          .orElseThrow()
          .forward(o[0], o[1], o[2], o[3], options(), o[out], o[logSumExp]);
    }
  }

  static FusedCall attention(FusedCase c) {
    var a = new Attention(c);
    return new FusedCall("AttentionKernel.forward(a, b, c, d, %s, e, f)".formatted(a.options()))
        .input(Lies.LAST_CONTIGUOUS, a.queries())
        .input(Lies.LAST_CONTIGUOUS, a.keys())
        .input(Lies.LAST_CONTIGUOUS, a.keys())
        .input(a.sinks(), a.heads())
        .output(Lies.LAST_CONTIGUOUS, a.queries())
        .output(a.rows())
        .launches((device, o) -> a.forward(device, o, 4, 5));
  }

  static FusedCall attentionBackward(FusedCase c) {
    var a = new Attention(c);
    return new FusedCall(
            "AttentionKernel.backward(a, b, c, d, %s, e, f, g, h, i, j, k)".formatted(a.options()))
        .input(Lies.LAST_CONTIGUOUS, a.queries())
        .input(Lies.LAST_CONTIGUOUS, a.keys())
        .input(Lies.LAST_CONTIGUOUS, a.keys())
        .input(a.sinks(), a.heads())
        .output(Lies.LAST_CONTIGUOUS, a.queries())
        .output(a.rows())
        .input(Lies.LAST_CONTIGUOUS, a.queries())
        .output(Lies.LAST_CONTIGUOUS, a.queries())
        .output(Lies.LAST_CONTIGUOUS, a.keys())
        .output(Lies.LAST_CONTIGUOUS, a.keys())
        .output(a.sinks(), a.heads())
        .within(1e-4)
        .prepared((device, o) -> a.forward(device, o, 4, 5))
        .launches((device, o) ->
            device
                .fused(AttentionKernel.class)
                .orElseThrow()
                .backward(
                    o[0],
                    o[1],
                    o[2],
                    o[3],
                    a.options(),
                    o[4],
                    o[5],
                    o[6],
                    o[7],
                    o[8],
                    o[9],
                    o[10]));
  }
}
