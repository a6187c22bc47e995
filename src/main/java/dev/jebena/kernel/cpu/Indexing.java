package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.ScatterOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import java.lang.foreign.MemorySegment;

/**
 * Look-ups by index and the additions that are their gradients. Additions are shared out by the
 * places they go to, so that no two threads write one element and each adds in the order of the
 * indices.
 */
final class Indexing {
  /** Elements of a slice that one task of {@link #indexAdd} owns. */
  private static final int SLICE = 128;

  private final WorkerPool pool;

  Indexing(WorkerPool pool) {
    this.pool = pool;
  }

  private static long checked(String operation, long index, int axis, Operand indexed) {
    long size = indexed.layout().size(axis);
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(
          operation
              + ": index "
              + index
              + " is out of range for axis "
              + axis
              + " of size "
              + size
              + " (shape "
              + indexed.shape()
              + ")");
    }
    return index;
  }

  private static long[] indices(String operation, Operand index, int axis, Operand indexed) {
    long[] indices = new long[Math.toIntExact(index.elements())];
    var segment = Memory.of(index);
    int size = index.dtype().byteSize();
    long step = index.layout().rank() == 0 ? 0 : index.layout().stride(0) * size;
    for (int i = 0; i < indices.length; i++) {
      long value = Scalars.whole(index.dtype(), segment, Memory.start(index) + i * step);
      indices[i] = checked(operation, value, axis, indexed);
    }
    return indices;
  }

  private static Operand without(Operand operand, int axis) {
    Layout layout = operand.layout();
    return operand.with(Layout.of(layout.shape().with(axis, 1), layout.strides(), layout.offset()));
  }

  void indexSelect(Operand x, int axis, Operand index, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    long[] indices = indices("indexSelect", index, axis, x);
    var slice = Walk.of(without(out, axis), without(x, axis));
    int size = x.dtype().byteSize();
    long strideX = x.layout().stride(axis) * size;
    long strideOut = out.layout().stride(axis) * size;
    var from = Memory.of(x);
    var to = Memory.of(out);
    boolean runs = slice.innerStride(0) == 1 && slice.innerStride(1) == 1;
    int perTask = (int) Math.max(1, ElementWise.TASK / slice.elements());
    pool.run(
        (indices.length + perTask - 1) / perTask,
        task -> {
          int last = (int) Math.min(indices.length, (task + 1L) * perTask);
          for (int j = task * perTask; j < last; j++) {
            long atX = Memory.start(x) + indices[j] * strideX;
            long atOut = Memory.start(out) + j * strideOut;
            long run = runs ? slice.inner() : 1;
            for (long p = 0; p < slice.elements(); p += run) {
              long source = atX + slice.offset(1, p) * size;
              long target = atOut + slice.offset(0, p) * size;
              if (runs) {
                MemorySegment.copy(from, source, to, target, run * size);
              } else {
                Scalars.move(size, from, source, to, target);
              }
            }
          }
        });
  }

  void gather(Operand x, int axis, Operand index, Operand out) {
    long elements = out.elements();
    if (elements == 0) {
      return;
    }
    long[] strides = x.layout().strides();
    int a = axis < 0 ? axis + strides.length : axis;
    long strideX = strides[a];
    strides[a] = 0;
    var lines = x.with(Layout.of(out.shape(), strides, x.layout().offset()));
    var walk = Walk.of(out, index, lines);
    int size = x.dtype().byteSize();
    var from = Memory.of(x);
    var to = Memory.of(out);
    var indices = Memory.of(index);
    pool.run(
        tasks(elements),
        task -> {
          long last = Math.min(elements, (task + 1L) * ElementWise.TASK);
          for (long p = (long) task * ElementWise.TASK; p < last; p++) {
            long at = Memory.start(index) + walk.offset(1, p) * index.dtype().byteSize();
            long found = checked("gather", Scalars.whole(index.dtype(), indices, at), axis, x);
            long source = Memory.start(x) + (walk.offset(2, p) + found * strideX) * size;
            long target = Memory.start(out) + walk.offset(0, p) * size;
            Scalars.move(size, from, source, to, target);
          }
        });
  }

  private static int tasks(long elements) {
    return Math.toIntExact((elements + ElementWise.TASK - 1) / ElementWise.TASK);
  }

  void scatter(ScatterOp op, Operand index, Operand source, int axis, Operand out) {
    if (source.elements() == 0) {
      return;
    }
    // Lines of the source only: where it is smaller than out, the rest of out is not touched.
    var heads = without(source, axis);
    var target = out.with(Layout.of(heads.shape(), out.layout().strides(), out.layout().offset()));
    var walk = Walk.of(target, heads, without(index, axis));
    long length = source.layout().size(axis);
    int size = out.dtype().byteSize();
    long stepSource = source.layout().stride(axis) * size;
    long stepIndex = index.layout().stride(axis) * index.dtype().byteSize();
    long stepOut = out.layout().stride(axis) * size;
    var values = Memory.of(source);
    var indices = Memory.of(index);
    var sums = Memory.of(out);
    long lines = walk.elements();
    long perTask = Math.max(1, ElementWise.TASK / 4 / length);
    pool.run(
        Math.toIntExact((lines + perTask - 1) / perTask),
        task -> {
          long last = Math.min(lines, (task + 1) * perTask);
          for (long line = task * perTask; line < last; line++) {
            long atOut = Memory.start(out) + walk.offset(0, line) * size;
            long atSource = Memory.start(source) + walk.offset(1, line) * size;
            long atIndex = Memory.start(index) + walk.offset(2, line) * index.dtype().byteSize();
            for (long j = 0; j < length; j++) {
              long found = Scalars.whole(index.dtype(), indices, atIndex + j * stepIndex);
              long to = atOut + checked(op.operation(), found, axis, out) * stepOut;
              combine(op, out.dtype(), sums, to, values, atSource + j * stepSource);
            }
          }
        });
  }

  private static void combine(
      ScatterOp op, DType dtype, MemorySegment out, long to, MemorySegment source, long from) {
    if (op == ScatterOp.SET) {
      Scalars.move(dtype.byteSize(), source, from, out, to);
    } else if (dtype.isFloat()) {
      double old = Scalars.real(dtype, out, to);
      double value = Scalars.real(dtype, source, from);
      double combined =
          switch (op) {
            case SET -> value;
            case ADD -> old + value;
            case MUL -> old * value;
            case MAX -> Math.max(old, value);
            case MIN -> Math.min(old, value);
          };
      Scalars.setReal(dtype, out, to, combined);
    } else {
      long old = Scalars.whole(dtype, out, to);
      long value = Scalars.whole(dtype, source, from);
      long combined =
          switch (op) {
            case SET -> value;
            case ADD -> old + value;
            case MUL -> old * value;
            case MAX -> Math.max(old, value);
            case MIN -> Math.min(old, value);
          };
      Scalars.setWhole(dtype, out, to, combined);
    }
  }

  void wrapIndex(Operand index, int axis, long size, Operand out) {
    long elements = out.elements();
    if (elements == 0) {
      return;
    }
    var walk = Walk.of(out, index);
    var from = Memory.of(index);
    var to = Memory.of(out);
    pool.run(
        tasks(elements),
        task -> {
          long last = Math.min(elements, (task + 1L) * ElementWise.TASK);
          for (long p = (long) task * ElementWise.TASK; p < last; p++) {
            long at = Memory.start(index) + walk.offset(1, p) * index.dtype().byteSize();
            long found = wrapped(Scalars.whole(index.dtype(), from, at), axis, size);
            long target = Memory.start(out) + walk.offset(0, p) * out.dtype().byteSize();
            Scalars.setWhole(out.dtype(), to, target, found);
          }
        });
  }

  private static long wrapped(long index, int axis, long size) {
    if (index < -size || index >= size) {
      throw new IndexOutOfBoundsException(
          "index "
              + index
              + " is out of range for axis "
              + axis
              + " of size "
              + size
              + " (valid: "
              + -size
              + " to "
              + (size - 1)
              + ")");
    }
    return index < 0 ? index + size : index;
  }

  void indexAdd(Operand index, Operand source, int axis, Operand out) {
    if (source.elements() == 0) {
      return;
    }
    long[] indices = indices("indexAdd", index, axis, out);
    var slice = Walk.of(without(out, axis), without(source, axis));
    int size = out.dtype().byteSize();
    long strideSource = source.layout().stride(axis) * size;
    long strideOut = out.layout().stride(axis) * size;
    var values = Memory.of(source);
    var sums = Memory.of(out);
    boolean runs =
        out.dtype() == DType.F32 && slice.innerStride(0) == 1 && slice.innerStride(1) == 1;
    long elements = slice.elements();
    long inner = slice.inner();
    pool.run(
        Math.toIntExact((elements + SLICE - 1) / SLICE),
        task -> {
          long first = (long) task * SLICE;
          long last = Math.min(elements, first + SLICE);
          for (int j = 0; j < indices.length; j++) {
            long atSource = Memory.start(source) + j * strideSource;
            long atOut = Memory.start(out) + indices[j] * strideOut;
            for (long p = first; p < last; ) {
              long from = atSource + slice.offset(1, p) * size;
              long to = atOut + slice.offset(0, p) * size;
              if (runs) {
                int n = (int) Math.min(last - p, inner - p % inner);
                F32Binary.add(sums, to, values, from, sums, to, n);
                p += n;
              } else {
                combine(ScatterOp.ADD, out.dtype(), sums, to, values, from);
                p++;
              }
            }
          }
        });
  }
}
