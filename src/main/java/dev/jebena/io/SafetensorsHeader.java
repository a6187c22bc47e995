package dev.jebena.io;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The start of a safetensors file: the length of a JSON object in 8 bytes, and that object, which
 * says where in the rest of the file each array lies.
 *
 * @param entries in the order of their data
 * @param dataOffset where the data starts, in bytes
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata, long dataOffset) {
  /**
   * One array.
   *
   * @param begin first byte, counted from the start of the data
   * @param end one past the last byte
   */
  record Entry(String name, DType dtype, Shape shape, long begin, long end) {}

  static final String METADATA = "__metadata__";

  /** The format's own limit. */
  private static final long MOST_BYTES = 100_000_000;

  private static final int ALIGNMENT = 64;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Reads and checks the header of a whole file. */
  static SafetensorsHeader read(Path file, MemorySegment bytes) throws FileFormatException {
    if (bytes.byteSize() < 8) {
      throw new FileFormatException(
          file, "too short for a safetensors file (" + bytes.byteSize() + " bytes)");
    }
    long length = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
    if (length < 0 || length > MOST_BYTES) {
      throw new FileFormatException(
          file,
          "no safetensors file: the header would have "
              + Long.toUnsignedString(length)
              + " bytes (at most 100,000,000 are allowed)");
    }
    if (length > bytes.byteSize() - 8) {
      throw new FileFormatException(
          file,
          "truncated: the header has " + length + " bytes, the file " + (bytes.byteSize() - 8));
    }
    var text = utf8(file, bytes.asSlice(8, length));
    if (!text.startsWith("{")) {
      throw new FileFormatException(file, "the header does not start with {");
    }
    return parse(file, text, 8 + length, bytes.byteSize() - 8 - length);
  }

  private static String utf8(Path file, MemorySegment bytes) throws FileFormatException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.asByteBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw new FileFormatException(file, "the header is no UTF-8", e);
    }
  }

  private static SafetensorsHeader parse(Path file, String text, long dataOffset, long dataBytes)
      throws FileFormatException {
    var root = json(file, "the header", text);
    var metadata = new LinkedHashMap<String, String>();
    var entries = new ArrayList<Entry>();
    for (var property : root.properties()) {
      if (property.getKey().equals(METADATA)) {
        metadata.putAll(metadata(file, property.getValue()));
      } else {
        entries.add(entry(file, property.getKey(), property.getValue()));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long end = 0;
    for (var entry : entries) {
      if (entry.begin != end) {
        throw new FileFormatException(
            file,
            "array %s starts at byte %d of the data, but what is before it ends at %d (a %s)"
                .formatted(entry.name, entry.begin, end, entry.begin > end ? "hole" : "overlap"));
      }
      end = entry.end;
    }
    if (end != dataBytes) {
      throw new FileFormatException(
          file,
          (end > dataBytes ? "truncated: " : "")
              + "the arrays have "
              + end
              + " bytes, the file holds "
              + dataBytes);
    }
    return new SafetensorsHeader(
        List.copyOf(entries), java.util.Collections.unmodifiableMap(metadata), dataOffset);
  }

  /** A JSON object without duplicate keys. */
  static JsonNode json(Path file, String what, String text) throws FileFormatException {
    try {
      var node = JSON.readTree(text);
      if (node == null || !node.isObject()) {
        throw new FileFormatException(file, what + " is no JSON object");
      }
      return node;
    } catch (JacksonException e) {
      throw new FileFormatException(file, what + " is no valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Map<String, String> metadata(Path file, JsonNode node) throws FileFormatException {
    if (!node.isObject()) {
      throw new FileFormatException(file, METADATA + " is no JSON object");
    }
    var metadata = new LinkedHashMap<String, String>();
    for (var property : node.properties()) {
      if (!property.getValue().isString()) {
        throw new FileFormatException(
            file, METADATA + ": the value of " + property.getKey() + " is no string");
      }
      metadata.put(property.getKey(), property.getValue().stringValue());
    }
    return metadata;
  }

  private static Entry entry(Path file, String name, JsonNode node) throws FileFormatException {
    var where = "array " + name + ": ";
    var typeName = node.path("dtype").isString() ? node.path("dtype").stringValue() : null;
    var dtype =
        Arrays.stream(DType.values())
            .filter(type -> type.safetensorsName().equals(typeName))
            .findFirst()
            .orElseThrow(() ->
                new FileFormatException(
                    file,
                    where
                        + (typeName == null
                            ? "dtype is missing or no string"
                            : "dtype " + typeName + " is not supported")));
    var sizes = longs(file, where + "shape", node.path("shape"));
    var offsets = longs(file, where + "data_offsets", node.path("data_offsets"));
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw new FileFormatException(
          file, where + "data_offsets " + Arrays.toString(offsets) + " is no begin and end");
    }
    try {
      var shape = Shape.of(sizes);
      long bytes = Math.multiplyExact(shape.elements(), (long) dtype.byteSize());
      if (bytes != offsets[1] - offsets[0]) {
        throw new FileFormatException(
            file,
            where
                + "%s %s has %d bytes, data_offsets give %d"
                    .formatted(dtype, shape, bytes, offsets[1] - offsets[0]));
      }
      return new Entry(name, dtype, shape, offsets[0], offsets[1]);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new FileFormatException(file, where + e.getMessage(), e);
    }
  }

  private static long[] longs(Path file, String what, JsonNode node) throws FileFormatException {
    if (!node.isArray()) {
      throw new FileFormatException(file, what + " is missing or no list");
    }
    var values = new long[node.size()];
    for (int i = 0; i < values.length; i++) {
      var value = node.get(i);
      if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
        throw new FileFormatException(file, what + " holds something else than whole numbers");
      }
      values[i] = value.longValue();
    }
    return values;
  }

  /**
   * The first bytes of a file that holds {@code arrays} in this order; padded with spaces so that
   * the data starts at a multiple of 64.
   */
  static byte[] write(List<NamedArray> arrays, Map<String, String> metadata) {
    var root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      var node = root.putObject(METADATA);
      metadata.forEach(node::put);
    }
    long at = 0;
    for (var array : arrays) {
      if (array.name().equals(METADATA) || root.has(array.name())) {
        throw new IllegalArgumentException(
            "safetensors: "
                + (array.name().equals(METADATA)
                    ? "no array can be named " + METADATA
                    : "two arrays are named " + array.name()));
      }
      var node = root.putObject(array.name());
      node.put("dtype", array.dtype().safetensorsName());
      var shape = node.putArray("shape");
      for (long size : array.shape().toArray()) {
        shape.add(size);
      }
      node.putArray("data_offsets").add(at).add(at + array.data().byteSize());
      at += array.data().byteSize();
    }
    var text = JSON.writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
    int total = Math.ceilDiv(8 + text.length, ALIGNMENT) * ALIGNMENT;
    if (total - 8 > MOST_BYTES) {
      throw new IllegalArgumentException("safetensors: the header would be larger than 100 MB");
    }
    var bytes = new byte[total];
    Arrays.fill(bytes, (byte) ' ');
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(total - 8).put(text);
    return bytes;
  }
}
