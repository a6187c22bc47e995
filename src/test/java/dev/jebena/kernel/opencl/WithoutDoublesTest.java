package dev.jebena.kernel.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.RandomOp;
import dev.jebena.kernel.cpu.Samples;
import dev.jebena.kernel.reference.ReferenceDeviceProvider;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Devices without f64, as many GPUs are; here, one that is not told that it could. */
class WithoutDoublesTest {
  private static final Device REFERENCE = new ReferenceDeviceProvider().device();
  private List<OpenClDevice> devices;

  @BeforeEach
  void open() {
    devices = List.of(TestKernels.withoutDoubles(true), TestKernels.withoutDoubles(false));
  }

  @AfterEach
  void close() {
    devices.forEach(OpenClDevice::close);
  }

  /** Arithmetic of f64 in whole numbers: the same bits, and none of them come from the host. */
  @Test
  void randomNumbersAreTheBitsOfOtherDevices() {
    double inf = Double.POSITIVE_INFINITY;
    for (var dtype : List.of(DType.F32, DType.BF16, DType.F16, DType.F8_E4M3)) {
      for (double[] c : new double[][] {{-1, 2.5}, {0, 1}, {3e-42, 1e-40}, {1e9, 1e9 + 200}}) {
        same(RandomOp.UNIFORM, dtype, c);
      }
      same(RandomOp.INTEGER, dtype, new double[] {-7, 12});
      same(RandomOp.NORMAL, dtype, new double[] {0, 1});
      same(RandomOp.NORMAL, dtype, new double[] {-3.7, 1e-3});
      same(RandomOp.BERNOULLI, dtype, new double[] {0.3, 0});
      same(RandomOp.TRUNCATED_NORMAL, dtype, new double[] {-2, 2});
    }
    double[][] intervals = {
      {-inf, inf}, {0, inf}, {1.5, 1.75}, {-9, -6}, {6, inf}, {-38, -37}, {-inf, -36}
    };
    for (double[] c : intervals) {
      same(RandomOp.TRUNCATED_NORMAL, DType.F32, c);
    }
    for (var dtype : List.of(DType.I64, DType.I32, DType.I16, DType.I8)) {
      same(RandomOp.INTEGER, dtype, new double[] {-100, 100});
    }
    same(RandomOp.INTEGER, DType.I64, new double[] {-1e15, 1e15 + 1});
  }

  private void same(RandomOp op, DType dtype, double[] c) {
    var out = new Samples(19).contiguous(dtype, 4001);
    var expected = Samples.twin(out);
    REFERENCE.primitives().random(op, 5, 77, c[0], c[1], expected);
    for (var device : devices) {
      var mirror = new Mirror(device);
      var actual = mirror.toDevice(out);
      long uploads = device.statistics().uploadedBytes();
      device.primitives().random(op, 5, 77, c[0], c[1], actual);
      assertThat(device.statistics().uploadedBytes()).isEqualTo(uploads);
      assertThat(
              ((HostBuffer) mirror.toHost(actual).buffer())
                  .segment()
                  .mismatch(((HostBuffer) expected.buffer()).segment()))
          .as("%s %s %s", op, dtype, Arrays.toString(c))
          .isEqualTo(-1);
    }
  }

  /** Everything else, as far as it has no operand of f64. */
  @Test
  void randomCases() {
    var random = new Random(20261201);
    long start = System.nanoTime();
    int done = 0;
    while (done < 800 && (done < 30 || System.nanoTime() - start < 6e9)) {
      var drawn = FuzzCase.draw(random);
      boolean takes =
          Arrays.stream(drawn.operands())
              .filter(Objects::nonNull)
              .map(Operand::dtype)
              .noneMatch(type -> type == DType.F64);
      if (takes) {
        var device = devices.get(done++ % 2);
        assertThat(DifferentialFuzzTest.failure(device, device, drawn)).as(drawn.code()).isEmpty();
      }
    }
  }
}
