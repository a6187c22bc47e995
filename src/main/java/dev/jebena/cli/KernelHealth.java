package dev.jebena.cli;

import dev.jebena.bench.Machine;
import dev.jebena.kernel.cpu.MachinePeak;
import java.util.Optional;

/** Whether kernels run as they should; nothing else says so when they do not. */
final class KernelHealth {
  private KernelHealth() {}

  /** What is wrong, in one line; empty where all is well. */
  static Optional<String> complaint() {
    var complaint = complaint(Machine.here());
    return complaint.isPresent() ? complaint : complaint(MachinePeak.health());
  }

  /** What is wrong with this JVM; figures of interpreted code would take minutes. */
  static Optional<String> complaint(Machine machine) {
    if (machine.provider().equals("vector")) {
      return Optional.empty();
    }
    return Optional.of(
        machine.fma()
            ? "this JVM runs without its optimising compiler (C2): everything is about 100x slower"
            : "this JVM uses no hardware FMA: matrix products are about 100x slower");
  }

  static Optional<String> complaint(MachinePeak.Health health) {
    return health.healthy() ? Optional.empty() : Optional.of(health.message());
  }
}
