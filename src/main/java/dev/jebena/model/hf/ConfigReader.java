package dev.jebena.model.hf;

import dev.jebena.model.ModelFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** An object of a {@code config.json}, and which of its keys were read. */
final class ConfigReader {
  private final Path file;
  private final String prefix;
  private final JsonNode root;
  private final Set<String> read = new TreeSet<>();

  ConfigReader(Path file, JsonNode root) {
    this(file, "", root);
  }

  private ConfigReader(Path file, String prefix, JsonNode root) {
    this.file = file;
    this.prefix = prefix;
    this.root = root;
  }

  private JsonNode node(String key) {
    read.add(key);
    return root.path(key);
  }

  static boolean absent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  boolean has(String key) {
    return !absent(root.path(key));
  }

  /** The keys of values that are there and were not asked for. */
  Set<String> unread() {
    var others = new TreeSet<String>();
    for (var property : root.properties()) {
      if (!read.contains(property.getKey()) && !absent(property.getValue())) {
        others.add(property.getKey());
      }
    }
    return others;
  }

  /** The object under a key; an empty one where there is none. */
  ConfigReader object(String key) throws ModelFileException {
    var node = node(key);
    if (!absent(node) && !node.isObject()) {
      throw wrong(key, "an object");
    }
    return new ConfigReader(file, prefix + key + ".", node);
  }

  JsonNode tree(String key) {
    return node(key);
  }

  String text(String key, String otherwise) throws ModelFileException {
    var node = node(key);
    if (absent(node)) {
      return otherwise;
    }
    if (!node.isString()) {
      throw wrong(key, "a text");
    }
    return node.stringValue();
  }

  List<String> texts(String key) throws ModelFileException {
    var texts = new ArrayList<String>();
    for (var item : array(key)) {
      if (!item.isString()) {
        throw wrong(key, "a list of texts");
      }
      texts.add(item.stringValue());
    }
    return texts;
  }

  List<Double> numbers(String key) throws ModelFileException {
    var numbers = new ArrayList<Double>();
    for (var item : array(key)) {
      if (!item.isNumber()) {
        throw wrong(key, "a list of numbers");
      }
      numbers.add(item.doubleValue());
    }
    return numbers;
  }

  private Iterable<JsonNode> array(String key) throws ModelFileException {
    var node = node(key);
    if (!absent(node) && !node.isArray()) {
      throw wrong(key, "a list");
    }
    return node;
  }

  boolean flag(String key, boolean otherwise) throws ModelFileException {
    var node = node(key);
    if (absent(node)) {
      return otherwise;
    }
    if (!node.isBoolean()) {
      throw wrong(key, "true or false");
    }
    return node.booleanValue();
  }

  int whole(String key) throws ModelFileException {
    if (!has(key)) {
      throw new ModelFileException(file, prefix + key + " is missing");
    }
    return whole(key, 0);
  }

  int whole(String key, int otherwise) throws ModelFileException {
    var node = node(key);
    if (absent(node)) {
      return otherwise;
    }
    if (!node.isInt()) {
      throw wrong(key, "a whole number");
    }
    return node.intValue();
  }

  double number(String key, double otherwise) throws ModelFileException {
    var node = node(key);
    if (absent(node)) {
      return otherwise;
    }
    if (!node.isNumber()) {
      throw wrong(key, "a number");
    }
    return node.doubleValue();
  }

  /** Refuses a flag that is not what this family can do. */
  void only(String key, boolean value) throws ModelFileException {
    if (flag(key, value) != value) {
      throw wrong(key, String.valueOf(value));
    }
  }

  ModelFileException wrong(String key, String supported) {
    var value = root.path(key);
    var shown = absent(value) ? "missing" : value.toString();
    return new ModelFileException(
        file, prefix + key + " is " + shown + ", which is not supported (" + supported + " is)");
  }

  ModelFileException wrong(String problem) {
    return new ModelFileException(file, problem);
  }
}
