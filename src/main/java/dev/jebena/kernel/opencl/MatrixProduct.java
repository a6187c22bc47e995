package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.util.Optional;

/**
 * Which kernel multiplies: {@code gemm.cl} what is large and f32, {@code skinny.cl} few rows,
 * {@code tensor_cores.cl} what {@link TensorCores} takes, {@code product.cl} everything else.
 * 16-bit floats are widened before and narrowed after, but for those of tensor cores.
 */
final class MatrixProduct {
  /** Multiplications below which the plain kernel is done before others have started. */
  private static final long SMALL = 512;

  private static final int SKINNY = 8;
  private static final int NR = 16;

  /** Sides of what a group makes of a result that is not large. */
  private static final int SMALL_TILE = 64;

  /** Work-items of a group that sums a column on a GPU. */
  private static final int DOT_GROUP = 64;

  private final Engine engine;
  private final Moves moves;
  private final Tuning tuning;
  private final TensorCores cores;

  MatrixProduct(Engine engine, Moves moves, Tuning tuning, TensorCores cores) {
    this.engine = engine;
    this.moves = moves;
    this.tuning = tuning;
    this.cores = cores;
  }

  void matmul(Operand a, Operand b, boolean accumulate, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    long work = out.elements() * a.shape().size(-1);
    if (work == 0 || work < SMALL || !isNarrow(out.dtype())) {
      plain(a, b, accumulate, out);
      return;
    }
    boolean few = out.shape().size(-2) <= SKINNY; // bound by reading b, in whatever way
    var tiles = few ? Optional.<TensorCores.Tiles>empty() : cores.tiles(out.dtype());
    if (tiles.isPresent()) {
      tiled(a, b, accumulate, out, tiles.get());
    } else if (out.dtype() == DType.F32) {
      multiply(a, b, accumulate, out);
    } else {
      widened(a, b, accumulate, out);
    }
  }

  private static boolean isNarrow(DType dtype) {
    return dtype == DType.F32 || dtype == DType.F16 || dtype == DType.BF16;
  }

  private void widened(Operand a, Operand b, boolean accumulate, Operand out) {
    var wideA = wide(a);
    var wideB = wide(b);
    var wideOut = accumulate ? wide(out) : engine.scratch(DType.F32, out.shape());
    multiply(wideA, wideB, accumulate, wideOut);
    moves.copy(wideOut, out);
    wideA.buffer().release();
    wideB.buffer().release();
    wideOut.buffer().release();
  }

  private Operand wide(Operand x) {
    var wide = engine.scratch(DType.F32, x.shape());
    moves.copy(x, wide);
    return wide;
  }

  /** f32. */
  private void multiply(Operand a, Operand b, boolean accumulate, Operand out) {
    if (out.shape().size(-2) <= SKINNY && skinny(a, b, accumulate, out)) {
      return;
    }
    if (engine.processor()) {
      packed(a, b, accumulate, out);
    } else {
      tiled(a, b, accumulate, out, tiles(out));
    }
  }

  /** The first element of every matrix. */
  private static Operand corner(Operand x) {
    var layout = x.layout();
    var shape = layout.shape().with(-1, 1).with(-2, 1);
    return x.with(Layout.of(shape, layout.strides(), layout.offset()));
  }

  private static boolean hasUnitStride(Operand x, int axis) {
    return x.layout().stride(axis) == 1 || x.shape().size(axis) == 1;
  }

  // ---- few rows -------------------------------------------------------------------------------

