package dev.jebena.kernel.cpu;

import dev.jebena.memory.DType;

/** The types in which kernels compute; other types are converted block by block on the way. */
enum Lane {
  F32(4),
  F64(8),
  I64(8),
  /** Bytes 0 and 1. */
  BOOL(1);

  private final int byteSize;

  Lane(int byteSize) {
    this.byteSize = byteSize;
  }

  int byteSize() {
    return byteSize;
  }

  /** Where elements of a type are computed. */
  static Lane of(DType dtype) {
    return switch (dtype) {
      case F64 -> F64;
      case F32, F16, BF16, F8_E4M3, F8_E5M2 -> F32;
      case I64, I32, I16, I8, U8 -> I64;
      case BOOL -> BOOL;
    };
  }

  /** Whether contiguous elements of a type can be used as they lie. */
  boolean isNative(DType dtype) {
    return dtype.name().equals(name());
  }
}
