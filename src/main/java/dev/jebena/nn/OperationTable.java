package dev.jebena.nn;

import dev.jebena.einops.EinopsOperations;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.TensorOperations;
import java.util.List;
import java.util.stream.Stream;

/** Every operation of the engine: the rows of all rooms that have some, put together. */
public final class OperationTable {
  private OperationTable() {}

  /** Every row: those of tensors, of named axes and of layers. */
  public static List<Operation> all() {
    return Stream.of(TensorOperations.rows(), EinopsOperations.rows(), NnOperations.rows())
        .flatMap(List::stream)
        .toList();
  }
}
