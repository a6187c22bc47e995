package dev.jebena.tensor;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.DeviceException;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Tensors over memory that exists already outside of the engine; nothing is copied. */
final class HostMemory {
  private HostMemory() {}

  static Tensor wrap(MemorySegment segment, DType dtype, Shape shape) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException(
          "wrap: the segment is on the heap, which the collector moves; copy it with"
              + " Tensor.fromBytes");
    }
    if (!segment.isAccessibleBy(new Thread(() -> {}))) {
      throw new IllegalArgumentException(
          "wrap: the segment's arena is confined to one thread, but kernels run on several; use"
              + " Arena.ofShared() or Arena.ofAuto()");
    }
    if (segment.byteSize() != shape.elements() * dtype.byteSize()) {
      throw new ShapeException(
          "wrap: "
              + segment.byteSize()
              + " bytes for "
              + dtype
              + " "
              + shape
              + ", which needs "
              + shape.elements() * dtype.byteSize());
    }
    var device = Context.current().device();
    requireHost(device);
    return Tensor.wrap(device, HostBuffer.wrap(segment), dtype, Layout.contiguous(shape));
  }

  private static void requireHost(Device device) {
    var probe = device.allocate(1);
    boolean host = probe instanceof HostBuffer;
    probe.release();
    if (!host) {
      throw new DeviceException(
          "wrap: device "
              + device.name()
              + " has memory of its own; copy with Tensor.fromBytes, or wrap on the cpu and move"
              + " with to(device)");
    }
  }

  static Tensor map(Path file, DType dtype, long offset, Shape shape) throws IOException {
    long bytes = Math.multiplyExact(shape.elements(), (long) dtype.byteSize());
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (offset < 0 || offset > channel.size() - bytes) {
        throw new ShapeException(
            "map: "
                + dtype
                + " "
                + shape
                + " at byte "
                + offset
                + " needs "
                + bytes
                + " bytes, but "
                + file
                + " has "
                + channel.size()
                + " in all");
      }
      // the mapping ends when the collector finds neither tensor nor view over it
      return wrap(channel.map(MapMode.READ_ONLY, offset, bytes, Arena.ofAuto()), dtype, shape);
    }
  }
}
