package dev.jebena.testing;

import dev.jebena.io.AtomicFiles;
import dev.jebena.io.NamedArray;
import dev.jebena.io.NpzFile;
import dev.jebena.memory.DType;
import dev.jebena.nn.OperationTable;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes every sample of the operation table into a folder, for {@code src/test/python/golden.py}
 * to compute what must come out: the inputs in {@code inputs.npz}, names and attributes in {@code
 * samples.json}.
 */
public final class GoldenInputs {
  private GoldenInputs() {}

  /** Takes the folder as its only argument. */
  public static void main(String[] args) throws IOException {
    var folder = Path.of(args[0]);
    var arrays = new ArrayList<NamedArray>();
    var samples = new ArrayList<Map<String, Object>>();
    var seen = new HashSet<String>();
    for (var op : OperationTable.all()) {
      for (var sample : op.samples()) {
        var key = key(op, sample);
        if (!seen.add(key)) {
          throw new IllegalStateException("two samples are called " + key);
        }
        var inputs = inputs(sample);
        var described = new LinkedHashMap<String, Object>();
        described.put("key", key);
        described.put("operation", op.name());
        described.put("differentiable", op.differentiable());
        described.put("attributes", sample.attributes().values());
        described.put("trained", sample.inputs().stream().map(i -> i.dtype() == null).toList());
        samples.add(described);
        for (int i = 0; i < inputs.size(); i++) {
          arrays.add(inputs.get(i).named(key + "/in" + i));
        }
      }
    }
    NpzFile.write(folder.resolve("inputs.npz"), arrays);
    var json = JsonMapper.builder().build().writerWithDefaultPrettyPrinter();
    AtomicFiles.writeString(folder.resolve("samples.json"), json.writeValueAsString(samples));
  }

  /** How golden values are found: {@code operation/label}. */
  public static String key(Operation op, Operation.Sample sample) {
    return op.name() + "/" + sample.label().replace(' ', '-').replace(",", "");
  }

  /** The numbers of a sample's inputs, floating ones as f32. */
  public static List<NamedArray> inputs(Operation.Sample sample) {
    var arrays = new ArrayList<NamedArray>();
    for (var tensor : SampleInputs.make(sample, Devices.get("reference"), DType.F32)) {
      arrays.add(array(tensor));
    }
    return arrays;
  }

  private static NamedArray array(Tensor tensor) {
    var bytes = Arena.ofAuto().allocate(tensor.elements() * tensor.dtype().byteSize(), 64);
    tensor.toBytes(bytes);
    return new NamedArray("", tensor.dtype(), tensor.shape(), bytes);
  }
}
