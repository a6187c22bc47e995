package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;

/**
 * What every host side of a kernel needs: the queue, programs, memory, and the sizes in which this
 * device likes its work.
 *
 * <p>On a processor a work-group is one work-item that does a task of many elements in explicit
 * vectors; on a GPU a work-item does one vector, and neighbours in a group do neighbouring ones.
 */
final class Engine {
  /** Work-items of a group in kernels that do not choose their own. */
  static final int GPU_GROUP = 128;

  private static final int PROCESSOR_WIDTH = 16;
  private static final int GPU_WIDTH = 4;

  private final CommandQueue queue;
  private final Programs programs;
  private final DeviceMemory memory;
  private final Settings settings;
  private final Tuning tuning;
  private final IndexChecks checks;

  Engine(CommandQueue queue, Programs programs, DeviceMemory memory, Settings settings) {
    this.queue = queue;
    this.programs = programs;
    this.memory = memory;
    this.settings = settings;
    this.tuning = TuningTable.of(queue.device(), settings);
    this.checks = new IndexChecks(this);
  }

  CommandQueue queue() {
    return queue;
  }

  Programs programs() {
    return programs;
  }

  DeviceMemory memory() {
    return memory;
  }

  IndexChecks checks() {
    return checks;
  }

  /** How products are cut. */
  Tuning tuning() {
    return tuning;
  }

  /** Whether kernels are those for processors. */
  boolean processor() {
    return settings.processor();
  }

  /** Whether products of f32 may go through tf32. */
  boolean tf32() {
    return settings.tf32();
  }

  /** Whether so many elements deserve a kernel compiled for their operation and types. */
  boolean isHot(long elements) {
    return elements >= settings.hot();
  }

  boolean doubles() {
    return queue.device().doubles();
  }

  /** Elements of a vector in kernels for f32. */
  int width() {
    return processor() ? PROCESSOR_WIDTH : GPU_WIDTH;
  }

  /** Work-items of a group in kernels without local memory. */
  int group() {
    return processor() ? 1 : GPU_GROUP;
  }

  /** How many of so many units of work one work-item does. */
  int unitsOfItem(long units) {
    if (!processor()) {
      return 1;
    }
    // enough work for a task to pay for being handed out, enough tasks for all cores to share
    long share = units / (8L * queue.device().computeUnits());
    return (int) Math.clamp(share, Math.min(64, Math.max(1, units)), 1 << 16);
  }

  /** Work-items that share a row in kernels for rows. */
  int rowItems() {
    return processor() ? 1 : GPU_GROUP;
  }

  /** Macros of programs for rows. */
  String rowMacros() {
    return "-DITEMS=" + rowItems() + " -DW=" + width();
  }

  /** How many of so many rows a group does, one after the other. */
  int rowsOfGroup(long rows) {
    return processor() ? Math.clamp(rows / (8L * queue.device().computeUnits()), 1, 1 << 12) : 1;
  }

  /** Starts a launch of a kernel; macros beside those of the whole device. */
  Launch launch(String program, String macros, String kernel) {
    var all = "-DGROUP=" + group() + (macros.isEmpty() ? "" : " " + macros);
    return new Launch(queue, programs.kernel(program, all, kernel));
  }

  /** Adds an argument of type {@code wide}: f64 where the device has it, else f32. */
  void wide(Launch launch, double value) {
    if (doubles()) {
      launch.real(value);
    } else {
      launch.real((float) value);
    }
  }

  /** A contiguous operand in memory of its own, to be released by the caller. */
  Operand scratch(DType dtype, Shape shape) {
    var buffer = memory.allocate(Math.max(1, shape.elements() * dtype.byteSize()));
    return new Operand(buffer, dtype, Layout.contiguous(shape));
  }
}
