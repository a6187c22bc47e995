package dev.jebena.kernel.opencl;

import dev.jebena.kernel.opencl.InstructionProbe.Instruction;
import dev.jebena.memory.DType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Whether a product goes through {@code tensor_cores.cl}: where the instruction and the kernel were
 * tried on this device and gave the right numbers, and where nothing gets lost that was not given
 * away. Products of bf16 are exact in f32, and are summed in f32 either way. Numbers of f32 would
 * be rounded to ten bits of mantissa (tf32), so that they have to be asked for, as with PyTorch's
 * {@code allow_tf32}: see {@link Settings#tf32}.
 */
final class TensorCores {
  private static final int TILE = 64;
  private static final int GROUP = 128;
  private static final String INSTRUCTION = "-DEMULATE=0";

  /**
   * A kernel {@code multiply_tiles}.
   *
   * @param side of what a group makes of the result
   * @param group work-items of a group
   */
  record Tiles(String program, String macros, int side, int group) {}

  private final boolean tf32;
  private final String macros;
  private final Predicate<Instruction> tried;
  private final Map<Instruction, Boolean> known = new EnumMap<>(Instruction.class);

  private TensorCores(boolean tf32, String macros, Predicate<Instruction> tried) {
    this.tf32 = tf32;
    this.macros = macros;
    this.tried = tried;
  }

  /** Those of a device: the instruction is tried when it is first wanted, then the kernel. */
  static TensorCores of(Engine engine) {
    var probe = new InstructionProbe(engine);
    var trial = new TensorCoreTrial(engine);
    return new TensorCores(
        engine.tf32(),
        INSTRUCTION,
        instruction ->
            probe.ask(instruction).works() && trial.wrong(untried(), instruction).isEmpty());
  }

  /** The kernel with the instruction itself, whatever the device. */
  static TensorCores untried() {
    return new TensorCores(true, INSTRUCTION, instruction -> true);
  }

  /** The same kernel on any device, with the instruction emulated: for tests of all around it. */
  static TensorCores emulated(boolean tf32) {
    return new TensorCores(tf32, "-DEMULATE=1", instruction -> true);
  }

  /** The kernel for products of a type; none where they have to be made otherwise. */
  synchronized Optional<Tiles> tiles(DType dtype) {
    return instruction(dtype, tf32)
        .filter(wanted -> known.computeIfAbsent(wanted, tried::test))
        .map(works -> new Tiles("tensor_cores", macros + " -D" + works.name(), TILE, GROUP));
  }

  /** The instruction that may multiply numbers of a type. */
  static Optional<Instruction> instruction(DType dtype, boolean tf32) {
    return switch (dtype) {
      case BF16 -> Optional.of(Instruction.MMA_BF16);
      case F32 -> tf32 ? Optional.of(Instruction.MMA_TF32) : Optional.empty();
      default -> Optional.empty();
    };
  }
}
