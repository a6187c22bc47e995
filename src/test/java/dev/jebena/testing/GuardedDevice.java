package dev.jebena.testing;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Primitives;
import dev.jebena.memory.Buffer;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A host device whose every allocation lies between sentinels, and is full of NaN before it is
 * written. {@link #requireIntact} finds whoever wrote beside his buffer.
 */
public final class GuardedDevice implements Device {
  private static final long GUARD = 256;
  private static final byte SENTINEL = (byte) 0xA5;

  private final Device inner;
  private final List<MemorySegment> allocations = new ArrayList<>();

  /**
   * @param inner a device whose buffers are {@link HostBuffer}s
   */
  public GuardedDevice(Device inner) {
    this.inner = inner;
  }

  @Override
  public synchronized Buffer allocate(long bytes) {
    // never given back: a write after release would show as well
    var whole = ((HostBuffer) inner.allocate(bytes + 2 * GUARD)).segment();
    whole.fill(SENTINEL);
    var inside = whole.asSlice(GUARD, bytes);
    inside.fill((byte) 0xFF);
    allocations.add(whole);
    return HostBuffer.wrap(inside);
  }

  /**
   * Looks at all sentinels, then forgets the allocations.
   *
   * @throws IllegalStateException where one was overwritten
   */
  public synchronized void requireIntact() {
    inner.synchronize();
    for (var whole : allocations) {
      long end = whole.byteSize();
      for (long i = 0; i < GUARD; i++) {
        require(whole, i, i - GUARD);
        require(whole, end - GUARD + i, end - 2 * GUARD + i);
      }
    }
    allocations.clear();
  }

  private static void require(MemorySegment whole, long at, long offset) {
    if (whole.get(ValueLayout.JAVA_BYTE, at) != SENTINEL) {
      throw new IllegalStateException(
          "byte "
              + offset
              + " of a buffer of "
              + (whole.byteSize() - 2 * GUARD)
              + " bytes was written");
    }
  }

  @Override
  public String name() {
    return "guarded-" + inner.name();
  }

  @Override
  public String description() {
    return inner.description() + ", between sentinels";
  }

  @Override
  public Set<DType> dtypes() {
    return inner.dtypes();
  }

  @Override
  public void upload(MemorySegment source, Buffer target, long targetOffset) {
    inner.upload(source, target, targetOffset);
  }

  @Override
  public void download(Buffer source, long sourceOffset, MemorySegment target) {
    inner.download(source, sourceOffset, target);
  }

  @Override
  public void synchronize() {
    inner.synchronize();
  }

  @Override
  public Primitives primitives() {
    return inner.primitives();
  }

  @Override
  public <K> Optional<K> fused(Class<K> kernel) {
    return inner.fused(kernel);
  }
}
