package dev.jebena.kernel.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.kernel.DeviceException;
import dev.jebena.kernel.cpu.Samples;
import dev.jebena.kernel.reference.ReferenceDeviceProvider;
import dev.jebena.memory.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunerTest {
  @TempDir Path folder;

  private Settings settings(boolean processor) {
    return new Settings(processor, false, folder.resolve("opencl"), 16384, false);
  }

  private OpenClDevice open(boolean processor) {
    return OpenClDevice.open(TestKernels.anyDevice(), settings(processor));
  }

  @Test
  void theProjectsTableHasALineForEveryDevice() {
    var info = TestKernels.anyDevice();
    assertThat(TuningTable.of(info, settings(true)).rows()).isIn(Tuning.ROWS);
    assertThat(TuningTable.of(info, settings(false)).tile()).isIn(Tuning.TILES);
  }

  /** Whatever is chosen, the next start reads it, and other devices keep their lines. */
  @Test
  void whatIsChosenIsReadAtTheNextStart() throws Exception {
    var info = TestKernels.anyDevice();
    var file = TuningTable.file(settings(true));
    Files.writeString(file, "# by hand\nanother device | gpu | 4 | 64 | 64 | 100\n");
    for (boolean processor : new boolean[] {true, false}) {
      Tuner.Outcome outcome;
      try (var device = open(processor)) {
        outcome = device.tuner().tune(List.of(32, 50), () -> false, text -> {});
      }
      assertThat(outcome.table()).isEqualTo(file);
      assertThat(outcome.form()).isEqualTo(processor ? "processor" : "gpu");
      assertThat(outcome.candidates().size()).isGreaterThan(4);
      assertThat(outcome.candidates()).contains(outcome.before(), outcome.chosen());
      // 0 would be a candidate whose result is another
      assertThat(outcome.candidates()).allMatch(candidate -> candidate.gflops() > 0);
      assertThat(outcome.chosen().gflops()).isGreaterThanOrEqualTo(outcome.before().gflops());
      assertThat(TuningTable.of(info, settings(processor)).toMap())
          .isEqualTo(outcome.chosen().parameters());
    }
    assertThat(Files.readString(file)).contains("another device | gpu | 4 | 64 | 64 | 100\n");
    assertThat(TuningTable.read(Files.readString(file), "")).hasSize(3);
  }

  /** The user's line changes which kernel runs, and no bit of what it gives. */
  @Test
  void everyTuningGivesTheSameBits() throws Exception {
    var info = TestKernels.anyDevice();
    var reference = new ReferenceDeviceProvider().device().primitives();
    var samples = new Samples(3);
    var a = samples.contiguous(DType.F32, 67, 31);
    var b = samples.contiguous(DType.F32, 31, 83);
    var expected = samples.contiguous(DType.F32, 67, 83);
    reference.matmul(a, b, false, expected);
    byte[] first = null;
    for (int rows : Tuning.ROWS) {
      TuningTable.put(settings(true), info, new Tuning(rows, rows, 128, 512));
      try (var device = open(true)) {
        var mirror = new Mirror(device);
        var out = mirror.toDevice(samples.contiguous(DType.F32, 67, 83));
        device.primitives().matmul(mirror.toDevice(a), mirror.toDevice(b), false, out);
        Mirror.compare("rows " + rows, mirror.toHost(out), expected, 1e-5);
        byte[] bytes = Samples.bytes(mirror.toHost(out));
        first = first == null ? bytes : first;
        assertThat(bytes).as("rows %s", rows).isEqualTo(first);
      }
    }
  }

  @Test
  void stoppedItLeavesTheTableAlone() throws Exception {
    for (int after : new int[] {0, 3, 20}) {
      try (var device = open(true)) {
        var asked = new ArrayList<Boolean>();
        var outcome =
            device
                .tuner()
                .tune(
                    List.of(32),
                    () -> {
                      asked.add(true);
                      return asked.size() > after;
                    },
                    text -> {});
        assertThat(outcome).isNull();
        assertThat(asked).hasSize(after + 1);
      }
      assertThat(TuningTable.file(settings(true))).doesNotExist();
    }
  }

  @Test
  void aBrokenTableIsNamedWithItsLine() throws Exception {
    var file = TuningTable.file(settings(true));
    for (var line :
        List.of(
            "x | gpu | 4 | 64 | 64",
            "x | cpu | 4 | 64 | 64 | 1",
            "x | gpu | a | 1 | 64 | 1",
            "x | gpu | 5 | 1 | 64 | 1",
            "x | gpu | 4 | 0 | 64 | 1")) {
      Files.writeString(file, "# a comment\n\n" + line + "\n");
      assertThatThrownBy(() -> open(true))
          .isInstanceOf(DeviceException.class)
          .hasMessageStartingWith("opencl: " + file + ", line 3: ");
    }
  }
}
