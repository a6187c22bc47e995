package dev.jebena.kernel.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * Indices are looked at where they are used, on the device. The first that is out of range is kept
 * there with the number of its launch, and becomes an exception when the host next waits; where no
 * checked kernel ran since, nothing is read.
 *
 * <p>What is small, such as the loss of a step, is copied behind the flag on the device, so that
 * one copy to the host brings both.
 */
final class IndexChecks {
  private static final long BYTES = 16;

  /** Bytes behind the flag. */
  private static final long ROOM = 4096;

  private final Engine engine;
  private final Map<Integer, LongFunction<String>> messages = new HashMap<>();
  private ClBuffer flag;
  private int next = 1;

  IndexChecks(Engine engine) {
    this.engine = engine;
  }

  /** Adds flag and number of the launch to a kernel's arguments. */
  synchronized Launch add(Launch launch, LongFunction<String> message) {
    if (flag == null) {
      flag = engine.memory().allocate(BYTES + ROOM);
      clear();
    }
    int number = next++;
    messages.put(number, message);
    return launch
        .memory(flag.memory())
        .integers((int) (flag.offset() / Integer.BYTES))
        .integers(number);
  }

  private void clear() {
    try (var arena = Arena.ofConfined()) {
      engine.queue().write(arena.allocate(BYTES), flag.memory(), flag.offset());
    }
  }

  /**
   * Waits for all checked launches.
   *
   * @throws IndexOutOfBoundsException where one met an index that is out of range
   */
  synchronized void check() {
    if (!messages.isEmpty()) {
      try (var arena = Arena.ofConfined()) {
        var found = arena.allocate(BYTES, 8);
        engine.queue().read(flag.memory(), flag.offset(), found);
        judge(found);
      }
    }
  }

  /**
   * Copies from a buffer to the host, after all launches before.
   *
   * @throws IndexOutOfBoundsException where one of them met an index that is out of range
   */
  void read(ClBuffer source, long offset, MemorySegment target) {
    if (!readBehindFlag(source, offset, target)) {
      check();
      engine.queue().read(source.memory(), source.offset() + offset, target);
    }
  }

  private synchronized boolean readBehindFlag(ClBuffer source, long offset, MemorySegment target) {
    long bytes = target.byteSize();
    if (messages.isEmpty() || bytes == 0 || bytes > ROOM) {
      return false;
    }
    long behind = flag.offset() + BYTES;
    engine.queue().copy(source.memory(), source.offset() + offset, flag.memory(), behind, bytes);
    try (var arena = Arena.ofConfined()) {
      var both = arena.allocate(BYTES + bytes, 8);
      engine.queue().read(flag.memory(), flag.offset(), both);
      judge(both);
      target.copyFrom(both.asSlice(BYTES));
    }
    return true;
  }

  private void judge(MemorySegment found) {
    int number = found.get(ValueLayout.JAVA_INT, 0);
    long index = found.get(ValueLayout.JAVA_LONG, 8);
    var message = messages.get(number);
    messages.clear();
    if (number != 0) {
      clear();
      throw new IndexOutOfBoundsException(message.apply(index));
    }
  }
}
