package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** What a fused kernel is called with: its operands one after the other, and the call itself. */
final class FusedCall {
  /** How an operand may lie. */
  enum Lies {
    CONTIGUOUS,
    LAST_CONTIGUOUS,
    ANYHOW
  }

  /** Of which numbers an operand is made. */
  enum Content {
    NORMAL,
    /** Above 0, as averages of squares are. */
    POSITIVE,
    /** Whole numbers from 0 to before a limit, and a few −100. */
    CLASSES
  }

  /**
   * An operand.
   *
   * @param there whether the call has it
   * @param input that is not written to, so that its elements may share places
   * @param limit of classes
   */
  record Slot(
      boolean there,
      boolean input,
      DType dtype,
      Shape shape,
      Lies lies,
      Content content,
      long limit) {}

  private final String text;
  private final List<Slot> slots = new ArrayList<>();
  private BiConsumer<Device, Operand[]> prepare = (device, operands) -> {};
  private BiConsumer<Device, Operand[]> launch;
  private double tolerance = 2e-5;

  /** A call whose operands a, b, c … are still to come. */
  FusedCall(String text) {
    this.text = text;
  }

  FusedCall input(long... sizes) {
    return input(true, sizes);
  }

  FusedCall input(boolean there, long... sizes) {
    return add(there, true, DType.F32, Lies.CONTIGUOUS, Content.NORMAL, 0, sizes);
  }

  FusedCall input(Lies lies, long... sizes) {
    return add(true, true, DType.F32, lies, Content.NORMAL, 0, sizes);
  }

  /** Targets among so many classes, in one of two types. */
  FusedCall targets(boolean wide, long classes, long... sizes) {
    var dtype = wide ? DType.I64 : DType.I32;
    return add(true, true, dtype, Lies.CONTIGUOUS, Content.CLASSES, classes, sizes);
  }

  FusedCall wideInput() {
    return add(true, true, DType.F64, Lies.CONTIGUOUS, Content.NORMAL, 0);
  }

  FusedCall output(long... sizes) {
    return output(true, sizes);
  }

  FusedCall output(boolean there, long... sizes) {
    return add(there, false, DType.F32, Lies.CONTIGUOUS, Content.NORMAL, 0, sizes);
  }

  FusedCall output(Lies lies, long... sizes) {
    return add(true, false, DType.F32, lies, Content.NORMAL, 0, sizes);
  }

  FusedCall output(DType dtype) {
    return add(true, false, dtype, Lies.CONTIGUOUS, Content.NORMAL, 0);
  }

  /** An output that begins with numbers above 0. */
  FusedCall positive(long... sizes) {
    return add(true, false, DType.F32, Lies.CONTIGUOUS, Content.POSITIVE, 0, sizes);
  }

  private FusedCall add(
      boolean there,
      boolean input,
      DType dtype,
      Lies lies,
      Content content,
      long limit,
      long... sizes) {
    slots.add(new Slot(there, input, dtype, Shape.of(sizes), lies, content, limit));
    return this;
  }

  /** What another kernel has to compute first, such as what backward reads of forward. */
  FusedCall prepared(BiConsumer<Device, Operand[]> by) {
    prepare = by;
    return this;
  }

  FusedCall within(double relative) {
    tolerance = relative;
    return this;
  }

  FusedCall launches(BiConsumer<Device, Operand[]> call) {
    launch = call;
    return this;
  }

  String text() {
    return text;
  }

  List<Slot> slots() {
    return slots;
  }

  double tolerance() {
    return tolerance;
  }

  void prepare(Device reference, Operand[] operands) {
    prepare.accept(reference, operands);
  }

  void launch(Device device, Operand[] operands) {
    launch.accept(device, operands);
  }
}