  private boolean skinny(Operand a, Operand b, boolean accumulate, Operand out) {
    boolean dots = hasUnitStride(b, -2) && hasUnitStride(a, -1);
    if (!dots && !hasUnitStride(b, -1)) {
      return false;
    }
    int m = (int) out.shape().size(-2);
    long n = out.shape().size(-1);
    long k = a.shape().size(-1);
    int items = engine.processor() ? 1 : DOT_GROUP;
    var macros = "-DM=%d -DW=%d -DITEMS=%d".formatted(m, engine.width(), items);
    Operand[] starts = {corner(out), corner(a), corner(b)};
    Walk.over(starts)
        .forEach(
            starts,
            piece -> {
              long batches = piece.units(1);
              var launch =
                  engine
                      .launch("skinny", macros, dots ? "dots" : "rows")
                      .operand(a, piece.offsets()[1])
                      .operand(b, piece.offsets()[2])
                      .operand(out, piece.offsets()[0])
                      .integers(accumulate ? 1 : 0)
                      .integers((int) n)
                      .integers((int) k);
              long columns = columnsOfGroup(n * batches);
              if (dots) {
                launch.integers((int) columns);
              }
              batches(launch, piece).longs(a.layout().stride(-2));
              if (dots) {
                launch
                    .longs(b.layout().stride(-1))
                    .longs(out.layout().stride(-2))
                    .longs(out.layout().stride(-1))
                    .run(new long[] {(n + columns - 1) / columns, batches}, items, 1);
                return;
              }
              long perGroup = (long) engine.width() * engine.group();
              launch
                  .longs(a.layout().stride(-1))
                  .longs(b.layout().stride(-2))
                  .longs(out.layout().stride(-2))
                  .longs(out.layout().stride(-1))
                  .run(new long[] {(n + perGroup - 1) / perGroup, batches}, engine.group(), 1);
            });
    return true;
  }

  /** On a processor enough for a task, on a GPU one. */
  private long columnsOfGroup(long all) {
    return engine.processor()
        ? Math.clamp(all / (8L * engine.queue().device().computeUnits()), 1, 64)
        : 1;
  }

  /** The axes of batches of out, a and b. */
  private static Launch batches(Launch launch, Walk.Piece piece) {
    return launch
        .integers(piece.inner())
        .integers(piece.sizes())
        .longs(piece.strides()[1])
        .longs(piece.strides()[2])
        .longs(piece.strides()[0])
        .longs(piece.innerStrides()[1], piece.innerStrides()[2], piece.innerStrides()[0], 0);
  }

  // ---- processors -----------------------------------------------------------------------------

  private void packed(Operand a, Operand b, boolean accumulate, Operand out) {
    long m = out.shape().size(-2);
    long n = out.shape().size(-1);
    long k = a.shape().size(-1);
    int mr = tuning.rows();
    var panelsA = pack(a, -2, -1, mr);
    var panelsB = pack(b, -1, -2, NR);
    long tiles = (m + mr - 1) / mr;
    long chunk = Math.clamp(1024L * tuning.chunkKib() / (4L * mr * k), 1, tiles);
    long chunks = (tiles + chunk - 1) / chunk;
    long columns = (n + NR - 1) / NR;
    long[] done = {0};
    Operand[] starts = {corner(out)};
    // in the order in which the operands' batches were packed
    Walk.rowMajor(starts)
        .forEach(
            starts,
            piece -> {
              long batches = piece.units(1);
              engine
                  .launch("gemm", macros(NR), "multiply")
                  .operand(panelsA, done[0] * tiles * mr * k)
                  .operand(panelsB, done[0] * columns * NR * k)
                  .operand(out, piece.offsets()[0])
                  .integers(accumulate ? 1 : 0)
                  .integers((int) m)
                  .integers((int) n)
                  .integers((int) k)
                  .integers((int) chunk)
                  .integers(piece.inner())
                  .integers(piece.sizes())
                  .longs(piece.strides()[0])
                  .longs(piece.innerStrides()[0], 0)
                  .longs(out.layout().stride(-2))
                  .longs(out.layout().stride(-1))
                  .run(batches * chunks * columns, 1);
              done[0] += batches;
            });
    panelsA.buffer().release();
    panelsB.buffer().release();
  }

  private String macros(int r) {
    return "-DMR=" + tuning.rows() + " -DR=" + r;
  }

