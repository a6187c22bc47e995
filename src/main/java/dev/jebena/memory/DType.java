package dev.jebena.memory;

/** Element type of a tensor. */
public enum DType {
  /** IEEE 754 binary64. */
  F64(8, Kind.FLOAT, "F64", "<f8"),
  /** IEEE 754 binary32. */
  F32(4, Kind.FLOAT, "F32", "<f4"),
  /** IEEE 754 binary16. */
  F16(2, Kind.FLOAT, "F16", "<f2"),
  /** The upper half of a binary32: 8 exponent bits, 7 mantissa bits. */
  BF16(2, Kind.FLOAT, "BF16", null),
  /** OCP 8-bit float, 4 exponent and 3 mantissa bits, no infinities. */
  F8_E4M3(1, Kind.FLOAT, "F8_E4M3", null),
  /** OCP 8-bit float, 5 exponent and 2 mantissa bits. */
  F8_E5M2(1, Kind.FLOAT, "F8_E5M2", null),
  /** Signed 64-bit integer: the type of token ids and indices. */
  I64(8, Kind.INTEGER, "I64", "<i8"),
  /** Signed 32-bit integer. */
  I32(4, Kind.INTEGER, "I32", "<i4"),
  /** Signed 16-bit integer. */
  I16(2, Kind.INTEGER, "I16", "<i2"),
  /** Signed 8-bit integer. */
  I8(1, Kind.INTEGER, "I8", "|i1"),
  /** Unsigned 8-bit integer. */
  U8(1, Kind.INTEGER, "U8", "|u1"),
  /** One byte, 0 or 1. */
  BOOL(1, Kind.BOOLEAN, "BOOL", "|b1");

  /** The three families between which promotion moves upwards. */
  public enum Kind {
    BOOLEAN,
    INTEGER,
    FLOAT
  }

  private final int byteSize;
  private final Kind kind;
  private final String safetensorsName;
  private final String numpyDescriptor;

  DType(int byteSize, Kind kind, String safetensorsName, String numpyDescriptor) {
    this.byteSize = byteSize;
    this.kind = kind;
    this.safetensorsName = safetensorsName;
    this.numpyDescriptor = numpyDescriptor;
  }

  /** Bytes per element. */
  public int byteSize() {
    return byteSize;
  }

  /** Float, integer or bool. */
  public Kind kind() {
    return kind;
  }

  /** Whether it is one of f64, f32, f16, bf16 and the two of 8 bits: only these have gradients. */
  public boolean isFloat() {
    return kind == Kind.FLOAT;
  }

  /** Whether it is an integer; bool is none. */
  public boolean isInteger() {
    return kind == Kind.INTEGER;
  }

  /** The largest finite number; {@code 2⁶³ − 1} is the nearest double for {@code i64}. */
  public double largest() {
    return switch (this) {
      case F64 -> Double.MAX_VALUE;
      case F32 -> Float.MAX_VALUE;
      case F16 -> 65504;
      case BF16 -> 0x1.FEp127;
      case F8_E4M3 -> 448;
      case F8_E5M2 -> 57344;
      case I64 -> Long.MAX_VALUE;
      case I32 -> Integer.MAX_VALUE;
      case I16 -> Short.MAX_VALUE;
      case I8 -> Byte.MAX_VALUE;
      case U8 -> 255;
      case BOOL -> 1;
    };
  }

  /** The name that the safetensors format uses. */
  public String safetensorsName() {
    return safetensorsName;
  }

  /** The little-endian NumPy descriptor such as {@code <f4}, or null where NumPy has none. */
  public String numpyDescriptor() {
    return numpyDescriptor;
  }

  /**
   * The type in which {@code a op b} is computed: the wider kind wins; within a kind the wider
   * type; f16 and bf16 meet in f32, as do two different fp8 types in f16; u8 and i8 meet in i16.
   */
  public static DType promote(DType a, DType b) {
    if (a == b) {
      return a;
    }
    if (a.kind != b.kind) {
      return a.kind.ordinal() > b.kind.ordinal() ? a : b;
    }
    if (a.byteSize == b.byteSize) {
      return switch (a) {
        case F16, BF16 -> F32;
        case F8_E4M3, F8_E5M2 -> F16;
        case I8, U8 -> I16;
        default -> throw new IllegalStateException(a + " and " + b);
      };
    }
    return a.byteSize > b.byteSize ? a : b;
  }

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
