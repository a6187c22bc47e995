package dev.jebena.testing;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.Primitives;
import dev.jebena.kernel.reference.ReferenceDevice;
import dev.jebena.memory.Buffer;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * A device that behaves as an accelerator may: its buffers cannot be read by the host, and launches
 * do not run before somebody waits for them. The numbers come from the reference device.
 *
 * <p>Whatever holds on this device assumes nothing about host memory. Fresh and released memory is
 * filled with bytes of 0xFF (NaN as a float of any width, −1 as a signed integer), and naming a
 * released buffer in a launch throws.
 */
public final class DeferredDevice implements Device {
  private final ReferenceDevice reference = new ReferenceDevice();
  private final Queue<Runnable> queue = new ArrayDeque<>();
  private final boolean hasFused;

  /** Primitives only: every fused operation has to be decomposed. */
  public static DeferredDevice primitivesOnly() {
    return new DeferredDevice(false);
  }

  /** Fused kernels too. */
  public static DeferredDevice withFused() {
    return new DeferredDevice(true);
  }

  private DeferredDevice(boolean hasFused) {
    this.hasFused = hasFused;
  }

  /** Memory that only launches of its device see. */
  private final class OpaqueBuffer implements Buffer {
    private final HostBuffer hidden;
    private boolean released;

    OpaqueBuffer(long bytes) {
      this.hidden = reference.allocate(bytes);
      poison();
    }

    private void poison() {
      hidden.segment().fill((byte) 0xFF);
    }

    private HostBuffer live(String use) {
      if (released) {
        throw new IllegalStateException(use + " names a buffer that was released");
      }
      return hidden;
    }

    @Override
    public long byteSize() {
      return hidden.byteSize();
    }

    @Override
    public void release() {
      synchronized (queue) {
        if (!released) {
          released = true;
          queue.add(this::free); // after the launches that were made before
        }
      }
    }

    private void free() {
      poison();
      hidden.release();
    }
  }

  @Override
  public String name() {
    return hasFused ? "deferred-fused" : "deferred";
  }

  @Override
  public String description() {
    return "opaque buffers and late launches, for tests";
  }

  @Override
  public Set<DType> dtypes() {
    return reference.dtypes();
  }

  @Override
  public Buffer allocate(long bytes) {
    return new OpaqueBuffer(bytes);
  }

  @Override
  public void upload(MemorySegment source, Buffer target, long targetOffset) {
    var copy = Arena.ofAuto().allocate(Math.max(1, source.byteSize()));
    copy.copyFrom(source);
    synchronized (queue) {
      var hidden = own(target).live("upload");
      queue.add(() -> reference.upload(copy.asSlice(0, source.byteSize()), hidden, targetOffset));
    }
  }

  @Override
  public void download(Buffer source, long sourceOffset, MemorySegment target) {
    synchronized (queue) {
      var hidden = own(source).live("download");
      synchronize();
      reference.download(hidden, sourceOffset, target);
    }
  }

  /** Runs what is queued; the first failure is thrown once everything else has run. */
  @Override
  public void synchronize() {
    RuntimeException failure = null;
    synchronized (queue) {
      for (var launch = queue.poll(); launch != null; launch = queue.poll()) {
        try {
          launch.run();
        } catch (RuntimeException e) {
          failure = failure == null ? e : failure;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Launches and releases that wait to be executed. */
  public int pending() {
    synchronized (queue) {
      return queue.size();
    }
  }

  @Override
  public Primitives primitives() {
    return deferred(Primitives.class, reference.primitives());
  }

  @Override
  public <K> Optional<K> fused(Class<K> kernel) {
    return hasFused
        ? reference.fused(kernel).map(target -> deferred(kernel, target))
        : Optional.empty();
  }

  /** The kernels of {@code target}, each call queued with the hidden buffers of its operands. */
  private <K> K deferred(Class<K> kernel, K target) {
    var proxy =
        Proxy.newProxyInstance(
            kernel.getClassLoader(),
            new Class<?>[] {kernel},
            (self, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                return method.invoke(target, arguments);
              }
              synchronized (queue) {
                Object[] hidden = new Object[arguments.length];
                for (int i = 0; i < hidden.length; i++) {
                  hidden[i] = hide(method, arguments[i]);
                }
                queue.add(() -> call(method, target, hidden));
              }
              return null;
            });
    return kernel.cast(proxy);
  }

  private Object hide(Method method, Object argument) {
    return switch (argument) {
      case Operand operand ->
          new Operand(
              own(operand.buffer()).live(method.getName()), operand.dtype(), operand.layout());
      case Operand[] many ->
          Arrays.stream(many).map(each -> hide(method, each)).toArray(Operand[]::new);
      case int[] axes -> axes.clone();
      case null, default -> argument;
    };
  }

  private static void call(Method method, Object target, Object[] arguments) {
    try {
      method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private OpaqueBuffer own(Buffer buffer) {
    if (buffer instanceof OpaqueBuffer opaque) {
      return opaque;
    }
    throw new IllegalArgumentException(
        "a buffer of another device: " + buffer.getClass().getName());
  }
}
