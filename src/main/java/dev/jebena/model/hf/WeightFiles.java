package dev.jebena.model.hf;

import dev.jebena.io.NamedArray;
import dev.jebena.io.Safetensors;
import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Scope;
import dev.jebena.memory.Shape;
import dev.jebena.model.ModelFileException;
import dev.jebena.model.ParameterShapes;
import dev.jebena.model.Transformer;
import dev.jebena.model.TransformerConfig;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Parameters as safetensors, under the names and in the form of a family. */
public final class WeightFiles {
  private static final Set<DType> READ = Set.of(DType.F32, DType.F16, DType.BF16);

  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";

  private final Path folder;
  private final Family family;
  private final TransformerConfig config;
  private final Map<String, Shape> shapes;

  private WeightFiles(Path folder, Family family, TransformerConfig config) {
    this.folder = folder;
    this.family = family;
    this.config = config;
    this.shapes = ParameterShapes.of(config);
  }

  private List<TensorRule> rules() {
    return TensorRule.all(family.rules(), config.layers(), List.copyOf(shapes.keySet()));
  }

  // ---------------------------------------------------------------- writing

  /** Writes the weights of a model, in shards where they are more than so many bytes. */
  public static void write(Path folder, Transformer model, long maxShardBytes) throws IOException {
    var config = model.config();
    var files = new WeightFiles(folder, Families.of(config), config);
    var state = model.stateDict();
    try (var arena = Arena.ofShared()) {
      var arrays = new ArrayList<NamedArray>();
      for (var rule : files.rules()) {
        try (var _ = Scope.open()) {
          var tensor = joined(rule, state);
          var bytes = arena.allocate(tensor.elements() * tensor.dtype().byteSize(), 64);
          tensor.toBytes(bytes);
          arrays.add(new NamedArray(rule.file(), tensor.dtype(), tensor.shape(), bytes));
        }
      }
      Safetensors.writeModel(folder, arrays, Map.of("format", "pt"), maxShardBytes);
    }
  }

  private static Tensor joined(TensorRule rule, Map<String, Tensor> state) {
    var parts = rule.parameters().stream().map(state::get).toArray(Tensor[]::new);
    return Tensor.noGrad(() -> {
      var whole = parts.length == 1 ? parts[0] : Tensor.cat(0, parts);
      return rule.transposed() ? whole.transpose().contiguous() : whole;
    });
  }

  // ---------------------------------------------------------------- reading

  /**
   * Builds the model from the files of a folder, each of whose tensors must have its place.
   *
   * @param inPlace whether f32 weights stay where the mapped files have them; they can then be read
   *     only. Copied anyway are f16 and bf16, which become f32, matrices that a family keeps turned
   *     (GPT-2), and everything on a device with memory of its own
   * @throws ModelFileException naming the tensor that is missing, too much, or of another shape
   */
  public static Transformer read(Path folder, boolean inPlace) throws IOException {
    var file = ConfigFile.open(folder);
    if (!Files.exists(folder.resolve(Safetensors.FILE))
        && !Files.exists(folder.resolve(Safetensors.INDEX))) {
      throw new ModelFileException(
          folder, "has neither " + Safetensors.FILE + " nor " + Safetensors.INDEX);
    }
    var config = file.read();
    var weights = Safetensors.open(folder);
    return new WeightFiles(folder, file.family(), config)
        .read(weights, inPlace && seesHostMemory(Context.current().device()));
  }

  private static boolean seesHostMemory(Device device) {
    var probe = device.allocate(1);
    probe.release();
    return probe instanceof HostBuffer;
  }

  private Transformer read(Safetensors weights, boolean inPlace) throws ModelFileException {
    var unread = new TreeMap<String, NamedArray>();
    weights.arrays().forEach((name, array) -> unread.put(family.fullName(name), array));
    var rules = rules();
    for (var rule : rules) {
      check(rule, unread.get(rule.file()));
      if (config.tiedEmbeddings() && rule.parameters().contains(EMBEDDING)) {
        checkTied(rule.file(), unread.get(rule.file()), unread.get(HEAD));
      }
    }
    var sources = new HashMap<String, Source>();
    for (var rule : rules) {
      var array = unread.remove(rule.file());
      long offset = 0;
      for (var name : rule.parameters()) {
        long size = shapes.get(name).size(0);
        sources.put(name, new Source(array, rule, offset, size, inPlace));
        offset += size;
      }
    }
    unread.keySet().removeIf(name -> family.idle(name, config));
    requireAllRead(List.copyOf(unread.keySet()));
    return Tensor.noGrad(() -> new Transformer(config, (name, _) -> sources.get(name).tensor()));
  }

