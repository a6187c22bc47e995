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

  /** Whether a key stands there, be it with null: some families take that for a value. */
  boolean mentions(String key) {
    return !root.path(key).isMissingNode();
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

  /** A whole number; 0 for null, which says that there is none. */
  int wholeOrNone(String key, int ifMissing) throws ModelFileException {
    return whole(key, mentions(key) ? 0 : ifMissing);
  }

  /** A number; 0 for null, which says that there is none. */
  double numberOrNone(String key, double ifMissing) throws ModelFileException {
    return number(key, mentions(key) ? 0 : ifMissing);
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
    return new ModelFileException(
        file, named(key) + ", which is not supported (" + supported + " is)");
  }

  ModelFileException wrong(String key, String supported, String because) {
    return new ModelFileException(
        file, named(key) + ", which is not supported (" + supported + " is): " + because);
  }

  /** The key, wherever this object stands, and its value. */
  String named(String key) {
    var value = root.path(key);
    return prefix + key + " is " + (absent(value) ? "missing" : value.toString());
  }

  ModelFileException wrong(String problem) {
    return new ModelFileException(file, problem);
  }
}
