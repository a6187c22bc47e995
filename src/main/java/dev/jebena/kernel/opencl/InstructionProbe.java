package dev.jebena.kernel.opencl;

import dev.jebena.kernel.DeviceException;
import dev.jebena.kernel.Operand;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Whether a device has instructions that OpenCL does not promise, by trying: a kernel of {@code
 * probe.cl} is compiled and run, and what it gives is compared with the right numbers. A driver
 * that does not compile it, or computes something else, does not have them.
 */
final class InstructionProbe {
  private static final int ROWS = 16;
  private static final int COLUMNS = 8;

  /** Instructions to ask for. */
  enum Instruction {
    /** Arithmetic in f16. */
    HALF("f16 arithmetic", 16),
    /** Tensor cores of NVIDIA: products of bf16, summed in f32. */
    MMA_BF16("mma.sync bf16", 16),
    /** Tensor cores of NVIDIA: products of f32 cut to 10 bits, summed in f32. */
    MMA_TF32("mma.sync tf32", 8);

    private final String label;
    private final int inner;

    Instruction(String label, int inner) {
      this.label = label;
      this.inner = inner;
    }

    /** For people. */
    String label() {
      return label;
    }

    /** {@code a[i][k]} and {@code b[k][j]}: whole numbers that every type here holds exactly. */
    float[] left() {
      float[] values = new float[ROWS * inner];
      for (int i = 0; i < values.length; i++) {
        values[i] = (i / inner * 37 + i % inner * 11) % 13 - 6;
      }
      return values;
    }

    float[] right() {
      float[] values = new float[inner * COLUMNS];
      for (int i = 0; i < values.length; i++) {
        values[i] = (i / COLUMNS * 29 + i % COLUMNS * 17) % 11 - 5;
      }
      return values;
    }

    /** Their product. */
    float[] product() {
      float[] a = left();
      float[] b = right();
      float[] values = new float[ROWS * COLUMNS];
      for (int i = 0; i < values.length; i++) {
        for (int k = 0; k < inner; k++) {
          values[i] += a[i / COLUMNS * inner + k] * b[k * COLUMNS + i % COLUMNS];
        }
      }
      return values;
    }
  }

  /**
   * What came of it.
   *
   * @param why it does not work; empty where it does
   */
  record Answer(Instruction instruction, boolean works, String why) {}

  private final Engine engine;

  InstructionProbe(Engine engine) {
    this.engine = engine;
  }

  /** Tries; never throws for what a device lacks. */
  Answer ask(Instruction instruction) {
    var missing = missing(instruction, engine.queue().device());
    return missing.isPresent() ? new Answer(instruction, false, missing.get()) : tried(instruction);
  }

  /** What a driver says of itself before it is asked to compile what it cannot know. */
  private static Optional<String> missing(Instruction instruction, DeviceInfo device) {
    if (instruction == Instruction.HALF) {
      return device.halves() ? Optional.empty() : Optional.of("the driver has no cl_khr_fp16");
    }
    boolean nvidia = device.vendor().contains("NVIDIA");
    return nvidia ? Optional.empty() : Optional.of("it is for NVIDIA's compiler, with inline PTX");
  }

  /** Compiles, runs and compares, whatever the driver says. */
  Answer tried(Instruction instruction) {
    String why;
    try {
      why = wrong(run(instruction), instruction.product()).orElse("");
    } catch (DeviceException e) {
      why = reason(e.getMessage());
    }
    return new Answer(instruction, why.isEmpty(), why);
  }

  /** The first number that is not right. */
  static Optional<String> wrong(float[] found, float[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (found[i] != expected[i]) {
        return Optional.of(
            "it computes wrong numbers: %s instead of %s in row %d, column %d"
                .formatted(found[i], expected[i], i / COLUMNS, i % COLUMNS));
      }
    }
    return Optional.empty();
  }

  /** What stands behind {@code #error}, or else the first line. */
  private static String reason(String message) {
    return message
        .lines()
        .filter(line -> line.contains("#error") || line.contains("error:"))
        .map(line -> line.replaceFirst(".*(error|:\\d+):? ?", "").replace("\"", "").strip())
        .findFirst()
        .orElse(message.lines().findFirst().orElse("no reason given"));
  }

  private float[] run(Instruction instruction) {
    var a = filled(instruction.left());
    var b = filled(instruction.right());
    var c = filled(new float[ROWS * COLUMNS]); // a kernel that writes nothing is found out
    try {
      engine
          .launch("probe", "-DPROBE_" + instruction.name(), "probe")
          .operand(a)
          .operand(b)
          .operand(c)
          .run(new long[] {1}, 32);
      try (var arena = Arena.ofConfined()) {
        var found = arena.allocate((long) ROWS * COLUMNS * Float.BYTES, 64);
        var buffer = ClBuffer.of(c);
        engine.queue().read(buffer.memory(), buffer.offset(), found);
        return found.toArray(ValueLayout.JAVA_FLOAT);
      }
    } finally {
      a.buffer().release();
      b.buffer().release();
      c.buffer().release();
    }
  }

  private Operand filled(float[] values) {
    var operand = engine.scratch(DType.F32, Shape.of(values.length));
    var buffer = ClBuffer.of(operand);
    try (var arena = Arena.ofConfined()) {
      var segment = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
      engine.queue().write(segment, buffer.memory(), buffer.offset());
    }
    return operand;
  }
}
