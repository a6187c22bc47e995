package dev.jebena.testing;

import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Operation;
import dev.jebena.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/** Holds what samples of the operation table give on a device against the reference. */
public final class AgainstReference {
  private static final Device REFERENCE = Devices.get("reference");

  private final Map<String, SampleRun> known = new HashMap<>();

  /**
   * Runs a sample and compares its output and gradients.
   *
   * @throws AssertionError where they differ
   */
  public void check(Operation op, Operation.Sample sample, Device device, DType dtype) {
    check(op, sample, sample, device, dtype);
  }

  /**
   * Holds a device that is given a sample in another layout against the reference.
   *
   * @param relaid the sample with other views of its inputs
   */
  public void check(
      Operation op, Operation.Sample sample, Operation.Sample relaid, Device device, DType dtype) {
    // f32 and f64 have the same inputs, and so the same results to come near
    var held = dtype == DType.F32 ? DType.F64 : dtype;
    var expected =
        known.computeIfAbsent(
            op.name() + "/" + sample.label() + "/" + held, key -> truth(op, sample, held));
    var actual = SampleRun.of(op, relaid, device, dtype);
    compare("output", actual.output(), expected.output(), dtype);
    for (int i = 0; i < expected.gradients().size(); i++) {
      var what = "gradient of input " + i;
      compare(what, actual.gradients().get(i), expected.gradients().get(i), dtype);
    }
  }

  /** The reference: floats in f64 on what the type makes of the inputs, others as they are. */
  private static SampleRun truth(Operation op, Operation.Sample sample, DType dtype) {
    return SampleRun.of(op, sample, REFERENCE, dtype.isFloat() ? DType.F64 : dtype, dtype);
  }

  /** A few units in the last place of the type, since gradients round at each step. */
  private static double tolerance(DType dtype) {
    return switch (dtype) {
      case F64 -> 1e-10;
      case F32 -> 2e-5;
      case F16 -> 4e-3;
      case BF16 -> 3e-2;
      case F8_E4M3 -> 0.13;
      case F8_E5M2 -> 0.25;
      case I64, I32, I16, I8, U8, BOOL -> 0;
    };
  }

  private static void compare(String what, Tensor actual, Tensor expected, DType dtype) {
    if (expected == null) {
      if (actual != null) {
        throw new AssertionError(what + ": there should be none");
      }
      return;
    }
    if (!actual.shape().equals(expected.shape())) {
      throw new AssertionError(what + ": shape " + actual.shape() + ", not " + expected.shape());
    }
    double rtol = tolerance(dtype);
    double atol = dtype == DType.F32 ? 1e-5 : rtol;
    Values.assertClose(what, actual, expected.to(DType.F64).toDoubles(), rtol, atol);
  }
}
