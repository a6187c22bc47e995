package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.CrossEntropyTerms;
import dev.jebena.kernel.fused.LinearCrossEntropyKernel;
import dev.jebena.memory.Buffer;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostAllocator;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Logits of some rows at a time: a matrix product, three passes over each row while it is in cache,
 * and two more products with what the logits have become, their own gradients. Bound by the
 * products.
 *
 * <p>The gradient of the weight is read and written once a chunk, which it is in one large product
 * as well, since that cuts its depth too.
 */
final class CpuLinearCrossEntropy implements LinearCrossEntropyKernel {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /** Logits that are there at a time: 32 MiB. */
  static final int LOGITS = 1 << 23;

  /** Fewer rows would make products too shallow. */
  private static final int FEWEST_ROWS = 128;

  private final WorkerPool pool;
  private final HostAllocator allocator;
  private final MatrixProduct product;

  CpuLinearCrossEntropy(WorkerPool pool, HostAllocator allocator) {
    this.pool = pool;
    this.allocator = allocator;
    this.product = new MatrixProduct(pool);
  }

  /** Rows of a chunk: nearly equal parts of all rows, whatever the number of threads. */
  static int chunkRows(int rows, int classes) {
    int most = Math.max(FEWEST_ROWS, LOGITS / classes);
    int parts = (rows + most - 1) / most;
    int each = (rows + parts - 1) / parts;
    return Math.min(rows, (each + 7) & -8);
  }

  @Override
  public void forward(
      Operand x,
      Operand weight,
      Operand targetsOperand,
      CrossEntropyTerms terms,
      Operand lossOperand,
      Operand gx,
      Operand gWeight) {
    int rows = Math.toIntExact(x.shape().size(0));
    int classes = Math.toIntExact(weight.shape().size(0));
    var targets = Targets.checked(targetsOperand, terms.ignored(), classes);
    int counted = targets.counted(terms.ignored());
    int chunk = chunkRows(rows, classes);
    var losses = pool.scratch().area(Scratch.FUSED_PARTIALS, (long) rows * Float.BYTES);
    var buffer = allocator.allocate((long) chunk * classes * Float.BYTES);
    try {
      for (int first = 0; first < rows; first += chunk) {
        int n = Math.min(chunk, rows - first);
        var logits = matrix(buffer, n, classes);
        product.matmul(part(x, first, n), transposed(weight), false, logits);
        boolean needed = gx != null || gWeight != null;
        chunk(logits, targets, first, terms, needed ? 1f / counted : 0, losses);
        if (gx != null) {
          product.matmul(logits, weight, false, part(gx, first, n));
        }
        if (gWeight != null) {
          product.matmul(transposed(logits), part(x, first, n), first > 0, gWeight);
        }
      }
    } finally {
      buffer.release();
    }
    double sum = 0;
    for (int n = 0; n < rows; n++) {
      sum += losses.get(FLOAT, (long) n * Float.BYTES);
    }
    var loss = Contiguous.of(lossOperand);
    loss.segment().set(FLOAT, loss.at(0), (float) (sum / counted));
  }

  /** Losses of a chunk of logits, which become their gradients unless {@code factor} is 0. */
  private void chunk(
      Operand logitsOperand,
      Targets targets,
      int first,
      CrossEntropyTerms terms,
      float factor,
      MemorySegment losses) {
    var logits = Contiguous.of(logitsOperand);
    int rows = Math.toIntExact(logitsOperand.shape().size(0));
    int classes = Math.toIntExact(logitsOperand.shape().size(1));
    int step = Contiguous.rowsPerTask(classes);
    pool.run(
        (rows + step - 1) / step,
        task -> {
          int end = Math.min(rows, (task + 1) * step);
          for (int n = task * step; n < end; n++) {
            long target = targets.get(first + n);
            long at = logits.at((long) n * classes);
            float loss = 0;
            if (target != terms.ignored()) {
              loss = row(logits.segment(), at, classes, target, terms, factor);
            } else if (factor != 0) {
              logits.segment().asSlice(at, (long) classes * Float.BYTES).fill((byte) 0);
            }
            losses.set(FLOAT, (long) (first + n) * Float.BYTES, loss);
          }
        });
  }

  private static float row(
      MemorySegment x, long at, int classes, long target, CrossEntropyTerms terms, float factor) {
    float cap = (float) terms.softCap();
    if (terms.capped()) {
      LossRow.cap(x, at, x, at, classes, cap);
    }
    float share = (float) terms.labelSmoothing();
    float mean = share > 0 ? LossRow.mean(x, at, classes) : 0;
    float logit = x.get(FLOAT, at + target * Float.BYTES);
    float max = FloatRange.max(x, at, classes);
    boolean inPlace = factor != 0 && !terms.capped() && Float.isFinite(max);
    float sum =
        inPlace
            ? RowSoftmax.exponentials(x, at, x, at, max, classes)
            : RowSoftmax.sumOfExponentials(x, at, max, classes);
    float log = VectorMath.log(sum);
    if (factor != 0) {
      float a = factor * LossRow.slope(terms, max + log);
      float b = factor * share / classes;
      if (inPlace) {
        LossRow.affine(x, at, a / sum, b, classes);
        LossRow.add(x, at, target, -factor * (1 - share));
      } else {
        capped(x, at, classes, target, max + log, a, b, factor * (1 - share), cap);
      }
    }
    return LossRow.loss(terms, logit, mean, max, log);
  }

  /** The gradient of a row that has been capped, or whose largest number is not finite. */
  private static void capped(
      MemorySegment y,
      long at,
      int classes,
      long target,
      float lse,
      float a,
      float b,
      float hit,
      float cap) {
    float logit = y.get(FLOAT, at + target * Float.BYTES);
    if (cap > 0) {
      LossRow.cappedGradient(y, at, lse, a, b, cap, classes);
      float t = logit / cap;
      LossRow.add(y, at, target, -hit * (1 - t * t));
    } else {
      LossRow.probabilities(y, at, lse, a, b, y, at, classes);
      LossRow.add(y, at, target, -hit);
    }
  }

  @Override
  public void scale(Operand factorOperand, Operand gradientOperand) {
    var factors = Contiguous.of(factorOperand);
    float factor = factors.segment().get(FLOAT, factors.at(0));
    if (factor == 1) {
      return;
    }
    var gradient = Contiguous.of(gradientOperand);
    long elements = gradientOperand.elements();
    pool.run(
        Contiguous.chunks(elements),
        task -> {
          long at = gradient.at((long) task * Contiguous.CHUNK);
          int n = Contiguous.chunkSize(elements, task);
          LossRow.affine(gradient.segment(), at, factor, 0, n);
        });
  }

  private static Operand matrix(Buffer buffer, long rows, long columns) {
    return new Operand(buffer, DType.F32, Layout.contiguous(Shape.of(rows, columns)));
  }

  /** Rows of a matrix. */
  private static Operand part(Operand matrix, long first, long rows) {
    return matrix.with(matrix.layout().slice(0, first, first + rows, 1));
  }

  private static Operand transposed(Operand matrix) {
    return matrix.with(matrix.layout().transpose(0, 1));
  }
}
