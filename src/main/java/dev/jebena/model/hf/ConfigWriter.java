package dev.jebena.model.hf;

import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A {@code config.json} in the making. */
final class ConfigWriter {
  private final ObjectNode json;

  ConfigWriter() {
    this(JsonNodeFactory.instance.objectNode());
  }

  private ConfigWriter(ObjectNode json) {
    this.json = json;
  }

  ObjectNode json() {
    return json;
  }

  ConfigWriter put(String key, int value) {
    json.put(key, value);
    return this;
  }

  ConfigWriter put(String key, double value) {
    json.put(key, value);
    return this;
  }

  ConfigWriter put(String key, boolean value) {
    json.put(key, value);
    return this;
  }

  ConfigWriter put(String key, String value) {
    json.put(key, value);
    return this;
  }

  ConfigWriter putNull(String key) {
    json.putNull(key);
    return this;
  }

  /** A number, or null where it is 0. */
  ConfigWriter putOrNull(String key, int value) {
    return value == 0 ? putNull(key) : put(key, value);
  }

  /** A number, or null where it is 0. */
  ConfigWriter putOrNull(String key, double value) {
    return value == 0 ? putNull(key) : put(key, value);
  }

  ConfigWriter putTexts(String key, List<String> values) {
    var array = json.putArray(key);
    values.forEach(array::add);
    return this;
  }

  ConfigWriter putNumbers(String key, List<Double> values) {
    var array = json.putArray(key);
    values.forEach(array::add);
    return this;
  }

  ConfigWriter object(String key) {
    return new ConfigWriter(json.putObject(key));
  }
}
