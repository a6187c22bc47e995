package dev.jebena.kernel.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.kernel.opencl.InstructionProbe.Instruction;
import org.junit.jupiter.api.Test;

/** What a device lacks is found out without harm, and what computes wrong numbers is not used. */
class InstructionProbeTest {
  @Test
  void aDeviceThatIsNotFromNvidiaHasNoTensorCores() {
    var info = TestKernels.anyDevice();
    try (var device = TestKernels.open(info.cpu(), 16384)) {
      var answers = device.probe();
      assertThat(answers).hasSize(Instruction.values().length);
      for (var answer : answers) {
        assertThat(answer.works()).as("%s", answer).isEqualTo(answer.why().isEmpty());
        boolean tensorCores = answer.instruction() != Instruction.HALF;
        if (tensorCores && !info.vendor().contains("NVIDIA")) {
          assertThat(answer.works()).isFalse();
          // and where nobody asks the vendor, the compiler says no
          var tried = device.prober().tried(answer.instruction());
          assertThat(tried.works()).isFalse();
          assertThat(tried.why()).isEqualTo("the compiler does not take inline PTX");
        }
      }
      assertThat(device.probe()).as("asked again").isEqualTo(answers);
      device.synchronize(); // and the device is as well as before
    }
  }

  @Test
  void wrongNumbersAreNamed() {
    for (var instruction : Instruction.values()) {
      float[] right = instruction.product();
      assertThat(InstructionProbe.wrong(right.clone(), right)).isEmpty();
      for (int i = 0; i < right.length; i++) {
        float[] found = right.clone();
        found[i] += i % 2 == 0 ? 1 : Float.NaN;
        assertThat(InstructionProbe.wrong(found, right))
            .hasValueSatisfying(
                why -> assertThat(why).contains("wrong numbers").contains("column"));
      }
      assertThat(InstructionProbe.wrong(new float[right.length], right))
          .as("a kernel that does nothing")
          .isPresent();
      // a kernel that takes rows for columns must not pass
      assertThat(distinct(right)).as("different numbers").isGreaterThan(20);
    }
  }

  private static long distinct(float[] values) {
    var set = new java.util.HashSet<Float>();
    for (float value : values) {
      set.add(value);
    }
    return set.size();
  }
}
