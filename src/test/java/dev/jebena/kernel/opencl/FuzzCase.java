package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.cpu.Samples;
import dev.jebena.memory.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** A call of a kernel, as small a description as makes it again, and ways to make it smaller. */
sealed interface FuzzCase permits PrimitiveCase, FusedCase {

  /** Of a primitive, or of a fused kernel. */
  static FuzzCase draw(Random random) {
    return random.nextInt(3) == 0 ? FusedCase.draw(random) : PrimitiveCase.draw(random);
  }

  /** The type of most operands. */
  DType dtype();

  /** How large it is. */
  long elements();

  /** In memory of the host, with content of a seed; null for one that the call does without. */
  Operand[] operands();

  /** Makes the call on a device that has the operands. */
  void launch(Device device, Operand[] operands);

  /** Relative above 1: what roundings in another order, and other polynomials, amount to. */
  double tolerance();

  /** The call in a line. */
  String name();

  /** What makes the call again: layouts, the elements where they are few, and the call. */
  String code();

  /** Cases a little simpler than this one, the simplest first. */
  List<FuzzCase> smaller();

  /** The operands as code: a, b, c and so on. */
  static String code(Operand[] operands, long seed) {
    var text = new StringBuilder();
    for (int i = 0; i < operands.length; i++) {
      if (operands[i] == null) {
        text.append("Operand %c = null;%n".formatted('a' + i));
        continue;
      }
      var layout = operands[i].layout();
      text.append(
          "var %c = operand(DType.%s, Layout.of(Shape.of(%s), new long[] {%s}, %d)); // %s%n"
              .formatted(
                  'a' + i,
                  operands[i].dtype(),
                  joined(layout.shape().toArray()),
                  joined(layout.strides()),
                  layout.offset(),
                  layout.elements() <= 16
                      ? Arrays.toString(Samples.values(operands[i]))
                      : "content of new Samples(" + seed + ")"));
    }
    return text.toString();
  }

  private static String joined(long[] values) {
    return Arrays.stream(values).mapToObj(String::valueOf).collect(Collectors.joining(", "));
  }
}
