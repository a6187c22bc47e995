package dev.jebena.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** JSON for other programs: on one line, with null for numbers that JSON does not have. */
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  static String object(Map<String, ?> values) {
    var finite = new LinkedHashMap<String, Object>();
    values.forEach((key, value) -> finite.put(key, finite(value)));
    return MAPPER.writeValueAsString(finite);
  }

  private static Object finite(Object value) {
    return value instanceof Double number && !Double.isFinite(number) ? null : value;
  }
}
