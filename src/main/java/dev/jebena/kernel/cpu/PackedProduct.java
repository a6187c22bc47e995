package dev.jebena.kernel.cpu;

import java.lang.foreign.MemorySegment;

/**
 * One matrix product {@code [M, K] · [K, N]} of any strides, blocked for the caches (Goto and van
 * de Geijn, "Anatomy of high-performance matrix multiplication", 2008; Van Zee and van de Geijn,
 * "BLIS", 2015). For each block of K, A and a panel of B are packed once, by all threads; then the
 * tiles of C are shared out in rectangles.
 *
 * <p>K is cut into nearly equal blocks and never shared out: each element of C is the sum of its
 * blocks in order, and within a block the sum over k in order, whatever the tiles and threads.
 */
final class PackedProduct {
  /** Rows of A that are packed at a time: at the depth of a block, some MiB. */
  private static final int MOST_ROWS = 4096 / 48 * 48;

  /** Slivers that one task packs. */
  private static final int SLIVERS = 4;

  /** Rectangles of C, so that two threads end nearly at once. */
  private static final int TASKS = 16;

  /** Bytes behind each sliver of A that packing may overwrite; keeps slivers aligned. */
  static final int GAP = 64;

  /** The depth of slivers is a multiple of it, with zeros at the end. */
  static final int STEPS = 4;

  /** A matrix in memory: where it begins and the bytes between neighbours along its axes. */
  record Matrix(MemorySegment segment, long at, long rowStep, long columnStep) {
    Matrix transposed() {
      return new Matrix(segment, at, columnStep, rowStep);
    }

    /**
     * The address of the first element of f32, once all of them are known to lie in the segment.
     */
    long address(int rows, int columns) {
      long down = (rows - 1) * rowStep;
      long right = (columns - 1) * columnStep;
      long lowest = Math.min(0, down) + Math.min(0, right);
      long highest = Math.max(0, down) + Math.max(0, right) + Float.BYTES;
      return segment.asSlice(at + lowest, highest - lowest).address() - lowest;
    }
  }

  /**
   * What is done to a rectangle of C once it is complete, by the thread that has it in its cache.
   */
  interface Finish {
    void run(int row, int rows, int column, int columns);
  }

  private final WorkerPool pool;
  private final TileKernel kernel;
  private final Matrix a;
  private final Matrix b;
  private final Matrix c;
  private final int m;
  private final int n;
  private final int depth;
  private final boolean accumulate;
  private final Finish finish;

  /** Rows and columns of a tile, and bytes of an element. */
  private final int mr;

  private final int nr;
  private final int bytes;
  private final boolean direct;

  /**
   * @param finish or null
   */
  PackedProduct(
      WorkerPool pool,
      TileKernel kernel,
      Matrix a,
      Matrix b,
      Matrix c,
      int m,
      int n,
      int k,
      boolean accumulate,
      Finish finish) {
    this.pool = pool;
    this.kernel = kernel;
    this.a = a;
    this.b = b;
    this.c = c;
    this.m = m;
    this.n = n;
    this.depth = k;
    this.accumulate = accumulate;
    this.finish = finish;
    this.mr = kernel.rows();
    this.nr = kernel.columns();
    this.bytes = kernel.bytes();
    this.direct = c.columnStep == bytes;
  }

  /** Parts of nearly equal size: the smallest multiple of a unit that needs no more parts. */
  private static int even(int size, int most, int unit) {
    int parts = (size + most - 1) / most;
    int part = (size + parts - 1) / parts;
    return (part + unit - 1) / unit * unit;
  }

  private static int parts(int size, int part) {
    return (size + part - 1) / part;
  }

  /**
   * Computes the product.
   *
   * @param parallel on all threads rather than on the calling one
   */
  void run(boolean parallel) {
    var blocking = kernel.blocking();
    int height = even(m, MOST_ROWS, mr);
    int width = even(n, blocking.columns(), nr);
    int deepest = even(depth, blocking.depth(), 8);
    var scratch = pool.scratch();
    long sliverA = (long) mr * bytes * deepest + GAP;
    var packedA = scratch.area(Scratch.PACKED_A, parts(height, mr) * sliverA);
    var packedB = scratch.area(Scratch.PACKED_B, (long) width * bytes * deepest);
    for (int i = 0; i < m; i += height) {
      for (int k = 0; k < depth; k += deepest) {
        for (int j = 0; j < n; j += width) {
          var block =
              new Block(
                  i,
                  Math.min(height, m - i),
                  j,
                  Math.min(width, n - j),
                  k,
                  Math.min(deepest, depth - k),
                  packedA,
                  packedB);
          block.run(parallel, j == 0);
        }
      }
    }
  }

  private void each(boolean parallel, int tasks, WorkerPool.Body body) {
    if (parallel) {
      pool.run(tasks, body);
    } else {
      for (int task = 0; task < tasks; task++) {
        body.run(task);
      }
    }
  }

  /** What a block of rows of A and a panel of B, both so deep, add to C. */
  private final class Block {
    private final int i;
    private final int rows;
    private final int j;
    private final int columns;
    private final int k;
    private final int deep;
    private final MemorySegment packedA;
    private final MemorySegment packedB;
    private final boolean add;

    /** {@link #deep} with zeros at the end. */
    private final int padded;

