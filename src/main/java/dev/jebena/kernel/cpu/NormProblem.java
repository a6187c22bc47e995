package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;

/** The rows of a norm, cut into blocks that are the tasks. */
record NormProblem(long rows, int width) {
  /** Rows of a block. */
  private static final int BLOCK = 32;

  /** Columns of a task that adds up what the blocks left. */
  private static final int COLUMNS = 512;

  static NormProblem of(Operand x) {
    return new NormProblem(x.shape().size(0), Math.toIntExact(x.shape().size(1)));
  }

  int blocks() {
    return Math.toIntExact((rows + BLOCK - 1) / BLOCK);
  }

  long first(int block) {
    return (long) block * BLOCK;
  }

  long end(int block) {
    return Math.min(rows, (block + 1L) * BLOCK);
  }

  long rowBytes() {
    return (long) width * Float.BYTES;
  }

  /** Where an operand begins, as an absolute address; 0 for none. */
  static long address(Operand operand) {
    return operand == null ? 0 : Memory.of(operand).address() + Memory.start(operand);
  }

  /**
   * Where a row of parameters begins; where there is none, a row of one number in the caller's
   * scratch memory, so that one loop does for both.
   */
  long addressOr(Operand operand, float otherwise, int area, WorkerPool pool) {
    if (operand != null) {
      return address(operand);
    }
    long row = pool.scratch().area(area, rowBytes()).address();
    NormRows.fill(row, otherwise, width);
    return row;
  }

  /**
   * The sum of one row of every block, in their order; columns are shared out.
   *
   * @param first where the row of the first block begins
   * @param step bytes from block to block
   * @param out {@code [D]}, or null where nobody asks
   */
  void foldBlocks(WorkerPool pool, long first, long step, Operand out) {
    if (out == null) {
      return;
    }
    long sums = address(out);
    pool.run(
        (width + COLUMNS - 1) / COLUMNS,
        task -> {
          long at = 4L * task * COLUMNS;
          int n = Math.min(COLUMNS, width - task * COLUMNS);
          NormRows.fill(sums + at, 0, n);
          for (int block = 0; block < blocks(); block++) {
            NormRows.add(sums + at, first + block * step + at, sums + at, n);
          }
        });
  }
}
