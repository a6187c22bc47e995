package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Primitives;
import dev.jebena.memory.Buffer;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostAllocator;
import dev.jebena.memory.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The processor: vector kernels on all cores. Launches are complete when the call returns.
 *
 * <p>Results are the same bits for any number of threads, and for interpreted and compiled code;
 * they may differ between vector widths.
 */
public final class CpuDevice implements Device, AutoCloseable {
  private final WorkerPool pool;
  private final HostAllocator allocator;
  private final Primitives primitives;
  private final Map<Class<?>, Object> fused;

  private CpuDevice(WorkerPool pool, HostAllocator allocator) {
    this.pool = pool;
    this.allocator = allocator;
    this.primitives = new CpuPrimitives(pool);
    this.fused = FusedKernels.on(pool, allocator);
  }

  /** A device of its own with that many threads, the caller among them. */
  public static CpuDevice withThreads(int threads) {
    return withThreads(threads, new HostAllocator());
  }

  /** The same over an allocator of the caller's choice, such as one with a smaller budget. */
  public static CpuDevice withThreads(int threads, HostAllocator allocator) {
    return new CpuDevice(new WorkerPool(threads), allocator);
  }

  /** Property {@code jebena.threads}, or the number of processors. */
  public static int standardThreads() {
    int processors = Runtime.getRuntime().availableProcessors();
    return Math.max(1, Integer.getInteger("jebena.threads", processors));
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public String description() {
    return "cpu, " + Lanes.bits() + "-bit vectors, " + pool.threads() + " threads";
  }

  /** Threads that share the work, the caller among them. */
  public int threads() {
    return pool.threads();
  }

  /** Where buffers come from. */
  public HostAllocator allocator() {
    return allocator;
  }

  @Override
  public Set<DType> dtypes() {
    return EnumSet.allOf(DType.class);
  }

  @Override
  public Buffer allocate(long bytes) {
    return allocator.allocate(bytes);
  }

  @Override
  public void upload(MemorySegment source, Buffer target, long targetOffset) {
    var to = ((HostBuffer) target).segment();
    MemorySegment.copy(source, 0, to, targetOffset, source.byteSize());
  }

  @Override
  public void download(Buffer source, long sourceOffset, MemorySegment target) {
    var from = ((HostBuffer) source).segment();
    MemorySegment.copy(from, sourceOffset, target, 0, target.byteSize());
  }

  @Override
  public void synchronize() {
    // launches are complete when they return
  }

  @Override
  public Primitives primitives() {
    return primitives;
  }

  @Override
  public <K> Optional<K> fused(Class<K> kernel) {
    return Optional.ofNullable(kernel.cast(fused.get(kernel)));
  }

  /** Ends the worker threads. Buffers stay valid; later kernels run in the calling thread. */
  @Override
  public void close() {
    pool.close();
  }
}
