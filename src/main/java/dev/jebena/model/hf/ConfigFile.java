package dev.jebena.model.hf;

import dev.jebena.io.AtomicFiles;
import dev.jebena.model.ConfigurationException;
import dev.jebena.model.ModelFileException;
import dev.jebena.model.TransformerConfig;
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
 * {@code config.json} and {@code generation_config.json}. Keys that are known to say nothing about
 * the arithmetic are passed over; all others that a family does not read are refused by name.
 */
public final class ConfigFile {
  private static final String NAME = "config.json";
  private static final String GENERATION = "generation_config.json";

  private static final String ENDING = "eos_token_id";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path file;
  private final JsonNode root;

  private ConfigFile(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  // ---------------------------------------------------------------- writing

  /** Writes both files, in the words of the first family that can say the configuration. */
  public static void write(Path folder, TransformerConfig config, OptionalInt endOfText)
      throws IOException {
    var family = Families.of(config);
    var json = new ConfigWriter();
    json.putTexts("architectures", java.util.List.of(family.architecture()));
    json.put("model_type", family.modelType());
    family.write(config, json);
    endings(json.json(), endOfText);
    json.putNull("pad_token_id"); // some families have one by default, beyond a small vocabulary
    json.put("dtype", "float32");
    json.put("torch_dtype", "float32");
    write(folder.resolve(NAME), json.json());
    write(folder.resolve(GENERATION), endings(JsonNodeFactory.instance.objectNode(), endOfText));
  }

  private static void write(Path file, ObjectNode json) throws IOException {
    var text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    AtomicFiles.writeString(file, text + "\n");
  }

  /** One token both begins and ends a text, as in GPT-2; null where the vocabulary has none. */
  private static ObjectNode endings(ObjectNode json, OptionalInt endOfText) {
    for (var key : new String[] {"bos_token_id", ENDING}) {
      if (endOfText.isPresent()) {
        json.put(key, endOfText.getAsInt());
      } else {
        json.putNull(key);
      }
    }
    return json;
  }

  // ---------------------------------------------------------------- reading

  /** The file of a model directory. */
  public static ConfigFile open(Path folder) throws IOException {
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

  /** A file of any name. */
  public static ConfigFile openFile(Path file) throws IOException {
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

  /**
   * The configuration, if nothing in the file asks for other arithmetic.
   *
   * @throws ModelFileException naming the key and value that are not supported
   */
  public TransformerConfig read() throws ModelFileException {
    var json = new ConfigReader(file, root);
    if (json.has("quantization_config")) {
      throw json.wrong(
          "quantization_config: quantised weights are not supported (f32, f16, bf16 are)");
    }
    var family = Families.of(json);
    TransformerConfig config;
    try {
      config = family.read(json);
    } catch (ConfigurationException e) {
      throw json.wrong(e.getMessage());
    }
    KnownKeys.check(json, family);
    return config;
  }

  Family family() throws ModelFileException {
    return Families.of(new ConfigReader(file, root));
  }

  /** Ids that end a text, of both files; where neither is there to say, the family's own. */
  public static Set<Integer> stopTokens(Path folder) throws IOException {
    var stop = new LinkedHashSet<Integer>();
    var config = open(folder);
    config.endings(stop);
    var generation = folder.resolve(GENERATION);
    if (Files.exists(generation)) {
      new ConfigFile(generation, json(generation)).endings(stop);
    } else if (config.root.path(ENDING).isMissingNode()) {
      config.family().endOfText().ifPresent(stop::add);
    }
    return stop;
  }

  private void endings(Set<Integer> stop) throws ModelFileException {
    var node = root.path(ENDING);
    if (ConfigReader.absent(node)) {
      return;
    }
    var ids = node.isArray() ? node : JsonNodeFactory.instance.arrayNode().add(node);
    for (var id : ids) {
      if (!id.isInt()) {
        throw new ConfigReader(file, root).wrong(ENDING, "a token id or a list of them");
      }
      stop.add(id.intValue());
    }
  }
}
