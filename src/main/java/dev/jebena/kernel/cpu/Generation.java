package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.DOUBLE;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.LONG;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.RandomOp;
import dev.jebena.memory.BernoulliBits;
import dev.jebena.memory.BoxMuller;
import dev.jebena.memory.DType;
import dev.jebena.memory.Philox;
import dev.jebena.memory.StochasticRounding;
import dev.jebena.memory.TruncatedNormal;
import java.lang.foreign.MemorySegment;

/** Kernels whose output depends on the position alone: sequences and random numbers. */
final class Generation {
  private static final int BLOCK = ElementWise.BLOCK;
  private static final int TASK = ElementWise.TASK / 4;

  private final WorkerPool pool;

  Generation(WorkerPool pool) {
    this.pool = pool;
  }

  void arange(Operand out, Number start, Number step) {
    double realStart = start.doubleValue();
    double realStep = step.doubleValue();
    long wholeStart = start.longValue();
    long wholeStep = step.longValue();
    var dtype = out.dtype();
    var segment = Memory.of(out);
    long stride = out.layout().rank() == 0 ? 0 : out.layout().stride(0) * dtype.byteSize();
    for (long i = 0; i < out.elements(); i++) {
      long at = Memory.start(out) + i * stride;
      if (dtype.isFloat()) {
        Scalars.setReal(dtype, segment, at, realStart + i * realStep);
      } else {
        Scalars.setWhole(dtype, segment, at, wholeStart + i * wholeStep);
      }
    }
  }

  void random(RandomOp op, long seed, long counter, double a, double b, Operand out) {
    long elements = out.elements();
    if (elements == 0) {
      return;
    }
    var lane = Lane.of(out.dtype());
    var walk = Walk.rowMajor(out);
    var piece = new Piece(walk, 0, out, lane, null);
    pool.run(
        Math.toIntExact((elements + TASK - 1) / TASK),
        task -> {
          var block = pool.scratch().area(Scratch.BLOCKS, 8L * BLOCK);
          long last = Math.min(elements, (task + 1L) * TASK);
          for (long from = (long) task * TASK; from < last; from += BLOCK) {
            int n = (int) Math.min(BLOCK, last - from);
            draw(op, seed, counter + op.blocks(from), a, b, out.dtype(), block, n);
            piece.store(from, block, 0, n);
          }
        });
  }

  /** Bound by the random bits: a block of four words for four elements. */
  void round(Operand x, long seed, long counter, Operand out) {
    long elements = out.elements();
    if (elements == 0) {
      return;
    }
    var walk = Walk.rowMajor(out, x);
    var target = new Piece(walk, 0, out, Lane.of(out.dtype()), null);
    var source = new Piece(walk, 1, x, Lane.of(x.dtype()), null);
    boolean wide = x.dtype() == DType.F64;
    pool.run(
        Math.toIntExact((elements + TASK - 1) / TASK),
        task -> {
          var block = pool.scratch().area(Scratch.BLOCKS, 12L * BLOCK);
          int[] words = new int[4];
          long last = Math.min(elements, (task + 1L) * TASK);
          for (long from = (long) task * TASK; from < last; from += BLOCK) {
            int n = (int) Math.min(BLOCK, last - from);
            source.load(from, block, 4L * BLOCK, n);
            for (int i = 0; i < n; i++) {
              if (i % 4 == 0) { // blocks of elements begin at multiples of four
                Philox.block(seed, counter + (from + i) / 4, words);
              }
              double value =
                  wide
                      ? block.get(DOUBLE, 4L * BLOCK + 8L * i)
                      : block.get(FLOAT, 4L * BLOCK + 4L * i);
              double rounded = StochasticRounding.round(out.dtype(), value, words[i % 4]);
              block.set(FLOAT, 4L * i, (float) rounded);
            }
            target.store(from, block, 0, n);
          }
        });
  }

  /** Fills a block of lanes that begins at an even position. */
  private static void draw(
      RandomOp op,
      long seed,
      long counter,
      double a,
      double b,
      DType dtype,
      MemorySegment block,
      int n) {
    if (op == RandomOp.BERNOULLI) {
      bernoulli(seed, counter, a, dtype, block, n);
      return;
    }
    int[] words = new int[4];
    for (int i = 0; i < n; i += 2) {
      Philox.block(seed, counter + i / 2, words);
      double first = Philox.toUnitDouble(words[0], words[1]);
      double second = Philox.toUnitDouble(words[2], words[3]);
      switch (op) {
        case UNIFORM -> {
          set(dtype, block, i, belowEnd(dtype, a, b, first));
          set(dtype, block, i + 1, belowEnd(dtype, a, b, second));
        }
        case NORMAL -> {
          double radius = BoxMuller.radius(first);
          set(dtype, block, i, a + b * (radius * BoxMuller.cosine(second)));
          set(dtype, block, i + 1, a + b * (radius * BoxMuller.sine(second)));
        }
        case TRUNCATED_NORMAL -> {
          set(dtype, block, i, TruncatedNormal.quantile(first, a, b));
          set(dtype, block, i + 1, TruncatedNormal.quantile(second, a, b));
        }
        case BERNOULLI -> throw new IllegalStateException("drawn in groups");
        case INTEGER -> {
          set(dtype, block, i, Math.floor(a + (b - a) * first));
          set(dtype, block, i + 1, Math.floor(a + (b - a) * second));
        }
      }
    }
  }

  private static void bernoulli(
      long seed, long counter, double p, DType dtype, MemorySegment block, int n) {
    int threshold = BernoulliBits.threshold(p);
    int[] words = new int[BernoulliBits.GROUP];
    for (int i = 0; i < n; i++) {
      int inGroup = i % BernoulliBits.GROUP;
      if (inGroup == 0) {
        BernoulliBits.group(seed, counter + RandomOp.BERNOULLI.blocks(i), words);
      }
      set(dtype, block, i, BernoulliBits.drawn(words[inGroup], threshold) ? 1 : 0);
    }
  }

  /** Rounding must not reach the open end of the interval. */
  private static double belowEnd(DType dtype, double a, double b, double unit) {
    double value = a + (b - a) * unit;
    return Scalars.rounded(dtype, value) >= b ? a : value;
  }

  private static void set(DType dtype, MemorySegment block, int i, double value) {
    switch (Lane.of(dtype)) {
      case F32 -> block.set(FLOAT, 4L * i, (float) value);
      case F64 -> block.set(DOUBLE, 8L * i, value);
      case I64 -> block.set(LONG, 8L * i, (long) value);
      case BOOL -> block.set(Memory.BYTE, i, (byte) (value != 0 ? 1 : 0));
    }
  }
}
