package dev.jebena.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/**
 * Named arrays in the safetensors format, in one file or in shards with an index.
 *
 * <p>Reading maps the files: an array is a view of its file, and costs memory only where it is
 * read. Every rule of the format is checked first.
 */
public final class Safetensors {
  /** The name that tools look for in a model directory. */
  public static final String FILE = "model.safetensors";

  /** The index of a model in shards. */
  public static final String INDEX = "model.safetensors.index.json";

  private final Path path;
  private final Map<String, NamedArray> arrays;
  private final Map<String, String> metadata;

  private Safetensors(Path path, Map<String, NamedArray> arrays, Map<String, String> metadata) {
    this.path = path;
    this.arrays = Collections.unmodifiableMap(arrays);
    this.metadata = Collections.unmodifiableMap(metadata);
  }

  /**
   * Opens a safetensors file, an index of shards ({@code *.index.json}), or a model directory that
   * holds either.
   *
   * @throws FileFormatException where a file breaks a rule of the format
   */
  public static Safetensors open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      var single = path.resolve(FILE);
      var index = path.resolve(INDEX);
      if (!Files.exists(single) && !Files.exists(index)) {
        throw new FileFormatException(path, "holds neither " + FILE + " nor " + INDEX);
      }
      return open(Files.exists(single) ? single : index);
    }
    return path.toString().endsWith(".index.json") ? openShards(path) : openFile(path);
  }

  private static Safetensors openFile(Path file) throws IOException {
    var bytes = MappedFile.map(file);
    var header = SafetensorsHeader.read(file, bytes);
    var arrays = new LinkedHashMap<String, NamedArray>();
    for (var entry : header.entries()) {
      var data = bytes.asSlice(header.dataOffset() + entry.begin(), entry.end() - entry.begin());
      arrays.put(
          entry.name(),
          new NamedArray(
              entry.name(),
              entry.dtype(),
              entry.shape(),
              MappedFile.aligned(data, entry.dtype().byteSize())));
    }
    return new Safetensors(file, arrays, header.metadata());
  }

  private static Safetensors openShards(Path index) throws IOException {
    String text;
    try {
      text = Files.readString(index);
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new FileFormatException(index, "no UTF-8", e);
    }
    var map = SafetensorsHeader.json(index, "the index", text).path("weight_map");
    if (!map.isObject()) {
      throw new FileFormatException(index, "weight_map is missing or no JSON object");
    }
    var shards = new LinkedHashMap<String, Safetensors>();
    var arrays = new LinkedHashMap<String, NamedArray>();
    var metadata = new LinkedHashMap<String, String>();
    for (var property : map.properties()) {
      var name = property.getKey();
      var shard = property.getValue().isString() ? property.getValue().stringValue() : "";
      if (!shard.matches("[^/\\\\:\\x00-\\x1f]+") || shard.startsWith("..")) {
        throw new FileFormatException(
            index, "array " + name + ": " + property.getValue() + " is no plain file name");
      }
      if (!shards.containsKey(shard)) {
        var file = index.resolveSibling(shard);
        if (!Files.isRegularFile(file)) {
          throw new FileFormatException(index, "names the shard " + shard + ", which is not there");
        }
        shards.put(shard, openFile(file));
        shards.get(shard).metadata.forEach(metadata::putIfAbsent);
      }
      var array = shards.get(shard).arrays.get(name);
      if (array == null) {
        throw new FileFormatException(index, "array " + name + " is not in " + shard);
      }
      arrays.put(name, array);
    }
    return new Safetensors(index, arrays, metadata);
  }

  /** All arrays by name, in the order of their data. */
  public Map<String, NamedArray> arrays() {
    return arrays;
  }

  /** The names of all arrays. */
  public Set<String> names() {
    return arrays.keySet();
  }

  /**
   * One array.
   *
   * @throws NoSuchElementException where there is none of that name
   */
  public NamedArray array(String name) {
    var array = arrays.get(name);
    if (array == null) {
      throw new NoSuchElementException(
          path
              + ": no array named "
              + name
              + "; it holds "
              + arrays.size()
              + ": "
              + String.join(", ", arrays.keySet().stream().limit(8).toList())
              + (arrays.size() > 8 ? ", …" : ""));
    }
    return array;
  }

  /** The free-form strings of the file, such as {@code format}. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * Replaces {@code file} by {@code arrays}. The widest types come first, so that all are aligned.
   */
  public static void write(Path file, List<NamedArray> arrays, Map<String, String> metadata)
      throws IOException {
    var ordered = new ArrayList<>(arrays);
    ordered.sort(
        Comparator.comparingInt((NamedArray array) -> -array.dtype().byteSize())
            .thenComparing(NamedArray::name));
    var header = SafetensorsHeader.write(ordered, metadata);
    AtomicFiles.write(
        file,
        out -> {
          out.write(header);
          for (var array : ordered) {
            MappedFile.copy(array.data(), out);
          }
        });
  }

  /**
   * Writes {@value #FILE} into a folder, or shards and {@value #INDEX} where the data has more than
   * {@code maxShardBytes}; removes what an earlier save left there under other names. Each file is
   * whole or not there; for the folder as one, call it inside {@link AtomicFiles#writeFolder}.
   */
  public static void writeModel(
      Path folder, List<NamedArray> arrays, Map<String, String> metadata, long maxShardBytes)
      throws IOException {
    var shards = shards(arrays, maxShardBytes);
    var written = new LinkedHashSet<String>();
    if (shards.size() == 1) {
      write(folder.resolve(FILE), arrays, metadata);
      written.add(FILE);
    } else {
      var map = new LinkedHashMap<String, String>();
      long total = 0;
      for (int i = 0; i < shards.size(); i++) {
        var name = "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
        write(folder.resolve(name), shards.get(i), metadata);
        written.add(name);
        for (var array : shards.get(i)) {
          if (map.put(array.name(), name) != null) {
            throw new IllegalArgumentException("two arrays are named " + array.name());
          }
          total += array.data().byteSize();
        }
      }
      var index = new LinkedHashMap<String, Object>();
      index.put("metadata", Map.of("total_size", total));
      index.put("weight_map", map);
      var text = new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(index);
      AtomicFiles.writeString(folder.resolve(INDEX), text + "\n");
      written.add(INDEX);
    }
    try (var files = Files.newDirectoryStream(folder, "model*.safetensors*")) {
      for (var file : files) {
        var name = file.getFileName().toString();
        if (!written.contains(name)
            && name.matches("model(-\\d{5}-of-\\d{5})?\\.safetensors(\\.index\\.json)?")) {
          Files.delete(file);
        }
      }
    }
  }

  /** At least one shard; an array is never split. */
  private static List<List<NamedArray>> shards(List<NamedArray> arrays, long maxShardBytes) {
    var shards = new ArrayList<List<NamedArray>>();
    shards.add(new ArrayList<>());
    long bytes = 0;
    for (var array : arrays) {
      long size = array.data().byteSize();
      if (bytes + size > maxShardBytes && !shards.getLast().isEmpty()) {
        shards.add(new ArrayList<>());
        bytes = 0;
      }
      shards.getLast().add(array);
      bytes += size;
    }
    return shards;
  }
}
