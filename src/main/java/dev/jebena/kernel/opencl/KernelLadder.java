package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import java.util.List;

/**
 * The kernels of {@code src/main/opencl/ladder}: products and softmax from naive to fast, a file a
 * step, for reading and for {@code jebena bench ladder}. Nothing else in the engine uses them.
 *
 * <p>Matrices are f32, their rows one after the other in memory; sizes are free.
 */
public final class KernelLadder {
  /**
   * A step.
   *
   * @param subject the kernel's name: {@code gemm} or {@code softmax}
   * @param file in {@code src/main/opencl/ladder}, without its ending: {@code gemm-1-naive}
   * @param groupX work-items of a group in the first dimension
   * @param groupY work-items of a group in the second dimension
   * @param tileColumns columns of the result that a group makes; 0 for whole rows
   * @param tileRows rows of the result that a group makes
   * @param rowsFirst whether the first dimension goes down the rows
   */
  public record Step(
      String subject,
      String file,
      int groupX,
      int groupY,
      int tileColumns,
      int tileRows,
      boolean rowsFirst) {

    /** Number and name, such as {@code 1-naive}. */
    public String name() {
      return file.substring(subject.length() + 1);
    }
  }

  private static final List<Step> STEPS =
      List.of(
          new Step("gemm", "gemm-1-naive", 16, 16, 16, 16, true),
          new Step("gemm", "gemm-2-coalesced", 16, 16, 16, 16, false),
          new Step("gemm", "gemm-3-local", 16, 16, 16, 16, false),
          new Step("gemm", "gemm-4-registers", 16, 16, 64, 64, false),
          new Step("gemm", "gemm-5-vectors", 16, 16, 128, 128, false),
          new Step("gemm", "gemm-6-processor", 1, 1, 16, 6, false),
          new Step("softmax", "softmax-1-passes", 64, 1, 0, 64, true),
          new Step("softmax", "softmax-2-tree", 128, 1, 0, 1, true),
          new Step("softmax", "softmax-3-online", 128, 1, 0, 1, true),
          new Step("softmax", "softmax-4-vectors", 128, 1, 0, 1, true),
          new Step("softmax", "softmax-5-processor", 1, 1, 0, 1, true));

  private final Engine engine;

  KernelLadder(Engine engine) {
    this.engine = engine;
  }

  /** All steps, in the order in which to read them. */
  public static List<Step> steps() {
    return STEPS;
  }

  /** Whether the device is a processor, for which the last step of each subject is made. */
  public boolean processor() {
    return engine.processor();
  }

  /** Queues {@code out = a · b}, {@code [m, k] · [k, n]}, by a step of {@code gemm}. */
  public void product(Step step, Operand a, Operand b, Operand out) {
    long m = out.shape().size(0);
    long n = out.shape().size(1);
    long across = groups(n, step.tileColumns);
    long down = groups(m, step.tileRows);
    launch(step)
        .operand(a)
        .operand(b)
        .operand(out)
        .integers((int) m)
        .integers((int) n)
        .integers((int) a.shape().size(1))
        .run(
            step.rowsFirst ? new long[] {down, across} : new long[] {across, down},
            step.groupX,
            step.groupY);
  }

  /**
   * Queues the softmax of the rows of {@code x}, {@code [rows, n]}, by a step of {@code softmax}.
   */
  public void softmax(Step step, Operand x, Operand out) {
    long rows = x.shape().size(0);
    launch(step)
        .operand(x)
        .operand(out)
        .integers((int) rows)
        .integers((int) x.shape().size(1))
        .run(new long[] {groups(rows, step.tileRows)}, step.groupX);
  }

  private Launch launch(Step step) {
    return engine.launch("ladder/" + step.file, "", step.subject);
  }

  private static long groups(long size, int tile) {
    return (size + tile - 1) / tile;
  }
}
