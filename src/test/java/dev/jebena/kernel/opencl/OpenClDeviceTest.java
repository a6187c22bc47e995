package dev.jebena.kernel.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jebena.autograd.Profiler;
import dev.jebena.kernel.DeviceException;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.kernel.cpu.Samples;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.ChildJvm;
import dev.jebena.testing.TestDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What surrounds the kernels: names, memory, binaries on disk, and errors that teach. */
class OpenClDeviceTest {
  @TempDir Path folder;

  @Test
  void namesOfOneDeviceAreOneObject() {
    var device = TestDevices.opencl();
    var listed = OpenClDevices.list();
    assertThat(listed).isNotEmpty();
    assertThat(listed.stream().map(l -> Devices.get(l.name())).toList()).contains(device);
    assertThatThrownBy(() -> Devices.get("opencl:99"))
        .isInstanceOf(DeviceException.class)
        .hasMessageStartingWith("there is no device 'opencl:99'; there are: opencl:0 (");
  }

  @Test
  void otherDevicesAreOneOnly() {
    assertThatThrownBy(() -> Devices.get("cpu:1"))
        .isInstanceOf(DeviceException.class)
        .hasMessage("there is one device 'cpu' and none 'cpu:1'");
  }

  @Test
  void anIndexOutOfRangeIsNamedWhenTheHostWaits() {
    try (var device = TestKernels.open(true, 1)) {
      var samples = new Samples(1);
      var mirror = new Mirror(device);
      var x = mirror.toDevice(samples.contiguous(DType.F32, 4, 3));
      var index = mirror.toDevice(samples.index(Shape.of(2), 3));
      var out = mirror.toDevice(samples.contiguous(DType.F32, 2, 3));
      device.primitives().fill(index, 4);
      device.primitives().indexSelect(x, 0, index, out);
      assertThatThrownBy(device::synchronize)
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("indexSelect: index 4 is out of range for axis 0 of size 4 (shape [4, 3])");
      device.synchronize(); // it was told once
      device.primitives().fill(index, 3);
      device.primitives().indexSelect(x, 0, index, out);
      device.synchronize();
    }
  }

  @Test
  void aFailureNamesKernelSizesAndDevice() {
    var info = TestKernels.anyDevice();
    try (var device = TestKernels.open(true, 1)) {
      long tooMany = 2 * info.largestGroup();
      var queue = new CommandQueue(info, false);
      var programs = new Programs(queue, Settings.standard(info));
      var kernel = programs.kernel("reduce", "-DGROUP=1", "reduce_any");
      assertThatThrownBy(
              () -> queue.launch(kernel, List.of(), new long[] {tooMany}, new long[] {tooMany}))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("kernel reduce/reduce_any with [" + tooMany + "] work-items")
          .hasMessageContaining(info.name());
      assertThatThrownBy(() -> device.allocate(1L << 50))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("buffer of")
          .hasMessageContaining(info.name());
      queue.close();
    }
  }

  /** Not even the binding is asked, which prints lines of its own. */
  @Test
  void aMachineWithoutTheLibraryIsToldInALine() {
    assertThatThrownBy(() -> Discovery.devices(List.of("libNoOpenCL.so.1", "libNoOpenCL.so")))
        .isInstanceOf(DeviceException.class)
        .hasNoCause()
        .hasMessageStartingWith("opencl: there is no OpenCL library on this machine (on Debian: ")
        .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    assertThat(LoaderLibrary.isThere(LoaderLibrary.names()))
        .isEqualTo(OpenClDevices.missing().isEmpty());
  }

  @Test
  void aProgramIsCompiledOnceAndKeptOnDisk() throws IOException {
    var info = TestKernels.anyDevice();
    var settings = new Settings(true, false, folder.resolve("cache"), 1, false);
    byte[] first;
    try (var device = OpenClDevice.open(info, settings)) {
      first = negated(device);
      assertThat(device.statistics().compiledPrograms()).isEqualTo(1);
    }
    Path file;
    try (var files = Files.list(folder.resolve("cache"))) {
      var all = files.toList();
      assertThat(all).hasSize(1);
      file = all.getFirst();
    }
    try (var device = OpenClDevice.open(info, settings)) {
      assertThat(negated(device)).isEqualTo(first);
      assertThat(device.statistics().compiledPrograms()).isZero();
    }
    Files.write(file, new byte[] {1, 2, 3});
    try (var device = OpenClDevice.open(info, settings)) {
      assertThat(negated(device)).isEqualTo(first);
      assertThat(device.statistics().compiledPrograms()).as("a broken file").isEqualTo(1);
    }
  }

