package dev.jebena.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * A caching allocator of 64-byte aligned off-heap memory. Released blocks wait in a free list of
 * their size class, so that a loop of equal steps asks the system for memory in its first round
 * only.
 *
 * <p>The garbage collector does not see off-heap pressure: it may let gigabytes of unreachable
 * tensors lie because their Java objects are tiny. So the allocator counts live bytes and asks for
 * a collection when they pass a budget that grows with what a collection could not free.
 *
 * <p>Thread-safe.
 */
public final class HostAllocator {
  private static final long SMALL_SLAB = 1L << 20;

  private final Map<Long, ArrayDeque<Block>> free = new HashMap<>();
  private final Runnable collect;
  private final long minimumBudget;
  private MemorySegment slab = MemorySegment.NULL;
  private long slabUsed;
  private long liveBytes;
  private long cachedBytes;
  private long systemBytes;
  private long systemCalls;
  private long peakLiveBytes;
  private long budget;

  private record Block(Arena arena, MemorySegment segment) {}

  /** An allocator that asks the garbage collector for help above 2 GiB of live bytes. */
  public HostAllocator() {
    this(2L << 30);
  }

  /** An allocator that asks the garbage collector for help above so many live bytes. */
  public HostAllocator(long minimumBudget) {
    this(minimumBudget, HostAllocator::collectGarbage);
  }

  /**
   * @param minimumBudget live bytes below which no collection is asked for
   * @param collect run when the budget is passed; should make unreachable buffers be released
   */
  public HostAllocator(long minimumBudget, Runnable collect) {
    this.minimumBudget = minimumBudget;
    this.budget = minimumBudget;
    this.collect = collect;
  }

  private static void collectGarbage() {
    System.gc();
    try {
      Thread.sleep(20); // cleaners run on a thread of their own
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A buffer of at least {@code bytes} bytes whose content is undefined.
   *
   * @throws OutOfMemoryError where the system has no more
   */
  public HostBuffer allocate(long bytes) {
    long size = sizeClass(bytes);
    collectIfOver(size);
    var block = take(size);
    if (block == null) {
      block = fromSystem(size);
    }
    var taken = block;
    synchronized (this) {
      liveBytes += size;
      peakLiveBytes = Math.max(peakLiveBytes, liveBytes);
    }
    return new HostBuffer(taken.segment.asSlice(0, bytes), () -> give(taken));
  }

  private void collectIfOver(long size) {
    synchronized (this) {
      if (liveBytes + size <= budget) {
        return;
      }
      budget = Long.MAX_VALUE; // one collection at a time
    }
    collect.run();
    synchronized (this) {
      budget = Math.max(minimumBudget, 2 * (liveBytes + size));
    }
  }

  private synchronized Block take(long size) {
    var waiting = free.get(size);
    var block = waiting == null ? null : waiting.pollLast();
    if (block != null) {
      cachedBytes -= size;
    }
    return block;
  }

  private synchronized void give(Block block) {
    long size = block.segment.byteSize();
    liveBytes -= size;
    cachedBytes += size;
    free.computeIfAbsent(size, s -> new ArrayDeque<>()).addLast(block);
  }

  private Block fromSystem(long size) {
    if (size <= SMALL_SLAB / 16) {
      return fromSlab(size);
    }
    try {
      return systemBlock(size);
    } catch (OutOfMemoryError e) {
      collect.run();
      trim();
      return systemBlock(size);
    }
  }

  private Block systemBlock(long size) {
    var arena = Arena.ofShared();
    MemorySegment segment;
    try {
      segment = HugePages.allocate(arena, size);
    } catch (OutOfMemoryError e) {
      arena.close();
      throw e;
    }
    synchronized (this) {
      systemBytes += size;
      systemCalls++;
    }
    return new Block(arena, segment);
  }

  /** Small blocks are cut from slabs that live as long as the process. */
  private synchronized Block fromSlab(long size) {
    if (slabUsed + size > slab.byteSize()) {
      slab = Arena.global().allocate(SMALL_SLAB, 64);
      slabUsed = 0;
      systemBytes += SMALL_SLAB;
      systemCalls++;
    }
    var segment = slab.asSlice(slabUsed, size);
    slabUsed += size;
    return new Block(null, segment);
  }

  /** Gives cached blocks back to the system. */
  public void trim() {
    var closing = new ArrayDeque<Block>();
    synchronized (this) {
      for (var waiting : free.values()) {
        waiting.removeIf(block -> {
          if (block.arena == null) {
            return false;
          }
          closing.add(block);
          cachedBytes -= block.segment.byteSize();
          systemBytes -= block.segment.byteSize();
          return true;
        });
      }
    }
    closing.forEach(block -> block.arena.close());
  }

  /** Size classes grow by an eighth, so that at most 12.5 % is wasted. */
  static long sizeClass(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a buffer of " + bytes + " bytes");
    }
    if (bytes <= 1024) {
      return Math.max(64, (bytes + 63) & -64L);
    }
    long step = Long.highestOneBit(bytes - 1) >> 3;
    step = Math.max(64, step);
    return (bytes + step - 1) / step * step;
  }

  /** What is in use, waiting and held. */
  public synchronized Statistics statistics() {
    return new Statistics(liveBytes, cachedBytes, systemBytes, systemCalls, peakLiveBytes);
  }

  /**
   * A moment of an allocator.
   *
   * @param liveBytes handed out and not released
   * @param cachedBytes released and waiting for reuse
   * @param systemBytes held from the system
   * @param systemCalls how often the system was asked
   * @param peakLiveBytes the most that was ever live
   */
  public record Statistics(
      long liveBytes, long cachedBytes, long systemBytes, long systemCalls, long peakLiveBytes) {}
}
