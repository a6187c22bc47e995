package dev.jebena.model;

import dev.jebena.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code config.json} and {@code generation_config.json}, with the keys of Hugging Face's {@code
 * LlamaConfig}. Keys that say nothing about the arithmetic are ignored; those that would change it
 * are refused by name.
 */
final class ConfigFile {
  static final String NAME = "config.json";
  static final String GENERATION = "generation_config.json";

  private static final String LLAMA = "llama";

  /** What Llama's class cannot say: rotary pairs of neighbours. */
  private static final String OWN = "jebena";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path file;
  private final JsonNode root;

  private ConfigFile(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  // ---------------------------------------------------------------- writing

  static void write(Path folder, TransformerConfig config, OptionalInt endOfText)
      throws IOException {
    write(folder.resolve(NAME), model(config, endOfText));
    write(folder.resolve(GENERATION), endings(JsonNodeFactory.instance.objectNode(), endOfText));
  }

  private static void write(Path file, ObjectNode json) throws IOException {
    var text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    AtomicFiles.writeString(file, text + "\n");
  }

  private static ObjectNode model(TransformerConfig c, OptionalInt endOfText) {
    var json = JsonNodeFactory.instance.objectNode();
    json.putArray("architectures")
        .add(c.ropeInterleaved() ? "JebenaForCausalLM" : "LlamaForCausalLM");
    json.put("model_type", c.ropeInterleaved() ? OWN : LLAMA);
    json.put("vocab_size", c.vocabularySize());
    json.put("max_position_embeddings", c.contextLength());
    json.put("hidden_size", c.dModel());
    json.put("intermediate_size", c.dFf());
    json.put("num_hidden_layers", c.layers());
    json.put("num_attention_heads", c.heads());
    json.put("num_key_value_heads", c.keyValueHeads());
    json.put("head_dim", c.headDim());
    json.put("rms_norm_eps", c.normEps());
    // transformers 4 reads the first, 5 the second
    json.put("rope_theta", c.ropeTheta());
    json.putObject("rope_parameters").put("rope_theta", c.ropeTheta()).put("rope_type", "default");
    if (c.ropeInterleaved()) {
      json.put("rope_interleaved", true);
    }
    json.put("tie_word_embeddings", c.tiedEmbeddings());
    json.put("hidden_act", "silu");
    json.put("attention_bias", false);
    json.put("attention_dropout", 0.0);
    json.put("mlp_bias", false);
    json.put("initializer_range", 0.02);
    json.put("use_cache", true);
    endings(json, endOfText);
    json.put("dtype", "float32");
    json.put("torch_dtype", "float32");
    return json;
  }

  /** One token both begins and ends a text, as in GPT-2; null where the vocabulary has none. */
  private static ObjectNode endings(ObjectNode json, OptionalInt endOfText) {
    for (var key : new String[] {"bos_token_id", "eos_token_id"}) {
      if (endOfText.isPresent()) {
        json.put(key, endOfText.getAsInt());
      } else {
        json.putNull(key);
      }
    }
    return json;
  }

  // ---------------------------------------------------------------- reading

  static ConfigFile open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new ModelFileException(
          folder, Files.exists(folder) ? "is not a folder" : "there is no such folder");
    }
    var file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      throw new ModelFileException(folder, "is not a model directory: it has no " + NAME);
    }
    return openFile(file);
  }

  static ConfigFile openFile(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new ModelFileException(
          file, Files.exists(file) ? "is not a file" : "there is no such file");
    }
    return new ConfigFile(file, json(file));
  }

  private static JsonNode json(Path file) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      throw new ModelFileException(file, "is not JSON: " + e.getOriginalMessage());
    }
    if (!root.isObject()) {
      throw new ModelFileException(file, "is not a JSON object");
    }
    return root;
  }

  /** The configuration, if nothing in the file asks for other arithmetic. */
  TransformerConfig read() throws ModelFileException {
    var type = root.path("model_type").asString("none");
    if (!type.equals(LLAMA) && !type.equals(OWN)) {
      throw wrong("model_type", root.path("model_type"), "llama");
    }
    only("hidden_act", "silu");
    onlyFalse("attention_bias");
    onlyFalse("mlp_bias");
    if (!absent(root.path("quantization_config"))) {
      throw new ModelFileException(
          file, "quantization_config: quantised weights are not supported (f32, f16, bf16 are)");
    }
    plainRope("rope_scaling");
    plainRope("rope_parameters");
    int dModel = whole("hidden_size");
    int heads = whole("num_attention_heads");
    int headDim = whole("head_dim", dModel / Math.max(1, heads));
    try {
      return new TransformerConfig(
          whole("vocab_size"),
          whole("max_position_embeddings", 2048),
          dModel,
          whole("num_hidden_layers"),
          heads,
          whole("num_key_value_heads", heads),
          headDim,
          whole("intermediate_size"),
          ropeTheta(),
          flag("rope_interleaved"),
          number(root, "rms_norm_eps", 1e-6),
          flag("tie_word_embeddings"));
    } catch (ConfigurationException e) {
      throw new ModelFileException(file, e.getMessage());
    }
  }

  /** Ids that end a text, of both files. */
  static Set<Integer> stopTokens(Path folder) throws IOException {
    var stop = new LinkedHashSet<Integer>();
    var config = open(folder);
    config.endings(stop);
    var generation = folder.resolve(GENERATION);
    if (Files.exists(generation)) {
      new ConfigFile(generation, json(generation)).endings(stop);
    }
    return stop;
  }

  private void endings(Set<Integer> stop) throws ModelFileException {
    var node = root.path("eos_token_id");
    if (absent(node)) {
      return;
    }
    var ids = node.isArray() ? node : JsonNodeFactory.instance.arrayNode().add(node);
    for (var id : ids) {
      if (!id.isInt()) {
        throw wrong("eos_token_id", node, "a token id or a list of them");
      }
      stop.add(id.intValue());
    }
  }

  /** Long-context variants turn at other angles, and must not pass for the plain one. */
  private void plainRope(String key) throws ModelFileException {
    var node = root.path(key);
    if (absent(node)) {
      return;
    }
    if (!node.isObject()) {
      throw wrong(key, node, "an object");
    }
    for (var name : new String[] {"rope_type", "type"}) {
      var type = node.path(name);
      if (!absent(type) && !type.asString("").equals("default")) {
        throw wrong(key + "." + name, type, "default");
      }
    }
    for (var property : node.properties()) {
      var name = property.getKey();
      boolean known = Set.of("rope_theta", "rope_type", "type").contains(name);
      boolean idle = name.equals("partial_rotary_factor") && property.getValue().asDouble(0) == 1;
      if (!known && !idle && !absent(property.getValue())) {
        throw wrong(key + "." + name, property.getValue(), "none");
      }
    }
  }

  private double ropeTheta() throws ModelFileException {
    return number(root.path("rope_parameters"), "rope_theta", number(root, "rope_theta", 10_000));
  }

  private static boolean absent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private void only(String key, String value) throws ModelFileException {
    var node = root.path(key);
    if (!absent(node) && !node.asString("").equals(value)) {
      throw wrong(key, node, value);
    }
  }

  private void onlyFalse(String key) throws ModelFileException {
    if (flag(key)) {
      throw wrong(key, root.path(key), "false");
    }
  }

  private boolean flag(String key) throws ModelFileException {
    var node = root.path(key);
    if (absent(node)) {
      return false;
    }
    if (!node.isBoolean()) {
      throw wrong(key, node, "true or false");
    }
    return node.booleanValue();
  }

  private int whole(String key) throws ModelFileException {
    if (absent(root.path(key))) {
      throw new ModelFileException(file, key + " is missing");
    }
    return whole(key, 0);
  }

  private int whole(String key, int otherwise) throws ModelFileException {
    var node = root.path(key);
    if (absent(node)) {
      return otherwise;
    }
    if (!node.isInt()) {
      throw wrong(key, node, "a whole number");
    }
    return node.intValue();
  }

  private double number(JsonNode parent, String key, double otherwise) throws ModelFileException {
    var node = parent.path(key);
    if (absent(node)) {
      return otherwise;
    }
    if (!node.isNumber()) {
      throw wrong(key, node, "a number");
    }
    return node.doubleValue();
  }

  private ModelFileException wrong(String key, JsonNode value, String supported) {
    var shown = absent(value) ? "missing" : value.toString();
    return new ModelFileException(
        file, key + " is " + shown + ", which is not supported (" + supported + " is)");
  }
}
