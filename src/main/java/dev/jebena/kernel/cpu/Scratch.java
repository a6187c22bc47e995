package dev.jebena.kernel.cpu;

import dev.jebena.memory.HugePages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Working memory of one thread: a few numbered areas of 64-byte aligned off-heap memory that grow
 * and stay. Whoever asks for an area must know who else on the same thread uses it meanwhile; the
 * constants name the users.
 */
final class Scratch {
  /** Packed left matrices of matrix products. */
  static final int PACKED_A = 0;

  /** Packed right matrices of matrix products, read by all threads of one product. */
  static final int PACKED_B = 1;

  /** A tile at the edge of a product. */
  static final int TILE = 2;

  /** Operand blocks of element-wise kernels. */
  static final int BLOCKS = 3;

  /** Partial results that the tasks of one call leave for its end. */
  static final int PARTIALS = 4;

  /** Blocks of fused kernels. */
  static final int FUSED = 5;

  /** Partial results of fused kernels. */
  static final int FUSED_PARTIALS = 6;

  private final MemorySegment[] areas = new MemorySegment[7];
  private final Panel[] f32Panels = new Panel[2];
  private final Panel[] f64Panels = new Panel[2];

  /** A panel for at least so many elements of a kernel's type, content undefined. */
  Panel panel(int index, TileKernel kernel, long elements) {
    var panels = kernel.bytes() == Float.BYTES ? f32Panels : f64Panels;
    var panel = panels[index];
    if (panel == null || panel.capacity(kernel.bytes()) < elements) {
      panels[index] = null; // the old one may go before the new one comes
      panel = kernel.panel(elements);
      panels[index] = panel;
    }
    return panel;
  }

  /** An area of at least so many bytes, content undefined. */
  MemorySegment area(int index, long bytes) {
    var area = areas[index];
    if (area == null || area.byteSize() < bytes) {
      long size = Math.max(bytes, area == null ? 0 : area.byteSize() * 3 / 2);
      area = HugePages.allocate(Arena.ofAuto(), (size + 63) & -64L);
      areas[index] = area;
    }
    return area;
  }
}
