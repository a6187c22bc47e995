package dev.jebena.kernel;

import java.util.List;

/** The clock of a device that knows how long its own kernels ran. */
public interface KernelTimer {
  /**
   * A kernel that ran.
   *
   * @param kernel as the device calls it
   * @param nanos on the device, without what it waited
   */
  record Timed(String kernel, long nanos) {}

  /** From now on kernels are timed, which makes launches slower. */
  void start();

  /** The kernels since the start or the last call, in their order; waits for them. */
  List<Timed> take();

  /** From now on kernels are not timed any more. */
  void stop();
}
