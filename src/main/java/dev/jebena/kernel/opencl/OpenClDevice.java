package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.KernelTimer;
import dev.jebena.kernel.Primitives;
import dev.jebena.memory.Buffer;
import dev.jebena.memory.DType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A device of an OpenCL driver. Launches complete later than the call returns, in their order; a
 * failure is an error that names the kernel, and nothing ever runs elsewhere instead.
 *
 * <p>Results are the same bits in every run on one device and driver; between devices they may
 * differ by a few units in the last place, except for random numbers, which are equal everywhere.
 */
public final class OpenClDevice implements Device, AutoCloseable {
  /** Live bytes from which on the garbage collector is asked for help, where memory is shared. */
  private static final long SHARED_BUDGET = 2L << 30;

  private final DeviceInfo info;
  private final Settings settings;
  private final Engine engine;
  private final Primitives primitives;
  private final Map<Class<?>, Object> fused;
  private long uploads;

  private OpenClDevice(DeviceInfo info, Settings settings) {
    this.info = info;
    this.settings = settings;
    var queue = new CommandQueue(info, settings.debug());
    long budget = info.cpu() ? Math.min(SHARED_BUDGET, info.memory() / 2) : info.memory() / 2;
    this.engine =
        new Engine(queue, new Programs(queue, settings), new DeviceMemory(queue, budget), settings);
    this.primitives = new ClPrimitives(engine);
    this.fused = FusedKernels.of(engine, primitives);
  }

  static OpenClDevice open(DeviceInfo info, Settings settings) {
    return new OpenClDevice(info, settings);
  }

  @Override
  public String name() {
    return "opencl";
  }

  @Override
  public String description() {
    return "opencl:" + info.index() + ", " + info.describe();
  }

  /** All, but for f64 where the device does not compute in it. */
  @Override
  public Set<DType> dtypes() {
    var types = EnumSet.allOf(DType.class);
    if (!info.doubles()) {
      types.remove(DType.F64);
    }
    return types;
  }

  @Override
  public Buffer allocate(long bytes) {
    return engine.memory().allocate(bytes);
  }

  @Override
  public void upload(MemorySegment source, Buffer target, long targetOffset) {
    var buffer = ClBuffer.of(target);
    engine.queue().write(source, buffer.memory(), buffer.offset() + targetOffset);
    synchronized (this) {
      uploads++;
    }
  }

  @Override
  public void download(Buffer source, long sourceOffset, MemorySegment target) {
    engine.checks().read(ClBuffer.of(source), sourceOffset, target);
  }

  @Override
  public void synchronize() {
    engine.queue().finish();
    engine.checks().check();
  }

  @Override
  public Primitives primitives() {
    return primitives;
  }

  @Override
  public <K> Optional<K> fused(Class<K> kernel) {
    return Optional.ofNullable(kernel.cast(fused.get(kernel)));
  }

  @Override
  public Optional<KernelTimer> timer() {
    return Optional.of(new EventTimer(engine.queue()));
  }

  /** Whether it has instructions that OpenCL does not promise, found out by trying each. */
  List<InstructionProbe.Answer> probe() {
    return Arrays.stream(InstructionProbe.Instruction.values()).map(prober()::ask).toList();
  }

  InstructionProbe prober() {
    return new InstructionProbe(engine);
  }

  /** Products that go through {@code tensor_cores.cl} with its instruction emulated, for tests. */
  MatrixProduct emulatedTensorCores(boolean tf32) {
    return new MatrixProduct(
        engine, new Moves(engine), engine.tuning(), TensorCores.emulated(tf32));
  }

  TensorCoreTrial tensorCoreTrial() {
    return new TensorCoreTrial(engine);
  }

  /** Starts a launch of any kernel, for tests of a kernel alone. */
  Launch launch(String program, String macros, String kernel) {
    return engine.launch(program, macros, kernel);
  }

  /** Kernels for learners, from naive to fast. */
  public KernelLadder ladder() {
    return new KernelLadder(engine);
  }

  /** Times ways to cut products on this device, and keeps the fastest. */
  public Tuner tuner() {
    return new Tuner(engine, settings);
  }

  /** What went over between host and device, what was launched, and what it took to compile. */
  public synchronized Statistics statistics() {
    return new Statistics(
        engine.queue().launches(),
        uploads,
        engine.queue().writtenBytes(),
        engine.queue().reads(),
        engine.queue().readBytes(),
        engine.programs().compiled(),
        engine.programs().compileSeconds(),
        engine.memory().liveBytes(),
        engine.memory().peakLiveBytes(),
        engine.memory().systemBytes(),
        engine.memory().systemCalls());
  }

  /**
   * Counts since the device was opened, and its memory.
   *
   * @param launches kernels queued
   * @param uploads copies from the host
   * @param uploadedBytes that went over from the host, tables of kernels among them
   * @param downloads copies to the host, for whatever reason; each waits for the device
   * @param readBytes that came to the host in these copies
   * @param compiledPrograms programs, of a kernel each, of which no binary was on disk
   * @param compileSeconds what compiling them took
   * @param liveBytes in buffers that were not released
   * @param systemBytes held from the driver
   * @param systemCalls how often the driver was asked for memory
   */
  public record Statistics(
      long launches,
      long uploads,
      long uploadedBytes,
      long downloads,
      long readBytes,
      int compiledPrograms,
      double compileSeconds,
      long liveBytes,
      long peakLiveBytes,
      long systemBytes,
      long systemCalls) {}

  /** Gives the context back to the driver; buffers and kernels must not be used any more. */
  @Override
  public void close() {
    engine.queue().close();
  }
}
