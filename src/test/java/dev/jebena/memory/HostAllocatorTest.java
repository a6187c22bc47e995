package dev.jebena.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostAllocatorTest {
  private static HostAllocator withoutBudget() {
    return new HostAllocator(Long.MAX_VALUE / 4, () -> {});
  }

  @Test
  void memoryIsAlignedAndOfTheSizeAskedFor() {
    var allocator = withoutBudget();
    for (long bytes : new long[] {0, 1, 63, 64, 65, 1000, 4097, 100_000, 3 << 20}) {
      var buffer = allocator.allocate(bytes);
      assertThat(buffer.byteSize()).isEqualTo(bytes);
      assertThat(buffer.segment().address() % 64).as("%d bytes", bytes).isZero();
    }
    assertThat(allocator.allocate(4 << 20).segment().address() % (2 << 20)).isZero();
    assertThatThrownBy(() -> allocator.allocate(-1)).hasMessage("a buffer of -1 bytes");
  }

  @Test
  void buffersDoNotOverlap() {
    var allocator = withoutBudget();
    var buffers = new ArrayList<HostBuffer>();
    for (int i = 0; i < 300; i++) {
      var buffer = allocator.allocate(40 + 37L * i);
      buffer.segment().fill((byte) i);
      buffers.add(buffer);
    }
    for (int i = 0; i < buffers.size(); i++) {
      var segment = buffers.get(i).segment();
      assertThat(segment.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) i);
      assertThat(segment.get(ValueLayout.JAVA_BYTE, segment.byteSize() - 1)).isEqualTo((byte) i);
    }
  }

  @Test
  void releasedMemoryIsUsedAgain() {
    var allocator = withoutBudget();
    var first = allocator.allocate(100_000);
    long address = first.segment().address();
    first.release();
    first.release(); // a second time does nothing
    assertThat(allocator.statistics().liveBytes()).isZero();
    assertThat(allocator.statistics().cachedBytes()).isEqualTo(HostAllocator.sizeClass(100_000));
    long calls = allocator.statistics().systemCalls();
    var second = allocator.allocate(99_999); // the same class
    assertThat(second.segment().address()).isEqualTo(address);
    var third = allocator.allocate(100_000); // while the second lives
    assertThat(third.segment().address()).isNotEqualTo(address);
    assertThat(allocator.statistics().systemCalls()).isEqualTo(calls + 1);
    assertThat(allocator.statistics().peakLiveBytes())
        .isEqualTo(2 * HostAllocator.sizeClass(100_000));
  }

  @Test
  void sizeClassesWasteAtMostAnEighth() {
    long before = 0;
    for (long bytes = 1; bytes < 1L << 33; bytes += 1 + bytes / 17) {
      long size = HostAllocator.sizeClass(bytes);
      assertThat(size).isGreaterThanOrEqualTo(Math.max(bytes, before));
      assertThat(size % 64).isZero();
      assertThat(size - bytes).isLessThanOrEqualTo(Math.max(63, bytes / 8 + 1));
      assertThat(HostAllocator.sizeClass(size)).isEqualTo(size);
      before = size;
    }
  }

  @Test
  void trimGivesBackWhatWaits() {
    var allocator = withoutBudget();
    var kept = allocator.allocate(1 << 20);
    allocator.allocate(3 << 20).release();
    allocator.trim();
    assertThat(allocator.statistics().cachedBytes()).isZero();
    assertThat(allocator.statistics().systemBytes()).isEqualTo(1 << 20);
    kept.segment().fill((byte) 1); // still there
    allocator.allocate(3 << 20).segment().fill((byte) 1);
  }

  @Test
  void asksForACollectionAtTheBudgetAndRaisesItByWhatIsReallyAlive() {
    var collections = new AtomicInteger();
    var allocator = new HostAllocator(10 << 20, collections::incrementAndGet);
    var buffers = new ArrayList<HostBuffer>();
    for (int i = 0; i < 10; i++) {
      buffers.add(allocator.allocate(1 << 20));
    }
    assertThat(collections).hasValue(0);
    buffers.add(allocator.allocate(1 << 20)); // nothing can be freed: the budget doubles
    assertThat(collections).hasValue(1);
    for (int i = 11; i < 22; i++) {
      buffers.add(allocator.allocate(1 << 20));
    }
    assertThat(collections).hasValue(1);
    buffers.add(allocator.allocate(1 << 20));
    assertThat(collections).hasValue(2);
  }
}
