package dev.jebena.kernel.reference;

import static java.util.Map.entry;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.fused.ActivationKernel;
import dev.jebena.kernel.fused.AdamWKernel;
import dev.jebena.kernel.fused.AttentionKernel;
import dev.jebena.kernel.fused.ColumnSoftmaxKernel;
import dev.jebena.kernel.fused.CrossEntropyKernel;
import dev.jebena.kernel.fused.DropoutKernel;
import dev.jebena.kernel.fused.LayerNormKernel;
import dev.jebena.kernel.fused.LinearCrossEntropyKernel;
import dev.jebena.kernel.fused.LinearKernel;
import dev.jebena.kernel.fused.RmsNormKernel;
import dev.jebena.kernel.fused.RopeKernel;
import dev.jebena.kernel.fused.RowFoldKernel;
import dev.jebena.kernel.fused.SamplingKernel;
import dev.jebena.kernel.fused.SoftmaxKernel;
import dev.jebena.kernel.fused.SquaresKernel;
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
 * The oracle: every kernel for every type in loops that can be checked by reading them. One thread,
 * no tricks, thousands of times slower than a device meant for work.
 */
public final class ReferenceDevice implements Device {
  private final HostAllocator allocator = new HostAllocator();
  private final Primitives primitives = new ReferencePrimitives();
  private final Map<Class<?>, Object> fused =
      Map.ofEntries(
          entry(SoftmaxKernel.class, new ReferenceSoftmax()),
          entry(ColumnSoftmaxKernel.class, new ReferenceColumnSoftmax()),
          entry(RowFoldKernel.class, new ReferenceRowFolds()),
          entry(LayerNormKernel.class, new ReferenceLayerNorm()),
          entry(LinearKernel.class, new ReferenceLinear()),
          entry(RmsNormKernel.class, new ReferenceRmsNorm()),
          entry(RopeKernel.class, new ReferenceRope()),
          entry(ActivationKernel.class, new ReferenceActivations()),
          entry(AttentionKernel.class, new ReferenceAttention()),
          entry(CrossEntropyKernel.class, new ReferenceCrossEntropy()),
          entry(LinearCrossEntropyKernel.class, new ReferenceLinearCrossEntropy()),
          entry(DropoutKernel.class, new ReferenceDropout()),
          entry(SamplingKernel.class, new ReferenceSampling()),
          entry(SquaresKernel.class, new ReferenceSquares()),
          entry(AdamWKernel.class, new ReferenceAdamW()));

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String description() {
    return "plain loops on one thread, for checking other devices";
  }

  @Override
  public Set<DType> dtypes() {
    return EnumSet.allOf(DType.class);
  }

  @Override
  public HostBuffer allocate(long bytes) {
    return allocator.allocate(bytes);
  }

  @Override
  public void upload(MemorySegment source, Buffer target, long targetOffset) {
    var segment = ((HostBuffer) target).segment();
    MemorySegment.copy(source, 0, segment, targetOffset, source.byteSize());
  }

  @Override
  public void download(Buffer source, long sourceOffset, MemorySegment target) {
    var segment = ((HostBuffer) source).segment();
    MemorySegment.copy(segment, sourceOffset, target, 0, target.byteSize());
  }

  @Override
  public void synchronize() {
    // every launch is complete when its call returns
  }

  @Override
  public Primitives primitives() {
    return primitives;
  }

  @Override
  public <K> Optional<K> fused(Class<K> kernel) {
    return Optional.ofNullable(fused.get(kernel)).map(kernel::cast);
  }
}
