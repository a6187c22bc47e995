package dev.jebena.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Large off-heap blocks in huge pages: with 4 KiB pages a matrix product spends much of its time on
 * TLB misses.
 *
 * <p>Java's own {@link Arena#allocate} writes zeros into a block before anybody could ask for huge
 * pages, so that it gets small ones. Here the block is mapped straight from Linux, and the advice
 * is given before its first touch; fresh pages are zero anyway. Elsewhere, or where native access
 * is denied, the arena allocates.
 */
public final class HugePages {
  /** Blocks from here on are worth it: the size of a huge page on x86-64 and common on aarch64. */
  public static final long SIZE = 2L << 20;

  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_HUGEPAGE = 14;
  private static final Native NATIVE = Native.find();

  private HugePages() {}

  private record Native(MethodHandle mmap, MethodHandle munmap, MethodHandle madvise) {
    @SuppressWarnings("restricted")
    static Native find() {
      if (!System.getProperty("os.name", "").equals("Linux")
          || !HugePages.class.getModule().isNativeAccessEnabled()) {
        return null;
      }
      try {
        var linker = Linker.nativeLinker();
        var symbols = linker.defaultLookup();
        var i32 = ValueLayout.JAVA_INT;
        var i64 = ValueLayout.JAVA_LONG;
        return new Native(
            linker.downcallHandle(
                symbols.findOrThrow("mmap"),
                FunctionDescriptor.of(i64, i64, i64, i32, i32, i32, i64)),
            linker.downcallHandle(
                symbols.findOrThrow("munmap"), FunctionDescriptor.of(i32, i64, i64)),
            linker.downcallHandle(
                symbols.findOrThrow("madvise"), FunctionDescriptor.of(i32, i64, i64, i32)));
      } catch (RuntimeException | LinkageError e) {
        return null; // without it everything works, slower
      }
    }

    long map(long bytes) {
      try {
        return (long) mmap.invokeExact(0L, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
      } catch (Throwable e) {
        throw new IllegalStateException("mmap of " + bytes + " bytes", e);
      }
    }

    void unmap(long address, long bytes) {
      if (bytes == 0) {
        return;
      }
      try {
        int unused = (int) munmap.invokeExact(address, bytes);
      } catch (Throwable e) {
        throw new IllegalStateException("munmap of " + bytes + " bytes", e);
      }
    }

    void advise(long address, long bytes) {
      try {
        int unused = (int) madvise.invokeExact(address, bytes, MADV_HUGEPAGE);
      } catch (Throwable e) {
        throw new IllegalStateException("madvise of " + bytes + " bytes", e);
      }
    }
  }

  /**
   * Memory that lives as long as the arena: at least 64-byte aligned; from {@link #SIZE} bytes on
   * in huge pages where the system has them.
   *
   * @throws OutOfMemoryError where the system has no more
   */
  @SuppressWarnings("restricted")
  public static MemorySegment allocate(Arena arena, long bytes) {
    if (NATIVE == null || bytes < SIZE) {
      return arena.allocate(bytes, 64);
    }
    long whole = (bytes + 4095) & -4096L;
    long mapped = NATIVE.map(whole + SIZE);
    if (mapped == -1) {
      throw new OutOfMemoryError("no " + bytes + " bytes of off-heap memory");
    }
    long begin = (mapped + SIZE - 1) & -SIZE;
    NATIVE.unmap(mapped, begin - mapped);
    NATIVE.unmap(begin + whole, mapped + SIZE - begin);
    NATIVE.advise(begin, whole);
    return MemorySegment.ofAddress(begin)
        .reinterpret(bytes, arena, segment -> NATIVE.unmap(begin, whole));
  }
}
