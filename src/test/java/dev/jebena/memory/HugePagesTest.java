package dev.jebena.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class HugePagesTest {
  @Test
  void blocksAreZeroAlignedAndEndWithTheirArena() {
    for (long bytes : new long[] {64, HugePages.SIZE - 1, HugePages.SIZE, 5 * HugePages.SIZE + 7}) {
      MemorySegment segment;
      try (var arena = Arena.ofShared()) {
        segment = HugePages.allocate(arena, bytes);
        assertThat(segment.byteSize()).isEqualTo(bytes);
        assertThat(segment.address() % 64).isZero();
        assertThat(segment.get(ValueLayout.JAVA_BYTE, 0)).isZero();
        segment.set(ValueLayout.JAVA_BYTE, bytes - 1, (byte) 1);
        assertThat(segment.get(ValueLayout.JAVA_BYTE, bytes - 1)).isEqualTo((byte) 1);
      }
      var closed = segment;
      assertThatThrownBy(() -> closed.get(ValueLayout.JAVA_BYTE, 0))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
