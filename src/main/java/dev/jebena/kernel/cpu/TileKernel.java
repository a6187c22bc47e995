package dev.jebena.kernel.cpu;

import java.lang.foreign.MemorySegment;

/**
 * The part of a matrix product that knows an element type and a kind of registers: how parts of A
 * and B are packed, and how one tile of C comes of them. {@link PackedProduct} is the loops around
 * it. Positions are counted in bytes.
 */
sealed interface TileKernel permits WideTiles, NarrowTiles, DoubleTiles {
  /** What f32 products use in this process. */
  TileKernel F32 = Lanes.registers() >= 32 ? new WideTiles() : new NarrowTiles();

  /** What f64 products use. */
  TileKernel F64 = new DoubleTiles();

  /** Rows of a tile. */
  int rows();

  /** Columns of a tile. */
  int columns();

  /** Bytes of an element. */
  int bytes();

  /** How the loops are cut for the caches. */
  Blocking blocking();

  /**
   * Sizes of blocks.
   *
   * @param depth largest K of a block, a multiple of 4 · {@link PackedProduct#STEPS}
   * @param rows most rows of A that one task goes over
   * @param columns most columns of B that are packed at a time
   * @param sliverOfBStays whether a sliver of B stays in the first-level cache while slivers of A
   *     pass by, rather than the other way round
   */
  record Blocking(int depth, int rows, int columns, boolean sliverOfBStays) {}

  /**
   * Packs one sliver: {@code out[k][r] = x[r][k]} for k below {@code depth}, r below {@code width},
   * and 0 for r up to {@code padded}. May write up to {@link PackedProduct#GAP} bytes of anything
   * behind the sliver, so that neighbours are packed in order.
   *
   * @param stepR bytes between neighbours along the short axis of x
   * @param stepK bytes between neighbours along the long axis of x
   * @param padded {@link #rows} or {@link #columns}
   */
  void pack(
      MemorySegment x,
      long atX,
      long stepR,
      long stepK,
      int width,
      int depth,
      MemorySegment out,
      long atOut,
      int padded);

  /**
   * {@code C = A·B}, or {@code C += A·B}, for one tile.
   *
   * @param atA where the packed sliver {@code [depth, rows]} begins
   * @param atB where the packed sliver {@code [depth, columns]} begins
   * @param depth a multiple of {@link PackedProduct#STEPS}
   * @param scratch of the calling thread, whose tile may be overwritten
   * @param rowC bytes between rows of C, whose columns are contiguous
   */
  void tile(
      MemorySegment a,
      long atA,
      MemorySegment b,
      long atB,
      int depth,
      boolean add,
      Scratch scratch,
      MemorySegment c,
      long atC,
      long rowC);

  /**
   * {@code C = A·B} for one tile of f32, into an array, whose rows lie one behind the other.
   *
   * @param at where the tile begins in {@code c}
   */
  default void tile(
      MemorySegment a,
      long atA,
      MemorySegment b,
      long atB,
      int depth,
      Scratch scratch,
      float[] c,
      int at) {
    long row = (long) Float.BYTES * columns();
    var spare = scratch.area(Scratch.TILE, row * rows());
    tile(a, atA, b, atB, depth, false, scratch, spare, 0, row);
    MemorySegment.copy(spare, Memory.FLOAT, 0, c, at, rows() * columns());
  }
}
