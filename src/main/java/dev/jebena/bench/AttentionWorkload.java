package dev.jebena.bench;

import dev.jebena.nn.ScaledDotProduct;
import dev.jebena.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * Causal scaled dot-product attention in f32 on {@code [B, H, T, D]} with 8 heads of 64 features
 * and as many sequences as make 4096 tokens.
 *
 * @param length T
 * @param backward whether the gradients of q, k and v are computed too
 */
public record AttentionWorkload(int length, boolean backward) {
  /** Lengths where nothing else is asked for. */
  public static final List<Integer> LENGTHS = List.of(128, 256, 512, 1024, 2048, 4096);

  private static final int HEADS = 8;
  private static final int HEAD_DIM = 64;
  private static final int TOKENS = 4096;

  public AttentionWorkload {
    if (length < 1 || length > 1 << 20) {
      throw new IllegalArgumentException("sequences of " + length + " tokens (1 to 1048576)");
    }
  }

  /** Forward, and forward with backward. */
  public static Stream<AttentionWorkload> of(int length) {
    return Stream.of(new AttentionWorkload(length, false), new AttentionWorkload(length, true));
  }

  private int batch() {
    return Math.max(1, TOKENS / length);
  }

  /**
   * Multiplications and additions in units of a billion: two products of {@code T·T·D} a head
   * forward and five backward, of which the mask leaves half.
   */
  double gigaFlops() {
    double products = backward ? 2 + 5 : 2;
    return products * batch() * HEADS * length * length * HEAD_DIM / 1e9;
  }

  /** To measure. */
  public BenchCase toCase(int threads) {
    var arguments =
        List.of(
            "--batch=" + batch(),
            "--heads=" + HEADS,
            "--length=" + length,
            "--head-dim=" + HEAD_DIM,
            "--backward=" + (backward ? 1 : 0),
            "--threads=" + threads);
    return new BenchCase(
        "attention",
        length + (backward ? " forward+backward" : " forward"),
        "GFLOP/s",
        gigaFlops(),
        2,
        this::contender,
        null,
        List.of(Peer.pytorch("attention.py", arguments)));
  }

  /** Ours, on the context's device. */
  private Contender contender() {
    var inputs = Stream.generate(this::input).limit(3).toList();
    var q = inputs.get(0);
    var k = inputs.get(1);
    var v = inputs.get(2);
    double scale = 1 / Math.sqrt(HEAD_DIM);
    if (!backward) {
      return new Repeated(inputs, false, () -> ScaledDotProduct.attend(q, k, v, scale, true));
    }
    var gradient = input();
    var all = Stream.concat(inputs.stream(), Stream.of(gradient)).toList();
    inputs.forEach(tensor -> tensor.requiresGrad(true));
    return new Repeated(
        all,
        true,
        () -> {
          ScaledDotProduct.attend(q, k, v, scale, true).backward(gradient, false);
          inputs.forEach(Tensor::zeroGrad);
        });
  }

  private Tensor input() {
    return Tensor.randn(batch(), HEADS, length, HEAD_DIM);
  }
}
