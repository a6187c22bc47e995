package dev.jebena.tensor;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.RandomOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.memory.Buffer;
import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.Layout;
import dev.jebena.memory.Scope;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A strided array of numbers on a device, with the memory of how it was made.
 *
 * <p>Views ({@link #transpose}, {@link #slice}, {@link #expand}, …) share memory and never copy.
 * Operations broadcast as in NumPy and record themselves for {@link #backward()} when one of their
 * inputs {@link #requiresGrad}. Axes may be negative, counted from the end. Reading values on the
 * host ({@link #item}, {@link #toFloats}, …) is an explicit copy.
 *
 * <p>Errors: {@link ShapeException} for shapes and axes, {@link DTypeException} for element types,
 * {@link dev.jebena.kernel.DeviceException} for tensors of different devices, {@link
 * dev.jebena.memory.ClosedScopeException} for memory freed with its scope. Operations in place also
 * throw {@link ShapeException} where elements of theirs share memory, as those of an expanded
 * tensor do, and {@link IllegalStateException} for read-only memory and for a leaf that requires a
 * gradient while gradients are recorded.
 */
public final class Tensor {
  private final Storage storage;
  private final DType dtype;
  private final Layout layout;
  private boolean requiresGrad;
  private Node producer;
  private Tensor grad;
  private GradientHooks hooks;

  /** Of a view that shares its history: the tensor that it looks into; otherwise null. */
  private Tensor base;

  /** How often this tensor's history was rewritten by recorded in-place operations. */
  private int rewrites;

  /** The {@link #rewrites} of the base when this view's own history was made. */
  private int seen;

  Tensor(Storage storage, DType dtype, Layout layout) {
    this.storage = storage;
    this.dtype = dtype;
    this.layout = layout;
  }

  // ---------------------------------------------------------------- creation

  /** A tensor of a shape and type whose content is undefined. */
  public static Tensor empty(Device device, DType dtype, Shape shape) {
    return Dispatch.empty(device, dtype, shape);
  }

  /**
   * A tensor of a type and layout over a buffer that exists already, such as a mapped file; nothing
   * is copied.
   *
   * @throws ShapeException where the layout reaches beyond the buffer
   */
  public static Tensor wrap(Device device, Buffer buffer, DType dtype, Layout layout) {
    if (layout.extent() * dtype.byteSize() > buffer.byteSize()) {
      throw new ShapeException(
          "wrap: " + layout + " of " + dtype + " does not fit in " + buffer.byteSize() + " bytes");
    }
    return new Tensor(new Storage(device, buffer), dtype, layout);
  }

  /** Zeros of a shape and type on a device. */
  public static Tensor zeros(Device device, DType dtype, Shape shape) {
    return full(device, dtype, shape, 0);
  }

  /** One value everywhere, converted to the type. */
  public static Tensor full(Device device, DType dtype, Shape shape, Number value) {
    return Dispatch.fill(empty(device, dtype, shape), value);
  }

  /**
   * Zeros, f32, on the context's device.
   *
   * @throws ShapeException for a negative size
   */
  public static Tensor zeros(long... shape) {
    return full(0, shape);
  }

  /**
   * Ones, f32, on the context's device.
   *
   * @throws ShapeException for a negative size
   */
  public static Tensor ones(long... shape) {
    return full(1, shape);
  }

  /**
   * One value, f32, on the context's device.
   *
   * @throws ShapeException for a negative size
   */
  public static Tensor full(double value, long... shape) {
    return full(Context.current().device(), DType.F32, Shape.of(shape), value);
  }

  /** {@code 0, 1, …, end−1} as i64. */
  public static Tensor arange(long end) {
    return arange(0, end, 1);
  }

  /**
   * {@code start, start+step, …} before {@code end}, as i64.
   *
   * @throws ShapeException for a step of 0
   */
  public static Tensor arange(long start, long end, long step) {
    if (step == 0) {
      throw new ShapeException("arange: step 0 never arrives");
    }
    long count =
        Math.max(0, step > 0 ? Math.ceilDiv(end - start, step) : Math.ceilDiv(start - end, -step));
    var out = empty(Context.current().device(), DType.I64, Shape.of(count));
    out.device().primitives().arange(out.operand(), start, step);
    Reference.reachabilityFence(out);
    return out;
  }

  /**
   * {@code start, start+step, …} before {@code end}, computed in f64, as f32: {@code ⌈(end − start)
   * / step⌉} numbers, of which the last may be {@code end} itself where the quotient rounds up.
   *
   * @throws ShapeException for a step that is 0, or bounds that are not finite
   */
  public static Tensor arange(double start, double end, double step) {
    return Creation.arange(start, end, step);
  }

  /**
   * The {@code n × n} identity, f32.
   *
   * @throws ShapeException for a negative size
   */
  public static Tensor eye(long n) {
    if (n < 0) {
      throw new ShapeException("eye: " + n + " rows; as many as 0 or more would fit");
    }
    var i = arange(n);
    return i.unsqueeze(1).eq(i).to(DType.F32);
  }

  /**
   * Row and column of the elements on and below a diagonal of a matrix, i64 {@code [2, n]}.
   *
   * @throws ShapeException for a negative size
   */
  public static Tensor trilIndices(long rows, long columns, long offset) {
    return Diagonals.indices("trilIndices", rows, columns, offset, true);
  }

  /**
   * Row and column of the elements on and above a diagonal of a matrix, i64 {@code [2, n]}.
   *
   * @throws ShapeException for a negative size
   */
  public static Tensor triuIndices(long rows, long columns, long offset) {
    return Diagonals.indices("triuIndices", rows, columns, offset, false);
  }

  /**
   * {@code steps} numbers from {@code start} to {@code end}, both included, f32.
   *
   * @throws ShapeException for a negative number of steps
   */
  public static Tensor linspace(double start, double end, long steps) {
    return Creation.linspace(start, end, steps);
  }

  /**
   * {@code steps} numbers from {@code base^start} to {@code base^end}, both included, with equal
   * quotients, f32.
   *
   * @throws ShapeException for a negative number of steps
   */
  public static Tensor logspace(double start, double end, long steps, double base) {
    return Creation.logspace(start, end, steps, base);
  }

  /** Zeros of the shape, type and device of another tensor. */
  public static Tensor zerosLike(Tensor other) {
    return fullLike(other, 0);
  }

  /** Ones of the shape, type and device of another tensor. */
  public static Tensor onesLike(Tensor other) {
    return fullLike(other, 1);
  }

  /** One value in the shape, type and device of another tensor. */
  public static Tensor fullLike(Tensor other, Number value) {
    return full(other.device(), other.dtype(), other.shape(), value);
  }

  /** A tensor of undefined content with the shape, type and device of another one. */
  public static Tensor emptyLike(Tensor other) {
    return empty(other.device(), other.dtype(), other.shape());
  }

  /**
   * Uniform in [0, 1), f32, from the context's generator.
   *
   * @throws ShapeException for a negative size
   */
  public static Tensor rand(long... shape) {
    return random(RandomOp.UNIFORM, 0, 1, DType.F32, Shape.of(shape));
  }

  /**
   * Standard normal, f32, from the context's generator.
   *
   * @throws ShapeException for a negative size
   */
  public static Tensor randn(long... shape) {
    return random(RandomOp.NORMAL, 0, 1, DType.F32, Shape.of(shape));
  }

  /**
   * Whole numbers uniform in [low, high), i64, from the context's generator.
   *
   * @throws IllegalArgumentException for an empty range
   */
  public static Tensor randint(long low, long high, long... shape) {
    if (low >= high) {
      throw new IllegalArgumentException("randint: the range [" + low + ", " + high + ") is empty");
    }
    return random(RandomOp.INTEGER, low, high, DType.I64, Shape.of(shape));
  }

  /**
   * Uniform in [0, 1) in the shape, floating type and device of another tensor.
   *
   * @throws DTypeException for other than floating tensors
   */
  public static Tensor randLike(Tensor other) {
    Dispatch.requireFloat("randLike", other);
    return Context.current()
        .withDevice(other.device())
        .call(() -> random(RandomOp.UNIFORM, 0, 1, other.dtype(), other.shape()));
  }

  /**
   * Standard normal in the shape, floating type and device of another tensor.
   *
   * @throws DTypeException for other than floating tensors
   */
  public static Tensor randnLike(Tensor other) {
    Dispatch.requireFloat("randnLike", other);
    return Context.current()
        .withDevice(other.device())
        .call(() -> random(RandomOp.NORMAL, 0, 1, other.dtype(), other.shape()));
  }

  /**
   * Normal with {@code mean} and {@code std} given that it lies in [low, high], f32: one draw of
   * the context's generator an element, by inversion ({@link dev.jebena.memory.TruncatedNormal}).
   * The ends may be infinite.
   *
   * @throws IllegalArgumentException for a std that is not positive, an empty range, or one more
   *     than 37 standard deviations away from the mean
   * @throws ShapeException for a negative size
   */
  public static Tensor truncatedNormal(
      double mean, double std, double low, double high, long... shape) {
    return Sampling.truncatedNormal(mean, std, low, high, Shape.of(shape));
  }

  /**
   * {@code 0 … n−1} in random order, {@code [n]}, i64; one draw an element.
   *
   * @throws ShapeException for a negative number
   */
  public static Tensor randperm(long n) {
    return Sampling.randperm(n);
  }

  /**
   * 1 with probability {@code p}, else 0; f32, one draw an element.
   *
   * @throws IllegalArgumentException where p is not within [0, 1]
   */
  public static Tensor bernoulli(double p, long... shape) {
    return Sampling.bernoulli(p, Shape.of(shape));
  }

  /**
   * Exponential with a rate (mean {@code 1/rate}), above 0, f32; one draw an element.
   *
   * @throws IllegalArgumentException for a rate that is not positive
   */
  public static Tensor exponential(double rate, long... shape) {
    return Sampling.exponential(rate, Shape.of(shape));
  }

  /**
   * Standard Gumbel, {@code −log(−log u)}, f32; one draw an element.
   *
   * @throws ShapeException for a negative size
   */
  public static Tensor gumbel(long... shape) {
    return Sampling.gumbel(Shape.of(shape));
  }

  /** Random numbers of any kind and type from the context's generator. */
  public static Tensor random(RandomOp op, double a, double b, DType dtype, Shape shape) {
    var context = Context.current();
    var out = empty(context.device(), dtype, shape);
    long counter = context.generator().take(op.blocks(shape.elements()));
    out.device().primitives().random(op, context.generator().seed(), counter, a, b, out.operand());
    Reference.reachabilityFence(out);
    return out;
  }

  /** A scalar, f32. */
  public static Tensor scalar(double value) {
    return full(value);
  }

  /**
   * A copy of f32 values in row-major order; without a shape one-dimensional.
   *
   * @throws ShapeException where the shape has not as many elements
   */
  public static Tensor of(float[] values, long... shape) {
    return HostCopies.upload(
        Context.current().device(),
        DType.F32,
        shape.length == 0 ? Shape.of(values.length) : Shape.of(shape),
        MemorySegment.ofArray(values),
        values.length);
  }

  /**
   * A copy of f64 values in row-major order; without a shape one-dimensional.
   *
   * @throws ShapeException where the shape has not as many elements
   */
  public static Tensor of(double[] values, long... shape) {
    return HostCopies.upload(
        Context.current().device(),
        DType.F64,
        shape.length == 0 ? Shape.of(values.length) : Shape.of(shape),
        MemorySegment.ofArray(values),
        values.length);
  }

  /**
   * A copy of i64 values in row-major order; without a shape one-dimensional.
   *
   * @throws ShapeException where the shape has not as many elements
   */
  public static Tensor of(long[] values, long... shape) {
    return HostCopies.upload(
        Context.current().device(),
        DType.I64,
        shape.length == 0 ? Shape.of(values.length) : Shape.of(shape),
        MemorySegment.ofArray(values),
        values.length);
  }

  /**
   * A copy of i32 values in row-major order; without a shape one-dimensional.
   *
   * @throws ShapeException where the shape has not as many elements
   */
  public static Tensor of(int[] values, long... shape) {
    return HostCopies.upload(
        Context.current().device(),
        DType.I32,
        shape.length == 0 ? Shape.of(values.length) : Shape.of(shape),
        MemorySegment.ofArray(values),
        values.length);
  }

  /**
   * A copy of booleans in row-major order; without a shape one-dimensional.
   *
   * @throws ShapeException where the shape has not as many elements
   */
  public static Tensor of(boolean[] values, long... shape) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return HostCopies.upload(
        Context.current().device(),
        DType.BOOL,
        shape.length == 0 ? Shape.of(values.length) : Shape.of(shape),
        MemorySegment.ofArray(bytes),
        values.length);
  }

  /**
   * A matrix of f32, every row of one length.
   *
   * @throws ShapeException for rows of different lengths
   */
  public static Tensor of(float[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    float[] flat = new float[rows.length * columns];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != columns) {
        throw new ShapeException(
            "of: row " + i + " has " + rows[i].length + " values, row 0 has " + columns);
      }
      System.arraycopy(rows[i], 0, flat, i * columns, columns);
    }
    return of(flat, rows.length, columns);
  }

  /**
   * A copy of a Java array of any depth, such as {@code double[][][]}: f64, f32, i64, i32, i16, i8
   * or bool after the type of its innermost elements.
   *
   * @throws ShapeException where arrays of one depth differ in length, naming the place
   * @throws DTypeException for anything but an array of primitive numbers or booleans
   */
  public static Tensor of(Object nested) {
    return Creation.nested(nested);
  }

  /** A copy of what remains in a buffer, {@code [remaining]}; the buffer is left as it is. */
  public static Tensor of(FloatBuffer values) {
    return of(values, values.remaining());
  }

  /**
   * A copy of what remains in a buffer, in row-major order; the buffer is left as it is.
   *
   * @throws ShapeException where the shape has not as many elements
   */
  public static Tensor of(FloatBuffer values, long... shape) {
    float[] copy = new float[values.remaining()];
    values.get(values.position(), copy);
    return of(copy, shape);
  }

  /**
   * A copy of raw little-endian elements in row-major order, on a device.
   *
   * @throws ShapeException where the number of bytes is not that of the shape
   */
  public static Tensor fromBytes(Device device, DType dtype, Shape shape, MemorySegment bytes) {
    if (bytes.byteSize() != shape.elements() * dtype.byteSize()) {
      throw new ShapeException(
          "fromBytes: " + bytes.byteSize() + " bytes for " + dtype + " " + shape);
    }
    var out = empty(device, dtype, shape);
    device.upload(bytes, out.operand().buffer(), 0);
    Reference.reachabilityFence(out);
    return out;
  }

  /**
   * A copy of what remains in a buffer, heap or direct, as raw little-endian elements in row-major
   * order, on the context's device. The buffer is left as it is.
   *
   * @throws ShapeException where the number of bytes is not that of the shape
   */
  public static Tensor fromBytes(DType dtype, ByteBuffer bytes, long... shape) {
    return fromBytes(
        Context.current().device(), dtype, Shape.of(shape), MemorySegment.ofBuffer(bytes));
  }

  /**
   * A row-major tensor over native memory, which is not copied: writes on either side are seen on
   * the other. The tensor keeps the segment reachable; memory of a closable arena has to stay open
   * for as long as the tensor or a view of it is used. Any alignment will do. A read-only segment
   * makes a tensor that in-place operations refuse.
   *
   * @throws IllegalArgumentException for a heap segment, or one confined to a single thread
   * @throws ShapeException where the number of bytes is not that of the shape
   * @throws dev.jebena.kernel.DeviceException where the context's device has memory of its own
   */
  public static Tensor wrap(MemorySegment segment, DType dtype, long... shape) {
    return HostMemory.wrap(segment, dtype, Shape.of(shape));
  }

  /**
   * A row-major tensor over what remains in a direct buffer, in native byte order whatever {@link
   * ByteBuffer#order} says; nothing is copied, and the tensor keeps the buffer reachable. Otherwise
   * as {@link #wrap(MemorySegment, DType, long...)}.
   */
  public static Tensor wrap(ByteBuffer direct, DType dtype, long... shape) {
    return HostMemory.wrap(MemorySegment.ofBuffer(direct), dtype, Shape.of(shape));
  }

  /**
   * A row-major tensor over a part of a file, read by the system page by page as it is used;
   * nothing is copied. The mapping is read-only, so in-place operations refuse, and ends when the
   * tensor and all its views are gone. The file must not be shortened meanwhile.
   *
   * @param offset where the elements begin, in bytes, of any alignment
   * @throws ShapeException where the file is too short
   * @throws IOException where it cannot be read
   */
  public static Tensor map(Path file, DType dtype, long offset, long... shape) throws IOException {
    return HostMemory.map(file, dtype, offset, Shape.of(shape));
  }

  // ---------------------------------------------------------------- what it is

  /** The size of each axis. */
  public Shape shape() {
    return layout.shape();
  }

  /**
   * The size of an axis.
   *
   * @throws ShapeException for an axis out of range
   */
  public long size(int axis) {
    return layout.size(axis);
  }

  /** The number of axes; 0 for a scalar. */
  public int rank() {
    return layout.rank();
  }

  /** The product of the sizes: 1 for a scalar, 0 where a size is 0. */
  public long elements() {
    return layout.elements();
  }

  /** The type of the elements. */
  public DType dtype() {
    return dtype;
  }

  /** Shape, strides and offset, in elements. */
  public Layout layout() {
    return layout;
  }

  /** Where the storage lies. */
  public Device device() {
    return storage.device();
  }

  /** Whether the elements stand in row-major order without gaps, as {@link #view} wants them. */
  public boolean isContiguous() {
    return layout.isContiguous();
  }

  /** Whether both walk through one storage: one may be a view of the other. */
  public boolean sharesStorageWith(Tensor other) {
    return storage == other.storage;
  }

  /** What a kernel sees. Keep this tensor reachable while a kernel uses it. */
  public Operand operand() {
    storage.requireAsRecorded(layout);
    return new Operand(storage.buffer(), dtype, layout);
  }

  /**
   * What a kernel writes to that changes these values in place. Gradients that would read the old
   * values fail from now on, naming {@code operation}.
   *
   * @throws IllegalStateException for memory that is read-only
   */
  public Operand writable(String operation) {
    storage.requireWritable(operation);
    storage.overwrittenBy(operation);
    return new Operand(storage.buffer(), dtype, layout);
  }

  Storage storage() {
    return storage;
  }

  Tensor under(Layout other) {
    return new Tensor(storage, dtype, other);
  }

  // ---------------------------------------------------------------- gradients

  /** Whether operations on this tensor are recorded: a leaf that asked, or made from such. */
  public boolean requiresGrad() {
    refresh();
    return requiresGrad;
  }

  /**
   * Asks for a gradient of this leaf.
   *
   * @return this
   * @throws IllegalStateException where an operation made this tensor
   */
  public Tensor requiresGrad(boolean wanted) {
    if (producer() != null) {
      throw new IllegalStateException(
          "requiresGrad: this tensor was made by '"
              + producer.name()
              + "'; only leaves can be set");
    }
    if (wanted) {
      Dispatch.requireFloat("requiresGrad", this);
    }
    requiresGrad = wanted;
    return this;
  }

  /** Whether no recorded operation made this tensor. */
  public boolean isLeaf() {
    return producer() == null;
  }

  /** The gradient that backward passes have added up in this leaf, or null. */
  public Tensor grad() {
    return grad;
  }

  void setGrad(Tensor gradient) {
    grad = gradient;
  }

  /**
   * Forgets the gradient and frees its memory; a tensor taken from {@link #grad} before is then
   * closed.
   */
  public void zeroGrad() {
    if (grad != null) {
      grad.release();
      grad = null;
    }
  }

  /**
   * Lets this tensor keep its {@link #grad} in backward passes although it is not a leaf.
   *
   * @return this
   * @throws IllegalStateException where this tensor requires no gradient
   */
  public Tensor retainGrad() {
    requireRecorded("retainGrad");
    if (producer() != null) {
      producer.hooksToAdd().retain(this);
    }
    return this;
  }

  /**
   * Adds an action on this tensor's whole gradient of each backward pass, before it goes on or is
   * added to {@link #grad}. Actions run in the order in which they were added.
   *
   * @param change gives the gradient to go on with, of the same shape and type, or null to leave it
   * @throws IllegalStateException where this tensor requires no gradient
   */
  public Hook onGradient(UnaryOperator<Tensor> change) {
    requireRecorded("onGradient");
    return hooksToAdd().add(change);
  }

  /**
   * Adds an action that runs as soon as a backward pass has added the whole gradient to this leaf's
   * {@link #grad}.
   *
   * @throws IllegalStateException where this is no leaf that requires a gradient
   */
  public Hook afterAccumulate(Consumer<Tensor> action) {
    requireRecorded("afterAccumulate");
    if (producer() != null) {
      throw new IllegalStateException(
          "afterAccumulate: this tensor was made by '"
              + producer.name()
              + "' and accumulates nothing; use onGradient");
    }
    return hooksToAdd().addAfter(action);
  }

  private void requireRecorded(String operation) {
    if (!requiresGrad()) {
      throw new IllegalStateException(operation + ": this tensor does not require a gradient");
    }
  }

  private GradientHooks hooksToAdd() {
    if (producer() != null) {
      return producer.hooksToAdd();
    }
    if (hooks == null) {
      hooks = new GradientHooks();
    }
    return hooks;
  }

  /** What happens to gradients that arrive at this leaf, or null. */
  GradientHooks hooks() {
    return hooks;
  }

  Node producer() {
    refresh();
    return producer;
  }

  void madeBy(Node node) {
    producer = node;
    requiresGrad = true;
    base = null;
  }

  /** Says that this tensor shares the history of {@code x}, of which it is a view. */
  Tensor viewOf(Tensor x) {
    if (Context.current().recordsGradients()) {
      base = x.base == null ? x : x.base;
      seen = base.rewrites;
    }
    return this;
  }

  /** The tensor whose history this view shares, or null. */
  Tensor base() {
    return base;
  }

  /** The same values with the same history, which stays as it is when this one's goes on. */
  Tensor asItWas() {
    return withHistory(new Tensor(storage, dtype, layout));
  }

  /** Gives {@code other} this tensor's history. */
  Tensor withHistory(Tensor other) {
    other.requiresGrad = requiresGrad();
    other.producer = producer;
    return other;
  }

  /** Goes on after a recorded in-place operation. Views of this tensor follow. */
  void rewrittenBy(Node node) {
    madeBy(node);
    rewrites++;
  }

  /** A view whose base was rewritten since is made anew from it. */
  private void refresh() {
    if (base != null && seen != base.rewrites) {
      seen = base.rewrites;
      requiresGrad = base.requiresGrad;
      producer = requiresGrad ? Regions.node(base, layout) : null;
    }
  }

  /**
   * Back-propagates from this scalar into the {@link #grad} of every leaf it was made from.
   *
   * @throws ShapeException for a tensor of other than one element
   * @throws IllegalStateException where nothing requires a gradient, or the graph was freed
   */
  public void backward() {
    if (elements() != 1) {
      throw new ShapeException(
          "backward: shape "
              + shape()
              + " has "
              + elements()
              + " elements; start from a scalar such as loss.mean(), or pass a gradient");
    }
    backward(full(device(), dtype, shape(), 1), false);
  }

  /**
   * Back-propagates a gradient of this tensor's shape, converted to its type.
   *
   * @param retainGraph keeps the graph for another pass
   * @throws ShapeException for a gradient of another shape
   * @throws IllegalStateException where nothing requires a gradient, or the graph was freed
   */
  public void backward(Tensor gradient, boolean retainGraph) {
    backward(gradient, retainGraph, false);
  }

  /**
   * Back-propagates as {@link #backward(Tensor, boolean)}.
   *
   * @param retainGraph keeps the graph for another pass
   * @param differentiable records the pass itself, so that gradients can be differentiated again
   */
  public void backward(Tensor gradient, boolean retainGraph, boolean differentiable) {
    checkGradient(gradient);
    Context.current()
        .withGradients(differentiable)
        .run(() ->
            new BackwardPass(retainGraph || differentiable, differentiable)
                .run(new Tensor[] {this}, new Tensor[] {gradient}));
  }

  /**
   * Back-propagates as {@link #backward(Tensor, boolean)} and frees every result on the way as soon
   * as no rule needs it any more: activations make room for gradients. Afterwards only leaves, this
   * tensor, and what somebody took by {@link #detach} can be read. For training steps, which look
   * at nothing but the loss.
   *
   * @throws ShapeException for a gradient of another shape
   * @throws IllegalStateException where nothing requires a gradient, or the graph was freed
   */
  public void backwardFreeingResults(Tensor gradient) {
    checkGradient(gradient);
    Context.current()
        .withGradients(false)
        .run(() ->
            new BackwardPass(false, false)
                .freeingResults(new Tensor[] {this}, new Tensor[] {gradient}));
  }

  private void checkGradient(Tensor gradient) {
    if (!requiresGrad()) {
      throw new IllegalStateException(
          "backward: nothing this tensor was made from requires a gradient");
    }
    if (!gradient.shape().equals(shape())) {
      throw new ShapeException(
          "backward: gradient of shape " + gradient.shape() + " for a tensor of shape " + shape());
    }
  }

  /** The same values outside of the graph; shares memory. */
  public Tensor detach() {
    if (!requiresGrad()) {
      return this;
    }
    storage.detached();
    return new Tensor(storage, dtype, layout);
  }

  /** Computes without recording gradients. */
  public static <T> T noGrad(Supplier<T> action) {
    return Context.current().withGradients(false).call(action);
  }

  /** Runs without recording gradients. */
  public static void noGrad(Runnable action) {
    Context.current().withGradients(false).run(action);
  }

  /** Computes with recording of gradients, also inside of {@link #noGrad}. */
  public static <T> T enableGrad(Supplier<T> action) {
    return Context.current().withGradients(true).call(action);
  }

  // ---------------------------------------------------------------- memory

  /** Moves the memory out of {@code scope}, which would free it, to the enclosing one. */
  public Tensor keep(Scope scope) {
    scope.keep(storage);
    storage.detached();
    return this;
  }

  /** Frees the memory now, for all views of it. Later use is an error. */
  public void release() {
    var scope = storage.scope();
    if (scope != null) {
      scope.forget(storage);
    }
    storage.release();
  }

  // ---------------------------------------------------------------- in place

  // These change the values that this tensor and all its views share, and return this. What is
  // recorded goes on: the tensor has the in-place operation as its producer afterwards, and views
  // follow.

  /**
   * {@code this += other}, which must broadcast to this shape.
   *
   * @throws DTypeException for bool tensors, or where the result does not fit this type
   */
  public Tensor addInPlace(Tensor other) {
    return InPlace.add(this, other);
  }

  /**
   * {@code this += s}.
   *
   * @throws DTypeException where the result does not fit this type
   */
  public Tensor addInPlace(double s) {
    return InPlace.add(this, s);
  }

  /**
   * {@code this −= other}, which must broadcast to this shape.
   *
   * @throws DTypeException for bool tensors, or where the result does not fit this type
   */
  public Tensor subInPlace(Tensor other) {
    return InPlace.sub(this, other);
  }

  /**
   * {@code this −= s}.
   *
   * @throws DTypeException where the result does not fit this type
   */
  public Tensor subInPlace(double s) {
    return InPlace.sub(this, s);
  }

  /**
   * {@code this *= other}, which must broadcast to this shape.
   *
   * @throws DTypeException for bool tensors, or where the result does not fit this type
   */
  public Tensor mulInPlace(Tensor other) {
    return InPlace.mul(this, other);
  }

  /**
   * {@code this *= s}.
   *
   * @throws DTypeException where the result does not fit this type
   */
  public Tensor mulInPlace(double s) {
    return InPlace.mul(this, s);
  }

  /**
   * {@code this /= other}, which must broadcast to this shape.
   *
   * @throws DTypeException for bool tensors, or where the result does not fit this type
   */
  public Tensor divInPlace(Tensor other) {
    return InPlace.div(this, other);
  }

  /**
   * {@code this /= s}.
   *
   * @throws DTypeException where the result does not fit this type
   */
  public Tensor divInPlace(double s) {
    return InPlace.div(this, s);
  }

  /**
   * Raises every element to the power of s.
   *
   * @throws DTypeException where the result does not fit this type
   */
  public Tensor powInPlace(double s) {
    return InPlace.pow(this, s);
  }

  /**
   * Cuts every element to [low, high].
   *
   * @throws IllegalArgumentException where low is above high
   * @throws DTypeException for bool tensors
   */
  public Tensor clampInPlace(double low, double high) {
    return InPlace.clamp(this, low, high);
  }

  /**
   * Replaces every element x by −x.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor negInPlace() {
    return InPlace.neg(this);
  }

  /**
   * Replaces every element x by |x|.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor absInPlace() {
    return InPlace.abs(this);
  }

  /**
   * Replaces every element x by eˣ.
   *
   * @throws DTypeException for other than floating tensors
   */
  public Tensor expInPlace() {
    return InPlace.exp(this);
  }

  /**
   * Replaces every element x by ln x.
   *
   * @throws DTypeException for other than floating tensors
   */
  public Tensor logInPlace() {
    return InPlace.log(this);
  }

  /**
   * Replaces every element x by √x.
   *
   * @throws DTypeException for other than floating tensors
   */
  public Tensor sqrtInPlace() {
    return InPlace.sqrt(this);
  }

  /**
   * Replaces every element x by max(x, 0).
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor reluInPlace() {
    return InPlace.relu(this);
  }

  /**
   * Replaces every element x by tanh x.
   *
   * @throws DTypeException for other than floating tensors
   */
  public Tensor tanhInPlace() {
    return InPlace.tanh(this);
  }

  /**
   * Replaces every element x by 1 / (1 + e⁻ˣ).
   *
   * @throws DTypeException for other than floating tensors
   */
  public Tensor sigmoidInPlace() {
    return InPlace.sigmoid(this);
  }

  /** Sets every element. */
  public Tensor fillInPlace(double value) {
    return InPlace.fill("fillInPlace", this, value);
  }

  /** Sets every element to 0. */
  public Tensor zeroInPlace() {
    return InPlace.fill("zeroInPlace", this, 0);
  }

  /**
   * Overwrites the values with those of {@code other}, which must broadcast to this shape.
   *
   * @throws ShapeException where the shapes do not broadcast
   */
  public Tensor copyInPlace(Tensor other) {
    return InPlace.copy(this, other);
  }

  /**
   * Writes {@code value} where the mask is true; the mask broadcasts to this shape.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException for a mask that is not bool
   */
  public Tensor maskedFillInPlace(Tensor mask, double value) {
    return InPlace.maskedFill(this, mask, value);
  }

  /**
   * Adds {@code source[i][j]} at {@code [i][index[i][j]]}, for axis 1 of 2; see {@link
   * #scatterAdd}.
   *
   * @throws ShapeException where index and source differ in shape, or are larger than this in
   *     another axis
   * @throws IndexOutOfBoundsException for an index out of range
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor scatterAddInPlace(int axis, Tensor index, Tensor source) {
    return InPlace.scatterAdd(this, axis, index, source);
  }

  /**
   * Adds slice j of {@code source} to slice {@code index[j]}; see {@link #indexAdd}.
   *
   * @throws ShapeException where the source does not fit this and the index
   * @throws IndexOutOfBoundsException for an index out of range
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor indexAddInPlace(int axis, Tensor index, Tensor source) {
    return InPlace.indexAdd(this, axis, index, source);
  }

  /**
   * Writes {@code value} to the slices of an axis that a one-dimensional index names.
   *
   * @throws ShapeException for an axis out of range, or an index that is no vector
   * @throws IndexOutOfBoundsException for an index out of range
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor indexFillInPlace(int axis, Tensor index, double value) {
    return InPlace.indexFill(this, axis, index, value);
  }

  // ---------------------------------------------------------------- values on the host

  /**
   * The only value, as a double.
   *
   * @throws ShapeException for a tensor of other than one element
   */
  public double item() {
    requireOne("item");
    return HostCopies.doubles(this)[0];
  }

  /**
   * The only value of an integer tensor.
   *
   * @throws ShapeException for a tensor of other than one element
   * @throws DTypeException for floating tensors
   */
  public long itemLong() {
    requireOne("itemLong");
    return HostCopies.longs("itemLong", this)[0];
  }

  private void requireOne(String operation) {
    if (elements() != 1) {
      throw new ShapeException(
          operation + ": shape " + shape() + " has " + elements() + " elements, not 1");
    }
  }

  /**
   * The element at a coordinate, one index an axis.
   *
   * @throws ShapeException for a coordinate of another rank or out of range
   */
  public double get(long... coordinate) {
    layout.indexOf(coordinate);
    var at = detach();
    for (long c : coordinate) {
      at = at.select(0, c);
    }
    return at.item();
  }

  /** The values in row-major order, converted to f32. */
  public float[] toFloats() {
    return HostCopies.floats(this);
  }

  /** The values in row-major order, converted to f64. */
  public double[] toDoubles() {
    return HostCopies.doubles(this);
  }

  /**
   * The values of an integer or boolean tensor in row-major order.
   *
   * @throws DTypeException for floating tensors
   */
  public long[] toLongs() {
    return HostCopies.longs("toLongs", this);
  }

  /**
   * The values of an integer or boolean tensor in row-major order.
   *
   * @throws DTypeException for floating tensors
   */
  public int[] toInts() {
    return HostCopies.ints(this);
  }

  /**
   * The values of a boolean tensor in row-major order.
   *
   * @throws DTypeException for other than bool tensors
   */
  public boolean[] toBooleans() {
    return HostCopies.booleans(this);
  }

  /**
   * Copies the elements, little-endian and in row-major order, until {@code target} is full.
   *
   * @throws ShapeException where the target has not as many bytes as the elements
   */
  public void toBytes(MemorySegment target) {
    if (target.byteSize() != elements() * dtype.byteSize()) {
      throw new ShapeException(
          "toBytes: " + target.byteSize() + " bytes for " + dtype + " " + shape());
    }
    HostCopies.download(this, target);
  }

  /**
   * The numbers as NumPy prints them, then what is not obvious: a type other than f32, i64 and
   * bool; the shape where not all is shown; a device other than the standard one; how it was made.
   * Copies what it shows to the host, and of large tensors shows the ends of each axis only.
   */
  @Override
  public String toString() {
    return TensorPrinter.print(this, TensorFormat.STANDARD);
  }

  /** As {@link #toString()} with other digits, lengths and limits. */
  public String toString(TensorFormat format) {
    return TensorPrinter.print(this, format);
  }

  /**
   * How this tensor lies in memory, in several lines: its storage (with a mark that all views of it
   * share), offset, strides, which axes are broadcast or reversed, how it takes part in gradients;
   * and for a small one where each element stands.
   */
  public String describe() {
    return TensorDescription.of(this);
  }

  // ---------------------------------------------------------------- comparison as a whole

  // equals() and hashCode() stay those of identity: tensors are keys of maps while gradients flow,
  // they can be changed in place, and reading them may mean waiting for a device.

  /**
   * Whether type, shape and all values are the same, however they lie in memory. NaN equals NaN and
   * 0 equals −0. Copies both to the host.
   */
  public boolean contentEquals(Tensor other) {
    return TensorDifference.exact(this, other).isNone();
  }

  /**
   * Whether shapes are the same and {@code |this − expected| ≤ atol + rtol·|expected|} everywhere,
   * of whatever types; NaN is close to nothing. Copies both to the host.
   *
   * @throws IllegalArgumentException for a negative tolerance
   */
  public boolean allClose(Tensor expected, double rtol, double atol) {
    return differenceFrom(expected, rtol, atol, false).isNone();
  }

  /** {@link #allClose(Tensor, double, double)} with rtol 1e-5 and atol 1e-8. */
  public boolean allClose(Tensor expected) {
    return allClose(expected, 1e-5, 1e-8);
  }

  /**
   * Where this tensor differs from an expected one in type, shape or any value; for tests: {@code
   * x.differenceFrom(y).orThrow()}.
   */
  public TensorDifference differenceFrom(Tensor expected) {
    return TensorDifference.exact(this, expected);
  }

  /**
   * Where this tensor is not close to an expected one, as in {@link #allClose}.
   *
   * @param equalNan whether NaN is close to NaN
   * @throws IllegalArgumentException for a negative tolerance
   */
  public TensorDifference differenceFrom(
      Tensor expected, double rtol, double atol, boolean equalNan) {
    return TensorDifference.within(this, expected, rtol, atol, equalNan);
  }

  // ---------------------------------------------------------------- views and copies

  /**
   * The same values as another type. Floats round to nearest, ties to even. Floats to integers cut
   * towards zero into the range of i64 for i64 and of i32 for the others, NaN to 0; narrower
   * integers keep the low bits. To bool: whether it is not 0.
   */
  public Tensor to(DType other) {
    return Views.to(this, other);
  }

  /**
   * The same values as another floating type, each rounded up or down by chance so that the mean is
   * right; random bits come from the context's generator, four elements a block. What the type
   * holds exactly is unchanged, and nothing moves beyond its two neighbours.
   *
   * @throws DTypeException unless both types are floating
   */
  public Tensor toStochastic(DType other) {
    return Conversions.toStochastic(this, other);
  }

  /**
   * The same values as another floating type, what is beyond its range (infinities too) as the
   * largest finite number of either sign. {@link #to(DType)} does so for e4m3 only and makes
   * infinities for the others.
   *
   * @throws DTypeException unless both types are floating
   */
  public Tensor toSaturating(DType other) {
    return Conversions.toSaturating(this, other);
  }

  /** The same values on another device. */
  public Tensor to(Device device) {
    return Views.to(this, device);
  }

  /** A copy in memory of its own. */
  public Tensor copy() {
    return Views.copy(this);
  }

  /** This tensor, or a row-major copy where it is not row-major. */
  public Tensor contiguous() {
    return Views.contiguous(this);
  }

  /**
   * Axes in another order: axis {@code i} of the result is axis {@code order[i]} of this.
   *
   * @throws ShapeException where the axes are not a permutation of all
   */
  public Tensor permute(int... order) {
    return Views.permute(this, order);
  }

  /**
   * Two axes exchanged.
   *
   * @throws ShapeException for an axis out of range
   */
  public Tensor transpose(int a, int b) {
    return Views.transpose(this, a, b);
  }

  /**
   * The last two axes exchanged.
   *
   * @throws ShapeException for a tensor of fewer than two axes
   */
  public Tensor transpose() {
    return Views.transpose(this, -2, -1);
  }

  /**
   * The last two axes exchanged, rank 2 or more: PyTorch's name of {@link #transpose()}.
   *
   * @throws ShapeException for a tensor of fewer than two axes
   */
  public Tensor mT() {
    return Views.transpose(this, -2, -1);
  }

  /**
   * A matrix with its axes exchanged; a vector or a scalar as it is.
   *
   * @throws ShapeException for more than two axes
   */
  public Tensor t() {
    if (rank() > 2) {
      throw new ShapeException(
          "t: takes a matrix, a vector or a scalar, got shape " + shape() + "; see mT and permute");
    }
    return rank() < 2 ? this : transpose(0, 1);
  }

  /**
   * One axis moved to another place, the others in their order; a view.
   *
   * @throws ShapeException for an axis out of range
   */
  public Tensor movedim(int from, int to) {
    return ShapeViews.movedim(this, new int[] {from}, new int[] {to});
  }

  /**
   * Axes {@code from[i]} moved to places {@code to[i]}, the others in their order; a view.
   *
   * @throws ShapeException where the lists differ in length or name an axis twice
   */
  public Tensor movedim(int[] from, int[] to) {
    return ShapeViews.movedim(this, from, to);
  }

  /**
   * Another shape of the same elements, one size may be −1; copies only where it must.
   *
   * @throws ShapeException where the elements are not as many
   */
  public Tensor reshape(long... sizes) {
    return Views.reshape(this, sizes);
  }

  /**
   * Another shape of the same elements, one size may be −1; never copies.
   *
   * @throws ShapeException where the elements are not as many, or strides would need a copy
   */
  public Tensor view(long... sizes) {
    return Views.viewAs(this, sizes);
  }

  /**
   * {@link #view} with the shape of {@code other}.
   *
   * @throws ShapeException where the elements are not as many, or strides would need a copy
   */
  public Tensor viewAs(Tensor other) {
    return Views.viewAs(this, other.shape().toArray());
  }

  /**
   * {@link #reshape} to the shape of {@code other}.
   *
   * @throws ShapeException where the elements are not as many
   */
  public Tensor reshapeAs(Tensor other) {
    return Views.reshape(this, other.shape().toArray());
  }

  /** All axes as one: {@code [2, 3, 4]} becomes {@code [24]}; copies only where it must. */
  public Tensor flatten() {
    return ShapeViews.flatten(this, 0, -1);
  }

  /**
   * Axes {@code first} to {@code last}, both included, as one; copies only where it must.
   *
   * @throws ShapeException where {@code first} stands after {@code last}
   */
  public Tensor flatten(int first, int last) {
    return ShapeViews.flatten(this, first, last);
  }

  /**
   * One axis as several, one of which may be −1: {@code [2, 12]} with axis 1 as {@code 3, −1}
   * becomes {@code [2, 3, 4]}; a view.
   *
   * @throws ShapeException where the sizes do not multiply to that of the axis
   */
  public Tensor unflatten(int axis, long... sizes) {
    return ShapeViews.unflatten(this, axis, sizes);
  }

  /**
   * Any shape, strides and offset, in elements, over the storage of this tensor; a view. Elements
   * seen several times add up their gradients.
   *
   * @throws ShapeException where it would reach outside of the storage
   */
  public Tensor asStrided(long[] sizes, long[] strides, long offset) {
    return ShapeViews.asStrided(this, sizes, strides, offset);
  }

  /**
   * Broadcast to a larger shape without a copy: axes of size 1 are seen as often as it takes, and
   * new ones may come in front.
   *
   * @throws ShapeException where an axis is neither 1 nor of the size asked for
   */
  public Tensor expand(Shape shape) {
    return Views.expand(this, shape);
  }

  /**
   * Broadcast to a larger shape without a copy, as {@link #expand(Shape)}; −1 keeps the size that
   * an axis has.
   *
   * @throws ShapeException where an axis is neither 1 nor of the size asked for
   */
  public Tensor expand(long... shape) {
    return Views.expand(this, shape);
  }

  /**
   * NumPy's and PyTorch's other name of {@link #expand(long...)}.
   *
   * @throws ShapeException where an axis is neither 1 nor of the size asked for
   */
  public Tensor broadcastTo(long... shape) {
    return Views.expand(this, shape);
  }

  /**
   * {@link #expand} to the shape of {@code other}.
   *
   * @throws ShapeException where an axis is neither 1 nor of the size asked for
   */
  public Tensor expandAs(Tensor other) {
    return Views.expand(this, other.shape());
  }

  /**
   * A new axis of size 1.
   *
   * @throws ShapeException for an axis out of range, which counts the new one
   */
  public Tensor unsqueeze(int axis) {
    return Views.unsqueeze(this, axis);
  }

  /**
   * Without an axis of size 1.
   *
   * @throws ShapeException for an axis out of range, or of a size other than 1
   */
  public Tensor squeeze(int axis) {
    return Views.squeeze(this, axis);
  }

  /** Without any axis of size 1; a view. */
  public Tensor squeeze() {
    return ShapeViews.squeeze(this);
  }

  /**
   * Elements from {@code start} to before {@code end} along an axis, bounds as in Python.
   *
   * @throws ShapeException for an axis out of range
   */
  public Tensor slice(int axis, long start, long end) {
    return Views.slice(this, axis, start, end, 1);
  }

  /**
   * Every {@code step}-th element from {@code start} to before {@code end} along an axis.
   *
   * @throws ShapeException for an axis out of range, or a step below 1
   */
  public Tensor slice(int axis, long start, long end, long step) {
    return Views.slice(this, axis, start, end, step);
  }

  /**
   * {@code length} elements of an axis from {@code start}, which may count from the end; a view.
   *
   * @throws ShapeException where they do not lie within the axis; {@link #slice} cuts instead
   */
  public Tensor narrow(int axis, long start, long length) {
    return ShapeViews.narrow(this, axis, start, length);
  }

  /**
   * Windows of {@code size} elements along an axis, one every {@code step}, that share memory:
   * {@code [B, T]} along axis 1 becomes {@code [B, (T − size)/step + 1, size]}.
   *
   * @throws ShapeException where no window fits, or the step is not positive
   */
  public Tensor unfold(int axis, long size, long step) {
    return ShapeViews.unfold(this, axis, size, step);
  }

  /**
   * The elements where index b − index a = {@code offset}, as a new last axis in place of the two;
   * a view.
   *
   * @throws ShapeException where the axes are one
   */
  public Tensor diagonal(long offset, int a, int b) {
    return Diagonals.diagonal(this, offset, a, b);
  }

  /**
   * A copy of a matrix's diagonal, or a matrix with this vector as its diagonal.
   *
   * @throws ShapeException for a rank other than 1 or 2
   */
  public Tensor diag(long offset) {
    return Diagonals.diag(this, offset);
  }

  /**
   * The last axis laid out as a diagonal among zeros: {@code [..., N]} becomes {@code [..., N +
   * |k|, N + |k|]}, those two axes standing at {@code a} and {@code b} of the result.
   *
   * @throws ShapeException for axes that are out of range or the same
   */
  public Tensor diagEmbed(long offset, int a, int b) {
    return Diagonals.diagEmbed(this, offset, a, b);
  }

  /**
   * One index of an axis, which disappears.
   *
   * @throws ShapeException for an axis or index out of range
   */
  public Tensor select(int axis, long index) {
    return Views.select(this, axis, index);
  }

  /**
   * An axis in reverse, by a negative stride.
   *
   * @throws ShapeException for an axis out of range
   */
  public Tensor flip(int axis) {
    return Views.flip(this, axis);
  }

  /**
   * Several axes in reverse, by negative strides; a view.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   */
  public Tensor flip(int... axes) {
    return Repeating.flip(this, axes);
  }

  /**
   * Turned by quarters from axis {@code a} towards axis {@code b}.
   *
   * @throws ShapeException for axes that are out of range or the same
   */
  public Tensor rot90(int turns, int a, int b) {
    return Repeating.rot90(this, turns, a, b);
  }

  /**
   * Moved along an axis; what leaves at one end comes in at the other.
   *
   * @throws ShapeException for an axis out of range
   */
  public Tensor roll(long shift, int axis) {
    return Repeating.roll(this, shift, axis);
  }

  /** Moved in row-major order over all axes; what leaves at the end comes in at the start. */
  public Tensor roll(long shift) {
    return Repeating.roll(this, shift);
  }

  /**
   * The whole repeated along every axis, as a copy: {@code [2, 3]} repeated {@code 4, 1, 2} times
   * is {@code [4, 2, 6]}.
   *
   * @throws ShapeException for fewer numbers than axes
   */
  public Tensor repeat(long... times) {
    return Repeating.repeat(this, times);
  }

  /**
   * {@link #repeat}, where axes in front may be left out: they are repeated once.
   *
   * @throws ShapeException for a negative number
   */
  public Tensor tile(long... times) {
    return Repeating.tile(this, times);
  }

  /**
   * Each element of an axis {@code times} times in a row, as a copy.
   *
   * @throws ShapeException for an axis out of range, or a negative number
   */
  public Tensor repeatInterleave(int axis, long times) {
    return Repeating.repeatInterleave(this, axis, times);
  }

  /**
   * Element i of an axis {@code counts[i]} times in a row, as a copy; the counts are read on the
   * host.
   *
   * @throws ShapeException where there is not one count an element
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor repeatInterleave(int axis, Tensor counts) {
    return Repeating.repeatInterleave(this, axis, counts);
  }

  /**
   * Put between constants: {@code amounts} are pairs (before, after) for the last axis, for the one
   * before it, and so on. Negative amounts cut off.
   *
   * @throws ShapeException for an odd number of amounts, too many, or more cut off than there is
   */
  public Tensor pad(double value, long... amounts) {
    return Padding.constant(this, value, amounts);
  }

  /**
   * Put between its own elements: {@code amounts} are pairs (before, after) for the last axis, for
   * the one before it, and so on.
   *
   * @throws ShapeException for an odd number of amounts, too many, or more than the mode can give
   */
  public Tensor pad(PadMode mode, long... amounts) {
    return Padding.mirrored(this, mode, amounts);
  }

  /**
   * Joined along an existing axis.
   *
   * @throws ShapeException where shapes differ in another axis, or for no tensors
   */
  public static Tensor cat(int axis, Tensor... parts) {
    return Joining.cat(axis, parts);
  }

  /**
   * Joined along a new axis.
   *
   * @throws ShapeException where shapes differ, or for no tensors
   */
  public static Tensor stack(int axis, Tensor... parts) {
    return Joining.stack(axis, parts);
  }

  /**
   * Joined along axis 1; vectors and scalars along axis 0.
   *
   * @throws ShapeException where shapes differ in another axis, or for no tensors
   */
  public static Tensor hstack(Tensor... parts) {
    return Joining.hstack(parts);
  }

  /**
   * Joined along axis 0; a vector is a row {@code [1, N]}.
   *
   * @throws ShapeException where shapes differ in another axis, or for no tensors
   */
  public static Tensor vstack(Tensor... parts) {
    return Joining.vstack(parts);
  }

  /**
   * Joined along axis 2; a vector is {@code [1, N, 1]}, a matrix {@code [M, N, 1]}.
   *
   * @throws ShapeException where shapes differ in another axis, or for no tensors
   */
  public static Tensor dstack(Tensor... parts) {
    return Joining.dstack(parts);
  }

  /**
   * Matrices along the diagonal of one of zeros; vectors count as rows.
   *
   * @throws ShapeException for a rank above 2
   */
  public static Tensor blockDiag(Tensor... blocks) {
    return Diagonals.blockDiag(blocks);
  }

  /**
   * The coordinates of a grid: for vectors of I, J, … elements as many views of shape {@code [I, J,
   * …]}, the first varying along axis 0 ({@code indexing="ij"} in NumPy's words).
   *
   * @throws ShapeException for a rank above 1
   */
  public static List<Tensor> meshgrid(Tensor... vectors) {
    return Repeating.meshgrid(vectors);
  }

  /**
   * Every combination of one element of each of n vectors: {@code [I·J·…, n]}.
   *
   * @throws ShapeException for other than vectors
   */
  public static Tensor cartesianProduct(Tensor... vectors) {
    return Repeating.cartesianProduct(vectors);
  }

  /**
   * Views of consecutive parts with the given sizes.
   *
   * @throws ShapeException where the sizes do not add up to that of the axis
   */
  public List<Tensor> split(int axis, long... sizes) {
    return Joining.split(this, axis, sizes);
  }

  /**
   * Views of {@code size} elements each, the last perhaps smaller.
   *
   * @throws ShapeException for a size below 1
   */
  public List<Tensor> splitEvery(int axis, long size) {
    return Joining.splitEvery(this, axis, size);
  }

  /**
   * Views of exactly {@code sections} parts along an axis, the first ones larger by one if need be.
   *
   * @throws ShapeException for an axis out of range, or fewer than one section
   */
  public List<Tensor> tensorSplit(int axis, int sections) {
    return Joining.tensorSplit(this, axis, sections);
  }

  /**
   * Views between indices: {@code [2, 5]} gives elements 0–1, 2–4 and those from 5 on.
   *
   * @throws ShapeException for an axis out of range
   */
  public List<Tensor> tensorSplit(int axis, long[] indices) {
    return Joining.tensorSplit(this, axis, indices);
  }

  /**
   * A view of every index of an axis, which disappears.
   *
   * @throws ShapeException for an axis out of range
   */
  public List<Tensor> unbind(int axis) {
    return ShapeViews.unbind(this, axis);
  }

  /**
   * Views of at most {@code chunks} equal parts along an axis, the last perhaps smaller.
   *
   * @throws ShapeException for an axis out of range, or fewer than one chunk
   */
  public List<Tensor> chunk(int axis, int chunks) {
    return Joining.chunk(this, axis, chunks);
  }

  // ---------------------------------------------------------------- element-wise

  /**
   * {@code this + other}, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor add(Tensor other) {
    return Elementwise.add(this, other);
  }

  /**
   * {@code this + s}.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor add(double s) {
    return Elementwise.add(this, s);
  }

  /**
   * {@code this − other}, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor sub(Tensor other) {
    return Elementwise.sub(this, other);
  }

  /**
   * {@code this − s}.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor sub(double s) {
    return Elementwise.sub(this, s);
  }

  /**
   * {@code this · other}, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor mul(Tensor other) {
    return Elementwise.mul(this, other);
  }

  /**
   * {@code this · s}.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor mul(double s) {
    return Elementwise.mul(this, s);
  }

  /**
   * {@code this / other}, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor div(Tensor other) {
    return Elementwise.div(this, other);
  }

  /**
   * {@code this / s}.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor div(double s) {
    return Elementwise.div(this, s);
  }

  /**
   * {@code this to the power of other}, broadcast. Integers keep their type: a negative exponent
   * gives 0 but for ±1, where PyTorch throws.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor pow(Tensor other) {
    return Elementwise.pow(this, other);
  }

  /**
   * {@code this to the power of s}.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor pow(double s) {
    return Elementwise.pow(this, s);
  }

  /**
   * {@code s − this}.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor subtractFrom(double s) {
    return Elementwise.subtractFrom(s, this);
  }

  /**
   * The rest of this / other rounded towards zero, broadcast; has the sign of this, as {@code %} in
   * Java. An integer divisor of 0 gives 0.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor fmod(Tensor other) {
    return Pairs.fmod(this, other);
  }

  /**
   * The rest of this / other rounded down, broadcast; has the sign of other, as {@code %} in
   * Python. An integer divisor of 0 gives 0.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor remainder(Tensor other) {
    return Pairs.remainder(this, other);
  }

  /**
   * this / other rounded down, broadcast, as {@code //} in Python; no gradient. An integer divisor
   * of 0 gives 0.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor floorDivide(Tensor other) {
    return Pairs.floorDivide(this, other);
  }

  /**
   * The angle of the points (other, this) in (−π, π], broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor atan2(Tensor other) {
    return Pairs.atan2(this, other);
  }

  /**
   * √(this² + other²) without overflow, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor hypot(Tensor other) {
    return Pairs.hypot(this, other);
  }

  /**
   * The magnitude of this with the sign of other, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor copySign(Tensor other) {
    return Pairs.copySign(this, other);
  }

  /**
   * ln(e^this + e^other) without overflow, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor logAddExp(Tensor other) {
    return Pairs.logAddExp(this, other);
  }

  /**
   * this · ln(other), broadcast; 0 where this is 0.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor xlogy(Tensor other) {
    return Pairs.xlogy(this, other);
  }

  /**
   * 0 where this is negative, 1 where positive, {@code atZero} where 0, NaN where NaN (0 in
   * PyTorch); broadcast, no gradient.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor heaviside(Tensor atZero) {
    return Pairs.heaviside(this, atZero);
  }

  /**
   * this + weight·(end − this), broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor lerp(Tensor end, double weight) {
    return Pairs.lerp(this, end, weight);
  }

  /**
   * this + weight·(end − this), broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor lerp(Tensor end, Tensor weight) {
    return Pairs.lerp(this, end, weight);
  }

  /**
   * this + value·a·b, broadcast; rounded once where the type is narrower than f32.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor addcmul(Tensor a, Tensor b, double value) {
    return Pairs.addcmul(this, a, b, value);
  }

  /**
   * this + value·a/b, broadcast; rounded once where the type is narrower than f32.
   *
   * @throws ShapeException where the shapes do not broadcast
   */
  public Tensor addcdiv(Tensor a, Tensor b, double value) {
    return Pairs.addcdiv(this, a, b, value);
  }

  /**
   * The larger of both, broadcast; equals share the gradient.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor maximum(Tensor other) {
    return Elementwise.maximum(this, other);
  }

  /**
   * The smaller of both, broadcast; equals share the gradient.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor minimum(Tensor other) {
    return Elementwise.minimum(this, other);
  }

  /**
   * Cut to [low, high].
   *
   * @throws IllegalArgumentException where low is above high
   * @throws DTypeException for bool tensors
   */
  public Tensor clamp(double low, double high) {
    return Elementwise.clamp(this, low, high);
  }

  /**
   * Cut to at least {@code low}.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor clampMin(double low) {
    return Pairs.clampMin(this, low);
  }

  /**
   * Cut to at most {@code high}.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor clampMax(double high) {
    return Pairs.clampMax(this, high);
  }

  /**
   * Cut to [low, high], broadcast; high wins where they cross.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor clamp(Tensor low, Tensor high) {
    return Pairs.clamp(this, low, high);
  }

  /**
   * −x, element by element.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor neg() {
    return Elementwise.neg(this);
  }

  /**
   * |x|, element by element.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor abs() {
    return Elementwise.abs(this);
  }

  /**
   * −1, 0 or 1, element by element; NaN for NaN, as in NumPy (0 in PyTorch).
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor sign() {
    return Elementwise.sign(this);
  }

  /**
   * x², element by element.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor square() {
    return Elementwise.square(this);
  }

  /** 1/x, element by element. */
  public Tensor reciprocal() {
    return Elementwise.reciprocal(this);
  }

  /** √x, element by element. */
  public Tensor sqrt() {
    return Elementwise.sqrt(this);
  }

  /** 1/√x, element by element. */
  public Tensor rsqrt() {
    return Elementwise.rsqrt(this);
  }

  /** eˣ, element by element. */
  public Tensor exp() {
    return Elementwise.exp(this);
  }

  /** 2ˣ, element by element. */
  public Tensor exp2() {
    return Functions.exp2(this);
  }

  /** eˣ − 1, element by element, exact near 0. */
  public Tensor expm1() {
    return Functions.expm1(this);
  }

  /** ln x, element by element. */
  public Tensor log() {
    return Elementwise.log(this);
  }

  /** Logarithm to base 2, element by element. */
  public Tensor log2() {
    return Functions.log2(this);
  }

  /** Logarithm to base 10, element by element. */
  public Tensor log10() {
    return Functions.log10(this);
  }

  /** ln(1 + x), element by element, exact near 0. */
  public Tensor log1p() {
    return Functions.log1p(this);
  }

  /** ln(x / (1 − x)), the inverse of {@link #sigmoid}; NaN outside [0, 1]. */
  public Tensor logit() {
    return Functions.logit(this);
  }

  /** sin x, element by element. */
  public Tensor sin() {
    return Elementwise.sin(this);
  }

  /** cos x, element by element. */
  public Tensor cos() {
    return Elementwise.cos(this);
  }

  /** tan x, element by element. */
  public Tensor tan() {
    return Functions.tan(this);
  }

  /** sin⁻¹ x in [−π/2, π/2], element by element; NaN outside [−1, 1]. */
  public Tensor asin() {
    return Functions.asin(this);
  }

  /** cos⁻¹ x in [0, π], element by element; NaN outside [−1, 1]. */
  public Tensor acos() {
    return Functions.acos(this);
  }

  /** tan⁻¹ x in [−π/2, π/2], element by element. */
  public Tensor atan() {
    return Functions.atan(this);
  }

  /** sinh x, element by element. */
  public Tensor sinh() {
    return Functions.sinh(this);
  }

  /** cosh x, element by element. */
  public Tensor cosh() {
    return Functions.cosh(this);
  }

  /** tanh x, element by element. */
  public Tensor tanh() {
    return Elementwise.tanh(this);
  }

  /** sinh⁻¹ x, element by element. */
  public Tensor asinh() {
    return Functions.asinh(this);
  }

  /** cosh⁻¹ x, element by element; NaN below 1. */
  public Tensor acosh() {
    return Functions.acosh(this);
  }

  /** tanh⁻¹ x, element by element; NaN outside [−1, 1]. */
  public Tensor atanh() {
    return Functions.atanh(this);
  }

  /** 1 / (1 + e⁻ˣ), element by element. */
  public Tensor sigmoid() {
    return Elementwise.sigmoid(this);
  }

  /** the error function, element by element. */
  public Tensor erf() {
    return Elementwise.erf(this);
  }

  /** 1 − erf x, element by element, exact where {@link #erf} is close to 1. */
  public Tensor erfc() {
    return Functions.erfc(this);
  }

  /**
   * max(x, 0), element by element.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor relu() {
    return Elementwise.relu(this);
  }

  /** max(x, 0)², element by element (So et al., Primer, 2021). */
  public Tensor reluSquared() {
    return Activations.reluSquared(this);
  }

  /** The activation function that {@code f} names, element by element. */
  public Tensor activate(Activation f) {
    return Activations.activate(this, f);
  }

  /** x·Φ(x), with erf (Hendrycks and Gimpel, 2016). */
  public Tensor gelu() {
    return Elementwise.gelu(this);
  }

  /** x·sigmoid(x), element by element. */
  public Tensor silu() {
    return Elementwise.silu(this);
  }

  /** ln(1 + eˣ), element by element, without overflow. */
  public Tensor softplus() {
    return Functions.softplus(this);
  }

  /** ln(1 + e^βx) / β, element by element; β must be positive. */
  public Tensor softplus(double beta) {
    return Activations.softplus(this, beta);
  }

  /**
   * ln of {@link #sigmoid}, element by element, exact where that is close to 0.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor logSigmoid() {
    return Activations.logSigmoid(this);
  }

  /** x, or α(eˣ − 1) where x is not positive (Clevert et al., 2015). */
  public Tensor elu(double alpha) {
    return Activations.elu(this, alpha);
  }

  /** {@link #elu} scaled to keep mean 0 and variance 1 (Klambauer et al., 2017). */
  public Tensor selu() {
    return Activations.selu(this);
  }

  /**
   * x, or {@code slope}·x where x is not positive.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor leakyRelu(double slope) {
    return Activations.leakyRelu(this, slope);
  }

  /**
   * min(max(x, 0), 6); the gradient is 0 at both corners.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor relu6() {
    return Activations.hardtanh("relu6", this, 0, 6);
  }

  /**
   * Cut to [low, high], low below high; the gradient is 0 at both corners.
   *
   * @throws IllegalArgumentException where low is not below high
   */
  public Tensor hardtanh(double low, double high) {
    return Activations.hardtanh("hardtanh", this, low, high);
  }

  /** relu6(x + 3) / 6 (Howard et al., 2019). */
  public Tensor hardSigmoid() {
    return Activations.hardSigmoid(this);
  }

  /** x·relu6(x + 3) / 6 (Howard et al., 2019). */
  public Tensor hardSwish() {
    return Activations.hardSwish(this);
  }

  /** x·tanh(softplus(x)) (Misra, 2019). */
  public Tensor mish() {
    return Activations.mish(this);
  }

  /** {@link #gelu} with tanh in place of erf, as GPT-2 has it. */
  public Tensor geluTanh() {
    return Activations.geluTanh(this);
  }

  /** x / (1 + |x|), element by element. */
  public Tensor softsign() {
    return Activations.softsign(this);
  }

  /**
   * The next whole number below.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor floor() {
    return Elementwise.rounded("floor", UnaryOp.FLOOR, this);
  }

  /**
   * The next whole number above.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor ceil() {
    return Elementwise.rounded("ceil", UnaryOp.CEIL, this);
  }

  /**
   * The nearest whole number, halves to even.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor round() {
    return Elementwise.rounded("round", UnaryOp.ROUND, this);
  }

  /**
   * The next whole number towards zero.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor trunc() {
    return Functions.trunc(this);
  }

  /**
   * What {@link #trunc} cuts off; has the sign of x.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor frac() {
    return Functions.frac(this);
  }

  /**
   * Where {@code this = other}, broadcast; boolean.
   *
   * @throws ShapeException where the shapes do not broadcast
   */
  public Tensor eq(Tensor other) {
    return Elementwise.compare("eq", BinaryOp.EQ, this, other);
  }

  /** Where {@code this = s}; boolean. */
  public Tensor eq(double s) {
    return Elementwise.compare(BinaryOp.EQ, this, s);
  }

  /**
   * Where {@code this ≠ other}, broadcast; boolean.
   *
   * @throws ShapeException where the shapes do not broadcast
   */
  public Tensor ne(Tensor other) {
    return Elementwise.compare("ne", BinaryOp.NE, this, other);
  }

  /** Where {@code this ≠ s}; boolean. */
  public Tensor ne(double s) {
    return Elementwise.compare(BinaryOp.NE, this, s);
  }

  /**
   * Where {@code this < other}, broadcast; boolean.
   *
   * @throws ShapeException where the shapes do not broadcast
   */
  public Tensor lt(Tensor other) {
    return Elementwise.compare("lt", BinaryOp.LT, this, other);
  }

  /** Where {@code this < s}; boolean. */
  public Tensor lt(double s) {
    return Elementwise.compare(BinaryOp.LT, this, s);
  }

  /**
   * Where {@code this ≤ other}, broadcast; boolean.
   *
   * @throws ShapeException where the shapes do not broadcast
   */
  public Tensor le(Tensor other) {
    return Elementwise.compare("le", BinaryOp.LE, this, other);
  }

  /** Where {@code this ≤ s}; boolean. */
  public Tensor le(double s) {
    return Elementwise.compare(BinaryOp.LE, this, s);
  }

  /**
   * Where {@code this > other}, broadcast; boolean.
   *
   * @throws ShapeException where the shapes do not broadcast
   */
  public Tensor gt(Tensor other) {
    return Elementwise.compare("gt", BinaryOp.GT, this, other);
  }

  /** Where {@code this > s}; boolean. */
  public Tensor gt(double s) {
    return Elementwise.compare(BinaryOp.GT, this, s);
  }

  /**
   * Where {@code this ≥ other}, broadcast; boolean.
   *
   * @throws ShapeException where the shapes do not broadcast
   */
  public Tensor ge(Tensor other) {
    return Elementwise.compare("ge", BinaryOp.GE, this, other);
  }

  /** Where {@code this ≥ s}; boolean. */
  public Tensor ge(double s) {
    return Elementwise.compare(BinaryOp.GE, this, s);
  }

  /**
   * Logical and of booleans, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException for other than bool tensors
   */
  public Tensor and(Tensor other) {
    return Elementwise.logical("and", BinaryOp.AND, this, other);
  }

  /**
   * Logical or of booleans, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException for other than bool tensors
   */
  public Tensor or(Tensor other) {
    return Elementwise.logical("or", BinaryOp.OR, this, other);
  }

  /**
   * Logical xor of booleans, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException for other than bool tensors
   */
  public Tensor xor(Tensor other) {
    return Elementwise.logical("xor", BinaryOp.XOR, this, other);
  }

  /**
   * Logical not of booleans.
   *
   * @throws DTypeException for other than bool tensors
   */
  public Tensor not() {
    return Elementwise.not(this);
  }

  /**
   * Bitwise and of integers or booleans, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException for floating tensors
   */
  public Tensor bitwiseAnd(Tensor other) {
    return Pairs.bits("bitwiseAnd", BinaryOp.BIT_AND, this, other);
  }

  /**
   * Bitwise or of integers or booleans, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException for floating tensors
   */
  public Tensor bitwiseOr(Tensor other) {
    return Pairs.bits("bitwiseOr", BinaryOp.BIT_OR, this, other);
  }

  /**
   * Bitwise xor of integers or booleans, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException for floating tensors
   */
  public Tensor bitwiseXor(Tensor other) {
    return Pairs.bits("bitwiseXor", BinaryOp.BIT_XOR, this, other);
  }

  /**
   * Every bit of integers or booleans inverted.
   *
   * @throws DTypeException for floating tensors
   */
  public Tensor bitwiseNot() {
    return Pairs.bitwiseNot(this);
  }

  /**
   * Integers times 2 to the power of other, broadcast; 0 where the count is negative or too large.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException for other than integers
   */
  public Tensor shiftLeft(Tensor other) {
    return Pairs.shift("shiftLeft", BinaryOp.SHIFT_LEFT, this, other);
  }

  /**
   * Integers divided by 2 to the power of other, rounded down, broadcast; 0 or −1 where the count
   * is negative or too large.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException for other than integers
   */
  public Tensor shiftRight(Tensor other) {
    return Pairs.shift("shiftRight", BinaryOp.SHIFT_RIGHT, this, other);
  }

  /** Where the value is not a number. */
  public Tensor isNan() {
    return Elementwise.test(UnaryOp.IS_NAN, this);
  }

  /** Where the value is neither infinite nor NaN. */
  public Tensor isFinite() {
    return Elementwise.test(UnaryOp.IS_FINITE, this);
  }

  /** Where the value is infinite. */
  public Tensor isInf() {
    return Functions.isInf(this);
  }

  /** Where the value is +∞. */
  public Tensor isPosInf() {
    return Functions.isPosInf(this);
  }

  /** Where the value is −∞. */
  public Tensor isNegInf() {
    return Functions.isNegInf(this);
  }

  /** Where the sign bit is set, that of −0 too. */
  public Tensor signBit() {
    return Functions.signBit(this);
  }

  /**
   * NaN replaced by 0, infinities by the largest and smallest finite numbers of the type.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor nanToNum() {
    return Functions.nanToNum(this, 0, dtype.largest(), -dtype.largest());
  }

  /**
   * NaN, +∞ and −∞ replaced; the gradient is 0 there.
   *
   * @throws DTypeException for bool tensors
   */
  public Tensor nanToNum(double nan, double posInf, double negInf) {
    return Functions.nanToNum(this, nan, posInf, negInf);
  }

  /**
   * Where {@code |this − other| ≤ atol + rtol·|other|}, or both are equal, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   */
  public Tensor isClose(Tensor other, double rtol, double atol, boolean equalNan) {
    return Pairs.isClose(this, other, rtol, atol, equalNan);
  }

  /**
   * {@code condition ? a : b}, broadcast.
   *
   * @throws ShapeException where the shapes do not broadcast
   */
  public static Tensor where(Tensor condition, Tensor a, Tensor b) {
    return Elementwise.where(condition, a, b);
  }

  /**
   * {@code value} where the mask is true; the mask broadcasts to this shape.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException for a mask that is not bool
   */
  public Tensor maskedFill(Tensor mask, double value) {
    return Elementwise.maskedFill(this, mask, value);
  }

  /**
   * Zero above the diagonal of the last two axes; {@code diagonal} moves it up.
   *
   * @throws ShapeException for fewer than two axes
   */
  public Tensor tril(long diagonal) {
    return Triangles.tril(this, diagonal);
  }

  /**
   * Zero below the diagonal of the last two axes; {@code diagonal} moves it up.
   *
   * @throws ShapeException for fewer than two axes
   */
  public Tensor triu(long diagonal) {
    return Triangles.triu(this, diagonal);
  }

  // ---------------------------------------------------------------- reductions

  /** Sum over all elements. */
  public Tensor sum() {
    return Reductions.sum(this, new int[0], false);
  }

  /**
   * Sum over one axis.
   *
   * @throws ShapeException for an axis out of range
   */
  public Tensor sum(int axis, boolean keepDim) {
    return Reductions.sum(this, new int[] {axis}, keepDim);
  }

  /**
   * Sum over several axes; none means all.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   */
  public Tensor sum(int[] axes, boolean keepDim) {
    return Reductions.sum(this, axes, keepDim);
  }

  /**
   * Mean over all elements.
   *
   * @throws DTypeException for other than floating tensors
   */
  public Tensor mean() {
    return Reductions.mean(this, new int[0], false);
  }

  /**
   * Mean over one axis.
   *
   * @throws ShapeException for an axis out of range
   * @throws DTypeException for other than floating tensors
   */
  public Tensor mean(int axis, boolean keepDim) {
    return Reductions.mean(this, new int[] {axis}, keepDim);
  }

  /**
   * Mean over several axes; none means all.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   * @throws DTypeException for other than floating tensors
   */
  public Tensor mean(int[] axes, boolean keepDim) {
    return Reductions.mean(this, axes, keepDim);
  }

  /** Product over all elements. */
  public Tensor prod() {
    return Reductions.prod(this, new int[0], false);
  }

  /**
   * Product over one axis.
   *
   * @throws ShapeException for an axis out of range
   */
  public Tensor prod(int axis, boolean keepDim) {
    return Reductions.prod(this, new int[] {axis}, keepDim);
  }

  /**
   * Product over several axes; none means all.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   */
  public Tensor prod(int[] axes, boolean keepDim) {
    return Reductions.prod(this, axes, keepDim);
  }

  /**
   * {@code log Σ exp}, safe from overflow, over all elements.
   *
   * @throws DTypeException for other than floating tensors
   */
  public Tensor logSumExp() {
    return Reductions.logSumExp(this, new int[0], false);
  }

  /**
   * {@code log Σ exp}, safe from overflow, over one axis.
   *
   * @throws ShapeException for an axis out of range
   * @throws DTypeException for other than floating tensors
   */
  public Tensor logSumExp(int axis, boolean keepDim) {
    return Reductions.logSumExp(this, new int[] {axis}, keepDim);
  }

  /**
   * {@code log Σ exp}, safe from overflow, over several axes; none means all.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   * @throws DTypeException for other than floating tensors
   */
  public Tensor logSumExp(int[] axes, boolean keepDim) {
    return Reductions.logSumExp(this, axes, keepDim);
  }

  /**
   * Euclidean norm over all elements.
   *
   * @throws DTypeException for other than floating tensors
   */
  public Tensor norm() {
    return Reductions.norm(this, new int[0], false);
  }

  /**
   * Euclidean norm over one axis.
   *
   * @throws ShapeException for an axis out of range
   * @throws DTypeException for other than floating tensors
   */
  public Tensor norm(int axis, boolean keepDim) {
    return Reductions.norm(this, new int[] {axis}, keepDim);
  }

  /**
   * Euclidean norm over several axes; none means all.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   * @throws DTypeException for other than floating tensors
   */
  public Tensor norm(int[] axes, boolean keepDim) {
    return Reductions.norm(this, axes, keepDim);
  }

  /**
   * The norm {@code (Σ|x|^p)^(1/p)} over axes, none for all: the sum of magnitudes for 1, the
   * largest or smallest magnitude for ±∞ (whose equals share the gradient), the number of non-zeros
   * for 0.
   *
   * @throws ShapeException for p = ∞ or p below 0 over an empty axis
   * @throws DTypeException for other than floating tensors
   */
  public Tensor norm(double p, int[] axes, boolean keepDim) {
    return Norms.norm(this, p, axes, keepDim);
  }

  /**
   * Divided by its p-norm along an axis, or by {@code eps} where that is larger; the shape stays.
   *
   * @throws ShapeException for an axis out of range
   * @throws DTypeException for other than floating tensors
   */
  public Tensor normalize(double p, int axis, double eps) {
    return Norms.normalize(this, p, axis, eps);
  }

  /**
   * Of length 1 along an axis (but for lengths below 1e-12).
   *
   * @throws ShapeException for an axis out of range
   * @throws DTypeException for other than floating tensors
   */
  public Tensor normalize(int axis) {
    return Norms.normalize(this, 2, axis, 1e-12);
  }

  /**
   * The cosine of the angle to {@code other} along an axis, after broadcasting.
   *
   * @throws ShapeException for an axis out of range, or shapes that do not broadcast
   * @throws DTypeException for other than floating tensors
   */
  public Tensor cosineSimilarity(Tensor other, int axis) {
    return Norms.cosineSimilarity(this, other, axis, 1e-8);
  }

  /** Whether any is true (not 0), over all elements. */
  public Tensor any() {
    return Reductions.any(this, new int[0], false);
  }

  /**
   * Whether any is true (not 0), over one axis.
   *
   * @throws ShapeException for an axis out of range
   */
  public Tensor any(int axis, boolean keepDim) {
    return Reductions.any(this, new int[] {axis}, keepDim);
  }

  /**
   * Whether any is true (not 0), over several axes; none means all.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   */
  public Tensor any(int[] axes, boolean keepDim) {
    return Reductions.any(this, axes, keepDim);
  }

  /** Whether all are true (not 0), over all elements. */
  public Tensor all() {
    return Reductions.all(this, new int[0], false);
  }

  /**
   * Whether all are true (not 0), over one axis.
   *
   * @throws ShapeException for an axis out of range
   */
  public Tensor all(int axis, boolean keepDim) {
    return Reductions.all(this, new int[] {axis}, keepDim);
  }

  /**
   * Whether all are true (not 0), over several axes; none means all.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   */
  public Tensor all(int[] axes, boolean keepDim) {
    return Reductions.all(this, axes, keepDim);
  }

  /**
   * Variance over all elements, divided by {@code n − correction}.
   *
   * @throws DTypeException for other than floating tensors
   */
  public Tensor var(int correction) {
    return Reductions.var(this, new int[0], correction, false);
  }

  /**
   * Variance over axes, divided by {@code n − correction}.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   * @throws DTypeException for other than floating tensors
   */
  public Tensor var(int[] axes, int correction, boolean keepDim) {
    return Reductions.var(this, axes, correction, keepDim);
  }

  /**
   * Standard deviation over axes, none for all, from the variance with {@code n − correction}; its
   * gradient is 0 where all elements are equal.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   * @throws DTypeException for other than floating tensors
   */
  public Tensor std(int[] axes, int correction, boolean keepDim) {
    return Statistics.std(this, axes, correction, keepDim);
  }

  /**
   * Standard deviation over all elements, from the variance with {@code n − correction}.
   *
   * @throws DTypeException for other than floating tensors
   */
  public Tensor std(int correction) {
    return Statistics.std(this, new int[0], correction, false);
  }

  /**
   * Variance and mean over axes, none for all; see {@link #var(int[], int, boolean)}.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   * @throws DTypeException for other than floating tensors
   */
  public VarMean varMean(int[] axes, int correction, boolean keepDim) {
    return Statistics.varMean(this, axes, correction, keepDim);
  }

  /**
   * Standard deviation and mean over axes, none for all.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   * @throws DTypeException for other than floating tensors
   */
  public StdMean stdMean(int[] axes, int correction, boolean keepDim) {
    return Statistics.stdMean(this, axes, correction, keepDim);
  }

  /**
   * Sum over axes, none for all, NaN counting as 0.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   */
  public Tensor nanSum(int[] axes, boolean keepDim) {
    return Statistics.nanSum(this, axes, keepDim);
  }

  /**
   * Mean over axes, none for all, of what is not NaN; NaN where nothing is left.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   * @throws DTypeException for other than floating tensors
   */
  public Tensor nanMean(int[] axes, boolean keepDim) {
    return Statistics.nanMean(this, axes, keepDim);
  }

  /**
   * How many are not 0 over axes, none for all; i64.
   *
   * @throws ShapeException for an axis that is out of range or stands twice
   */
  public Tensor countNonZero(int[] axes, boolean keepDim) {
    return Statistics.countNonZero(this, axes, keepDim);
  }

  /** The lower middle of all elements; equals share the gradient. NaN where one is NaN. */
  public Tensor median() {
    return Statistics.median(this);
  }

  /**
   * The lower middle along an axis, whose element takes the gradient; NaN where one is NaN.
   *
   * @throws ShapeException where the axis is empty
   */
  public Picked median(int axis, boolean keepDim) {
    return Statistics.median(this, axis, keepDim);
  }

  /**
   * The most frequent along an axis, the smallest of several; the index is that of its last
   * occurrence (PyTorch's is any of them), which takes the gradient.
   *
   * @throws ShapeException where the axis is empty
   */
  public Picked mode(int axis, boolean keepDim) {
    return Statistics.mode(this, axis, keepDim);
  }

  /**
   * The value below which the fraction {@code q} of an axis lies, linear between the two nearest;
   * NaN where one is NaN.
   *
   * @throws IllegalArgumentException where {@code q} is not from 0 to 1
   * @throws ShapeException where the axis is empty
   * @throws DTypeException for other than floating tensors
   */
  public Tensor quantile(double q, int axis, boolean keepDim) {
    return Statistics.quantile(this, q, axis, keepDim);
  }

  /**
   * Several quantiles, stacked along a new first axis.
   *
   * @throws ShapeException for an axis out of range or without elements, or no fractions
   * @throws IllegalArgumentException for a fraction outside of [0, 1]
   */
  public Tensor quantile(double[] qs, int axis, boolean keepDim) {
    return Statistics.quantile(this, qs, axis, keepDim);
  }

  /** The largest of all; equals share the gradient. */
  public Tensor max() {
    return Reductions.max(this);
  }

  /**
   * The largest along an axis; the first such element takes the gradient.
   *
   * @throws ShapeException for an axis out of range or without elements
   */
  public Tensor max(int axis, boolean keepDim) {
    return Reductions.max(this, axis, keepDim);
  }

  /**
   * The position of the first largest of all, i64, as in {@link #flatten()}.
   *
   * @throws ShapeException for no elements
   */
  public Tensor argmax() {
    return Reductions.argmax(reshape(-1), 0, false);
  }

  /**
   * The index of the first largest along an axis, i64.
   *
   * @throws ShapeException for an axis out of range or without elements
   */
  public Tensor argmax(int axis, boolean keepDim) {
    return Reductions.argmax(this, axis, keepDim);
  }

  /**
   * The largest along an axis and its index; the first of equals, which takes the gradient.
   *
   * @throws ShapeException for an axis out of range or without elements
   */
  public Picked maxWithIndices(int axis, boolean keepDim) {
    return Extrema.max(this, axis, keepDim);
  }

  /**
   * The largest over axes, none for all; equals share the gradient.
   *
   * @throws ShapeException where one of the axes is empty
   */
  public Tensor amax(int[] axes, boolean keepDim) {
    return Extrema.amax("amax", this, axes, keepDim);
  }

  /** The smallest of all; equals share the gradient. */
  public Tensor min() {
    return Reductions.min(this);
  }

  /**
   * The smallest along an axis; the first such element takes the gradient.
   *
   * @throws ShapeException for an axis out of range or without elements
   */
  public Tensor min(int axis, boolean keepDim) {
    return Reductions.min(this, axis, keepDim);
  }

  /**
   * The position of the first smallest of all, i64, as in {@link #flatten()}.
   *
   * @throws ShapeException for no elements
   */
  public Tensor argmin() {
    return Reductions.argmin(reshape(-1), 0, false);
  }

  /**
   * The index of the first smallest along an axis, i64.
   *
   * @throws ShapeException for an axis out of range or without elements
   */
  public Tensor argmin(int axis, boolean keepDim) {
    return Reductions.argmin(this, axis, keepDim);
  }

  /**
   * The smallest along an axis and its index; the first of equals, which takes the gradient.
   *
   * @throws ShapeException for an axis out of range or without elements
   */
  public Picked minWithIndices(int axis, boolean keepDim) {
    return Extrema.min(this, axis, keepDim);
  }

  /**
   * The smallest over axes, none for all; equals share the gradient.
   *
   * @throws ShapeException where one of the axes is empty
   */
  public Tensor amin(int[] axes, boolean keepDim) {
    return Extrema.amin("amin", this, axes, keepDim);
  }

  /**
   * The smallest and the largest over axes, none for all; equals share the gradient.
   *
   * @throws ShapeException for an axis that is out of range or stands twice, or has no elements
   */
  public MinMax aminmax(int[] axes, boolean keepDim) {
    return Extrema.aminmax(this, axes, keepDim);
  }

  /**
   * Running sum along an axis; integers become i64.
   *
   * @throws ShapeException for an axis out of range
   */
  public Tensor cumsum(int axis) {
    return Reductions.cumsum(this, axis);
  }

  /**
   * Running product along an axis; integers become i64.
   *
   * @throws ShapeException for an axis out of range
   */
  public Tensor cumprod(int axis) {
    return RunningFolds.cumprod(this, axis);
  }

  /**
   * The largest so far along an axis, and its index (the last of equals).
   *
   * @throws ShapeException for an axis out of range
   */
  public Picked cummax(int axis) {
    return RunningFolds.cummax(this, axis);
  }

  /**
   * The smallest so far along an axis, and its index (the last of equals).
   *
   * @throws ShapeException for an axis out of range
   */
  public Picked cummin(int axis) {
    return RunningFolds.cummin(this, axis);
  }

  /**
   * Running {@code log Σ exp} along an axis, safe from overflow.
   *
   * @throws ShapeException for an axis out of range
   * @throws DTypeException for other than floating tensors
   */
  public Tensor logCumSumExp(int axis) {
    return RunningFolds.logCumSumExp(this, axis);
  }

  /**
   * Differences of neighbours along an axis, {@code order} times; each time it is 1 shorter.
   *
   * @throws ShapeException for an axis out of range, or a negative order
   * @throws DTypeException for bool tensors
   */
  public Tensor diff(int order, int axis) {
    return RunningFolds.diff(this, order, axis);
  }

  /**
   * {@code exp(x) / Σ exp(x)} along an axis.
   *
   * @throws ShapeException for an axis out of range
   * @throws DTypeException for other than floating tensors
   */
  public Tensor softmax(int axis) {
    return Softmax.softmax(this, axis);
  }

  /**
   * {@code exp(−x) / Σ exp(−x)} along an axis.
   *
   * @throws ShapeException for an axis out of range
   * @throws DTypeException for other than floating tensors
   */
  public Tensor softmin(int axis) {
    return Softmax.softmin(this, axis);
  }

  /**
   * The logarithm of {@link #softmax} along an axis.
   *
   * @throws ShapeException for an axis out of range
   * @throws DTypeException for other than floating tensors
   */
  public Tensor logSoftmax(int axis) {
    return Softmax.logSoftmax(this, axis);
  }

  // ---------------------------------------------------------------- order

  /**
   * Sorted along an axis. The sort is stable in both directions; NaN is larger than every number.
   *
   * @throws ShapeException for an axis out of range
   */
  public Picked sort(int axis, boolean descending) {
    return Ordering.sort(this, axis, descending);
  }

  /** Ascending along the last axis. */
  public Picked sort() {
    return Ordering.sort(this, -1, false);
  }

  /**
   * The indices that sort along an axis, i64; see {@link #sort(int, boolean)}.
   *
   * @throws ShapeException for an axis out of range
   */
  public Tensor argsort(int axis, boolean descending) {
    return Ordering.argsort(this, axis, descending);
  }

  /**
   * The {@code k} largest (or smallest) along an axis, best first, the first of equals before the
   * others. For a k well below the size of the axis much cheaper than a sort.
   *
   * @throws ShapeException where the axis has fewer than k
   */
  public Picked topk(long k, int axis, boolean largest) {
    return Ordering.topk(this, k, axis, largest);
  }

  /**
   * The {@code k} largest along the last axis, largest first.
   *
   * @throws ShapeException for fewer than k elements along the last axis
   */
  public Picked topk(long k) {
    return Ordering.topk(this, k, -1, true);
  }

  /**
   * The {@code k}-th smallest along an axis, counted from 1, and its index.
   *
   * @throws ShapeException where the axis has no k-th
   */
  public Picked kthValue(long k, int axis, boolean keepDim) {
    return Ordering.kthValue(this, k, axis, keepDim);
  }

  /** The different values, ascending, with inverse and counts. Waits for values on the host. */
  public Unique unique() {
    return Ordering.unique(this);
  }

  /**
   * The different slices of an axis, in ascending order of their elements from the first to the
   * last. The values have this shape but for the axis; inverse {@code [size(axis)]} says which of
   * them each slice is, counts {@code [values.size(axis)]} how often it is there. A slice with a
   * NaN equals none. Waits for values on the host, and sorts twice for each element of a slice
   * until all are told apart.
   *
   * @throws ShapeException for an axis out of range
   */
  public Unique unique(int axis) {
    return Ordering.unique(this, axis);
  }

  /**
   * For each value the number of elements of an ascending sequence that stand before it: those
   * below it, or where {@code right} those not above it. i64 in the shape of {@code values}.
   *
   * @param sorted {@code [N]}, or {@code [..., N]} for values {@code [..., M]}
   * @throws ShapeException where the leading axes differ
   */
  public static Tensor searchSorted(Tensor sorted, Tensor values, boolean right) {
    return Ordering.searchSorted(sorted, values, right);
  }

  /**
   * The number of the bucket of each element: bucket i ends at {@code boundaries[i]}, which belongs
   * to it, or where {@code right} to the next; i64.
   *
   * @param boundaries ascending, {@code [N]}
   * @throws ShapeException for boundaries of another rank
   */
  public Tensor bucketize(Tensor boundaries, boolean right) {
    if (boundaries.rank() != 1) {
      throw new ShapeException("bucketize: boundaries are [N], got " + boundaries.shape());
    }
    return Ordering.searchSorted(boundaries, this, right);
  }

  /** Where the element stands somewhere in {@code others}, of any shape; boolean. */
  public Tensor isIn(Tensor others) {
    return Ordering.isIn(this, others);
  }

  /**
   * How often each whole number stands in {@code [N]}, from 0 to the largest, i64, or the sum of
   * its weights {@code [N]} (null for none; f32 stays f32, other types become f64). Waits for
   * values on the host.
   *
   * @throws IllegalArgumentException for negative numbers
   * @throws DTypeException for other than whole numbers
   */
  public Tensor bincount(Tensor weights, long minLength) {
    return Selecting.bincount(this, weights, minLength);
  }

  /**
   * How many elements fall into each of {@code bins} equal parts of [low, high], in this floating
   * type; others are not counted. Where low equals high the data's own range, which waits for
   * values on the host.
   *
   * @throws ShapeException for fewer than one bin
   */
  public Tensor histc(int bins, double low, double high) {
    return Selecting.histc(this, bins, low, high);
  }

  /**
   * The coordinates of what is not 0, {@code [count, rank]}, i64, in row-major order. Waits for
   * values on the host.
   */
  public Tensor nonZero() {
    return Selecting.nonZero(this);
  }

  /**
   * The elements where a mask is true, {@code [count]}, in row-major order after broadcasting.
   * Waits for values on the host.
   *
   * @throws ShapeException where the shapes do not broadcast
   * @throws DTypeException for a mask that is not bool
   */
  public Tensor maskedSelect(Tensor mask) {
    return Selecting.maskedSelect(this, mask);
  }

  /**
   * 1 with the probability that stands in the element, else 0; one draw an element.
   *
   * @throws DTypeException for other than floating tensors
   */
  public Tensor bernoulli() {
    return Sampling.bernoulli(this);
  }

  /**
   * Indices drawn with the probability of their weights (which need not add up to 1): {@code [C]}
   * gives {@code [count]}, {@code [B, C]} gives {@code [B, count]}, i64. With replacement one draw
   * of the generator a result, without one a weight. Waits for values on the host to check them.
   *
   * @throws IllegalArgumentException for negative weights, or a row with too few that are not 0
   * @throws ShapeException for other shapes, or more than C without replacement
   * @throws DTypeException for other than floating tensors
   */
  public Tensor multinomial(long count, boolean replacement) {
    return Sampling.multinomial(this, count, replacement);
  }

  // ---------------------------------------------------------------- products and indices

  /**
   * Matrix product of the last two axes, the others broadcast: {@code [4,8,16,32] · [32,2]} gives
   * {@code [4,8,16,2]}.
   *
   * @throws ShapeException where inner sizes differ or leading axes do not broadcast, naming both
   *     shapes
   * @throws DTypeException for bool tensors
   */
  public Tensor matmul(Tensor other) {
    return LinearAlgebra.matmul(this, other);
  }

  /**
   * {@code this · weightᵀ + bias} with weight {@code [out, in]} and bias {@code [out]} or null.
   *
   * @throws ShapeException where the sizes of features differ
   */
  public Tensor linear(Tensor weight, Tensor bias) {
    return LinearAlgebra.linear(this, weight, bias, Activation.IDENTITY, null);
  }

  /**
   * {@code f(this · weightᵀ + bias) + residual}, as one operation where the device can: bias,
   * activation and residual are applied while the product is in the cache.
   *
   * @param weight {@code [N, K]}
   * @param bias {@code [N]} or null
   * @param residual {@code [..., N]} or null
   * @throws ShapeException where the shapes do not fit
   */
  public Tensor linear(Tensor weight, Tensor bias, Activation f, Tensor residual) {
    return LinearAlgebra.linear(this, weight, bias, f, residual);
  }

  /**
   * Sum of the products of two vectors {@code [N]}, a scalar.
   *
   * @throws ShapeException for other than two vectors of one size
   * @throws DTypeException for bool tensors
   */
  public Tensor dot(Tensor other) {
    return Products.dot(this, other);
  }

  /**
   * Matrix {@code [M, N]} times vector {@code [N]}.
   *
   * @throws ShapeException for ranks other than 2 and 1, or sizes that differ
   */
  public Tensor mv(Tensor vector) {
    return Products.mv(this, vector);
  }

  /**
   * Matrix {@code [M, K]} times matrix {@code [K, N]}, nothing broadcast.
   *
   * @throws ShapeException for ranks other than 2, or inner sizes that differ
   * @throws DTypeException for bool tensors
   */
  public Tensor mm(Tensor other) {
    return Products.mm(this, other);
  }

  /**
   * Matrices {@code [B, M, K]} times as many {@code [B, K, N]}, nothing broadcast.
   *
   * @throws ShapeException for ranks other than 3, or sizes that differ
   */
  public Tensor bmm(Tensor other) {
    return Products.bmm(this, other);
  }

  /**
   * {@code this + a·b} for matrices; this broadcasts to their product.
   *
   * @throws ShapeException where the product does not fit, or this does not broadcast to it
   * @throws DTypeException for bool tensors
   */
  public Tensor addmm(Tensor a, Tensor b) {
    return Products.addmm(this, a, b, 1, 1);
  }

  /**
   * {@code beta·this + alpha·a·b} for matrices; with beta 0 the values of this do not count.
   *
   * @throws ShapeException where the product does not fit, or this does not broadcast to it
   * @throws DTypeException for bool tensors
   */
  public Tensor addmm(Tensor a, Tensor b, double beta, double alpha) {
    return Products.addmm(this, a, b, beta, alpha);
  }

  /**
   * {@code beta·this + alpha·matrix·vector}; this broadcasts to the product {@code [M]}.
   *
   * @throws ShapeException where the product does not fit, or this does not broadcast to it
   */
  public Tensor addmv(Tensor matrix, Tensor vector, double beta, double alpha) {
    return Products.addmv(this, matrix, vector, beta, alpha);
  }

  /**
   * {@code beta·this + alpha·a·b} for batches of matrices; this broadcasts to the product.
   *
   * @throws ShapeException where the product does not fit, or this does not broadcast to it
   */
  public Tensor baddbmm(Tensor a, Tensor b, double beta, double alpha) {
    return Products.baddbmm(this, a, b, beta, alpha);
  }

  /**
   * Every product of an element of {@code [M]} with one of {@code [N]}: {@code [M, N]}.
   *
   * @throws ShapeException for other than vectors
   * @throws DTypeException for bool tensors
   */
  public Tensor outer(Tensor other) {
    return Products.outer(this, other);
  }

  /**
   * Sums over the last axis of both: {@code [A..., K]} and {@code [B..., K]} give both leads.
   *
   * @throws ShapeException where the last axes differ
   * @throws DTypeException for bool tensors
   */
  public Tensor inner(Tensor other) {
    return Products.inner(this, other);
  }

  /**
   * Sums over pairs of axes, {@code axes[i]} of this with {@code otherAxes[i]} of the other; the
   * axes left of this stand before those of the other.
   *
   * @throws ShapeException where the axes of a pair differ in size or one stands twice
   * @throws DTypeException for bool tensors
   */
  public Tensor tensordot(Tensor other, int[] axes, int[] otherAxes) {
    return Products.tensordot(this, other, axes, otherAxes);
  }

  /**
   * Every element times the whole of the other: {@code [A, B]}, {@code [C, D]} give {@code [A·C,
   * B·D]}.
   */
  public Tensor kron(Tensor other) {
    return Products.kron(this, other);
  }

  /**
   * Sum of a matrix's diagonal.
   *
   * @throws ShapeException for other than a matrix
   */
  public Tensor trace() {
    return Diagonals.trace(this);
  }

  /**
   * Square matrices times themselves, n times; n = 0 gives the identity.
   *
   * @throws IllegalArgumentException for a negative exponent, which would need an inverse
   * @throws DTypeException for other than floating tensors
   */
  public Tensor matrixPower(int n) {
    return Products.matrixPower(this, n);
  }

  /**
   * The cross product of vectors of 3 along an axis; the other axes broadcast.
   *
   * @throws ShapeException where the axis has not size 3, or shapes do not broadcast
   * @throws DTypeException where both are bool
   */
  public Tensor cross(Tensor other, int axis) {
    return Products.cross(this, other, axis);
  }

  /**
   * Euclidean distances of rows: {@code [..., P, M]} and {@code [..., R, M]} give {@code [..., P,
   * R]}, through {@code P·R·M} differences. Equal rows have a gradient of 0.
   *
   * @throws ShapeException for fewer than two axes, or rows of different lengths
   * @throws DTypeException for other than floating tensors
   */
  public Tensor cdist(Tensor other) {
    return Products.cdist(this, other);
  }

  /**
   * {@code out[i][j] = this[i][index[i][j]]} for axis 1 of 2; index has the result's shape.
   *
   * @throws ShapeException where the index is larger than this in another axis
   * @throws IndexOutOfBoundsException for an index out of range
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor gather(int axis, Tensor index) {
    return Indexing.gather(this, axis, index);
  }

  /**
   * A copy with {@code source[i][j]} added at {@code [i][index[i][j]]}.
   *
   * @throws ShapeException where index and source differ in shape, or are larger than this in
   *     another axis
   * @throws IndexOutOfBoundsException for an index out of range
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor scatterAdd(int axis, Tensor index, Tensor source) {
    return Indexing.scatterAdd(this, axis, index, source);
  }

  /**
   * Slices of an axis by number; the axes of {@code index} take its place.
   *
   * @throws ShapeException for an axis out of range
   * @throws IndexOutOfBoundsException for an index out of range
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor indexSelect(int axis, Tensor index) {
    return Indexing.indexSelect(this, axis, index);
  }

  /**
   * A copy with slice j of {@code source} added to slice {@code index[j]} along an axis.
   *
   * @param index {@code [n]}, integers
   * @param source this tensor's shape with n along the axis
   * @throws ShapeException where the source does not fit this and the index
   * @throws IndexOutOfBoundsException for an index out of range
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor indexAdd(int axis, Tensor index, Tensor source) {
    return Indexing.indexAdd(this, axis, index, source);
  }

  /**
   * A copy with {@code source[i][j]} at {@code [i][index[i][j]]}, for axis 1 of 2. Of several
   * values for one element the last stays.
   *
   * @throws ShapeException where index and source differ in shape or do not fit this
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor scatter(int axis, Tensor index, Tensor source) {
    return Scattering.scatter(this, axis, index, source);
  }

  /**
   * A copy with a number at {@code [i][index[i][j]]}, for axis 1 of 2.
   *
   * @throws ShapeException where the index is larger than this in another axis
   * @throws IndexOutOfBoundsException for an index out of range
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor scatter(int axis, Tensor index, double value) {
    return Scattering.scatter(this, axis, index, value);
  }

  /**
   * A copy with the values of {@code source} folded into {@code [i][index[i][j]]}, for axis 1 of 2.
   *
   * @param includeSelf whether the old element takes part
   * @throws ShapeException where index and source differ in shape or do not fit this
   */
  public Tensor scatterReduce(
      int axis, Tensor index, Tensor source, ScatterFold fold, boolean includeSelf) {
    return ScatterReduction.reduce(this, axis, index, source, fold, includeSelf);
  }

  /**
   * A copy with slice j of {@code source} as slice {@code index[j]} along an axis.
   *
   * @param index {@code [n]}, integers; negatives count from the end
   * @param source this tensor's shape with n along the axis
   * @throws ShapeException where the source does not fit this and the index
   * @throws IndexOutOfBoundsException for an index out of range
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor indexCopy(int axis, Tensor index, Tensor source) {
    return Scattering.indexCopy(this, axis, index, source);
  }

  /**
   * A copy with slices {@code index[j]} along an axis filled with a number.
   *
   * @param index {@code [n]}, integers; negatives count from the end
   * @throws ShapeException for an axis out of range, or an index that is no vector
   * @throws IndexOutOfBoundsException for an index out of range
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor indexFill(int axis, Tensor index, double value) {
    return Scattering.indexFill(this, axis, index, value);
  }

  /**
   * A copy with the elements of {@code source}, in order, where the mask is true; the mask
   * broadcasts to this shape and is counted on the host.
   *
   * @throws ShapeException where the source has fewer elements than the mask has true
   * @throws DTypeException for a mask that is not bool
   */
  public Tensor maskedScatter(Tensor mask, Tensor source) {
    return Scattering.maskedScatter(this, mask, source);
  }

  /**
   * Elements at the places that several indices name together: {@code x.index(i, null, j)} is
   * {@code x[i, :, j]}. The indices broadcast; null takes a whole axis, as do axes without an
   * index; negatives count from the end. The axes of the broadcast indices stand where the indexed
   * axes were, or in front where those are not neighbours.
   *
   * <p>A mask of booleans covers as many axes as it has itself and picks where it is true, in
   * row-major order: {@code x.index(mask)} is {@code x[mask]}, {@code [count, rest...]}. It is
   * counted on the host. {@link #maskedSelect} takes masks that broadcast.
   *
   * @throws ShapeException where the indices do not broadcast or are more than the axes, or where a
   *     mask has other sizes than the axes that it covers
   */
  public Tensor index(Tensor... indices) {
    return AdvancedIndexing.index(this, indices);
  }

  /**
   * A copy with {@code values}, which broadcast to what {@link #index} would pick, at those places:
   * added where {@code accumulate}, otherwise in place of what was there. Masks are indices too.
   *
   * @throws ShapeException where indices or values do not fit
   */
  public Tensor indexPut(Tensor values, boolean accumulate, Tensor... indices) {
    return AdvancedIndexing.indexPut(this, values, accumulate, indices);
  }

  /**
   * Elements by position in row-major order, in the shape of the index; negatives from the end.
   *
   * @throws IndexOutOfBoundsException for an index out of range
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor take(Tensor index) {
    return AdvancedIndexing.take(this, index);
  }

  /**
   * {@link #gather} in which the other axes broadcast, such as with the result of {@link #argmax};
   * negatives count from the end.
   *
   * @throws ShapeException where shapes do not broadcast but for the axis
   * @throws IndexOutOfBoundsException for an index out of range
   * @throws DTypeException for an index that is not i64 or i32
   */
  public Tensor takeAlongAxis(Tensor index, int axis) {
    return AdvancedIndexing.takeAlongAxis(this, index, axis);
  }

  /**
   * A copy with {@code source}, of the shape of that view, where {@link #slice} looks.
   *
   * @throws ShapeException where the source has not the shape of that slice
   */
  public Tensor sliceScatter(Tensor source, int axis, long start, long end, long step) {
    return Scattering.written(
        "sliceScatter", this, source, whole -> whole.slice(axis, start, end, step));
  }

  /**
   * A copy with {@code source}, of the shape of that view, where {@link #select} looks.
   *
   * @throws ShapeException where the source has not the shape of that view
   */
  public Tensor selectScatter(Tensor source, int axis, long index) {
    return Scattering.written("selectScatter", this, source, whole -> whole.select(axis, index));
  }

  /**
   * A copy with {@code source}, of the shape of that view, where {@link #diagonal} looks.
   *
   * @throws ShapeException where the source has not the shape of that diagonal
   */
  public Tensor diagonalScatter(Tensor source, long offset, int a, int b) {
    return Scattering.written(
        "diagonalScatter", this, source, whole -> whole.diagonal(offset, a, b));
  }

  /**
   * For each index a row of zeros with a one: {@code [...]} becomes {@code [..., classes]}, i64.
   *
   * @throws ShapeException for a negative number of classes
   * @throws IndexOutOfBoundsException for an index that is not in [0, classes)
   */
  public Tensor oneHot(long classes) {
    return Indexing.oneHot(this, classes);
  }
}
