package dev.jebena.einops;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Primitives;
import dev.jebena.memory.Buffer;
import dev.jebena.memory.DType;
import dev.jebena.tensor.Context;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Another device, whose launches it writes down by name. */
final class CountingDevice implements Device {
  private final Device inner;
  private final List<String> launches = new ArrayList<>();

  CountingDevice(Device inner) {
    this.inner = inner;
  }

  /** The names of the primitives that {@code action} launches, in order. */
  List<String> launchesOf(Runnable action) {
    launches.clear();
    Context.current().withDevice(this).run(action);
    return List.copyOf(launches);
  }

  @Override
  public Primitives primitives() {
    var target = inner.primitives();
    return (Primitives)
        Proxy.newProxyInstance(
            Primitives.class.getClassLoader(),
            new Class<?>[] {Primitives.class},
            (self, method, arguments) -> {
              launches.add(method.getName());
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  public String name() {
    return "counting";
  }

  @Override
  public String description() {
    return "counts the launches of " + inner.description();
  }

  @Override
  public Set<DType> dtypes() {
    return inner.dtypes();
  }

  @Override
  public Buffer allocate(long bytes) {
    return inner.allocate(bytes);
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
  public <K> Optional<K> fused(Class<K> kernel) {
    return inner.fused(kernel);
  }
}
