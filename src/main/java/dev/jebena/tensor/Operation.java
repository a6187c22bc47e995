package dev.jebena.tensor;

import dev.jebena.memory.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One row of the operation table: what an operation is called, how to apply it to tensors and
 * attributes, the types it takes, and inputs on which it must be right or must complain. Tests walk
 * all rows: every device against the reference, every gradient against differences, every sample
 * against values computed elsewhere.
 *
 * @param name as in {@code info --operations}
 * @param dtypes types that it claims for inputs whose samples name none
 * @param differentiable whether the floating inputs have gradients
 * @param apply the call
 * @param samples inputs to try
 * @param errors inputs to refuse
 */
public record Operation(
    String name,
    Set<DType> dtypes,
    boolean differentiable,
    Call apply,
    List<Sample> samples,
    List<ErrorSample> errors) {

  /** Applies an operation to inputs and attributes. */
  @FunctionalInterface
  public interface Call {
    /** Computes the result; records its gradient where an input asks for one. */
    Tensor apply(Tensor[] inputs, Attributes attributes);
  }

  /** How an input lies in memory. */
  public enum View {
    CONTIGUOUS,
    /** Made with its last two axes exchanged, then exchanged back by strides. */
    TRANSPOSED,
    /** Every second element of a longer last axis, not at the start of its buffer. */
    SLICED,
    /** The first axis repeated with stride 0. */
    EXPANDED,
    /** Made back to front along all axes, then turned round by negative strides. */
    REVERSED
  }

  /** How an input is filled. */
  public enum Fill {
    /** Uniform in [low, high). */
    UNIFORM,
    /** Whole numbers in [low, high), all different while they last. */
    PERMUTED
  }

  /**
   * An input to make.
   *
   * @param dtype null for the type under test
   */
  public record Input(
      List<Long> shape, DType dtype, double low, double high, Fill fill, View view) {

    /** Uniform floating numbers in [low, high). */
    public static Input uniform(double low, double high, long... shape) {
      return new Input(boxed(shape), null, low, high, Fill.UNIFORM, View.CONTIGUOUS);
    }

    /** Floating numbers between −2 and 2. */
    public static Input of(long... shape) {
      return uniform(-2, 2, shape);
    }

    /** Floating numbers no two of which are equal. */
    public static Input distinct(long... shape) {
      return new Input(boxed(shape), null, -2, 2, Fill.PERMUTED, View.CONTIGUOUS);
    }

    /** Indices in [0, end). */
    public static Input indices(long end, long... shape) {
      return new Input(boxed(shape), DType.I64, 0, end, Fill.UNIFORM, View.CONTIGUOUS);
    }

    /** Booleans. */
    public static Input bools(long... shape) {
      return new Input(boxed(shape), DType.BOOL, 0, 2, Fill.UNIFORM, View.CONTIGUOUS);
    }

    /** The same input with another layout. */
    public Input as(View other) {
      return new Input(shape, dtype, low, high, fill, other);
    }

    /** The same input with a type of its own. */
    public Input as(DType other) {
      return new Input(shape, other, low, high, fill, view);
    }

    private static List<Long> boxed(long[] shape) {
      return java.util.Arrays.stream(shape).boxed().toList();
    }

    /** The sizes as an array. */
    public long[] sizes() {
      return shape.stream().mapToLong(Long::longValue).toArray();
    }
  }

  /** Named arguments that are not tensors: numbers, flags, lists of whole numbers. */
  public record Attributes(Map<String, Object> values) {
    /** A whole number, such as an axis. */
    public int integer(String key) {
      return ((Number) values.get(key)).intValue();
    }

    /** A number. */
    public double number(String key) {
      return ((Number) values.get(key)).doubleValue();
    }

    /** Yes or no. */
    public boolean flag(String key) {
      return (Boolean) values.get(key);
    }

    /** A copy of the axes. */
    public int[] axes(String key) {
      return ((int[]) values.get(key)).clone();
    }

    /** A copy of the sizes or positions. */
    public long[] sizes(String key) {
      return ((long[]) values.get(key)).clone();
    }

    /** Alternating names and values. */
    static Attributes of(Object... pairs) {
      var values = new LinkedHashMap<String, Object>();
      for (int i = 0; i < pairs.length; i += 2) {
        values.put((String) pairs[i], pairs[i + 1]);
      }
      return new Attributes(values);
    }
  }

  /** Inputs on which the operation must be right. */
  public record Sample(String label, List<Input> inputs, Attributes attributes) {}

  /** Inputs that the operation must refuse with a message that contains the given text. */
  public record ErrorSample(List<Input> inputs, Attributes attributes, String message) {}

  /** Begins a row. */
  public static Builder named(String name, Call apply) {
    return new Builder(name, apply);
  }

  /** Collects a row. */
  public static final class Builder {
    private final String name;
    private final Call apply;
    private final List<Sample> samples = new ArrayList<>();
    private final List<ErrorSample> errors = new ArrayList<>();
    private Set<DType> dtypes = Set.of(DType.F64, DType.F32, DType.F16, DType.BF16);
    private boolean differentiable = true;

    private Builder(String name, Call apply) {
      this.name = name;
      this.apply = apply;
    }

    /** Claims these types instead of f64, f32, f16 and bf16. */
    public Builder dtypes(DType... claimed) {
      dtypes = Set.of(claimed);
      return this;
    }

    /** Claims these types too. */
    public Builder alsoDtypes(DType... claimed) {
      var all = EnumSet.copyOf(dtypes);
      all.addAll(List.of(claimed));
      dtypes = Collections.unmodifiableSet(all);
      return this;
    }

    /** Claims every integer type too. */
    public Builder alsoIntegers() {
      return alsoDtypes(DType.I64, DType.I32, DType.I16, DType.I8, DType.U8);
    }

    /** Claims every type there is: the operation moves elements without looking at them. */
    public Builder everyType() {
      return dtypes(DType.values());
    }

    /** The operation has no gradient. */
    public Builder notDifferentiable() {
      differentiable = false;
      return this;
    }

    /** Adds a sample; attributes alternate names and values. */
    public Builder sample(String label, List<Input> inputs, Object... attributes) {
      samples.add(new Sample(label, inputs, Attributes.of(attributes)));
      return this;
    }

    /**
     * Adds a sample of one input in every layout, with awkward sizes; attributes as in a sample.
     */
    public Builder unarySamples(double low, double high, Object... attributes) {
      sample("matrix", List.of(Input.uniform(low, high, 3, 5)), attributes);
      sample("transposed", List.of(Input.uniform(low, high, 3, 5).as(View.TRANSPOSED)), attributes);
      sample("sliced", List.of(Input.uniform(low, high, 2, 7).as(View.SLICED)), attributes);
      sample("expanded", List.of(Input.uniform(low, high, 3, 4).as(View.EXPANDED)), attributes);
      sample("scalar", List.of(Input.uniform(low, high)), attributes);
      sample("empty", List.of(Input.uniform(low, high, 0, 3)), attributes);
      return sample("odd", List.of(Input.uniform(low, high, 67)), attributes);
    }

    /** Adds samples of two inputs that broadcast in every way. */
    public Builder binarySamples(double low, double high) {
      sample("equal", List.of(Input.uniform(low, high, 3, 5), Input.uniform(low, high, 3, 5)));
      sample("row", List.of(Input.uniform(low, high, 3, 19), Input.uniform(low, high, 19)));
      sample("column", List.of(Input.uniform(low, high, 3, 1), Input.uniform(low, high, 3, 5)));
      sample("outer", List.of(Input.uniform(low, high, 2, 1, 3), Input.uniform(low, high, 4, 1)));
      sample("scalar", List.of(Input.uniform(low, high, 7), Input.uniform(low, high)));
      sample("scalars", List.of(Input.uniform(low, high), Input.uniform(low, high)));
      sample("empty", List.of(Input.uniform(low, high, 0, 3), Input.uniform(low, high, 3)));
      sample("odd", List.of(Input.uniform(low, high, 67), Input.uniform(low, high, 67)));
      return sample(
          "strided",
          List.of(
              Input.uniform(low, high, 4, 6).as(View.TRANSPOSED),
              Input.uniform(low, high, 4, 6).as(View.SLICED)));
    }

    /** Adds inputs to refuse. */
    public Builder error(String message, List<Input> inputs, Object... attributes) {
      errors.add(new ErrorSample(inputs, Attributes.of(attributes), message));
      return this;
    }

    /** The row. */
    public Operation build() {
      return new Operation(
          name, dtypes, differentiable, apply, List.copyOf(samples), List.copyOf(errors));
    }
  }
}
