package dev.jebena.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.io.FileFormatException;
import dev.jebena.io.NamedArray;
import dev.jebena.io.Safetensors;
import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.memory.DType;
import dev.jebena.memory.NarrowFloat;
import dev.jebena.memory.Shape;
import dev.jebena.optim.AdamW;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.Configs;
import dev.jebena.testing.DeferredDevice;
import dev.jebena.tokenizer.BpeTrainer;
import dev.jebena.tokenizer.Tokenizer;
import dev.jebena.tokenizer.TokenizerException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ModelFilesTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path folder;

  private static TransformerConfig config(boolean interleaved, boolean tied) {
    return Configs.llama(300, 32, 32, 2, 4, 2, 10, 48, 5e5, interleaved, 1e-6, tied);
  }

  private static Tokenizer tokenizer() {
    return new BpeTrainer(270)
        .withSpecialTokens(List.of(Tokenizer.END_OF_TEXT))
        .train(List.of("the coffee in the jebena is the best coffee").iterator());
  }

  private static float[] logits(Transformer model) {
    return Tensor.noGrad(
        () -> model.logits(Tensor.of(new long[] {1, 2, 3, 299, 0, 7}, 2, 3)).toFloats());
  }

  private JsonNode json(String file) throws IOException {
    return JSON.readTree(Files.readAllBytes(folder.resolve(file)));
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void whatIsSavedIsLoaded(boolean interleaved, boolean tied) throws IOException {
    var model = Initialisation.model(config(interleaved, tied), 3);
    ModelFiles.save(folder, model, null);
    assertThat(ModelFiles.readConfig(folder)).isEqualTo(model.config());
    var loaded = ModelFiles.load(folder);
    assertThat(loaded.namedParameters().keySet()).isEqualTo(model.namedParameters().keySet());
    assertThat(logits(loaded)).isEqualTo(logits(model));
    assertThat(loaded.namedParameters().values()).allMatch(Tensor::requiresGrad);
  }

  /** f32 weights are the file's own pages; what is mapped computes the same bits. */
  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, 40_000})
  void mappedWeightsAreThoseOfTheFile(long shardBytes) throws IOException {
    var joined = config(false, false).with(c -> c.headDim(8).rotaryFraction(0.5));
    for (var config : List.of(config(false, false), config(false, true), joined)) {
      var model = Initialisation.model(config, 3);
      ModelFiles.save(folder, model, null, shardBytes);
      float[] expected = logits(model);
      try (var device = CpuDevice.withThreads(1)) {
        long before = device.allocator().statistics().liveBytes();
        var mapped = ScopedIo.on(device, () -> ModelFiles.map(folder));
        long taken = device.allocator().statistics().liveBytes() - before;
        // the tables of rotary positions, but no weights
        assertThat(taken).isLessThan(model.parameterCount());
        // a save replaces the files; who has mapped them keeps the old ones
        ModelFiles.save(folder, Initialisation.model(config, 4), null, shardBytes);
        Context.current()
            .withDevice(device)
            .run(() -> assertThat(logits(mapped)).isEqualTo(expected));
      }
    }
  }

  @Test
  void mappedWeightsCannotBeTrained() throws IOException {
    ModelFiles.save(folder, Initialisation.model(config(false, false), 3), null);
    byte[] before = Files.readAllBytes(folder.resolve("model.safetensors"));
    var mapped = ModelFiles.map(folder);
    var parameters = mapped.namedParameters();
    var optimizer = new AdamW(AdamW.groupsByRank(parameters, 0.1), AdamW.Settings.LANGUAGE_MODEL);
    var ids = Tensor.of(new long[] {1, 2, 3}, 1, 3);
    mapped.loss(ids, ids).backward();
    assertThatThrownBy(() -> optimizer.step(1e-3, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "adamW: this tensor's memory is read-only, as that of a mapped file; copy() it before");
    assertThat(Files.readAllBytes(folder.resolve("model.safetensors"))).isEqualTo(before);
  }

  /** Matrices that a family keeps turned, narrow floats, and memory that the host cannot see. */
  @Test
  void whatCannotBeMappedIsCopied() throws IOException {
    var turned = Initialisation.model(TransformerConfig.gpt2(300, 32, 32, 2, 4), 3);
    ModelFiles.save(folder, turned, null);
    assertThat(logits(ModelFiles.map(folder))).isEqualTo(logits(turned));
    var model = Initialisation.model(config(false, false), 3);
    ModelFiles.save(folder, model, null);
    var device = DeferredDevice.primitivesOnly();
    var there = ScopedIo.on(device, () -> ModelFiles.map(folder));
    assertThat(there.namedParameters().get("model.norm.weight").device()).isSameAs(device);
    rewrite(array -> narrow(array, DType.BF16));
    assertThat(logits(ModelFiles.map(folder))).isEqualTo(logits(ModelFiles.load(folder)));
  }

  @Test
  void aDeviceThatTheHostCannotReadIsSavedAndLoadedToo() throws IOException {
    var model = Initialisation.model(config(false, false), 3);
    ModelFiles.save(folder, model, null);
    var device = DeferredDevice.primitivesOnly();
    var loaded = ScopedIo.on(device, () -> ModelFiles.load(folder));
    var other = folder.resolve("again");
    ModelFiles.save(other, loaded, null);
    assertThat(Files.readAllBytes(other.resolve("model.safetensors")))
        .isEqualTo(Files.readAllBytes(folder.resolve("model.safetensors")));
  }

  @Test
  void theFolderHasWhatTransformersNeeds() throws IOException {
    var tokenizer = tokenizer();
    ModelFiles.save(folder, Initialisation.model(config(false, true), 3), tokenizer);
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "config.json",
              "generation_config.json",
              "model.safetensors",
              "tokenizer.json",
              "tokenizer_config.json");
    }
    var config = json("config.json");
    assertThat(config.path("architectures").toString()).isEqualTo("[\"LlamaForCausalLM\"]");
    assertThat(config.path("model_type").stringValue()).isEqualTo("llama");
    var numbers =
        Map.ofEntries(
            Map.entry("vocab_size", 300.0),
            Map.entry("max_position_embeddings", 32.0),
            Map.entry("hidden_size", 32.0),
            Map.entry("intermediate_size", 48.0),
            Map.entry("num_hidden_layers", 2.0),
            Map.entry("num_attention_heads", 4.0),
            Map.entry("num_key_value_heads", 2.0),
            Map.entry("head_dim", 10.0),
            Map.entry("rms_norm_eps", 1e-6),
            Map.entry("rope_theta", 5e5));
    numbers.forEach(
        (key, value) -> assertThat(config.path(key).doubleValue()).as(key).isEqualTo(value));
    assertThat(config.path("rope_parameters").toString())
        .isEqualTo("{\"rope_theta\":500000.0,\"rope_type\":\"default\"}");
    assertThat(config.path("tie_word_embeddings").booleanValue()).isTrue();
    assertThat(config.has("pad_token_id")).isTrue();
    assertThat(config.path("pad_token_id").isNull()).isTrue();
    assertThat(config.path("attention_bias").booleanValue()).isFalse();
    assertThat(config.path("mlp_bias").booleanValue()).isFalse();
    assertThat(config.path("hidden_act").stringValue()).isEqualTo("silu");
    assertThat(config.path("dtype").stringValue()).isEqualTo("float32");
    assertThat(config.path("torch_dtype").stringValue()).isEqualTo("float32");
    int end = tokenizer.endOfText().orElseThrow();
    for (var file : List.of("config.json", "generation_config.json")) {
      assertThat(json(file).path("bos_token_id").intValue()).isEqualTo(end);
      assertThat(json(file).path("eos_token_id").intValue()).isEqualTo(end);
    }
    assertThat(ModelFiles.readStopTokens(folder)).containsExactly(end);
    assertThat(ModelFiles.loadTokenizer(folder).hash()).isEqualTo(tokenizer.hash());
    var weights = Safetensors.open(folder);
    assertThat(weights.metadata()).containsEntry("format", "pt");
    assertThat(weights.names()).doesNotContain("lm_head.weight").contains("model.norm.weight");
  }

  @Test
  void interleavedPairsAreNotSoldAsLlama() throws IOException {
    ModelFiles.save(folder, Initialisation.model(config(true, false), 3), null);
    assertThat(json("config.json").path("model_type").stringValue()).isEqualTo("jebena");
    assertThat(
            json("config.json")
                .path("configuration")
                .path("positions")
                .path("interleaved")
                .booleanValue())
        .isTrue();
    assertThat(json("config.json").path("eos_token_id").isNull()).isTrue();
    assertThat(ModelFiles.readStopTokens(folder)).isEmpty();
  }

  @Test
  void largeModelsAreCutInShards() throws IOException {
    var model = Initialisation.model(config(false, false), 3);
    ModelFiles.save(folder, model, null, 40_000);
    var map = json("model.safetensors.index.json").path("weight_map");
    var shards = new TreeSet<String>();
    map.properties().forEach(e -> shards.add(e.getValue().stringValue()));
    assertThat(shards.size()).isGreaterThan(2);
    assertThat(shards.first()).isEqualTo("model-00001-of-0000" + shards.size() + ".safetensors");
    assertThat(logits(ModelFiles.load(folder))).isEqualTo(logits(model));
    // and back to one file: nothing of the shards is left to be read by mistake
    var other = Initialisation.model(config(false, false), 4);
    ModelFiles.save(folder, other, null);
    assertThat(folder.resolve("model.safetensors.index.json")).doesNotExist();
    assertThat(logits(ModelFiles.load(folder))).isEqualTo(logits(other));
  }

  @ParameterizedTest
  @ValueSource(strings = {"F16", "BF16"})
  void narrowFloatsBecomeSingle(String name) throws IOException {
    var dtype = DType.valueOf(name);
    var model = Initialisation.model(config(false, false), 3);
    ModelFiles.save(folder, model, null);
    rewrite(array -> narrow(array, dtype));
    var loaded = ModelFiles.load(folder);
    loaded
        .namedParameters()
        .forEach((parameter, tensor) -> {
          assertThat(tensor.dtype()).isEqualTo(DType.F32);
          float[] expected = model.namedParameters().get(parameter).toFloats();
          for (int i = 0; i < expected.length; i++) {
            short bits = bits(expected[i], dtype);
            expected[i] =
                dtype == DType.F16 ? Float.float16ToFloat(bits) : NarrowFloat.fromBf16(bits);
          }
          assertThat(tensor.toFloats()).as(parameter).isEqualTo(expected);
        });
  }

  private static short bits(float value, DType dtype) {
    return dtype == DType.F16 ? Float.floatToFloat16(value) : NarrowFloat.toBf16(value);
  }

  private static NamedArray narrow(NamedArray array, DType dtype) {
    float[] values = array.toFloats();
    var data = Arena.ofAuto().allocate(2L * values.length, 64);
    for (int i = 0; i < values.length; i++) {
      data.setAtIndex(ValueLayout.JAVA_SHORT, i, bits(values[i], dtype));
    }
    return new NamedArray(array.name(), dtype, array.shape(), data);
  }

  private void rewrite(UnaryOperator<NamedArray> change) throws IOException {
    var arrays = new ArrayList<NamedArray>();
    for (var array : Safetensors.open(folder).arrays().values()) {
      var changed = change.apply(array);
      if (changed != null) {
        arrays.add(changed);
      }
    }
    Safetensors.write(folder.resolve("model.safetensors"), arrays, Map.of());
  }

  private void change(String key, String value) throws IOException {
    var config = (ObjectNode) json("config.json");
    if (value.equals("missing")) {
      config.remove(key);
    } else {
      config.set(key, JSON.readTree(value));
    }
    Files.writeString(folder.resolve("config.json"), config.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "attention_bias | true | tensor model.layers.0.self_attn.q_proj.bias [40] is missing",
        "mlp_bias | true | tensor model.layers.0.mlp.gate_proj.bias [48] is missing",
        "hidden_act | \"gelu_10\" | hidden_act is \"gelu_10\", which is not supported (one of"
            + " silu,",
        "model_type | \"mamba\" | model_type is \"mamba\", which is not supported (llama, mistral,",
        "model_type | missing | model_type is missing, which is not supported (llama, mistral,",
        "rope_scaling | {\"type\": \"linear\"} | rope_scaling.factor is missing",
        "rope_scaling | {\"type\": \"mrope\"} | rope_scaling.type is \"mrope\", which is not"
            + " supported",
        "rope_scaling | {\"type\": \"linear\", \"factor\": 2.0} | rope_scaling and"
            + " rope_parameters say different things",
        "rope_scaling | {\"type\": \"linear\", \"rope_type\": \"default\", \"factor\": 2.0} |"
            + " rope_scaling.type is \"linear\", which is not supported",
        "rope_theta | 1e4 | rope_theta is 10000.0, but rope_parameters.rope_theta is 500000.0",
        "original_max_position_embeddings | 8.5 | original_max_position_embeddings is 8.5",
        "something_new | {\"of\": 3} | something_new is {\"of\":3}, which is not supported (leaving"
            + " it out is): it is unknown to llama and may matter",
        "something_new | 0 | something_new is 0, which is not supported (leaving it out is)",
        "something_new | true | something_new is true, which is not supported",
        "logit_scale | 0.5 | logit_scale is 0.5, which is not supported (leaving it out is): it"
            + " means logits times a factor",
        "residual_multiplier | 0.2 | it means what is added to the residual stream times a factor",
        "num_local_experts | 8 | it means several experts instead of one feed-forward layer",
        "layer_types | [\"full_attention\", \"sliding_attention\"] | it means layers that see",
        "hidden_activation | \"gelu\" | it means another activation",
        "rope_parameters | {\"rope_type\": \"default\", \"factor\": 4.0} |"
            + " rope_parameters.factor is 4.0, which is not supported (nothing for rope type",
        "rope_parameters | {\"rope_theta\": 5e5, \"partial_rotary_factor\": 0.5} |"
            + " rope_parameters.partial_rotary_factor is 0.5, which is not supported (1 is)",
        "final_logit_softcapping | 30.0 | final_logit_softcapping is 30.0",
        "sliding_window | 16 | sliding_window is 16, which is not supported (leaving it out is)",
        "quantization_config | {\"bits\": 4} | quantization_config: quantised weights",
        "hidden_size | missing | 32], config.json asks for [",
        "hidden_size | \"32\" | hidden_size is \"32\", which is not supported (a whole number is)",
        "vocab_size | 1e2 | vocab_size is 100.0, which is not supported (a whole number is)",
        "num_key_value_heads | 3 | heads 4 is not a multiple of keyValueHeads 3",
        "rms_norm_eps | 0 | normEps 0.0 is not above 0",
        "tie_word_embeddings | 1 | tie_word_embeddings is 1, which is not supported (true or false",
        "intermediate_size | 64 | tensor model.layers.0.mlp.gate_proj.weight has shape [48, 32],"
            + " config.json asks for [64, 32]",
        "num_hidden_layers | 3 | tensor model.layers.2.self_attn.q_proj.weight [40, 32] is missing",
        "num_hidden_layers | 1 | and 8 more have no place in the model that config.json describes",
      })
  void whatChangesTheArithmeticIsRefusedByName(String key, String value, String message)
      throws IOException {
    ModelFiles.save(folder, Initialisation.model(config(false, false), 3), null);
    change(key, value);
    assertThatThrownBy(() -> ModelFiles.load(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith(folder.toString())
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void whatAnOlderFileLeavesOutHasTheUsualValue() throws IOException {
    var plain = Configs.llama(300, 2048, 32, 2, 4, 4, 8, 48, 1e6, false, 1e-6, false);
    ModelFiles.save(folder, Initialisation.model(plain, 3), null);
    for (var key :
        List.of(
            "rope_parameters",
            "head_dim",
            "num_key_value_heads",
            "max_position_embeddings",
            "attention_bias",
            "tie_word_embeddings",
            "hidden_act",
            "rms_norm_eps")) {
      change(key, "missing");
    }
    change("rope_scaling", "null");
    // what says no more than leaving it out, and what says nothing of the arithmetic
    change("something_new", "false");
    change("something_else", "{}");
    change("clip_qkv", "null");
    change("logit_scale", "1.0");
    change("num_experts", "0");
    change("layer_types", "[\"full_attention\", \"full_attention\"]");
    change("task_specific_params", "{\"text-generation\": {\"max_length\": 50}}");
    change("transformers_version", "\"4.40.0\"");
    assertThat(ModelFiles.readConfig(folder)).isEqualTo(plain);
    assertThat(logits(ModelFiles.load(folder))).hasSize(2 * 3 * 300);
  }

  @Test
  void severalStopTokens() throws IOException {
    ModelFiles.save(folder, Initialisation.model(config(false, false), 3), null);
    change("eos_token_id", "[5, 9]");
    assertThat(ModelFiles.readStopTokens(folder)).containsExactly(5, 9);
  }

  @Test
  void otherTensorsAreRefusedByName() throws IOException {
    ModelFiles.save(folder, Initialisation.model(config(false, false), 3), null);
    rewrite(array -> array.name().equals("model.norm.weight") ? null : array);
    assertThatThrownBy(() -> ModelFiles.load(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(folder + ": tensor model.norm.weight [32] is missing");
    ModelFiles.save(folder, Initialisation.model(config(false, false), 3), null);
    rewrite(array ->
        array.name().equals("model.norm.weight")
            ? NamedArray.of(array.name(), array.toDoubles(), 32)
            : array);
    assertThatThrownBy(() -> ModelFiles.load(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("tensor model.norm.weight is f64, which is not supported");
    var bias = NamedArray.of("model.layers.0.self_attn.q_proj.bias", new float[40], 40);
    ModelFiles.save(folder, Initialisation.model(config(false, false), 3), null);
    var arrays = new ArrayList<>(Safetensors.open(folder).arrays().values());
    arrays.add(bias);
    Safetensors.write(folder.resolve("model.safetensors"), arrays, Map.of());
    assertThatThrownBy(() -> ModelFiles.load(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(
            folder
                + ": tensor "
                + bias.name()
                + " has no place in the model that config.json describes");
  }

  @Test
  void aSecondCopyOfTiedWeightsAndOldAnglesAreLeftAside() throws IOException {
    var model = Initialisation.model(config(false, true), 3);
    ModelFiles.save(folder, model, null);
    var arrays = new ArrayList<>(Safetensors.open(folder).arrays().values());
    var embedding = Safetensors.open(folder).array("model.embed_tokens.weight").toFloats();
    arrays.add(NamedArray.of("lm_head.weight", embedding, 300, 32));
    arrays.add(NamedArray.of("model.layers.0.self_attn.rotary_emb.inv_freq", new float[5], 5));
    Safetensors.write(folder.resolve("model.safetensors"), arrays, Map.of());
    assertThat(logits(ModelFiles.load(folder))).isEqualTo(logits(model));
  }

  /** Version 4 of transformers would leave such a head aside, 5 would use it. */
  @Test
  void aTiedHeadThatIsNoCopyIsRefused() throws IOException {
    ModelFiles.save(folder, Initialisation.model(config(false, true), 3), null);
    var arrays = new ArrayList<>(Safetensors.open(folder).arrays().values());
    float[] head = Safetensors.open(folder).array("model.embed_tokens.weight").toFloats();
    head[head.length - 1] += 1e-3f;
    arrays.add(NamedArray.of("lm_head.weight", head, 300, 32));
    Safetensors.write(folder.resolve("model.safetensors"), arrays, Map.of());
    assertThatThrownBy(() -> ModelFiles.load(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(
            folder
                + ": tensor lm_head.weight is not a copy of model.embed_tokens.weight, to which"
                + " tie_word_embeddings ties it; with tie_word_embeddings false both are used");
  }

  @Test
  void missingAndBrokenFilesAreSaidInOneLine() throws IOException {
    var nowhere = folder.resolve("nowhere");
    assertThatThrownBy(() -> ModelFiles.load(nowhere))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(nowhere + ": there is no such folder");
    assertThatThrownBy(() -> ModelFiles.load(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(folder + ": is not a model directory: it has no config.json");
    var model = Initialisation.model(config(false, false), 3);
    ModelFiles.save(folder, model, null);
    assertThatThrownBy(() -> ModelFiles.loadTokenizer(folder))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("has no tokenizer.json");
    var weights = folder.resolve("model.safetensors");
    byte[] whole = Files.readAllBytes(weights);
    for (int length : new int[] {0, 5, 100, whole.length / 2, whole.length - 1}) {
      Files.delete(weights); // the old one may still be mapped
      Files.write(weights, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> ModelFiles.load(folder))
          .isInstanceOf(FileFormatException.class)
          .hasMessageStartingWith(weights + ": ")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }
    Files.delete(weights);
    assertThatThrownBy(() -> ModelFiles.load(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("has neither model.safetensors nor model.safetensors.index.json");
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": ");
    assertThatThrownBy(() -> ModelFiles.load(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("config.json: is not JSON")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    Files.writeString(folder.resolve("config.json"), "[]");
    assertThatThrownBy(() -> ModelFiles.load(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("config.json: is not a JSON object");
  }

  @Test
  void aTokenizerWithMoreTokensThanRowsIsRefusedBeforeAnythingIsWritten() {
    var small = TransformerConfig.of(65, 16, 16, 1, 2, 32);
    var model = Initialisation.model(small, 1);
    assertThatThrownBy(() -> ModelFiles.save(folder, model, tokenizer()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("save: the tokenizer has 270 tokens, the model rows for 65");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void shapesOfTheSafetensorsAreThoseOfTheModel() throws IOException {
    ModelFiles.save(folder, Initialisation.model(config(false, false), 3), null);
    var weights = Safetensors.open(folder);
    assertThat(weights.array("model.layers.1.self_attn.k_proj.weight").shape())
        .isEqualTo(Shape.of(20, 32));
    assertThat(weights.array("lm_head.weight").shape()).isEqualTo(Shape.of(300, 32));
  }
}
