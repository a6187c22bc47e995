package dev.jebena.kernel.cpu;

import java.lang.foreign.MemorySegment;

/**
 * One matrix product {@code [M, K] · [K, N]} of any strides, blocked for the caches (Goto and van
 * de Geijn, "Anatomy of high-performance matrix multiplication", 2008; Van Zee and van de Geijn,
 * "BLIS", 2015). A and a panel of B are packed once, by all threads; then the tiles of C are shared
 * out in rectangles. A rectangle goes through all blocks of K that are packed before the next one
 * begins: it stays in the second-level cache meanwhile, where otherwise each tile would wait for
 * its part of C to come from memory. Most matrices are packed with all of their depth.
 *
 * <p>K is cut into nearly equal blocks and never shared out: each element of C is the sum of its
 * blocks in order, and within a block the sum over k in order, whatever the tiles and threads.
 */
final class PackedProduct {
  /** Rows of A that are packed at a time. */
  private static final int MOST_ROWS = 4096 / 48 * 48;

  /** Bytes of A and B that are packed at a time, unless one block of K is more. */
  private static final long MOST_BYTES = 24 << 20;

  /** Slivers that one task packs. */
  private static final int SLIVERS = 4;

  /** Rectangles of C, so that two threads end nearly at once. */
  private static final int TASKS = 16;

  /** Bytes behind each sliver of A that packing may overwrite; keeps slivers aligned. */
  static final int GAP = 64;

  /** The depth of slivers is a multiple of it, with zeros at the end. */
  static final int STEPS = 2;

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
    int deep = even(depth, blocking.depth(), 4 * STEPS);
    long perBlock = (long) bytes * deep * (height + width);
    int together = Math.clamp(MOST_BYTES / perBlock, 1, parts(depth, deep));
    long slice = (long) together * deep;
    var scratch = pool.scratch();
    long gaps = (long) together * parts(height, mr) * GAP;
    var packedA = scratch.area(Scratch.PACKED_A, height * bytes * slice + gaps);
    var packedB = scratch.area(Scratch.PACKED_B, width * bytes * slice);
    for (int i = 0; i < m; i += height) {
      for (int k = 0; k < depth; k += (int) slice) {
        for (int j = 0; j < n; j += width) {
          int rows = Math.min(height, m - i);
          int columns = Math.min(width, n - j);
          int last = (int) Math.min(depth, k + slice);
          new Block(i, rows, j, columns, k, last, deep, packedA, packedB).run(parallel, j == 0);
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

  /**
   * What a block of rows of A and a panel of B add to C, for k from {@code first} to {@code last}
   * in steps of {@code deep}.
   */
  private final class Block {
    private final int i;
    private final int rows;
    private final int j;
    private final int columns;
    private final int first;
    private final int last;
    private final int deep;
    private final MemorySegment packedA;
    private final MemorySegment packedB;

    /** Bytes of a packed sliver, and of all slivers for one step of k. */
    private final long sliverA;

    private final long sliverB;
    private final long stepA;
    private final long stepB;

    Block(
        int i,
        int rows,
        int j,
        int columns,
        int first,
        int last,
        int deep,
        MemorySegment packedA,
        MemorySegment packedB) {
      this.i = i;
      this.rows = rows;
      this.j = j;
      this.columns = columns;
      this.first = first;
      this.last = last;
      this.deep = deep;
      this.packedA = packedA;
      this.packedB = packedB;
      this.sliverA = (long) mr * bytes * deep + GAP;
      this.sliverB = (long) nr * bytes * deep;
      this.stepA = parts(rows, mr) * sliverA;
      this.stepB = parts(columns, nr) * sliverB;
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

    private long atA(int k, int sliver) {
      return (k - first) / deep * stepA + sliver * sliverA;
    }

    private long atB(int k, int sliver) {
      return (k - first) / deep * stepB + sliver * sliverB;
    }

    /** How deep slivers at k are: less at the end of the matrices. */
    private int deepAt(int k) {
      return Math.min(deep, last - k);
    }

    private int paddedAt(int k) {
      return (deepAt(k) + STEPS - 1) / STEPS * STEPS;
    }

    /** Zeros behind what was packed of a sliver. */
    private void pad(MemorySegment panel, long at, int k, int width) {
      int from = deepAt(k);
      int to = paddedAt(k);
      if (from < to) {
        long row = (long) width * bytes;
        panel.asSlice(at + from * row, (to - from) * row).fill((byte) 0);
      }
    }

    private void packA(int begin, int end) {
      for (int k = first; k < last; k += deep) {
        for (int sliver = begin; sliver < end; sliver++) {
          int row = sliver * mr;
          long from = a.at + (i + row) * a.rowStep + k * a.columnStep;
          long to = atA(k, sliver);
          int w = Math.min(mr, rows - row);
          kernel.pack(a.segment, from, a.rowStep, a.columnStep, w, deepAt(k), packedA, to, mr);
          pad(packedA, to, k, mr);
        }
      }
    }

    private void packB(int begin, int end) {
      for (int k = first; k < last; k += deep) {
        for (int sliver = begin; sliver < end; sliver++) {
          int column = sliver * nr;
          long from = b.at + k * b.rowStep + (j + column) * b.columnStep;
          long to = atB(k, sliver);
          int w = Math.min(nr, columns - column);
          kernel.pack(b.segment, from, b.columnStep, b.rowStep, w, deepAt(k), packedB, to, nr);
          pad(packedB, to, k, nr);
        }
      }
    }

    /** The rectangle of some slivers of A and some of B. */
    private void tiles(int firstA, int lastA, int firstB, int lastB) {
      var scratch = pool.scratch();
      for (int k = first; k < last; k += deep) {
        if (kernel.blocking().sliverOfBStays()) {
          for (int s = firstB; s < lastB; s++) {
            for (int r = firstA; r < lastA; r++) {
              tile(k, r, s, scratch);
            }
          }
        } else {
          for (int r = firstA; r < lastA; r++) {
            for (int s = firstB; s < lastB; s++) {
              tile(k, r, s, scratch);
            }
          }
        }
      }
      if (finish != null && last == depth) {
        int row = firstA * mr;
        int column = firstB * nr;
        int height = Math.min(lastA * mr, rows) - row;
        int width = Math.min(lastB * nr, columns) - column;
        finish.run(i + row, height, j + column, width);
      }
    }

    private void tile(int k, int r, int s, Scratch scratch) {
      int row = r * mr;
      int column = s * nr;
      int h = Math.min(mr, rows - row);
      int w = Math.min(nr, columns - column);
      long atC = c.at + (i + row) * c.rowStep + (j + column) * c.columnStep;
      boolean add = accumulate || k > 0;
      long atA = atA(k, r);
      long atB = atB(k, s);
      int padded = paddedAt(k);
      if (direct && w == nr && h == mr) {
        kernel.tile(packedA, atA, packedB, atB, padded, add, scratch, c.segment, atC, c.rowStep);
      } else {
        long rowStep = (long) bytes * nr;
        var spare = scratch.area(Scratch.TILE, mr * rowStep);
        kernel.tile(packedA, atA, packedB, atB, padded, false, scratch, spare, 0, rowStep);
        unpack(spare, h, w, add, atC);
      }
    }

    /** Brings a tile at an edge, or of a transposed C, to its place. */
    private void unpack(MemorySegment tile, int h, int w, boolean add, long atC) {
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
