package dev.jebena.cli;

import dev.jebena.io.NamedArray;
import dev.jebena.memory.DType;
import dev.jebena.memory.Scope;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import dev.jebena.model.Transformer;
import dev.jebena.model.TransformerConfig;
import dev.jebena.nn.CrossEntropy;
import dev.jebena.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Token ids from an array file, scored row by row as they are.
 *
 * @param file named in errors
 * @param single whether the file had one row without a batch axis
 * @param rows B
 * @param length T
 * @param ids [B, T], row after row
 */
record IdRows(Path file, boolean single, int rows, int length, long[] ids) {
  /**
   * What came of it.
   *
   * @param nats the sum of all losses
   * @param logits [T, V] or [B, T, V]; null where not asked for
   */
  record Scored(double nats, NamedArray logits) {}

  static IdRows of(Path file, NamedArray array) {
    int rank = array.shape().rank();
    boolean integers = array.dtype() == DType.I64 || array.dtype() == DType.I32;
    if (!integers || rank < 1 || rank > 2) {
      throw new ShapeException(
          "%s: holds %s %s; token ids are i32 or i64 of shape [T] or [B, T]"
              .formatted(file, array.dtype(), array.shape()));
    }
    int length = (int) array.shape().size(-1);
    int rows = rank == 1 ? 1 : (int) array.shape().size(0);
    if (rows < 1 || length < 2) {
      throw new ShapeException(
          "%s: holds %s; a row needs at least 2 tokens, one to predict from and one to predict"
              .formatted(file, array.shape()));
    }
    return new IdRows(file, rank == 1, rows, length, array.toLongs());
  }

  /** Tokens that are predicted: all but the first of a row. */
  long targets() {
    return (long) rows * (length - 1);
  }

  /** Makes sure that the ids fit a model. */
  void check(TransformerConfig config) {
    if (length > config.contextLength()) {
      throw new ShapeException(
          "%s: rows of %d tokens are longer than the model's context of %d"
              .formatted(file, length, config.contextLength()));
    }
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= config.vocabularySize()) {
        throw new IndexOutOfBoundsException(
            "%s: token id %d (row %d, position %d) is outside of the model's vocabulary (0 to %d)"
                .formatted(file, ids[i], i / length, i % length, config.vocabularySize() - 1));
      }
    }
  }

  Scored score(Transformer model, boolean keepLogits) {
    long vocabulary = model.config().vocabularySize();
    long rowBytes = 4 * length * vocabulary;
    var kept = keepLogits ? Arena.ofAuto().allocate(rowBytes * rows, 64) : MemorySegment.NULL;
    model.eval();
    double nats =
        Tensor.noGrad(() -> {
          double sum = 0;
          for (int row = 0; row < rows; row++) {
            try (var _ = Scope.open()) {
              var to = keepLogits ? kept.asSlice(row * rowBytes, rowBytes) : null;
              sum += scoreRow(model, Arrays.copyOfRange(ids, row * length, (row + 1) * length), to);
            }
          }
          return sum;
        });
    if (!keepLogits) {
      return new Scored(nats, null);
    }
    var shape = single ? Shape.of(length, vocabulary) : Shape.of(rows, length, vocabulary);
    return new Scored(nats, new NamedArray("logits", DType.F32, shape, kept));
  }

  private double scoreRow(Transformer model, long[] row, MemorySegment keep) {
    var logits = model.logits(Tensor.of(row, 1, length)); // [1, T, V]
    if (keep != null) {
      float[] values = logits.toFloats();
      MemorySegment.copy(values, 0, keep, ValueLayout.JAVA_FLOAT, 0, values.length);
    }
    var targets = Tensor.of(Arrays.copyOfRange(row, 1, length), 1, length - 1);
    return CrossEntropy.losses(logits.slice(1, 0, length - 1), targets).sum().item();
  }
}
