package dev.jebena.kernel.opencl;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jocl.cl_mem;

/**
 * A caching allocator of device memory. Small blocks are cut from slabs; released blocks wait in a
 * free list of their size class, so that a loop of equal steps asks the driver for memory in its
 * first round only. They can be handed out again at once, since the queue runs in order.
 *
 * <p>As on the host, the garbage collector does not see this memory: the allocator counts live
 * bytes and asks for a collection where they pass a budget that grows with what could not be freed.
 */
final class DeviceMemory {
  /** Every block begins at a multiple of this: enough for the widest loads. */
  private static final long ALIGNMENT = 256;

  private static final long SLAB = 8L << 20;
  private static final long LARGEST_FROM_SLAB = SLAB / 16;

  private final CommandQueue queue;
  private final long minimumBudget;
  private final Map<Long, ArrayDeque<Block>> free = new HashMap<>();
  private cl_mem slab;
  private long slabUsed = SLAB;
  private long budget;
  private long liveBytes;
  private long peakLiveBytes;
  private long systemBytes;
  private long systemCalls;

  /** A piece of a memory object. */
  private record Block(cl_mem memory, long offset, long size, boolean ofSlab) {}

  DeviceMemory(CommandQueue queue, long minimumBudget) {
    this.queue = queue;
    this.minimumBudget = minimumBudget;
    this.budget = minimumBudget;
  }

  /** A buffer of at least so many bytes, whose content is undefined. */
  ClBuffer allocate(long bytes) {
    long size = sizeClass(bytes);
    collectIfOver(size);
    var block = take(size);
    if (block == null) {
      block = fromDriver(size);
    }
    var taken = block;
    synchronized (this) {
      liveBytes += size;
      peakLiveBytes = Math.max(peakLiveBytes, liveBytes);
    }
    return new ClBuffer(taken.memory, taken.offset, bytes, () -> give(taken));
  }

  /** Classes grow by an eighth, so that at most 12.5 % is wasted. */
  static long sizeClass(long bytes) {
    if (bytes <= 2048) {
      return Math.max(ALIGNMENT, (bytes + ALIGNMENT - 1) & -ALIGNMENT);
    }
    long step = Math.max(ALIGNMENT, Long.highestOneBit(bytes - 1) >> 3);
    return (bytes + step - 1) / step * step;
  }

  private void collectIfOver(long size) {
    synchronized (this) {
      if (liveBytes + size <= budget) {
        return;
      }
      budget = Long.MAX_VALUE; // one collection at a time
    }
    collect();
    synchronized (this) {
      budget = Math.max(minimumBudget, 2 * (liveBytes + size));
    }
  }

  private static void collect() {
    System.gc();
    try {
      Thread.sleep(20); // cleaners run on a thread of their own
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Block take(long size) {
    var waiting = free.get(size);
    return waiting == null ? null : waiting.pollLast();
  }

  private synchronized void give(Block block) {
    liveBytes -= block.size;
    free.computeIfAbsent(block.size, s -> new ArrayDeque<>()).addLast(block);
  }

  private Block fromDriver(long size) {
    if (size <= LARGEST_FROM_SLAB) {
      return fromSlab(size);
    }
    try {
      return new Block(create(size), 0, size, false);
    } catch (dev.jebena.kernel.DeviceException e) {
      collect();
      trim();
      return new Block(create(size), 0, size, false);
    }
  }

  private synchronized Block fromSlab(long size) {
    if (slabUsed + size > SLAB) {
      slab = create(SLAB);
      slabUsed = 0;
    }
    var block = new Block(slab, slabUsed, size, true);
    slabUsed += size;
    return block;
  }

  private synchronized cl_mem create(long size) {
    var memory = queue.allocate(size);
    systemBytes += size;
    systemCalls++;
    return memory;
  }

  /** Gives blocks that wait back to the driver. */
  synchronized void trim() {
    for (var waiting : free.values()) {
      waiting.removeIf(block -> {
        if (block.ofSlab) {
          return false;
        }
        queue.free(block.memory);
        systemBytes -= block.size;
        return true;
      });
    }
  }

  synchronized long liveBytes() {
    return liveBytes;
  }

  synchronized long peakLiveBytes() {
    return peakLiveBytes;
  }

  synchronized long systemBytes() {
    return systemBytes;
  }

  synchronized long systemCalls() {
    return systemCalls;
  }
}
