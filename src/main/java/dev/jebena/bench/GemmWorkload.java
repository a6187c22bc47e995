package dev.jebena.bench;

import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A product {@code [M, K] · [K, N]} in f32, each factor as it is or, to be turned, as its
 * transpose.
 *
 * @param name in reports
 * @param transposedA whether the left factor lies as {@code [K, M]}
 * @param transposedB whether the right factor lies as {@code [N, K]}
 */
public record GemmWorkload(
    String name, int m, int k, int n, boolean transposedA, boolean transposedB) {
  /** Sides of square products of small and of large models. */
  private static final int[] SQUARES = {64, 128, 256, 512, 1024, 2048, 4096};

  /** {@code MxKxN}, and which factors are transposed: n or t each, as in BLAS. */
  private static final Pattern SHAPE =
      Pattern.compile("(\\d{1,9})x(\\d{1,9})x(\\d{1,9})([nt]{2})?");

  /** Names of sets of shapes, in the order of reports. */
  public static final List<String> SETS =
      List.of("squares", "22.7M", "gpt2-124M", "char", "decode");

  public GemmWorkload {
    if (m < 1 || k < 1 || n < 1) {
      throw new IllegalArgumentException("matrices of size " + name + " (sizes are at least 1)");
    }
  }

  /**
   * What a word on the command line asks for: a side, {@code MxKxN} with {@code nn}, {@code nt},
   * {@code tn} or {@code tt} behind it, or a set.
   *
   * @throws IllegalArgumentException naming what there is
   */
  public static List<GemmWorkload> of(String word) {
    if (word.matches("\\d{1,9}")) {
      int side = Integer.parseInt(word);
      return List.of(new GemmWorkload(word, side, side, side, false, false));
    }
    var shape = SHAPE.matcher(word);
    if (shape.matches()) {
      var turned = shape.group(4) == null ? "nn" : shape.group(4);
      return List.of(
          new GemmWorkload(
              word,
              Integer.parseInt(shape.group(1)),
              Integer.parseInt(shape.group(2)),
              Integer.parseInt(shape.group(3)),
              turned.charAt(0) == 't',
              turned.charAt(1) == 't'));
    }
    return switch (word) {
      case "squares" ->
          IntStream.of(SQUARES).boxed().flatMap(side -> of(side.toString()).stream()).toList();
      case "22.7M" ->
          layers(4096, new int[][] {{512, 512}, {512, 1344}, {1344, 512}, {512, 10000}});
      case "gpt2-124M" ->
          layers(
              256, new int[][] {{768, 768}, {768, 2304}, {768, 3072}, {3072, 768}, {768, 50257}});
      case "char" -> layers(768, new int[][] {{128, 128}, {128, 344}, {344, 128}, {128, 65}});
      case "decode" ->
          Stream.of("1x768x768nt", "1x768x2304nt", "1x768x3072nt", "1x3072x768nt", "1x768x50257nt")
              .flatMap(name -> of(name).stream())
              .toList();
      default ->
          throw new IllegalArgumentException(
              "no product is called '"
                  + word
                  + "'; there are sides such as 512, shapes such as 256x768x3072 with nn, nt, tn or"
                  + " tt behind it, and "
                  + String.join(", ", SETS));
    };
  }

  /**
   * The three products of linear layers whose weights lie as {@code [out, in]}: {@code x·Wᵀ}
   * forward, {@code g·W} back to the input, {@code gᵀ·x} for the weights.
   */
  private static List<GemmWorkload> layers(int tokens, int[][] inAndOut) {
    var shapes = new ArrayList<GemmWorkload>();
    for (var layer : inAndOut) {
      int in = layer[0];
      int out = layer[1];
      shapes.addAll(of(tokens + "x" + in + "x" + out + "nt"));
      shapes.addAll(of(tokens + "x" + out + "x" + in + "nn"));
      shapes.addAll(of(out + "x" + tokens + "x" + in + "tn"));
    }
    return shapes;
  }

  /** To measure. */
  public BenchCase toCase(int threads) {
    var arguments =
        List.of(
            "--m=" + m,
            "--k=" + k,
            "--n=" + n,
            "--turned=" + (transposedA ? "t" : "n") + (transposedB ? "t" : "n"),
            "--threads=" + threads);
    return new BenchCase(
        "gemm",
        name,
        "GFLOP/s",
        2.0 * m * k * n / 1e9,
        1,
        this::contender,
        null,
        List.of(
            Peer.pytorch("matmul.py", arguments), new Peer("djl", "DjlMatmul", () -> arguments)));
  }

  /** Ours, on the context's device. */
  private Contender contender() {
    var a = transposedA ? Tensor.randn(k, m) : Tensor.randn(m, k);
    var b = transposedB ? Tensor.randn(n, k) : Tensor.randn(k, n);
    return new Repeated(
        List.of(a, b),
        false,
        () -> (transposedA ? a.transpose() : a).matmul(transposedB ? b.transpose() : b));
  }
}
