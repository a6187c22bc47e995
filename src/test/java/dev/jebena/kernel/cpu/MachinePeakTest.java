package dev.jebena.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachinePeakTest {
  @Test
  void figuresArePositiveAndHealthSaysWhatItFound() {
    assertThat(MachinePeak.fmaGflops(2)).isPositive();
    assertThat(MachinePeak.gemmGflops(1)).isPositive();
    assertThat(MachinePeak.streamGbps(1)).isPositive();
    var health = MachinePeak.health();
    assertThat(health.fmaGflops()).isPositive();
    assertThat(health.message()).contains("GFLOP/s");
  }
}
