package dev.jebena.kernel.opencl;

import dev.jebena.kernel.DeviceException;
import dev.jebena.kernel.KernelTimer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_mem;
import org.jocl.cl_queue_properties;

/**
 * One context and one in-order queue of a device: memory, copies and launches. Whatever was queued
 * first is done first, for all threads together, so that memory may be handed out again as soon as
 * its last user has been queued.
 *
 * <p>Nothing here falls back to anything: what the driver refuses is a {@link DeviceException} that
 * names the kernel, its sizes and the device.
 */
final class CommandQueue implements AutoCloseable {
  /** Copies from the host up to this size do not wait; they go through memory of our own. */
  private static final long STAGED = 1L << 20;

  /** How many bytes may wait in such memory before the queue is drained. */
  private static final long MOST_STAGED = 64L << 20;

  /** Pieces of copies: a Java buffer ends below 2 GiB. */
  private static final long PIECE = 1L << 30;

  private final DeviceInfo device;
  private final boolean debug;
  private final cl_context context;
  private cl_command_queue queue;
  private final ArrayDeque<MemorySegment> staged = new ArrayDeque<>();
  private long stagedBytes;
  private long launches;
  private long writtenBytes;
  private long reads;
  private long readBytes;
  private String lastKernel = "none yet";

  /** Launches that are timed, or null where none are. */
  private List<TimedLaunch> timed;

  private record TimedLaunch(String kernel, cl_event event) {}

  CommandQueue(DeviceInfo device, boolean debug) {
    this.device = device;
    this.debug = debug;
    try {
      var properties = new cl_context_properties();
      properties.addProperty(CL.CL_CONTEXT_PLATFORM, device.platform());
      context =
          CL.clCreateContext(
              properties, 1, new cl_device_id[] {device.id()}, null, null, new int[1]);
      queue = create(false);
    } catch (CLException e) {
      throw failure("the device cannot be opened", e);
    }
  }

  @SuppressWarnings("deprecation") // the newer call is missing in drivers of OpenCL 1.2
  private cl_command_queue create(boolean timing) {
    long flags = timing ? CL.CL_QUEUE_PROFILING_ENABLE : 0;
    if (device.version().startsWith("OpenCL 1.")) {
      return CL.clCreateCommandQueue(context, device.id(), flags, null);
    }
    var properties = new cl_queue_properties();
    if (timing) {
      properties.addProperty(CL.CL_QUEUE_PROPERTIES, flags);
    }
    return CL.clCreateCommandQueueWithProperties(context, device.id(), properties, null);
  }

  /** Goes on with a queue that times its kernels, or with one that does not. */
  synchronized void time(boolean on) {
    if (on == (timed != null)) {
      return;
    }
    try {
      takeTimes();
      var other = create(on);
      CL.clReleaseCommandQueue(queue);
      queue = other;
      timed = on ? new ArrayList<>() : null;
    } catch (CLException e) {
      throw failure("a queue that times kernels", e);
    }
  }

  /** What timed launches took since the last call; waits for them. */
  synchronized List<KernelTimer.Timed> takeTimes() {
    finish();
    var times = new ArrayList<KernelTimer.Timed>();
    if (timed != null) {
      for (var launch : timed) {
        long nanos =
            moment(launch.event, CL.CL_PROFILING_COMMAND_END)
                - moment(launch.event, CL.CL_PROFILING_COMMAND_START);
        times.add(new KernelTimer.Timed(launch.kernel, nanos));
        CL.clReleaseEvent(launch.event);
      }
      timed.clear();
    }
    return times;
  }

  private long moment(cl_event event, int which) {
    long[] nanos = new long[1];
    try {
      CL.clGetEventProfilingInfo(event, which, Long.BYTES, Pointer.to(nanos), null);
    } catch (CLException e) {
      throw failure("asking when a kernel ran", e);
    }
    return nanos[0];
  }

  cl_context context() {
    return context;
  }

  DeviceInfo device() {
    return device;
  }

  /** Launches so far. */
  synchronized long launches() {
    return launches;
  }

  /** Bytes that went over from the host so far, for whatever reason. */
  synchronized long writtenBytes() {
    return writtenBytes;
  }

  /** Copies to the host so far, for whatever reason. */
  synchronized long reads() {
    return reads;
  }

  /** Bytes that came back to the host so far, for whatever reason. */
  synchronized long readBytes() {
    return readBytes;
  }