    Block(
        int i,
        int rows,
        int j,
        int columns,
        int k,
        int deep,
        MemorySegment packedA,
        MemorySegment packedB) {
      this.i = i;
      this.rows = rows;
      this.j = j;
      this.columns = columns;
      this.k = k;
      this.deep = deep;
      this.packedA = packedA;
      this.packedB = packedB;
      this.add = accumulate || k > 0;
      this.padded = (deep + STEPS - 1) / STEPS * STEPS;
    }

    void run(boolean parallel, boolean packA) {
      int sliversA = parts(rows, mr);
      int sliversB = parts(columns, nr);
      int tasksA = packA ? parts(sliversA, SLIVERS) : 0;
      int tasksB = parts(sliversB, SLIVERS);
      each(
          parallel,
          tasksA + tasksB,
          task -> {
            if (task < tasksB) {
              packB(task * SLIVERS, Math.min(sliversB, (task + 1) * SLIVERS));
            } else {
              int first = (task - tasksB) * SLIVERS;
              packA(first, Math.min(sliversA, first + SLIVERS));
            }
          });
      int tall = even(sliversA, Math.max(1, kernel.blocking().rows() / mr), 1);
      int wide = Math.min(sliversB, 16);
      while (parts(sliversA, tall) * parts(sliversB, wide) < TASKS && tall * wide > 8) {
        if (wide > tall) {
          wide = (wide + 1) / 2;
        } else {
          tall = (tall + 1) / 2;
        }
      }
      int down = parts(sliversA, tall);
      int height = tall;
      int width = wide;
      each(
          parallel,
          down * parts(sliversB, wide),
          task -> {
            int r = task % down * height;
            int s = task / down * width;
            tiles(r, Math.min(sliversA, r + height), s, Math.min(sliversB, s + width));
          });
    }

    private long atA(int sliver) {
      return sliver * ((long) mr * bytes * padded + GAP);
    }

    private long atB(int sliver) {
      return (long) sliver * nr * bytes * padded;
    }

    /** Zeros behind what was packed of a sliver. */
    private void pad(MemorySegment panel, long at, int width) {
      if (deep < padded) {
        long row = (long) width * bytes;
        panel.asSlice(at + deep * row, (padded - deep) * row).fill((byte) 0);
      }
    }

    private void packA(int first, int last) {
      for (int sliver = first; sliver < last; sliver++) {
        int row = sliver * mr;
        long from = a.at + (i + row) * a.rowStep + k * a.columnStep;
        int w = Math.min(mr, rows - row);
        kernel.pack(a.segment, from, a.rowStep, a.columnStep, w, deep, packedA, atA(sliver), mr);
        pad(packedA, atA(sliver), mr);
      }
    }

    private void packB(int first, int last) {
      for (int sliver = first; sliver < last; sliver++) {
        int column = sliver * nr;
        long from = b.at + k * b.rowStep + (j + column) * b.columnStep;
        int w = Math.min(nr, columns - column);
        kernel.pack(b.segment, from, b.columnStep, b.rowStep, w, deep, packedB, atB(sliver), nr);
        pad(packedB, atB(sliver), nr);
      }
    }

    /** The rectangle of some slivers of A and some of B. */
    private void tiles(int firstA, int lastA, int firstB, int lastB) {
      var scratch = pool.scratch();
      if (kernel.blocking().sliverOfBStays()) {
        for (int s = firstB; s < lastB; s++) {
          for (int r = firstA; r < lastA; r++) {
            tile(r, s, scratch);
          }
        }
      } else {
        for (int r = firstA; r < lastA; r++) {
          for (int s = firstB; s < lastB; s++) {
            tile(r, s, scratch);
          }
        }
      }
      if (finish != null && k + deep == depth) {
        int row = firstA * mr;
        int column = firstB * nr;
        int height = Math.min(lastA * mr, rows) - row;
        int width = Math.min(lastB * nr, columns) - column;
        finish.run(i + row, height, j + column, width);
      }
    }

    private void tile(int r, int s, Scratch scratch) {
      int row = r * mr;
      int column = s * nr;
      int h = Math.min(mr, rows - row);
      int w = Math.min(nr, columns - column);
      long atC = c.at + (i + row) * c.rowStep + (j + column) * c.columnStep;
      if (direct && w == nr && h == mr) {
        kernel.tile(
            packedA, atA(r), packedB, atB(s), padded, add, scratch, c.segment, atC, c.rowStep);
      } else {
        long rowStep = (long) bytes * nr;
        var spare = scratch.area(Scratch.TILE, mr * rowStep);
        kernel.tile(packedA, atA(r), packedB, atB(s), padded, false, scratch, spare, 0, rowStep);
        unpack(spare, h, w, atC);
      }
    }

    /** Brings a tile at an edge, or of a transposed C, to its place. */
    private void unpack(MemorySegment tile, int h, int w, long atC) {
      for (int r = 0; r < h; r++) {
        long from = (long) bytes * nr * r;
        long to = atC + r * c.rowStep;
        if (bytes == Float.BYTES) {
          for (int q = 0; q < w; q++) {
            float value = tile.get(Memory.FLOAT, from + 4L * q);
            long at = to + q * c.columnStep;
            c.segment.set(Memory.FLOAT, at, add ? c.segment.get(Memory.FLOAT, at) + value : value);
          }
        } else {
          for (int q = 0; q < w; q++) {
            double value = tile.get(Memory.DOUBLE, from + 8L * q);
            long at = to + q * c.columnStep;
            c.segment.set(
                Memory.DOUBLE, at, add ? c.segment.get(Memory.DOUBLE, at) + value : value);
          }
        }
      }
    }
  }
}