  /** All batches of a matrix in panels of r along one axis, to be released by the caller. */
  private Operand pack(Operand x, int axis, int axisK, int r) {
    long size = x.shape().size(axis);
    long k = x.shape().size(axisK);
    long panels = (size + r - 1) / r;
    var start = corner(x);
    var packed = engine.scratch(DType.F32, Shape.of(start.elements(), panels, k, r));
    long stepsOfItem = Math.min(k, 256);
    long parts = (k + stepsOfItem - 1) / stepsOfItem;
    long[] done = {0};
    Walk.rowMajor(start)
        .forEach(
            new Operand[] {start},
            piece -> {
              long batches = piece.units(1);
              engine
                  .launch("gemm", macros(r), "pack")
                  .operand(x, piece.offsets()[0])
                  .operand(packed, done[0] * panels * k * r)
                  .integers((int) size)
                  .integers((int) k)
                  .integers((int) panels)
                  .integers((int) stepsOfItem)
                  .integers(piece.inner())
                  .integers(piece.sizes())
                  .longs(piece.strides()[0])
                  .longs(piece.innerStrides()[0], 0)
                  .longs(x.layout().stride(axis))
                  .longs(x.layout().stride(axisK))
                  .run(batches * panels * parts, 1);
              done[0] += batches;
            });
    return packed;
  }

  // ---- GPUs -----------------------------------------------------------------------------------

  private TensorCores.Tiles tiles(Operand out) {
    boolean large =
        out.shape().size(-2) >= tuning.large() && out.shape().size(-1) >= tuning.large();
    int tile = large ? tuning.tile() : SMALL_TILE;
    var macros = "-DTILE=%d -DSUB=%d".formatted(tile, tile / 16);
    return new TensorCores.Tiles("gemm", macros, tile, 256);
  }

  private void tiled(
      Operand a, Operand b, boolean accumulate, Operand out, TensorCores.Tiles tiles) {
    var left = hasUnitStride(a, -1) || hasUnitStride(a, -2) ? a : moves.contiguous(a);
    var right = hasUnitStride(b, -1) || hasUnitStride(b, -2) ? b : moves.contiguous(b);
    long m = out.shape().size(-2);
    long n = out.shape().size(-1);
    long k = a.shape().size(-1);
    long side = tiles.side();
    Operand[] starts = {corner(out), corner(left), corner(right)};
    Walk.over(starts)
        .forEach(
            starts,
            piece -> {
              var launch =
                  engine
                      .launch(tiles.program(), tiles.macros(), "multiply_tiles")
                      .operand(left, piece.offsets()[1])
                      .operand(right, piece.offsets()[2])
                      .operand(out, piece.offsets()[0])
                      .integers(accumulate ? 1 : 0)
                      .integers((int) m)
                      .integers((int) n)
                      .integers((int) k);
              batches(launch, piece)
                  .longs(
                      left.layout().stride(-2),
                      left.layout().stride(-1),
                      right.layout().stride(-2),
                      right.layout().stride(-1),
                      out.layout().stride(-2),
                      out.layout().stride(-1),
                      0,
                      0)
                  .run(
                      new long[] {
                        ((m + side - 1) / side) * ((n + side - 1) / side), piece.units(1)
                      },
                      tiles.group(),
                      1);
            });
    Moves.releaseIfCopy(left, a);
    Moves.releaseIfCopy(right, b);
  }

  // ---- everything else ------------------------------------------------------------------------

  private void plain(Operand a, Operand b, boolean accumulate, Operand out) {
    long m = out.shape().size(-2);
    long n = out.shape().size(-1);
    long k = a.shape().size(-1);
    Operand[] starts = {corner(out), corner(a), corner(b)};
    Walk.over(starts)
        .forEach(
            starts,
            piece -> {
              long batches = piece.units(1);
              engine
                  .launch("product", "", "product")
                  .operand(a, piece.offsets()[1])
                  .operand(b, piece.offsets()[2])
                  .operand(out, piece.offsets()[0])
                  .integers(out.dtype().ordinal())
                  .integers(accumulate ? 1 : 0)
                  .integers((int) m)
                  .integers((int) n)
                  .integers((int) k)
                  .integers((int) batches)
                  .integers(piece.inner())
                  .integers(piece.sizes())
                  .longs(piece.strides()[1])
                  .longs(piece.strides()[2])
                  .longs(piece.strides()[0])
                  .longs(
                      a.layout().stride(-2),
                      a.layout().stride(-1),
                      b.layout().stride(-2),
                      b.layout().stride(-1),
                      out.layout().stride(-2),
                      out.layout().stride(-1),
                      0,
                      0)
                  .longs(
                      piece.innerStrides()[1], piece.innerStrides()[2], piece.innerStrides()[0], 0)
                  .run(m * n * batches, engine.group());
            });
  }
}
