package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.BYTE;
import static dev.jebena.kernel.cpu.Memory.DOUBLE;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.LONG;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** One operand of a {@link Walk}, read or written a block at a time. */
final class Piece {
  final MemorySegment segment;

  /** Where not null, the operand is this number everywhere. */
  final Number constant;

  private final Walk walk;
  private final int index;
  private final DType dtype;
  private final Lane lane;
  private final long start;
  private final boolean native_;

  Piece(Walk walk, int index, Operand operand, Lane lane, Number constant) {
    this.walk = walk;
    this.index = index;
    this.segment = Memory.of(operand);
    this.dtype = operand.dtype();
    this.lane = lane;
    this.start = Memory.start(operand);
    this.constant = constant;
    this.native_ = lane.isNative(dtype);
  }

  /** Whether blocks can be used where they lie: within rows, or anywhere. */
  boolean isDirect(boolean byRow) {
    return native_ && (byRow ? walk.innerStride(index) == 1 : walk.isContiguous(index));
  }

  /** Whether the operand is one f32 number all along a row of the walk. */
  boolean isNumber() {
    return lane == Lane.F32 && (constant != null || native_ && walk.innerStride(index) == 0);
  }

  /** That number, in the row of a position. */
  float number(long position) {
    return constant == null
        ? segment.get(FLOAT, address(position))
        : (float) constant.doubleValue();
  }

  /** Byte offset of the element at a position of the walk. */
  long address(long position) {
    return start + walk.offset(index, position) * dtype.byteSize();
  }

  /** Copies n elements from a position on into a block of lanes. */
  void load(long position, MemorySegment block, long at, int n) {
    long inner = walk.inner();
    long step = walk.innerStride(index) * dtype.byteSize();
    for (int done = 0; done < n; ) {
      int run = (int) Math.min(n - done, inner - (position + done) % inner);
      long from = address(position + done);
      if (step == 0 && lane == Lane.F32 && run >= Lanes.F32.length()) {
        repeat(from, block, at + 4L * done, run);
        done += run;
        continue;
      }
      Staging.load(dtype, segment, from, step, block, at + (long) done * lane.byteSize(), run);
      done += run;
    }
  }

  /** A block of one element, as where a column is broadcast along rows. */
  private void repeat(long from, MemorySegment block, long at, int n) {
    Staging.load(dtype, segment, from, 0, block, at, 1);
    float value = block.get(FLOAT, at);
    var vector = FloatVector.broadcast(Lanes.F32, value);
    int i = 0;
    for (; i <= n - Lanes.F32.length(); i += Lanes.F32.length()) {
      vector.intoMemorySegment(block, at + 4L * i, Memory.ORDER);
    }
    for (; i < n; i++) {
      block.set(FLOAT, at + 4L * i, value);
    }
  }

  /** Copies n elements of a block to a position and on. */
  void store(long position, MemorySegment block, long at, int n) {
    long inner = walk.inner();
    long step = walk.innerStride(index) * dtype.byteSize();
    for (int done = 0; done < n; ) {
      int run = (int) Math.min(n - done, inner - (position + done) % inner);
      long to = address(position + done);
      Staging.store(dtype, block, at + (long) done * lane.byteSize(), segment, to, step, run);
      done += run;
    }
  }

  /** Fills a block with the constant. */
  void fill(MemorySegment block, long at, int n) {
    switch (lane) {
      case F32 -> {
        float value = (float) constant.doubleValue();
        for (int i = 0; i < n; i++) {
          block.set(FLOAT, at + 4L * i, value);
        }
      }
      case F64 -> {
        double value = constant.doubleValue();
        for (int i = 0; i < n; i++) {
          block.set(DOUBLE, at + 8L * i, value);
        }
      }
      case I64 -> {
        long value = constant.longValue();
        for (int i = 0; i < n; i++) {
          block.set(LONG, at + 8L * i, value);
        }
      }
      case BOOL -> {
        byte value = (byte) (constant.doubleValue() != 0 ? 1 : 0);
        for (int i = 0; i < n; i++) {
          block.set(BYTE, at + i, value);
        }
      }
    }
  }
}
