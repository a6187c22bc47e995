package dev.jebena.tensor;

import dev.jebena.io.NamedArray;
import dev.jebena.io.NpyFile;
import dev.jebena.io.NpzFile;
import dev.jebena.kernel.Device;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Layout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tensors in NumPy's files: npy for one, npz for several by name.
 *
 * <p>Files hold f64, f32, f16, i64, i32, i16, i8, u8 and bool. NumPy has no bf16 and no 8-bit
 * floats: writing one is an error that names it; convert with {@code to(DType.F32)}, which is
 * exact. Big-endian and structured files are refused by name too. A file is replaced as a whole or
 * not at all.
 */
public final class TensorFiles {
  private TensorFiles() {}

  /**
   * The array of an npy file, of any shape and order, copied to the context's device.
   *
   * @throws dev.jebena.io.FileFormatException where the file is no npy file of a supported type
   */
  public static Tensor readNpy(Path file) throws IOException {
    return upload(NpyFile.read(file));
  }

  /**
   * The array of an npy file where it stands: its pages are loaded when they are first used, and
   * changes in place stay in memory and never reach the file. Copied like {@link #readNpy} are
   * column-major files, files that this process may not write, and files for a device that cannot
   * see host memory. The file must not be shortened as long as the tensor is used.
   *
   * @throws dev.jebena.io.FileFormatException where the file is no npy file of a supported type
   */
  public static Tensor mapNpy(Path file) throws IOException {
    var device = Context.current().device();
    if (!Files.isWritable(file) || !seesHostMemory(device)) {
      return readNpy(file);
    }
    var array = NpyFile.map(file);
    return Tensor.wrap(
        device, HostBuffer.wrap(array.data()), array.dtype(), Layout.contiguous(array.shape()));
  }

  /**
   * Writes one tensor in row-major order.
   *
   * @throws DTypeException for bf16 and 8-bit floats, which npy does not have
   */
  public static void writeNpy(Path file, Tensor x) throws IOException {
    NpyFile.write(file, download("writeNpy", "", x));
  }

  /**
   * The arrays of an npz file by name, in its order, copied to the context's device.
   *
   * @throws dev.jebena.io.FileFormatException where it is no zip of npy files, or one is damaged
   */
  public static Map<String, Tensor> readNpz(Path file) throws IOException {
    var tensors = new LinkedHashMap<String, Tensor>();
    NpzFile.read(file).forEach((name, array) -> tensors.put(name, upload(array)));
    return Collections.unmodifiableMap(tensors);
  }

  /**
   * Writes tensors by name, not compressed, as {@code numpy.savez} does.
   *
   * @throws DTypeException for bf16 and 8-bit floats, which npy does not have
   */
  public static void writeNpz(Path file, Map<String, Tensor> tensors) throws IOException {
    var arrays = new ArrayList<NamedArray>();
    tensors.forEach((name, x) -> arrays.add(download("writeNpz: " + name, name, x)));
    NpzFile.write(file, arrays);
  }

  private static Tensor upload(NamedArray array) {
    return Tensor.fromBytes(Context.current().device(), array.dtype(), array.shape(), array.data());
  }

  private static NamedArray download(String operation, String name, Tensor x) {
    if (x.dtype().numpyDescriptor() == null) {
      throw new DTypeException(
          operation
              + ": npy has no "
              + x.dtype()
              + ", the type of this "
              + x.shape()
              + "; write it as to(DType.F32)");
    }
    MemorySegment bytes = Arena.ofAuto().allocate(x.elements() * x.dtype().byteSize(), 64);
    x.toBytes(bytes);
    return new NamedArray(name, x.dtype(), x.shape(), bytes);
  }

  private static boolean seesHostMemory(Device device) {
    var probe = device.allocate(1);
    probe.release();
    return probe instanceof HostBuffer;
  }
}
