package dev.jebena.kernel.opencl;

import dev.jebena.kernel.KernelTimer;
import java.util.List;

/** Times from the driver's events, which a queue keeps only while somebody wants them. */
final class EventTimer implements KernelTimer {
  private final CommandQueue queue;

  EventTimer(CommandQueue queue) {
    this.queue = queue;
  }

  @Override
  public void start() {
    queue.time(true);
  }

  @Override
  public List<Timed> take() {
    return queue.takeTimes();
  }

  @Override
  public void stop() {
    queue.time(false);
  }
}
