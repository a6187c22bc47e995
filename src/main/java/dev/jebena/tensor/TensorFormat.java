package dev.jebena.tensor;

/**
 * How tensors are printed: the rules of NumPy's {@code array2string}, with the four digits of
 * PyTorch. Immutable; pass one to {@link Tensor#toString(TensorFormat)}.
 *
 * <p>Numbers have as few digits as tell them apart from their neighbours of the same type, and
 * never more than {@code precision} after the point. All numbers of a tensor are written in
 * scientific notation when the largest reaches 10⁸ (10⁶ in f32, 10³ in narrower floats), when the
 * smallest is below 10⁻⁴, or when they differ by more than a factor of 1000.
 *
 * @param precision most digits after the point
 * @param threshold tensors of more elements show only the edges of their long axes
 * @param edgeItems how many entries stand at each end of a shortened axis
 * @param lineWidth longer lines are broken between numbers
 * @param suppressSmall never use scientific notation because of small numbers; they become 0
 */
public record TensorFormat(
    int precision, int threshold, int edgeItems, int lineWidth, boolean suppressSmall) {
  /** What {@link Tensor#toString()} uses: 4 digits, whole up to 1000 elements, 80 columns. */
  public static final TensorFormat STANDARD = new TensorFormat(4, 1000, 3, 80, false);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException for a negative number, or where no edge or no column would be
   *     shown
   */
  public TensorFormat {
    if (precision < 0 || threshold < 0 || edgeItems < 1 || lineWidth < 1) {
      throw new IllegalArgumentException(
          "format: precision "
              + precision
              + ", threshold "
              + threshold
              + ", edge items "
              + edgeItems
              + ", line width "
              + lineWidth
              + "; edge items and line width are at least 1, the others at least 0");
    }
  }

  /** The same with another number of digits after the point. */
  public TensorFormat withPrecision(int digits) {
    return new TensorFormat(digits, threshold, edgeItems, lineWidth, suppressSmall);
  }

  /** The same with another number of elements from which on tensors are shortened. */
  public TensorFormat withThreshold(int elements) {
    return new TensorFormat(precision, elements, edgeItems, lineWidth, suppressSmall);
  }

  /** The same with another number of entries at each end of a shortened axis. */
  public TensorFormat withEdgeItems(int items) {
    return new TensorFormat(precision, threshold, items, lineWidth, suppressSmall);
  }

  /** The same with longer or shorter lines. */
  public TensorFormat withLineWidth(int columns) {
    return new TensorFormat(precision, threshold, edgeItems, columns, suppressSmall);
  }

  /** The same with or without scientific notation for small numbers. */
  public TensorFormat withSuppressSmall(boolean suppressed) {
    return new TensorFormat(precision, threshold, edgeItems, lineWidth, suppressed);
  }
}
