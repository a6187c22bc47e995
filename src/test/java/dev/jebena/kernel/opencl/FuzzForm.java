package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * How an operand lies.
 *
 * @param order of its axes from the slowest to the fastest, by the ranks of these numbers
 * @param step between neighbours of the fastest axis
 * @param gap elements behind each run of an axis
 * @param reversed axes, a bit each
 * @param broadcast axes, a bit each; inputs only
 * @param offset of the first element
 */
record FuzzForm(List<Integer> order, int step, int gap, int reversed, int broadcast, int offset) {
  private static final int MOST = 8;

  static FuzzForm draw(Random random) {
    var order = new ArrayList<>(IntStream.range(0, MOST).boxed().toList());
    if (random.nextBoolean()) {
      Collections.shuffle(order, random);
    }
    return new FuzzForm(
        List.copyOf(order),
        random.nextInt(4) == 0 ? 2 : 1,
        random.nextInt(3) == 0 ? 3 : 0,
        random.nextInt(3) == 0 ? random.nextInt(256) : 0,
        random.nextInt(3) == 0 ? random.nextInt(256) : 0,
        random.nextInt(3) == 0 ? random.nextInt(5) : 0);
  }

  List<FuzzForm> simpler() {
    var plain = IntStream.range(0, MOST).boxed().toList();
    var all = new ArrayList<FuzzForm>();
    all.add(new FuzzForm(plain, 1, 0, 0, 0, 0));
    all.add(new FuzzForm(plain, step, gap, reversed, broadcast, offset));
    all.add(new FuzzForm(order, 1, gap, reversed, broadcast, offset));
    all.add(new FuzzForm(order, step, 0, reversed, broadcast, offset));
    all.add(new FuzzForm(order, step, gap, 0, broadcast, offset));
    all.add(new FuzzForm(order, step, gap, reversed, 0, offset));
    all.add(new FuzzForm(order, step, gap, reversed, broadcast, 0));
    for (int bit = 1; bit < 1 << MOST; bit <<= 1) {
      all.add(new FuzzForm(order, step, gap, reversed & ~bit, broadcast, offset));
      all.add(new FuzzForm(order, step, gap, reversed, broadcast & ~bit, offset));
    }
    all.removeIf(this::equals);
    return all;
  }

  /** For operands that lack an axis. */
  FuzzForm without(int axis) {
    var rest = new ArrayList<>(order);
    rest.add(rest.remove(axis));
    return new FuzzForm(
        List.copyOf(rest), step, gap, drop(reversed, axis), drop(broadcast, axis), offset);
  }

  private static int drop(int bits, int at) {
    int below = (1 << at) - 1;
    return bits & below | (bits >> 1) & ~below;
  }

  Layout layout(Shape shape, boolean input) {
    int rank = shape.rank();
    var axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    axes.sort((a, b) -> Integer.compare(order.get(a), order.get(b)));
    long[] strides = new long[rank];
    long stride = step;
    long at = offset;
    for (int i : axes.reversed()) {
      if (input && (broadcast >> i & 1) == 1) {
        continue;
      }
      strides[i] = stride;
      long size = shape.size(i);
      if ((reversed >> i & 1) == 1 && size > 0) {
        at += (size - 1) * stride;
        strides[i] = -stride;
      }
      stride *= Math.max(1, size) + gap;
    }
    return Layout.of(shape, strides, at);
  }

  /** The same for an operand whose last axis has to be contiguous. */
  FuzzForm lastContiguous(int rank) {
    int last = rank - 1;
    var ranks = new ArrayList<>(order);
    ranks.set(last, 2 * MOST); // the fastest
    int others = ~(1 << last);
    return new FuzzForm(List.copyOf(ranks), 1, gap, reversed & others, broadcast & others, offset);
  }

  /** The same for an operand without gaps. */
  FuzzForm contiguous() {
    return new FuzzForm(IntStream.range(0, MOST).boxed().toList(), 1, 0, 0, 0, offset);
  }

  /** Memory of the host up to the last element of a layout. */
  static Operand allocate(DType dtype, Layout layout) {
    long last = layout.offset() + 1;
    for (int axis = 0; axis < layout.rank(); axis++) {
      last += Math.max(0, layout.shape().size(axis) - 1) * Math.max(0, layout.stride(axis));
    }
    var memory = Arena.ofAuto().allocate(last * dtype.byteSize(), 64);
    return new Operand(HostBuffer.wrap(memory), dtype, layout);
  }
}