  private static byte[] negated(OpenClDevice device) {
    var mirror = new Mirror(device);
    var x = mirror.toDevice(new Samples(5).contiguous(DType.F32, 100));
    var out = mirror.toDevice(new Samples(6).contiguous(DType.F32, 100));
    device.primitives().unary(UnaryOp.NEG, x, out);
    return Samples.bytes(mirror.toHost(out));
  }

  @Test
  void eventsSayHowLongEachKernelRan() {
    try (var device = TestKernels.open(true, 16384)) {
      var profiler = new Profiler(device);
      long before = device.statistics().launches();
      profiler.run(() -> {
        var a = Tensor.ones(200, 300);
        var product = a.matmul(Tensor.ones(300, 100)).softmax(-1);
        assertThat(product.get(0, 0)).isCloseTo(0.01, within(1e-6));
      });
      long launches = device.statistics().launches() - before;
      var rows = profiler.rows();
      assertThat(rows.stream().mapToLong(Profiler.Row::calls).sum()).isEqualTo(launches);
      assertThat(rows)
          .extracting(Profiler.Row::operation)
          .anyMatch(name -> name.startsWith("matmul · gemm/"))
          .contains("Softmax forward · softmax/forward");
      double all = rows.stream().mapToDouble(Profiler.Row::milliseconds).sum();
      assertThat(all).isPositive().isLessThan(profiler.elapsedMilliseconds());
      assertThat(rows)
          .filteredOn(row -> row.operation().startsWith("matmul"))
          .anyMatch(row -> row.gflops() > 0);
      // and then nothing is timed any more
      Context.current()
          .withDevice(device)
          .run(() -> assertThat(Tensor.ones(3).sum().item()).isEqualTo(3));
      assertThat(device.timer().orElseThrow().take()).isEmpty();
    }
  }

  @Test
  void releasedMemoryServesAgain() {
    try (var device = TestKernels.open(true, 1)) {
      long before = 0;
      for (int step = 0; step < 5; step++) {
        for (long bytes : new long[] {1, 1000, 100_000, 3 << 20, 3 << 20}) {
          var buffer = device.allocate(bytes);
          assertThat(buffer.byteSize()).isEqualTo(bytes);
          buffer.release();
          buffer.release(); // a second time does nothing
        }
        long calls = device.statistics().systemCalls();
        assertThat(step == 0 || calls == before).isTrue();
        before = calls;
      }
      assertThat(device.statistics().liveBytes()).isZero();
    }
  }

  @Test
  void copiesOfAllSizesArriveFromHeapAndNativeMemory() {
    try (var device = TestKernels.open(true, 1)) {
      var samples = new Samples(9);
      for (long n : new long[] {1, 1000, 700_000}) {
        var host = samples.contiguous(DType.F32, n);
        var mirror = new Mirror(device);
        var on = mirror.toDevice(host);
        assertThat(Samples.bytes(mirror.toHost(on))).isEqualTo(Samples.bytes(host));
        float[] heap = new float[(int) n];
        var segment = java.lang.foreign.MemorySegment.ofArray(heap);
        device.download(on.buffer(), 0, segment);
        assertThat(segment.mismatch(((HostBuffer) host.buffer()).segment())).isEqualTo(-1);
        device.upload(segment, on.buffer(), 0);
        assertThat(Samples.bytes(mirror.toHost(on))).isEqualTo(Samples.bytes(host));
      }
    }
  }

  /** Run by the next test in a JVM of its own that finds no driver. */
  static final class WithoutDriver {
    public static void main(String[] args) {
      for (int i = 0; i < 2; i++) { // the second time the binding fails in another way
        try {
          Devices.get("opencl");
        } catch (DeviceException e) {
          System.out.println(e.getMessage());
        }
      }
      System.out.println(OpenClDevices.list());
    }
  }

  @Test
  void aMachineWithoutDriverSaysSoInALine() throws Exception {
    TestKernels.anyDevice();
    var output = ChildJvm.run(Map.of("OCL_ICD_VENDORS", folder.toString()), WithoutDriver.class);
    assertThat(output.lines().filter(line -> line.startsWith("opencl: ")).toList())
        .hasSize(2)
        .allMatch(line -> line.contains("finds no driver"));
    assertThat(output).contains("[]");
  }
}
