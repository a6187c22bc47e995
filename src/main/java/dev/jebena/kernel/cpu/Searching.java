package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import java.lang.foreign.MemorySegment;

/** Bisection: the place of each value in an ascending line. */
final class Searching {
  private final WorkerPool pool;

  Searching(WorkerPool pool) {
    this.pool = pool;
  }

  void searchSorted(Operand sorted, Operand values, boolean right, Operand out) {
    if (out.elements() == 0) {
      return;
    }
    var dtype = sorted.dtype();
    long length = sorted.layout().size(-1);
    long step = sorted.layout().stride(-1) * dtype.byteSize();
    long count = values.layout().size(-1);
    // leading axes walk together; the last is counted by hand, for sorted has another size there
    int last = values.layout().rank() - 1;
    var heads =
        Walk.rowMajor(
            Sorting.heads(out, last), Sorting.heads(values, last), Sorting.heads(sorted, last));
    long stepValues = values.layout().stride(-1) * dtype.byteSize();
    long stepOut = out.layout().stride(-1) * Long.BYTES;
    var line = Memory.of(sorted);
    var sought = Memory.of(values);
    var found = Memory.of(out);
    long elements = out.elements();
    int perTask = ElementWise.TASK / 16;
    pool.run(
        Math.toIntExact((elements + perTask - 1) / perTask),
        task -> {
          long end = Math.min(elements, (task + 1L) * perTask);
          for (long i = (long) task * perTask; i < end; i++) {
            long head = i / count;
            long j = i % count;
            long atLine = Memory.start(sorted) + heads.offset(2, head) * dtype.byteSize();
            long atValue =
                Memory.start(values) + heads.offset(1, head) * dtype.byteSize() + j * stepValues;
            long place =
                dtype.isFloat()
                    ? real(dtype, line, atLine, step, length, sought, atValue, right)
                    : whole(dtype, line, atLine, step, length, sought, atValue, right);
            long atOut = Memory.start(out) + heads.offset(0, head) * Long.BYTES + j * stepOut;
            found.set(Memory.LONG, atOut, place);
          }
        });
  }

  private static long real(
      DType dtype,
      MemorySegment line,
      long atLine,
      long step,
      long length,
      MemorySegment sought,
      long atValue,
      boolean right) {
    double value = Scalars.real(dtype, sought, atValue);
    long low = 0;
    long high = length;
    while (low < high) {
      long middle = (low + high) >>> 1;
      double element = Scalars.real(dtype, line, atLine + middle * step);
      if (right ? element > value : element >= value) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private static long whole(
      DType dtype,
      MemorySegment line,
      long atLine,
      long step,
      long length,
      MemorySegment sought,
      long atValue,
      boolean right) {
    long value = Scalars.whole(dtype, sought, atValue);
    long low = 0;
    long high = length;
    while (low < high) {
      long middle = (low + high) >>> 1;
      long element = Scalars.whole(dtype, line, atLine + middle * step);
      if (right ? element > value : element >= value) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
