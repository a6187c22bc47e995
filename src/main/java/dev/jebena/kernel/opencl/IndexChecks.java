package dev.jebena.kernel.opencl;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
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
 */
final class IndexChecks {
  private static final long BYTES = 16;

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
      flag = (ClBuffer) engine.scratch(DType.I64, Shape.of(2)).buffer();
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
    if (messages.isEmpty()) {
      return;
    }
    int number;
    long index;
    try (var arena = Arena.ofConfined()) {
      MemorySegment found = arena.allocate(BYTES, 8);
      engine.queue().read(flag.memory(), flag.offset(), found);
      number = found.get(ValueLayout.JAVA_INT, 0);
      index = found.get(ValueLayout.JAVA_LONG, 8);
    }
    var message = messages.get(number);
    messages.clear();
    if (number != 0) {
      clear();
      throw new IndexOutOfBoundsException(message.apply(index));
    }
  }
}
