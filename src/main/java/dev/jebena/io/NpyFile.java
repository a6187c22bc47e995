package dev.jebena.io;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.IntConsumer;

/** One array in NumPy's npy format: what {@code numpy.save} writes and {@code numpy.load} reads. */
public final class NpyFile {
  private NpyFile() {}

  /**
   * The array of a file, named after it. A row-major array is mapped, not copied; a column-major
   * (Fortran) one is copied into rows.
   *
   * @throws FileFormatException where the file is no npy file of a supported type
   */
  public static NamedArray read(Path file) throws IOException {
    return decode(file, MappedFile.map(file));
  }

  /**
   * As {@link #read}, but the data may be changed: a changed page becomes a copy in memory, and the
   * file stays as it is.
   *
   * @throws FileFormatException where the file is no npy file of a supported type
   */
  public static NamedArray map(Path file) throws IOException {
    return decode(file, MappedFile.mapCopyOnWrite(file));
  }

  private static NamedArray decode(Path file, MemorySegment bytes) throws FileFormatException {
    var name = file.getFileName().toString();
    return decode(
        file, "", name.endsWith(".npy") ? name.substring(0, name.length() - 4) : name, bytes);
  }

  /** Replaces {@code file} by {@code array}; its name is not stored. */
  public static void write(Path file, NamedArray array) throws IOException {
    var header = NpyHeader.write(array); // refuses before a file is touched
    AtomicFiles.write(
        file,
        out -> {
          out.write(header);
          MappedFile.copy(array.data(), out);
        });
  }

  /** Produces ints one after the other. */
  @FunctionalInterface
  public interface Ints {
    /** Gives all of them to {@code sink}; where it throws, the file stays as it was. */
    void writeTo(IntConsumer sink) throws IOException;
  }

  /** Replaces {@code file} by an array {@code [N]} of i32 whose N is known only at the end. */
  public static void write(Path file, Ints content) throws IOException {
    AtomicFiles.writeSeekable(
        file,
        channel -> {
          // padded, so that it is as long for any N
          channel.position(NpyHeader.write(DType.I32, Shape.of(0)).length);
          var buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
          long[] count = new long[1];
          try {
            content.writeTo(value -> {
              if (!buffer.hasRemaining()) {
                flush(buffer, channel);
              }
              buffer.putInt(value);
              count[0]++;
            });
            flush(buffer, channel);
          } catch (UncheckedIOException e) {
            throw e.getCause();
          }
          channel.position(0);
          var header = ByteBuffer.wrap(NpyHeader.write(DType.I32, Shape.of(count[0])));
          while (header.hasRemaining()) {
            channel.write(header);
          }
        });
  }

  private static void flush(ByteBuffer buffer, FileChannel channel) {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    buffer.clear();
  }

  static void encode(NamedArray array, OutputStream out) throws IOException {
    out.write(NpyHeader.write(array));
    MappedFile.copy(array.data(), out);
  }

  /**
   * Header and elements that fill {@code bytes} exactly.
   *
   * @param file named in errors, followed by {@code what}
   */
  static NamedArray decode(Path file, String what, String name, MemorySegment bytes)
      throws FileFormatException {
    var header = NpyHeader.read(file, what, bytes);
    long present = bytes.byteSize() - header.dataOffset();
    if (present != header.dataBytes()) {
      throw new FileFormatException(
          file,
          what
              + "holds "
              + present
              + " bytes of elements, but "
              + header.dtype()
              + " "
              + header.shape()
              + " has "
              + header.dataBytes());
    }
    int size = header.dtype().byteSize();
    var data = bytes.asSlice(header.dataOffset());
    var rows =
        header.fortranOrder() && header.shape().rank() > 1
            ? rowMajor(data, header.shape(), size)
            : MappedFile.aligned(data, size);
    return new NamedArray(name, header.dtype(), header.shape(), rows);
  }

  /** A copy of column-major elements in row-major order. */
  private static MemorySegment rowMajor(MemorySegment columns, Shape shape, int size) {
    int rank = shape.rank();
    var sizes = shape.toArray();
    var strides = new long[rank];
    long stride = size;
    for (int i = 0; i < rank; i++) {
      strides[i] = stride;
      stride *= sizes[i];
    }
    var rows = NamedArray.allocate(columns.byteSize());
    var index = new long[rank];
    long from = 0;
    for (long to = 0; to < rows.byteSize(); to += size) {
      MemorySegment.copy(columns, from, rows, to, size);
      for (int axis = rank - 1; axis >= 0; axis--) {
        from += strides[axis];
        if (++index[axis] < sizes[axis]) {
          break;
        }
        from -= sizes[axis] * strides[axis];
        index[axis] = 0;
      }
    }
    return rows;
  }
}
