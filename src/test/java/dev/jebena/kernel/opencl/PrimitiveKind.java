package dev.jebena.kernel.opencl;

import dev.jebena.memory.DType;
import java.util.Arrays;
import java.util.List;

/** Which primitive, of all that there are. */
enum PrimitiveKind {
  UNARY(2),
  BINARY(3),
  SCALAR(2),
  COPY(2),
  WHERE(4),
  REDUCE(2),
  ARG_REDUCE(2),
  CUMULATIVE_SUM(2),
  SCAN(2),
  SORT(3),
  MATMUL(3),
  GATHER(3),
  INDEX_SELECT(3),
  INDEX_ADD(3),
  SCATTER(3),
  FILL(1),
  ARANGE(1),
  RANDOM(1),
  ROUND(2),
  WRAP_INDEX(2),
  SEARCH_SORTED(3);

  private final int operands;

  PrimitiveKind(int operands) {
    this.operands = operands;
  }

  /** How many operands a call has; the last one is the output. */
  int operands() {
    return operands;
  }

  /** The types it is drawn with. */
  List<DType> types() {
    return switch (this) {
      case MATMUL -> List.of(DType.F32, DType.F32, DType.F64, DType.BF16, DType.F16, DType.I64);
      case REDUCE -> List.of(DType.F32, DType.F64, DType.I64, DType.I32, DType.U8, DType.BOOL);
      case ROUND -> List.of(DType.F32, DType.F64);
      case WRAP_INDEX -> List.of(DType.I64, DType.I32);
      case SEARCH_SORTED ->
          List.of(DType.F32, DType.F64, DType.BF16, DType.F16, DType.I64, DType.I32, DType.I8);
      case INDEX_ADD, SCATTER -> List.of(DType.F32, DType.F64, DType.I64, DType.I32);
      case SCAN, CUMULATIVE_SUM, ARG_REDUCE, SORT ->
          Arrays.stream(DType.values()).filter(type -> type != DType.BOOL).toList();
      default -> List.of(DType.values());
    };
  }

  /** Whether the axis of a case means anything to it. */
  boolean usesAxis() {
    return switch (this) {
      case UNARY, BINARY, SCALAR, COPY, WHERE, MATMUL -> false;
      case FILL, RANDOM, ROUND, WRAP_INDEX, SEARCH_SORTED -> false;
      default -> true;
    };
  }
}