  private Shape shape(TensorRule rule) {
    var first = shapes.get(rule.parameters().getFirst());
    long rows = rule.parameters().stream().mapToLong(name -> shapes.get(name).size(0)).sum();
    var joined = first.with(0, rows);
    return rule.transposed() ? Shape.of(joined.size(1), joined.size(0)) : joined;
  }

  private void check(TensorRule rule, NamedArray array) throws ModelFileException {
    var shape = shape(rule);
    if (array == null) {
      throw wrong("tensor " + rule.file() + " " + shape + " is missing");
    }
    if (!array.shape().equals(shape)) {
      throw wrong(
          "tensor "
              + rule.file()
              + " has shape "
              + array.shape()
              + ", config.json asks for "
              + shape);
    }
    if (!READ.contains(array.dtype())) {
      throw wrong(
          "tensor "
              + rule.file()
              + " is "
              + array.dtype()
              + ", which is not supported (f32, f16, bf16)");
    }
  }

  /**
   * Files may have an output projection beside the embedding that it is tied to. Where it is no
   * copy, versions of {@code transformers} disagree which of the two counts.
   *
   * @param head null where the file has none
   */
  private void checkTied(String name, NamedArray embedding, NamedArray head)
      throws ModelFileException {
    if (head != null
        && (head.dtype() != embedding.dtype()
            || !head.shape().equals(embedding.shape())
            || head.data().mismatch(embedding.data()) != -1)) {
      throw wrong(
          "tensor "
              + HEAD
              + " is not a copy of "
              + name
              + ", to which tie_word_embeddings ties it; with tie_word_embeddings false both are"
              + " used");
    }
  }

  /** Where a parameter stands: rows of the first axis, once the matrix is turned. */
  private record Source(
      NamedArray array, TensorRule rule, long offset, long size, boolean inPlace) {
    Tensor tensor() {
      if (inPlace && array.dtype() == DType.F32 && !rule.transposed()) {
        return mapped();
      }
      if (rule.parameters().size() == 1 && !rule.transposed()) {
        return single(array);
      }
      try (var scope = Scope.open()) {
        var whole = single(array);
        var turned = rule.transposed() ? whole.transpose() : whole;
        return turned.slice(0, offset, offset + size).copy().keep(scope);
      }
    }

    /** Rows of the file itself, which lives as long as they do. */
    private Tensor mapped() {
      long rowBytes = array.data().byteSize() / array.shape().size(0);
      var rows = array.data().asSlice(offset * rowBytes, size * rowBytes);
      var shape = array.shape().with(0, size);
      return Tensor.wrap(rows, DType.F32, shape.toArray());
    }
  }

  /** The values as f32 on the context's device. */
  private static Tensor single(NamedArray array) {
    var device = Context.current().device();
    if (array.dtype() == DType.F32) {
      return Tensor.fromBytes(device, DType.F32, array.shape(), array.data());
    }
    if (!device.dtypes().contains(array.dtype())) {
      return Tensor.of(array.toFloats(), array.shape().toArray());
    }
    try (var scope = Scope.open()) {
      return Tensor.fromBytes(device, array.dtype(), array.shape(), array.data())
          .to(DType.F32)
          .keep(scope);
    }
  }

  /** A tensor without a place, such as a bias, would be left out of the arithmetic. */
  private void requireAllRead(List<String> unread) throws ModelFileException {
    if (!unread.isEmpty()) {
      throw wrong(
          "tensor "
              + unread.getFirst()
              + (unread.size() > 1 ? " and " + (unread.size() - 1) + " more have" : " has")
              + " no place in the model that config.json describes");
    }
  }

  private ModelFileException wrong(String problem) {
    return new ModelFileException(folder, problem);
  }
}
