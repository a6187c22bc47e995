package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.io.NamedArray;
import dev.jebena.io.NpzFile;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.Fixtures;
import dev.jebena.testing.Values;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers held against outputs that PyTorch computed for the same weights and inputs. */
class LayerFixturesTest {
  private static final double LAYERS = 1e-5;
  private static final double GPT = 1e-6;

  private static Map<String, NamedArray> read(String file) throws IOException {
    return NpzFile.read(Fixtures.require(file));
  }

  private static Tensor tensor(Map<String, NamedArray> arrays, String name) {
    var array = arrays.get(name);
    assertThat(array).as(name).isNotNull();
    return Tensor.fromBytes(Context.current().device(), array.dtype(), array.shape(), array.data());
  }

  private static void check(
      String device, Map<String, NamedArray> expected, double tolerance, Supplier<Tensor> layer) {
    Context.current()
        .withDevice(Devices.get(device))
        .withGradients(false)
        .run(() -> {
          var actual = layer.get();
          assertThat(actual.shape()).isEqualTo(expected.get("array").shape());
          assertThat(actual.device().name()).isEqualTo(device);
          Values.assertClose(device, actual, expected.get("array").toDoubles(), 0, tolerance);
        });
  }

  // ---------------------------------------------------------------- layers

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void attentionWithAMask(String device) throws IOException {
    var in = read("layers/seeded_inputs.npz");
    check(
        device,
        read("layers/test_scaled_dot_product_attention.npz"),
        LAYERS,
        () ->
            ScaledDotProduct.masked(
                tensor(in, "q"), tensor(in, "k"), tensor(in, "v"), 1 / 8.0, tensor(in, "mask")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void attentionWithAMaskAndHeads(String device) throws IOException {
    var in = read("layers/seeded_inputs.npz");
    check(
        device,
        read("layers/test_4d_scaled_dot_product_attention.npz"),
        LAYERS,
        () ->
            ScaledDotProduct.masked(
                tensor(in, "q").reshape(2, 2, 12, 64),
                tensor(in, "k").reshape(2, 2, 16, 64),
                tensor(in, "v").reshape(2, 2, 16, 64),
                1 / 8.0,
                tensor(in, "mask").reshape(2, 2, 12, 16)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void rotaryPositionsOfNeighbours(String device) throws IOException {
    var in = read("layers/seeded_inputs.npz");
    assertThat(in.get("pos_ids").toLongs()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    check(
        device,
        read("layers/test_rope.npz"),
        LAYERS,
        () -> RotaryEmbedding.of(64, 12, 10_000, true).forward(tensor(in, "in_embeddings"), 0));
  }

  // ---------------------------------------------------------------- layers of a GPT

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void feedForwardWithGelu(String device) throws IOException {
    var x = read("layers-gpt/in_features.npz");
    var w = read("layers-gpt/positionwise_feedforward_weights.npz");
    check(
        device,
        read("layers-gpt/positionwise_feedforward_expected_output.npz"),
        GPT,
        () -> feedForward(tensor(x, "array"), w, ""));
  }

  private static Tensor feedForward(Tensor x, Map<String, NamedArray> w, String prefix) {
    var up = new Linear(tensor(w, prefix + "w1.weight"), null);
    var down = new Linear(tensor(w, prefix + "w2.weight"), null);
    return down.forward(up.forward(x).gelu());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void rmsNorm(String device) throws IOException {
    var x = read("layers-gpt/in_features.npz");
    var w = read("layers-gpt/rmsnorm_weights.npz");
    check(
        device,
        read("layers-gpt/rmsnorm_expected_output.npz"),
        GPT,
        () -> new RmsNorm(tensor(w, "weight"), 1e-5).forward(tensor(x, "array")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void causalAttentionWithWeightsForEachHead(String device) throws IOException {
    var x = read("layers-gpt/in_features.npz");
    var w = read("layers-gpt/unbatched_multihead_self_attention_weights.npz");
    check(
        device,
        read("layers-gpt/unbatched_multihead_self_attention_expected_output.npz"),
        GPT,
        () ->
            attention(bothHeads(w, "q"), bothHeads(w, "k"), bothHeads(w, "v"), w, "")
                .forward(tensor(x, "array"), null));
  }

  private static Tensor bothHeads(Map<String, NamedArray> w, String kind) {
    return Tensor.cat(0, tensor(w, kind + "_heads.0.weight"), tensor(w, kind + "_heads.1.weight"));
  }

  private static Attention attention(
      Tensor q, Tensor k, Tensor v, Map<String, NamedArray> w, String prefix) {
    return new Attention(
        new Linear(q, null),
        new Linear(k, null),
        new Linear(v, null),
        new Linear(tensor(w, prefix + "output_proj.weight"), null),
        null,
        2,
        2,
        32,
        0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void preNormBlock(String device) throws IOException {
    var in = read("layers-gpt/in_features.npz");
    var w = read("layers-gpt/transformer_block_weights.npz");
    check(
        device,
        read("layers-gpt/transformer_block_expected_output.npz"),
        GPT,
        () -> {
          var x = tensor(in, "array"); // [8, 128, 64]
          var attention =
              attention(
                  tensor(w, "attn.q_proj.weight"),
                  tensor(w, "attn.k_proj.weight"),
                  tensor(w, "attn.v_proj.weight"),
                  w,
                  "attn.");
          var norm1 = new RmsNorm(tensor(w, "ln1.weight"), 1e-5);
          var norm2 = new RmsNorm(tensor(w, "ln2.weight"), 1e-5);
          var mixed = x.add(attention.forward(norm1.forward(x), null));
          return mixed.add(feedForward(norm2.forward(mixed), w, "ffn."));
        });
  }

  /** The fused kernel and the composition with a mask are one function. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void causalAttentionIsAttentionUnderATriangle(String device) {
    Context.current()
        .withDevice(Devices.get(device))
        .withSeed(1)
        .run(() -> {
          var q = Tensor.randn(2, 3, 37, 16);
          var k = Tensor.randn(2, 3, 37, 16);
          var v = Tensor.randn(2, 3, 37, 16);
          var mask = Tensor.full(q.device(), DType.F32, Shape.of(37, 37), 1).tril(0).gt(0);
          var expected = ScaledDotProduct.masked(q, k, v, 0.25, mask);
          var actual = ScaledDotProduct.attend(q, k, v, 0.25, true);
          Values.assertClose(device, actual, expected.toDoubles(), 0, 2e-6);
        });
  }
}
