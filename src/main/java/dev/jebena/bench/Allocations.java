package dev.jebena.bench;

import com.sun.management.ThreadMXBean;
import dev.jebena.kernel.cpu.CpuDevice;
import dev.jebena.tensor.Context;
import java.lang.management.ManagementFactory;

/**
 * What was allocated so far: a steady state shows in differences.
 *
 * @param system how often the device asked the operating system for memory
 * @param heapBytes that all threads of this JVM allocated on the heap
 */
record Allocations(long system, long heapBytes) {
  /** Up to now, on the context's device. */
  static Allocations now() {
    long system =
        Context.current().device() instanceof CpuDevice cpu
            ? cpu.allocator().statistics().systemCalls()
            : 0;
    var threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    return new Allocations(system, threads == null ? 0 : threads.getTotalThreadAllocatedBytes());
  }

  Allocations since(Allocations before) {
    return new Allocations(system - before.system, heapBytes - before.heapBytes);
  }
}
