package dev.jebena.model;

import dev.jebena.io.NamedArray;
import dev.jebena.io.Safetensors;
import dev.jebena.memory.DType;
import dev.jebena.memory.Scope;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Parameters as safetensors, by the names of Hugging Face's {@code LlamaForCausalLM}. */
final class WeightFiles implements Transformer.ParameterSource {
  private static final Set<DType> READ = Set.of(DType.F32, DType.F16, DType.BF16);

  private final Path folder;
  private final Safetensors file;
  private final Set<String> unread;

  private WeightFiles(Path folder, Safetensors file) {
    this.folder = folder;
    this.file = file;
    this.unread = new TreeSet<>(file.names());
  }

  static void write(Path folder, Transformer model, long maxShardBytes) throws IOException {
    try (var arena = Arena.ofShared()) {
      var arrays = new ArrayList<NamedArray>();
      for (var entry : model.stateDict().entrySet()) {
        var tensor = entry.getValue();
        var bytes = arena.allocate(tensor.elements() * tensor.dtype().byteSize(), 64);
        tensor.toBytes(bytes);
        arrays.add(new NamedArray(entry.getKey(), tensor.dtype(), tensor.shape(), bytes));
      }
      Safetensors.writeModel(folder, arrays, Map.of("format", "pt"), maxShardBytes);
    }
  }

  /** Builds the model from the files of a folder, each of whose tensors must have its place. */
  static Transformer read(Path folder, TransformerConfig config) throws IOException {
    if (!Files.exists(folder.resolve(Safetensors.FILE))
        && !Files.exists(folder.resolve(Safetensors.INDEX))) {
      throw new ModelFileException(
          folder, "has neither " + Safetensors.FILE + " nor " + Safetensors.INDEX);
    }
    var source = new WeightFiles(folder, Safetensors.open(folder));
    Transformer model;
    try {
      model = Tensor.noGrad(() -> new Transformer(config, source));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    source.requireAllRead(config);
    return model;
  }

  @Override
  public Tensor get(String name, long... sizes) {
    var shape = Shape.of(sizes);
    if (!file.names().contains(name)) {
      throw wrong("tensor " + name + " " + shape + " is missing");
    }
    var array = file.array(name);
    if (!array.shape().equals(shape)) {
      throw wrong(
          "tensor " + name + " has shape " + array.shape() + ", config.json asks for " + shape);
    }
    if (!READ.contains(array.dtype())) {
      throw wrong(
          "tensor " + name + " is " + array.dtype() + ", which is not supported (f32, f16, bf16)");
    }
    unread.remove(name);
    return single(array);
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
  private void requireAllRead(TransformerConfig config) throws ModelFileException {
    unread.removeIf(name -> name.endsWith("rotary_emb.inv_freq")); // old files keep the angles
    if (config.tiedEmbeddings()) {
      unread.remove("lm_head.weight"); // a second copy of the embedding
    }
    if (!unread.isEmpty()) {
      var first = List.copyOf(unread).getFirst();
      throw new ModelFileException(
          folder,
          "tensor "
              + first
              + (unread.size() > 1 ? " and " + (unread.size() - 1) + " more have" : " has")
              + " no place in the model that config.json describes");
    }
  }

  private UncheckedIOException wrong(String problem) {
    return new UncheckedIOException(new ModelFileException(folder, problem));
  }
}