  /** Memory of the device. */
  cl_mem allocate(long bytes) {
    try {
      return CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, bytes, null, null);
    } catch (CLException e) {
      throw failure("a buffer of " + bytes + " bytes cannot be made", e);
    }
  }

  /** Gives memory back once everything that was queued before has run. */
  void free(cl_mem memory) {
    try {
      CL.clReleaseMemObject(memory);
    } catch (CLException e) {
      throw failure("a buffer cannot be released", e);
    }
  }

  /** Copies from the host. The source may change when this returns. */
  synchronized void write(MemorySegment source, cl_mem target, long offset) {
    long bytes = source.byteSize();
    if (bytes == 0) {
      return;
    }
    writtenBytes += bytes;
    try {
      if (bytes <= STAGED) {
        var copy = stage(source);
        enqueueWrite(copy, target, offset, false);
      } else {
        for (long at = 0; at < bytes; at += PIECE) {
          var piece = source.asSlice(at, Math.min(PIECE, bytes - at));
          enqueueWrite(piece.isNative() ? piece : copied(piece), target, offset + at, true);
        }
      }
    } catch (CLException e) {
      throw failure("copying " + bytes + " bytes to the device, behind kernel " + lastKernel, e);
    }
  }

  private MemorySegment stage(MemorySegment source) {
    if (stagedBytes + source.byteSize() > MOST_STAGED) {
      finish();
    }
    var copy = copied(source);
    staged.add(copy);
    stagedBytes += source.byteSize();
    return copy;
  }

  private static MemorySegment copied(MemorySegment source) {
    return Arena.ofAuto().allocate(source.byteSize(), 64).copyFrom(source);
  }

  private void enqueueWrite(MemorySegment source, cl_mem target, long offset, boolean wait) {
    CL.clEnqueueWriteBuffer(
        queue,
        target,
        wait,
        offset,
        source.byteSize(),
        Pointer.toBuffer(source.asByteBuffer()),
        0,
        null,
        null);
  }

  /** Waits for everything queued before, then copies to the host. */
  synchronized void read(cl_mem source, long offset, MemorySegment target) {
    long bytes = target.byteSize();
    reads += bytes == 0 ? 0 : 1;
    readBytes += bytes;
    try {
      for (long at = 0; at < bytes; at += PIECE) {
        var piece = target.asSlice(at, Math.min(PIECE, bytes - at));
        if (piece.isNative()) {
          enqueueRead(source, offset + at, piece);
        } else {
          try (var arena = Arena.ofConfined()) {
            var between = arena.allocate(piece.byteSize(), 64);
            enqueueRead(source, offset + at, between);
            piece.copyFrom(between);
          }
        }
      }
      forgetStaged();
    } catch (CLException e) {
      throw failure("copying " + bytes + " bytes from the device, behind kernel " + lastKernel, e);
    }
  }

  private void enqueueRead(cl_mem source, long offset, MemorySegment target) {
    CL.clEnqueueReadBuffer(
        queue,
        source,
        true,
        offset,
        target.byteSize(),
        Pointer.toBuffer(target.asByteBuffer()),
        0,
        null,
        null);
  }

  /** Copies inside the device; the two may not overlap. */
  synchronized void copy(cl_mem source, long from, cl_mem target, long to, long bytes) {
    try {
      CL.clEnqueueCopyBuffer(queue, source, target, from, to, bytes, 0, null, null);
    } catch (CLException e) {
      throw failure("copying " + bytes + " bytes, behind kernel " + lastKernel, e);
    }
  }

  /** Queues a kernel; the sizes have one number a dimension, and groups divide the whole. */
  synchronized void launch(Kernel kernel, List<Argument> arguments, long[] global, long[] local) {
    var event = debug || timed != null ? new cl_event() : null;
    setArguments(kernel, arguments);
    try {
      CL.clEnqueueNDRangeKernel(
          queue, kernel.handle(), global.length, null, global, local, 0, null, event);
      launches++;
      lastKernel = kernel.name();
      if (debug) {
        check(event);
      }
      if (timed != null) {
        timed.add(new TimedLaunch(kernel.name(), event));
      } else if (debug) {
        CL.clReleaseEvent(event);
      }
    } catch (CLException e) {
      throw failure(
          "kernel "
              + kernel.name()
              + " with "
              + Arrays.toString(global)
              + " work-items in groups of "
              + Arrays.toString(local),
          e);
    }
  }

  private void setArguments(Kernel kernel, List<Argument> arguments) {
    int i = 0;
    try {
      for (; i < arguments.size(); i++) {
        var argument = arguments.get(i);
        CL.clSetKernelArg(kernel.handle(), i, argument.size(), argument.value());
      }
    } catch (CLException e) {
      throw failure(
          "argument " + i + " of " + arguments.get(i).size() + " bytes of kernel " + kernel.name(),
          e);
    }
  }

  /** Waits for a launch and throws where it ended in an error. */
  private void check(cl_event event) {
    CL.clFinish(queue);
    int[] status = new int[1];
    CL.clGetEventInfo(
        event, CL.CL_EVENT_COMMAND_EXECUTION_STATUS, Integer.BYTES, Pointer.to(status), null);
    if (status[0] < 0) {
      throw new CLException(CL.stringFor_errorCode(status[0]), status[0]);
    }
  }

  /** Waits until everything queued has run. */
  synchronized void finish() {
    try {
      CL.clFinish(queue);
      forgetStaged();
    } catch (CLException e) {
      throw failure("waiting for the queue, whose last kernel is " + lastKernel, e);
    }
  }

  private void forgetStaged() {
    staged.clear();
    stagedBytes = 0;
  }

  DeviceException failure(String what, CLException cause) {
    return new DeviceException(
        "opencl:%d: %s failed with %s on %s%s"
            .formatted(
                device.index(),
                what,
                cause.getMessage(),
                device.describe(),
                debug ? "" : " (-Djebena.opencl.debug=true checks after every launch)"),
        cause);
  }

  @Override
  public synchronized void close() {
    CL.clFinish(queue);
    CL.clReleaseCommandQueue(queue);
    CL.clReleaseContext(context);
  }
}
