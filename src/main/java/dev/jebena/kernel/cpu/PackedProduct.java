package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * One f32 matrix product {@code [M, K] · [K, N]} of any strides, blocked for the caches (Goto and
 * van de Geijn, "Anatomy of high-performance matrix multiplication", 2008): a sliver of packed A
 * (512 deep, 16 KiB) stays in L1 while the slivers of a packed panel of B (at most 1.5 MiB) stream
 * by from L2, and C is written forward along its rows. The other order, with a sliver of B in L1,
 * jumps from row to row of C and was 5 % slower.
 *
 * <p>K is cut into nearly equal blocks of at most {@link #DEPTH} and never shared out: each element
 * of C is the sum of its blocks in order, and within a block the sum over k in order, whatever the
 * tiles and threads.
 */
final class PackedProduct {
  /** Largest K of a block. */
  static final int DEPTH = 512;

  /** Most columns of a panel of B. */
  private static final int PANEL = 768;

  private static final int MR = MicroKernel.ROWS;
  private static final int NR = MicroKernel.COLUMNS;

  /** Slivers of B that one task packs. */
  private static final int SLIVERS = 4;

  /** A matrix in memory: where it begins and the bytes between neighbours along its axes. */
  record Matrix(MemorySegment segment, long at, long rowStep, long columnStep) {
    Matrix transposed() {
      return new Matrix(segment, at, columnStep, rowStep);
    }
  }

  private final WorkerPool pool;
  private final Matrix a;
  private final Matrix b;
  private final Matrix c;
  private final int m;
  private final int n;
  private final int depth;
  private final boolean accumulate;
  private final boolean direct;
  private final int panelWidth;
  private final int panelDepth;

  PackedProduct(
      WorkerPool pool, Matrix a, Matrix b, Matrix c, int m, int n, int k, boolean accumulate) {
    this.pool = pool;
    this.a = a;
    this.b = b;
    this.c = c;
    this.m = m;
    this.n = n;
    this.depth = k;
    this.accumulate = accumulate;
    this.direct = c.columnStep == 4;
    this.panelWidth = even(n, PANEL, NR);
    this.panelDepth = even(k, DEPTH, 8);
  }

  /** Parts of nearly equal size: the smallest multiple of a unit that needs no more parts. */
  private static int even(int size, int most, int unit) {
    int parts = (size + most - 1) / most;
    int part = (size + parts - 1) / parts;
    return (part + unit - 1) / unit * unit;
  }

  /** Computes the product on all threads. */
  void parallel() {
    int rows = rowsOfBlock();
    int rowBlocks = (m + rows - 1) / rows;
    var panel = pool.scratch().area(Scratch.PACKED_B, panelBytes());
    for (int j = 0; j < n; j += panelWidth) {
      int width = Math.min(panelWidth, n - j);
      int slivers = (width + NR - 1) / NR;
      // Few blocks of rows: share out the columns as well, and let each task pack its own A.
      int columnBlocks = rowBlocks >= 8 ? 1 : Math.max(1, Math.min(8 / rowBlocks, slivers / 4));
      int perBlock = (slivers + columnBlocks - 1) / columnBlocks;
      for (int k = 0; k < depth; k += panelDepth) {
        int deep = Math.min(panelDepth, depth - k);
        int jj = j;
        int kk = k;
        pool.run(
            (slivers + SLIVERS - 1) / SLIVERS,
            task -> {
              int last = Math.min(slivers, (task + 1) * SLIVERS);
              packB(panel, jj, width, kk, deep, task * SLIVERS, last);
            });
        pool.run(
            rowBlocks * columnBlocks,
            task -> {
              int i = task / columnBlocks * rows;
              int first = task % columnBlocks * perBlock;
              int last = Math.min(slivers, first + perBlock);
              if (first < last) {
                block(panel, i, Math.min(rows, m - i), jj, width, kk, deep, first, last);
              }
            });
      }
    }
  }

  /** Computes the product on the calling thread. */
  void inline() {
    int rows = rowsOfBlock();
    var panel = pool.scratch().area(Scratch.PACKED_B, panelBytes());
    for (int j = 0; j < n; j += panelWidth) {
      int width = Math.min(panelWidth, n - j);
      int slivers = (width + NR - 1) / NR;
      for (int k = 0; k < depth; k += panelDepth) {
        int deep = Math.min(panelDepth, depth - k);
        packB(panel, j, width, k, deep, 0, slivers);
        for (int i = 0; i < m; i += rows) {
          block(panel, i, Math.min(rows, m - i), j, width, k, deep, 0, slivers);
        }
      }
    }
  }

  private int rowsOfBlock() {
    return m >= 2048 ? 128 : 64;
  }

  private long panelBytes() {
    return 4L * ((panelWidth + NR - 1) / NR * NR) * panelDepth;
  }

  private void packB(MemorySegment panel, int j, int width, int k, int deep, int first, int last) {
    for (int sliver = first; sliver < last; sliver++) {
      int column = sliver * NR;
      long from = b.at + (long) k * b.rowStep + (long) (j + column) * b.columnStep;
      long to = 4L * column * deep;
      int w = Math.min(NR, width - column);
      Packing.sliver(b.segment, from, b.columnStep, b.rowStep, w, deep, panel, to, NR);
    }
  }

  /** Rows i to i+rows of C, slivers first to last of the panel. */
  private void block(
      MemorySegment panel,
      int i,
      int rows,
      int j,
      int width,
      int k,
      int deep,
      int first,
      int last) {
    var scratch = pool.scratch();
    var packed = scratch.area(Scratch.PACKED_A, 4L * (rows + MR) * deep);
    var spare = scratch.area(Scratch.TILE, 4L * MR * NR);
    for (int r = 0; r < rows; r += MR) {
      long from = a.at + (long) (i + r) * a.rowStep + (long) k * a.columnStep;
      int w = Math.min(MR, rows - r);
      Packing.sliver(a.segment, from, a.rowStep, a.columnStep, w, deep, packed, 4L * r * deep, MR);
    }
    boolean add = accumulate || k > 0;
    for (int r = 0; r < rows; r += MR) {
      for (int sliver = first; sliver < last; sliver++) {
        tile(panel, packed, spare, i, rows, j, width, deep, add, sliver, r);
      }
    }
  }

  private void tile(
      MemorySegment panel,
      MemorySegment packed,
      MemorySegment spare,
      int i,
      int rows,
      int j,
      int width,
      int deep,
      boolean add,
      int sliver,
      int r) {
    int column = sliver * NR;
    long atB = 4L * column * deep;
    int w = Math.min(NR, width - column);
    int h = Math.min(MR, rows - r);
    long atA = 4L * r * deep;
    long atC = c.at + (long) (i + r) * c.rowStep + (long) (j + column) * c.columnStep;
    boolean whole = direct && w == NR && h == MR;
    if (whole && !add) {
      MicroKernel.tile(packed, atA, panel, atB, deep, c.segment, atC, c.rowStep);
    } else {
      MicroKernel.tile(packed, atA, panel, atB, deep, spare, 0, 4L * NR);
      if (whole) {
        MicroKernel.addTile(spare, 0, c.segment, atC, c.rowStep);
      } else {
        unpack(spare, h, w, atC, add);
      }
    }
  }

  /** Brings a tile at an edge, or of a transposed C, to its place. */
  private void unpack(MemorySegment tile, int rows, int columns, long atC, boolean add) {
    for (int r = 0; r < rows; r++) {
      long from = 4L * NR * r;
      long to = atC + r * c.rowStep;
      for (int j = 0; j < columns; j++) {
        float value = tile.get(FLOAT, from + 4L * j);
        long at = to + j * c.columnStep;
        c.segment.set(FLOAT, at, add ? c.segment.get(FLOAT, at) + value : value);
      }
    }
  }
}
