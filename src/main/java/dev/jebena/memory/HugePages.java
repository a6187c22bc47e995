package dev.jebena.memory;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Asks Linux for transparent huge pages on large off-heap blocks: with 4 KiB pages a GEMM spends
 * much of its time on TLB misses. Elsewhere, or where native access is denied, nothing happens.
 */
final class HugePages {
  private static final int MADV_HUGEPAGE = 14;
  private static final MethodHandle MADVISE = find();

  private HugePages() {}

  @SuppressWarnings("restricted")
  private static MethodHandle find() {
    if (!System.getProperty("os.name", "").equals("Linux")
        || !HugePages.class.getModule().isNativeAccessEnabled()) {
      return null;
    }
    try {
      var linker = Linker.nativeLinker();
      return linker.downcallHandle(
          linker.defaultLookup().findOrThrow("madvise"),
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));
    } catch (RuntimeException | LinkageError e) {
      return null;
    }
  }

  static void advise(MemorySegment segment) {
    if (MADVISE == null) {
      return;
    }
    try {
      int ignored = (int) MADVISE.invokeExact(segment, segment.byteSize(), MADV_HUGEPAGE);
    } catch (Throwable e) {
      // advice only: without huge pages everything works, slower
    }
  }
}
