package dev.jebena.memory;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * A span of a thread's work whose memory is freed at its end.
 *
 * <pre>{@code
 * try (var step = Scope.open()) {
 *   var loss = model.loss(batch);   // everything made here …
 *   loss.backward();
 *   loss.keep(step);                // … but this, which moves to the enclosing scope
 * }                                 // … is freed here
 * }</pre>
 *
 * <p>Scopes nest, belong to the thread that opened them and close in reverse order. Without a scope
 * memory is freed when the garbage collector finds it unreachable.
 */
public final class Scope implements AutoCloseable {
  /** The innermost open scope of each thread. */
  private static final ThreadLocal<Scope> CURRENT = new ThreadLocal<>();

  /** Something that a scope frees. */
  public interface Owned {
    /** Frees it; later use is an error. */
    void release();

    /** Told whenever another scope (null: none) becomes responsible. */
    void ownedBy(Scope scope);
  }

  private final Scope parent;
  private final Thread thread = Thread.currentThread();
  private final Set<Owned> owned = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean closed;

  private Scope(Scope parent) {
    this.parent = parent;
  }

  /** Opens a scope on this thread; close it with try-with-resources. */
  public static Scope open() {
    var scope = new Scope(CURRENT.get());
    CURRENT.set(scope);
    return scope;
  }

  /** The innermost open scope of this thread, or null. */
  public static Scope current() {
    return CURRENT.get();
  }

  /** Runs {@code action} as if no scope were open: what it makes outlives all of them. */
  public static <T> T outside(java.util.function.Supplier<T> action) {
    var inner = CURRENT.get();
    CURRENT.remove();
    try {
      return action.get();
    } finally {
      if (inner != null) {
        CURRENT.set(inner);
      }
    }
  }

  /** Makes this scope responsible for {@code item}. */
  public void adopt(Owned item) {
    synchronized (owned) {
      if (closed) {
        throw new ClosedScopeException("the scope is closed: nothing can be added to it");
      }
      owned.add(item);
    }
    item.ownedBy(this);
  }

  /** Makes this scope forget {@code item}. */
  public void forget(Owned item) {
    synchronized (owned) {
      if (!owned.remove(item)) {
        return;
      }
    }
    item.ownedBy(null);
  }

  /** Moves {@code item} to the enclosing scope, or out of all scopes where there is none. */
  public void keep(Owned item) {
    move(item, parent);
  }

  /** Moves {@code item} from this scope to another; null leaves it to the garbage collector. */
  public void move(Owned item, Scope target) {
    if (target == this) {
      return;
    }
    synchronized (owned) {
      if (!owned.remove(item)) {
        return;
      }
    }
    if (target == null) {
      item.ownedBy(null);
    } else {
      target.adopt(item);
    }
  }

  /** How many things this scope would free now. */
  public int size() {
    synchronized (owned) {
      return owned.size();
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (Thread.currentThread() != thread || CURRENT.get() != this) {
      throw new IllegalStateException(
          "scopes close on the thread that opened them, innermost first");
    }
    closed = true;
    if (parent == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(parent);
    }
    for (var item : owned) {
      item.release();
    }
    owned.clear();
  }
}
