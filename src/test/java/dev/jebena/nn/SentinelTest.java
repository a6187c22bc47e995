package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.kernel.reference.ReferenceDevice;
import dev.jebena.memory.HostBuffer;
import dev.jebena.tensor.Operation;
import dev.jebena.testing.GuardedDevice;
import dev.jebena.testing.SampleRun;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** No operation, forward or backward, writes beside its buffers. */
class SentinelTest {
  private static final CpuDevice CPU = CpuDevice.withThreads(2);

  @AfterAll
  static void close() {
    CPU.close();
  }

  @TestFactory
  Stream<DynamicTest> everyRowStaysInside() {
    var cpu = new GuardedDevice(CPU);
    var reference = new GuardedDevice(new ReferenceDevice());
    return OperationTable.all().stream()
        .flatMap(op ->
            Stream.of(cpu, reference)
                .map(device ->
                    DynamicTest.dynamicTest(
                        op.name() + " on " + device.name(), () -> walk(op, device))));
  }

  private static void walk(Operation op, GuardedDevice device) {
    for (var sample : op.samples()) {
      for (var dtype : op.dtypes().stream().sorted().toList()) {
        SampleRun.of(op, sample, device, dtype);
        try {
          device.requireIntact();
        } catch (IllegalStateException e) {
          throw new AssertionError(sample.label() + ", " + dtype + ": " + e.getMessage(), e);
        }
      }
    }
  }

  /** What the walk relies on: one byte on either side is noticed. */
  @Test
  void oneByteBesideIsNoticed() {
    for (long offset : new long[] {-1, 12}) {
      var device = new GuardedDevice(new ReferenceDevice());
      var buffer = (HostBuffer) device.allocate(12);
      device.requireIntact();
      var again = (HostBuffer) device.allocate(12);
      write(again.segment(), offset);
      assertThatThrownBy(device::requireIntact)
          .hasMessage("byte " + offset + " of a buffer of 12 bytes was written");
      assertThat(buffer.segment().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0)).isNaN();
    }
  }

  /** As a kernel that works with absolute addresses would. */
  @SuppressWarnings("restricted")
  private static void write(MemorySegment segment, long offset) {
    MemorySegment.NULL
        .reinterpret(Long.MAX_VALUE)
        .set(ValueLayout.JAVA_BYTE, segment.address() + offset, (byte) 1);
  }
}
