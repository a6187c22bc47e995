package dev.jebena.nn;

import dev.jebena.kernel.opencl.OpenClDevice;
import dev.jebena.kernel.opencl.TestKernels;
import dev.jebena.memory.DType;
import dev.jebena.tensor.Operation;
import dev.jebena.testing.AgainstReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The operations of this room on kernels as GPUs have them, with groups of many work-items and
 * local memory. The operation table itself sees the form that the machine's own device has.
 */
class OpenClGpuFormTest {
  private static OpenClDevice device;

  @AfterAll
  static void close() {
    if (device != null) {
      device.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> agreesWithTheReference() {
    device = TestKernels.gpuForm();
    var expected = new AgainstReference();
    return NnOperations.rows().stream()
        .filter(op -> op.dtypes().contains(DType.F32))
        .flatMap(op -> op.samples().stream().map(sample -> test(op, sample, expected)));
  }

  private static DynamicTest test(
      Operation op, Operation.Sample sample, AgainstReference expected) {
    return DynamicTest.dynamicTest(
        op.name() + ": " + sample.label(), () -> expected.check(op, sample, device, DType.F32));
  }
}
