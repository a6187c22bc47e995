package dev.jebena.tensor;

import dev.jebena.kernel.Device;
import dev.jebena.memory.Buffer;
import dev.jebena.memory.ClosedScopeException;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Scope;
import java.lang.ref.Cleaner;

/** The memory that a tensor and all its views share. */
final class Storage implements Scope.Owned {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Device device;
  private final Buffer buffer;
  private final Cleaner.Cleanable cleanable;
  private volatile boolean released;
  private final long made = Clock.now();
  private Scope scope;
  private boolean detached;
  private boolean freedByBackward;
  private long overwritten;
  private String overwriter;

  Storage(Device device, Buffer buffer) {
    this.device = device;
    this.buffer = buffer;
    this.cleanable = CLEANER.register(this, buffer::release);
    var current = Scope.current();
    if (current != null) {
      current.adopt(this);
    }
  }

  Device device() {
    return device;
  }

  /**
   * The buffer.
   *
   * @throws ClosedScopeException after it was freed
   */
  Buffer buffer() {
    if (released) {
      throw new ClosedScopeException(
          freedByBackward
              ? "this tensor's memory was freed by backwardFreeingResults; keep(scope) or detach()"
                  + " it before, or call backward()"
              : "this tensor's memory was freed with its scope; call tensor.keep(scope) before the"
                  + " scope closes to use it afterwards");
    }
    if (buffer instanceof HostBuffer host && !host.segment().scope().isAlive()) {
      throw new ClosedScopeException(
          "the arena that this tensor's memory belongs to was closed; keep it open for as long as"
              + " the tensor is used, or copy() the tensor before");
    }
    return buffer;
  }

  /** Notes that {@code operation} writes over values that something may have read. */
  void overwrittenBy(String operation) {
    overwriter = operation;
    overwritten = Clock.tick();
  }

  /** Whether anything was ever written in place. */
  boolean wasOverwritten() {
    return overwritten != 0;
  }

  /** Whether this existed at a time and was written in place before or after. */
  boolean wasOverwrittenAround(long time) {
    return overwritten != 0 && made < time;
  }

  /**
   * Called by everything that reads values.
   *
   * @throws OverwrittenException inside a gradient rule, where the values are not those any more
   *     that the operation saw when it was recorded
   */
  void requireAsRecorded(Layout layout) {
    if (overwritten == 0) {
      return;
    }
    var reader = Node.running();
    if (reader != null && made < reader.time() && reader.time() < overwritten) {
      throw new OverwrittenException(
          "backward of "
              + reader.name()
              + ": needs a value of shape "
              + layout.shape()
              + " that "
              + overwriter
              + " overwrote after "
              + reader.name()
              + " had been recorded; overwrite a copy(), or use the operation that makes a new"
              + " tensor");
    }
  }

  /** Refuses to write where it lies in host memory that nobody may write, such as a mapped file. */
  void requireWritable(String operation) {
    if (buffer instanceof HostBuffer host && host.segment().isReadOnly()) {
      throw new IllegalStateException(
          operation
              + ": this tensor's memory is read-only, as that of a mapped file; copy() it before");
    }
  }

  boolean isReleased() {
    return released;
  }

  /** Notes that somebody reads these values without being part of the graph. */
  void detached() {
    detached = true;
  }

  /** Notes why the memory is about to be released. */
  void freedByBackward() {
    freedByBackward = true;
  }

  boolean isDetached() {
    return detached;
  }

  Scope scope() {
    return scope;
  }

  /** Makes {@code target} responsible for this memory; null leaves it to the garbage collector. */
  void moveTo(Scope target) {
    if (scope == target) {
      return;
    }
    if (scope == null) {
      target.adopt(this);
    } else {
      scope.move(this, target);
    }
  }

  @Override
  public void ownedBy(Scope scope) {
    this.scope = scope;
  }

  @Override
  public void release() {
    released = true;
    cleanable.clean();
  }
}
