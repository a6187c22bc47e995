package dev.jebena.kernel.opencl;

import dev.jebena.kernel.DeviceException;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.opencl.InstructionProbe.Instruction;
import dev.jebena.memory.DType;
import dev.jebena.memory.NarrowFloat;
import dev.jebena.memory.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * A small product through {@code tensor_cores.cl} itself, before any other: a driver that does not
 * build it, or whose numbers are wrong, goes on without.
 */
final class TensorCoreTrial {
  private static final int ROWS = 16;
  private static final int COLUMNS = 8;

  private final Engine engine;
  private final Moves moves;

  TensorCoreTrial(Engine engine) {
    this.engine = engine;
    this.moves = new Moves(engine);
  }

  /** What is wrong with an instruction's kernel, in a line; empty where nothing is. */
  Optional<String> wrong(TensorCores cores, Instruction instruction) {
    var dtype = instruction == Instruction.MMA_BF16 ? DType.BF16 : DType.F32;
    float[] expected = instruction.product();
    if (dtype == DType.BF16) {
      for (int i = 0; i < expected.length; i++) {
        expected[i] = NarrowFloat.fromBf16(NarrowFloat.toBf16(expected[i]));
      }
    }
    try {
      return InstructionProbe.wrong(product(cores, instruction, dtype), expected);
    } catch (DeviceException e) {
      return Optional.of(e.getMessage().lines().findFirst().orElse("no reason given"));
    }
  }

  private float[] product(TensorCores cores, Instruction instruction, DType dtype) {
    int inner = instruction.left().length / ROWS;
    var a = matrix(instruction.left(), ROWS, inner, dtype);
    var b = matrix(instruction.right(), inner, COLUMNS, dtype);
    var out = matrix(new float[ROWS * COLUMNS], ROWS, COLUMNS, dtype);
    try {
      new MatrixProduct(engine, moves, engine.tuning(), cores).matmul(a, b, false, out);
      return values(out);
    } finally {
      a.buffer().release();
      b.buffer().release();
      out.buffer().release();
    }
  }

  private Operand matrix(float[] values, int rows, int columns, DType dtype) {
    var single = engine.scratch(DType.F32, Shape.of(rows, columns));
    var buffer = ClBuffer.of(single);
    try (var arena = Arena.ofConfined()) {
      var segment = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
      engine.queue().write(segment, buffer.memory(), buffer.offset());
    }
    return as(dtype, single);
  }

  private float[] values(Operand matrix) {
    var own = engine.scratch(DType.F32, matrix.shape());
    moves.copy(matrix, own);
    var buffer = ClBuffer.of(own);
    try (var arena = Arena.ofConfined()) {
      var found = arena.allocate(own.elements() * Float.BYTES, 64);
      engine.queue().read(buffer.memory(), buffer.offset(), found);
      return found.toArray(ValueLayout.JAVA_FLOAT);
    } finally {
      own.buffer().release();
    }
  }

  /** The same numbers in a type, in memory of their own; gives back what was there before. */
  private Operand as(DType dtype, Operand single) {
    if (dtype == DType.F32) {
      return single;
    }
    var narrow = engine.scratch(dtype, single.shape());
    moves.copy(single, narrow);
    single.buffer().release();
    return narrow;
  }
}
