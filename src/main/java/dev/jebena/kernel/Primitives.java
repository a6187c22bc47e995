package dev.jebena.kernel;

/**
 * The kernels that every device supplies. Everything else in the engine can be composed of them.
 *
 * <p>Unless said otherwise all operands have the shape of {@code out} (broadcasting has become
 * strides of 0), any strides, and the type of {@code out}. An output never overlaps an input except
 * where it is exactly the same operand, which element-wise kernels allow. Sizes of 0 are legal and
 * do nothing, except that reductions then write their neutral element.
 */
public interface Primitives {
  /** {@code out = value}; integers take {@code longValue}, booleans whether it is not 0. */
  void fill(Operand out, Number value);

  /**
   * {@code out = (type of out) x}: floats to integers towards zero, to booleans whether not 0, to
   * narrower floats to nearest even.
   */
  void copy(Operand x, Operand out);

  /**
   * {@code out = x} between floating types, rounded by {@link
   * dev.jebena.memory.StochasticRounding}. Element i in row-major order takes word {@code i % 4} of
   * block {@code counter + i/4} of {@link dev.jebena.memory.Philox}.
   */
  void roundStochastically(Operand x, long seed, long counter, Operand out);

  /** {@code out[i] = op(x[i])}; both of one shape and type. */
  void unary(UnaryOp op, Operand x, Operand out);

  /** {@code out = a op b}; for tests {@code out} is boolean and a and b share a type. */
  void binary(BinaryOp op, Operand a, Operand b, Operand out);

  /** {@code out = x op s}, or {@code s op x} where {@code scalarFirst}. */
  void scalar(BinaryOp op, Operand x, Number s, boolean scalarFirst, Operand out);

  /** {@code out = condition ? a : b}; the condition is boolean. */
  void where(Operand condition, Operand a, Operand b, Operand out);

  /**
   * Folds axes. {@code out} has the rank of {@code x} and size 1 along each folded axis. SUM of
   * integers and booleans goes to i64.
   */
  void reduce(ReduceOp op, Operand x, int[] axes, Operand out);

  /**
   * The index of the first MAX or MIN along an axis (NaN wins); {@code out} is i64 with size 1
   * along the axis.
   */
  void argReduce(ReduceOp op, Operand x, int axis, Operand out);

  /** Running sum along an axis. Floats accumulate in f64 and are rounded where they are written. */
  void cumulativeSum(Operand x, int axis, Operand out);

  /** Another running fold along an axis; {@code out} is i64 for those that give indices. */
  void scan(ScanOp op, Operand x, int axis, Operand out);

  /**
   * Sorts along an axis, stably: equals keep their order, in both directions. NaN is the largest of
   * all, and −0 equals 0. {@code values} (type of x) and {@code indices} (i64, where each value
   * stood) have one shape, that of {@code x} but for the axis, along which they may be shorter:
   * then they get the first of what would come out.
   */
  void sort(Operand x, int axis, boolean descending, Operand values, Operand indices);

  /**
   * Where values would stand in ascending sequences: {@code sorted} is {@code [..., N]}, {@code
   * values} and {@code out} (i64) are {@code [..., M]} with equal leading axes. The number of
   * elements below the value, or where {@code right} of those not above it; N for NaN.
   */
  void searchSorted(Operand sorted, Operand values, boolean right, Operand out);

  /**
   * {@code out = a · b}, or {@code out += a · b} where {@code accumulate}: {@code [..., M, K] ·
   * [..., K, N] → [..., M, N]} with equal leading axes.
   */
  void matmul(Operand a, Operand b, boolean accumulate, Operand out);

  /**
   * {@code out[i][j][k] = x[i][index[i][j][k]][k]} for axis 1 of 3, and so on. {@code index} (i64
   * or i32) has the shape of {@code out}; its values were not checked.
   *
   * @throws IndexOutOfBoundsException where an index is outside of the axis, at the latest on the
   *     next synchronisation; names index, axis and size
   */
  void gather(Operand x, int axis, Operand index, Operand out);

  /**
   * {@code out[i][index[i][j][k]][k] op= source[i][j][k]} in the order of j: no race, no atomics,
   * the same result for any number of threads. {@code index} and {@code source} have one shape.
   */
  void scatter(ScatterOp op, Operand index, Operand source, int axis, Operand out);

  /**
   * {@code out = index < 0 ? index + size : index}: indices as kernels take them, from indices that
   * may count from the end.
   *
   * @param axis that they point into, for the error
   * @throws IndexOutOfBoundsException where an index is not in [−size, size), at the latest on the
   *     next synchronisation; names index, axis and size
   */
  void wrapIndex(Operand index, int axis, long size, Operand out);

  /**
   * Slices of an axis: {@code out[i][j][k] = x[i][index[j]][k]}, with a one-dimensional index. This
   * is the embedding look-up.
   */
  void indexSelect(Operand x, int axis, Operand index, Operand out);

  /** {@code out[i][index[j]][k] += source[i][j][k]} in the order of j. */
  void indexAdd(Operand index, Operand source, int axis, Operand out);

  /** {@code out[i] = start + i·step} for one-dimensional out. */
  void arange(Operand out, Number start, Number step);

  /**
   * Random numbers, in row-major order of {@code out}, that depend on seed, counter and position
   * only. Element i of UNIFORM is {@code a + (b−a)·u} of words i of the stream that starts at block
   * {@code counter}; see {@link RandomOp}.
   */
  void random(RandomOp op, long seed, long counter, double a, double b, Operand out);
}
