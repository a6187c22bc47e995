package dev.jebena.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a configuration costs, counted exactly from its shapes. A product {@code [M, K]·[K, N]} is
 * {@code 2·M·K·N} FLOPs; attention scores are counted in full up to the window, as usual, although
 * causal kernels skip half; norms and other element-wise work is left out, as usual.
 *
 * @param context tokens of a sequence
 * @param components the parts, each once for all layers
 * @param activationsPerToken elements that a training step keeps for the backward pass, a token
 */
public record Accounting(int context, List<Component> components, long activationsPerToken) {
  /** Parts in the order in which a token meets them. */
  private static final List<String> NAMES =
      List.of("embedding", "positions", "attention", "scores", "feed-forward", "norms", "head");

  private static final long F32_BYTES = 4;

  /**
   * A part of the model.
   *
   * @param parameters scalars in its parameters
   * @param forwardFlopsPerToken at the context
   */
  public record Component(String name, long parameters, double forwardFlopsPerToken) {}

  /**
   * Counts from the configuration alone; no model is made.
   *
   * @param context tokens that each position can see at the end of the sequence
   */
  public static Accounting of(TransformerConfig c, int context) {
    Map<String, long[]> counted = new LinkedHashMap<>();
    NAMES.forEach(name -> counted.put(name, new long[2]));
    for (var entry : ParameterShapes.of(c).entrySet()) {
      var count = counted.get(component(entry.getKey()));
      long elements = entry.getValue().elements();
      count[0] += elements;
      // tables are looked up; every other matrix is multiplied with once a token
      if (entry.getValue().rank() == 2 && !entry.getKey().contains("embed_")) {
        count[1] += 2 * elements;
      }
    }
    if (c.tiedEmbeddings()) {
      counted.get("head")[1] += 2L * c.vocabularySize() * c.dModel();
    }
    for (int layer = 0; layer < c.layers(); layer++) {
      counted.get("scores")[1] += scores(c, layer, context);
    }
    var components = new ArrayList<Component>();
    counted.forEach((name, count) -> components.add(new Component(name, count[0], count[1])));
    return new Accounting(context, List.copyOf(components), Activations.perToken(c, context));
  }

  private static String component(String parameter) {
    if (parameter.contains("embed_tokens")) {
      return "embedding";
    }
    if (parameter.contains("embed_positions")) {
      return "positions";
    }
    if (parameter.contains("norm")) {
      return "norms";
    }
    if (parameter.contains(".mlp.")) {
      return "feed-forward";
    }
    return parameter.startsWith("lm_head") ? "head" : "attention";
  }

  /** {@code q kᵀ} and the mean of v, for one query. */
  private static long scores(TransformerConfig c, int layer, int context) {
    var a = c.attention();
    int window = a.window(layer);
    long seen = window == 0 ? context : Math.min(window, context);
    var latent = a.latent();
    long keys = latent == null ? a.headDim() : a.headDim() + latent.ropeDim();
    long values = latent == null ? a.headDim() : latent.valueDim();
    return 2 * a.heads() * (keys + values) * seen;
  }

  /** Scalars in all parameters. */
  public long parameters() {
    return components.stream().mapToLong(Component::parameters).sum();
  }

  /** FLOPs of the forward pass, a token. */
  public double forwardFlopsPerToken() {
    return components.stream().mapToDouble(Component::forwardFlopsPerToken).sum();
  }

  /** Forward and backward: the backward pass costs twice the forward one. */
  public double trainingFlopsPerToken() {
    return 3 * forwardFlopsPerToken();
  }

  /**
   * Bytes of forward results that a training step holds when its backward pass begins, for a batch
   * of so many sequences, in f32.
   */
  public long activationBytes(int batch) {
    return activationsPerToken * context * batch * F32_BYTES;
  }

  /** Weights, gradients and AdamW's two moments, in f32. */
  public long stateBytes() {
    return 4 * parameters() * F32_BYTES;
  }

  /**
   * FLOPs a byte of memory traffic in a training step: weights are read forward and twice backward,
   * gradients written and read, moments and weights read and written; activations are written and
   * read.
   */
  public double trainingIntensity(int batch) {
    double weights = (3 + 2 + 6) * (double) parameters() * F32_BYTES;
    double flops = trainingFlopsPerToken() * context * batch;
    return flops / (weights + 2.0 * activationBytes(batch));
  }

  /**
   * FLOPs a byte while a batch of sequences of this length is continued by a token each: weights
   * are read once for all of them, and each reads its own cache.
   *
   * @param cacheBytesPerToken keys and values of a token in all layers
   */
  public double decodeIntensity(int batch, long cacheBytesPerToken) {
    double bytes =
        parameters() * (double) F32_BYTES + (double) batch * context * cacheBytesPerToken;
    return forwardFlopsPerToken() * batch / bytes;
  }

  /**
   * Model FLOPs utilisation (PaLM, 2022): the share of a machine's peak that goes into the FLOPs
   * counted here.
   *
   * @param peakFlops of the machine, a second
   */
  public double utilisation(double tokensPerSecond, double peakFlops) {
    return tokensPerSecond * trainingFlopsPerToken() / peakFlops;
  }
}
