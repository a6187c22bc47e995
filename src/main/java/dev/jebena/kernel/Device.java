package dev.jebena.kernel;

import dev.jebena.memory.Buffer;
import dev.jebena.memory.DType;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.Set;

/**
 * A place where tensors live and kernels run.
 *
 * <p>Launches on one device appear to run in the order in which a thread made them; they may
 * complete later than the call returns. {@link #download} waits for what it reads. A released
 * buffer may still be named by launches made before its release.
 */
public interface Device {
  /** A short name such as {@code cpu}, as it stands after {@code --device}. */
  String name();

  /** One line for people: kind, vector width, threads. */
  String description();

  /** Element types that the primitives take; narrow floats compute through f32. */
  Set<DType> dtypes();

  /** A buffer of at least {@code bytes} bytes whose content is undefined. */
  Buffer allocate(long bytes);

  /** Copies all of {@code source} into a buffer. The source may be reused when the call returns. */
  void upload(MemorySegment source, Buffer target, long targetOffset);

  /** Waits for all launches before, then copies from a buffer until {@code target} is full. */
  void download(Buffer source, long sourceOffset, MemorySegment target);

  /** Waits until every launch is complete. */
  void synchronize();

  /** The kernels that every device has. */
  Primitives primitives();

  /**
   * A kernel that this device may have.
   *
   * @param kernel an interface of {@code dev.jebena.kernel.fused}
   */
  <K> Optional<K> fused(Class<K> kernel);

  /** The device's own clock, where it has one; otherwise the host's has to do. */
  default Optional<KernelTimer> timer() {
    return Optional.empty();
  }
}
