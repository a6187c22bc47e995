package dev.jebena.io;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * The start of an npy file: a magic number, a version, and a Python dictionary that gives element
 * type, order and shape (NumPy enhancement proposal 1, versions 1.0, 2.0 and 3.0).
 *
 * @param dataOffset where the elements start, in bytes
 */
record NpyHeader(DType dtype, boolean fortranOrder, Shape shape, long dataOffset) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final Pattern ITEM =
      Pattern.compile(
          "\\s*['\"](descr|fortran_order|shape)['\"]\\s*:\\s*"
              + "('[^']*'|\"[^\"]*\"|True|False|\\([0-9L,\\s]*\\))\\s*(,|(?=}))\\s*");

  /** Bytes of the elements. */
  long dataBytes() {
    return Math.multiplyExact(shape.elements(), (long) dtype.byteSize());
  }

  /**
   * Reads the header at the start of {@code bytes}.
   *
   * @param file named in errors
   */
  static NpyHeader read(Path file, String what, MemorySegment bytes) throws FileFormatException {
    if (bytes.byteSize() < 10) {
      throw new FileFormatException(file, what + "too short for an npy header");
    }
    var magic = bytes.asSlice(0, MAGIC.length).toArray(ValueLayout.JAVA_BYTE);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new FileFormatException(
          file, what + "no npy file (its first bytes are not \\x93NUMPY)");
    }
    int version = bytes.get(ValueLayout.JAVA_BYTE, 6);
    if (version < 1 || version > 3 || bytes.get(ValueLayout.JAVA_BYTE, 7) != 0) {
      throw new FileFormatException(
          file, what + "npy version " + version + " is not known (1.0, 2.0 and 3.0 are)");
    }
    int start = version == 1 ? 10 : 12;
    if (bytes.byteSize() < start) {
      throw new FileFormatException(file, what + "too short for an npy header");
    }
    long length =
        version == 1
            ? Short.toUnsignedLong(bytes.get(SHORT, 8))
            : Integer.toUnsignedLong(bytes.get(INT, 8));
    if (length > 1 << 20 || start + length > bytes.byteSize()) {
      throw new FileFormatException(
          file, what + "the npy header claims " + length + " bytes, which the file does not have");
    }
    var text =
        new String(
            bytes.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE),
            version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    try {
      return parse(text, start + length);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new FileFormatException(file, what + "npy header: " + e.getMessage(), e);
    }
  }

  private static NpyHeader parse(String text, long dataOffset) {
    var dictionary = text.strip();
    if (!dictionary.startsWith("{") || !dictionary.endsWith("}")) {
      throw new IllegalArgumentException("no Python dictionary");
    }
    Map<String, String> items = new HashMap<>();
    var item = ITEM.matcher(dictionary);
    int at = 1;
    while (item.region(at, dictionary.length()).lookingAt()) {
      if (items.put(item.group(1), item.group(2)) != null) {
        throw new IllegalArgumentException(item.group(1) + " appears twice");
      }
      at = item.end();
    }
    if (!dictionary.substring(at).equals("}")) {
      throw new IllegalArgumentException(
          "cannot read it from character " + at + " (structured types are not supported)");
    }
    for (var key : List.of("descr", "fortran_order", "shape")) {
      if (!items.containsKey(key)) {
        throw new IllegalArgumentException(key + " is missing");
      }
    }
    var order = items.get("fortran_order");
    if (!order.equals("True") && !order.equals("False")) {
      throw new IllegalArgumentException("fortran_order is neither True nor False");
    }
    var header =
        new NpyHeader(
            dtype(items.get("descr")), order.equals("True"), shape(items.get("shape")), dataOffset);
    header.dataBytes(); // overflows here rather than later
    return header;
  }

  private static DType dtype(String quoted) {
    var descriptor = quoted.substring(1, Math.max(1, quoted.length() - 1));
    for (var dtype : DType.values()) {
      var own = dtype.numpyDescriptor();
      // a one-byte type has no byte order: '|', '<' and '=' mean the same
      if (own != null
          && (own.equals(descriptor)
              || (dtype.byteSize() == 1 && descriptor.matches("[<>=]" + own.substring(1))))) {
        return dtype;
      }
    }
    throw new IllegalArgumentException(
        "element type "
            + quoted
            + " is not supported ("
            + String.join(
                ", ",
                Arrays.stream(DType.values())
                    .map(DType::numpyDescriptor)
                    .filter(Objects::nonNull)
                    .toList())
            + " are)");
  }

  private static Shape shape(String tuple) {
    if (!tuple.startsWith("(")) {
      throw new IllegalArgumentException("shape is no tuple");
    }
    var inside = tuple.substring(1, tuple.length() - 1).strip();
    if (inside.isEmpty()) {
      return Shape.of();
    }
    try {
      return Shape.of(
          Arrays.stream(inside.split(","))
              .map(String::strip)
              .mapToLong(size -> Long.parseLong(size.replaceFirst("L$", "")))
              .toArray());
    } catch (NumberFormatException | ShapeException e) {
      throw new IllegalArgumentException("shape " + tuple + ": " + e.getMessage(), e);
    }
  }

  /** The header of a row-major array, padded so that the elements start at a multiple of 64. */
  static byte[] write(NamedArray array) {
    if (array.dtype().numpyDescriptor() == null) {
      throw new IllegalArgumentException(
          "array " + array.name() + ": npy has no " + array.dtype() + "; convert it to f32 first");
    }
    return write(array.dtype(), array.shape());
  }

  /** The header of a row-major array of a type that NumPy has. */
  static byte[] write(DType dtype, Shape shape) {
    var descriptor = dtype.numpyDescriptor();
    var sizes = new StringJoiner(", ", "(", shape.rank() == 1 ? ",)" : ")");
    for (long size : shape.toArray()) {
      sizes.add(Long.toString(size));
    }
    var text =
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(descriptor, sizes);
    int version = text.length() + 1 + ALIGNMENT > 0xFFFF ? 2 : 1;
    int start = version == 1 ? 10 : 12;
    int total = Math.ceilDiv(start + text.length() + 1, ALIGNMENT) * ALIGNMENT;
    var bytes = new byte[total];
    Arrays.fill(bytes, (byte) ' ');
    var segment = MemorySegment.ofArray(bytes);
    System.arraycopy(MAGIC, 0, bytes, 0, MAGIC.length);
    bytes[6] = (byte) version;
    bytes[7] = 0;
    if (version == 1) {
      segment.set(SHORT, 8, (short) (total - start));
    } else {
      segment.set(INT, 8, total - start);
    }
    var encoded = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(encoded, 0, bytes, start, encoded.length);
    bytes[total - 1] = '\n';
    return bytes;
  }
}
