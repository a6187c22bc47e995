package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import java.util.ArrayList;
import java.util.List;

/**
 * A kernel's arguments in their order, and then its sizes. An operand becomes two arguments: the
 * memory object, and the place of its first element counted in elements, as {@code long}.
 */
final class Launch {
  private final CommandQueue queue;
  private final Kernel kernel;
  private final List<Argument> arguments = new ArrayList<>();

  Launch(CommandQueue queue, Kernel kernel) {
    this.queue = queue;
    this.kernel = kernel;
  }

  /** Memory and place of the first element. */
  Launch operand(Operand operand) {
    return operand(operand, operand.layout().offset());
  }

  /** Memory, and the place of another element than the first. */
  Launch operand(Operand operand, long offset) {
    var buffer = ClBuffer.of(operand);
    arguments.add(Argument.of(buffer.memory()));
    arguments.add(Argument.of(buffer.offset() / operand.dtype().byteSize() + offset));
    return this;
  }

  /** An operand that may be null, and whether it is there; another one stands in its place. */
  Launch optional(Operand operand, Operand standIn) {
    return operand(operand == null ? standIn : operand).integers(operand == null ? 0 : 1);
  }

  /** Memory without a place, for buffers that the engine made. */
  Launch memory(org.jocl.cl_mem memory) {
    arguments.add(Argument.of(memory));
    return this;
  }

  Launch integers(int... values) {
    arguments.add(Argument.of(values));
    return this;
  }

  Launch longs(long... values) {
    arguments.add(Argument.of(values));
    return this;
  }

  /** The inner axis, the rows around it, units of a work-item, and the sizes of outer axes. */
  Launch walk(Walk.Piece piece, int unitsOfItem) {
    return integers(piece.inner())
        .integers(piece.rows())
        .integers(unitsOfItem)
        .integers(piece.sizes());
  }

  Launch real(float value) {
    arguments.add(Argument.real(value));
    return this;
  }

  Launch real(double value) {
    arguments.add(Argument.real(value));
    return this;
  }

  /** Queues it for at least so many work-items in groups of a size; the kernel ignores others. */
  void run(long items, int group) {
    long groups = (items + group - 1) / group;
    queue.launch(kernel, arguments, new long[] {groups * group}, new long[] {group});
  }

  /** Queues it for whole groups in several dimensions. */
  void run(long[] groups, int... group) {
    long[] global = new long[groups.length];
    long[] local = new long[groups.length];
    for (int i = 0; i < groups.length; i++) {
      local[i] = group[i];
      global[i] = groups[i] * group[i];
    }
    queue.launch(kernel, arguments, global, local);
  }
}
