package dev.jebena.autograd;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.KernelTimer;
import dev.jebena.kernel.Primitives;
import dev.jebena.memory.Buffer;
import dev.jebena.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Another device, whose launches are timed one by one: by its own clock where it has one, and then
 * kernel by kernel.
 */
final class ProfiledDevice implements Device {
  private final Device inner;
  private final Listener listener;
  private final Primitives primitives;
  private final KernelTimer timer;
  private final Map<Class<?>, Optional<Object>> fused = new ConcurrentHashMap<>();

  /** Told of each launch when it is complete. */
  @FunctionalInterface
  interface Listener {
    void launched(String operation, long start, long nanos, Work work);
  }

  ProfiledDevice(Device inner, Listener listener) {
    this.inner = inner;
    this.listener = listener;
    this.timer = inner.timer().orElse(null);
    this.primitives = timed(Primitives.class, inner.primitives());
  }

  /** The kernels of {@code target}; a kernel that does not exist yet needs nothing here. */
  private <K> K timed(Class<K> kernel, K target) {
    return kernel.cast(
        Proxy.newProxyInstance(
            kernel.getClassLoader(),
            new Class<?>[] {kernel},
            (self, method, arguments) ->
                method.getDeclaringClass() == Object.class
                    ? method.invoke(target, arguments)
                    : launch(kernel.getSimpleName(), target, method, arguments)));
  }

  private Object launch(String kernel, Object target, Method method, Object[] arguments)
      throws Throwable {
    var given = arguments == null ? new Object[0] : arguments;
    long start = System.nanoTime();
    try {
      return method.invoke(target, given);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      inner.synchronize();
      long nanos = System.nanoTime() - start;
      var name = name(kernel, method.getName(), given);
      var work = Work.of(kernel, method.getName(), given);
      if (timer == null) {
        listener.launched(name, start, nanos, work);
      } else {
        tellKernels(name, start, work, timer.take());
      }
    }
  }

  /** The kernels that an operation was made of; its work is that of the one that took longest. */
  private void tellKernels(String name, long start, Work work, List<KernelTimer.Timed> kernels) {
    var longest =
        kernels.stream().max(Comparator.comparingLong(KernelTimer.Timed::nanos)).orElse(null);
    for (var one : kernels) {
      var own = one == longest ? work : Work.NONE;
      listener.launched(name + " · " + one.kernel(), start, one.nanos(), own);
    }
  }

  /** {@code matmul}, {@code binary add}, {@code RmsNorm backward}. */
  private static String name(String kernel, String method, Object[] arguments) {
    if (!kernel.equals("Primitives")) {
      return kernel.replaceFirst("Kernel$", "") + " " + method;
    }
    for (var argument : arguments) {
      if (argument instanceof Enum<?> op) {
        return method + " " + op.name().toLowerCase(Locale.ROOT);
      }
    }
    return method;
  }

  /** Watches with the device's own clock while an action runs. */
  <T> T watching(Supplier<T> action) {
    if (timer == null) {
      return action.get();
    }
    timer.start();
    try {
      return action.get();
    } finally {
      timer.stop();
    }
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public String description() {
    return inner.description() + ", profiled";
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
  public Primitives primitives() {
    return primitives;
  }

  @Override
  public <K> Optional<K> fused(Class<K> kernel) {
    return fused
        .computeIfAbsent(kernel, type -> inner.fused(kernel).map(found -> timed(kernel, found)))
        .map(kernel::cast);
  }
}
