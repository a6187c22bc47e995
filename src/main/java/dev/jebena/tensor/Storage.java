package dev.jebena.tensor;

import dev.jebena.kernel.Device;
import dev.jebena.memory.Buffer;
import dev.jebena.memory.ClosedScopeException;
import dev.jebena.memory.Scope;
import java.lang.ref.Cleaner;

/** The memory that a tensor and all its views share. */
final class Storage implements Scope.Owned {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Device device;
  private final Buffer buffer;
  private final Cleaner.Cleanable cleanable;
  private volatile boolean released;
  private Scope scope;
  private int tensors;

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
          "this tensor's memory was freed with its scope; call scope.keep(tensor) before the scope"
              + " closes to use it afterwards");
    }
    return buffer;
  }

  boolean isReleased() {
    return released;
  }

  /** Counts one more tensor over this storage. */
  void shared() {
    tensors++;
  }

  /** Whether no second tensor was ever made over this storage. */
  boolean hasOneTensor() {
    return tensors == 1;
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
