package dev.jebena.kernel.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.cpu.Samples;
import dev.jebena.kernel.opencl.InstructionProbe.Instruction;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Layout;
import dev.jebena.memory.NarrowFloat;
import dev.jebena.memory.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code tensor_cores.cl} without tensor cores: its instruction is emulated, first held to the PTX
 * manual alone, and then everything around it to products in f64.
 */
class TensorCoresTest {
  private OpenClDevice device;

  @BeforeEach
  void open() {
    device = TestKernels.open(false, 16384);
  }

  @AfterEach
  void close() {
    device.close();
  }

  /** A place in a matrix. */
  private record Place(int row, int column) {}

  /**
   * Section "Matrix Fragments for mma.m16n8k16 with floating point type" of the PTX ISA: where
   * element {@code a[i]} of a lane stands, i from 0 to 7.
   */
  private static Place bf16A(int lane, int i) {
    int groupId = lane >> 2;
    int threadInGroup = lane % 4;
    int row = i < 2 || i >= 4 && i < 6 ? groupId : groupId + 8;
    int column = threadInGroup * 2 + (i & 1) + (i >= 4 ? 8 : 0);
    return new Place(row, column);
  }

  /** {@code b[i]}, i from 0 to 3. */
  private static Place bf16B(int lane, int i) {
    int row = (lane % 4) * 2 + (i & 1) + (i >= 2 ? 8 : 0);
    return new Place(row, lane >> 2);
  }

  /** Section "Matrix Fragments for mma.m16n8k8", type .tf32: {@code a[i]}, i from 0 to 3. */
  private static Place tf32A(int lane, int i) {
    int groupId = lane >> 2;
    int threadInGroup = lane % 4;
    int row = i == 0 || i == 2 ? groupId : groupId + 8;
    int column = i < 2 ? threadInGroup : threadInGroup + 4;
    return new Place(row, column);
  }

  /** {@code b[i]}, i 0 or 1. */
  private static Place tf32B(int lane, int i) {
    return new Place(i == 0 ? lane % 4 : lane % 4 + 4, lane >> 2);
  }

  /** {@code c[i]} of both, i from 0 to 3. */
  private static Place ofC(int lane, int i) {
    return new Place(i < 2 ? lane >> 2 : (lane >> 2) + 8, (lane % 4) * 2 + (i & 1));
  }

  @Test
  void theEmulatedInstructionReadsRegistersAsTheManualDrawsThem() {
    for (var instruction : List.of(Instruction.MMA_BF16, Instruction.MMA_TF32)) {
      boolean narrow = instruction == Instruction.MMA_BF16;
      int inner = narrow ? 16 : 8;
      float[] a = instruction.left();
      float[] b = instruction.right();
      int[] ofA = new int[32 * 4];
      int[] ofB = new int[32 * 2];
      int[] ofC = new int[32 * 4];
      for (int lane = 0; lane < 32; lane++) {
        for (int i = 0; i < (narrow ? 8 : 4); i++) {
          var at = narrow ? bf16A(lane, i) : tf32A(lane, i);
          put(ofA, lane * 4, i, a[at.row * inner + at.column], narrow);
        }
        for (int i = 0; i < (narrow ? 4 : 2); i++) {
          var at = narrow ? bf16B(lane, i) : tf32B(lane, i);
          put(ofB, lane * 2, i, b[at.row * 8 + at.column], narrow);
        }
        for (int i = 0; i < 4; i++) {
          ofC[lane * 4 + i] = Float.floatToRawIntBits(1000 * lane + i);
        }
      }
      var mirror = new Mirror(device);
      var c = mirror.toDevice(operand(ofC));
      device
          .launch("tensor_cores", "-DEMULATE=1 -D" + instruction.name(), "one_instruction")
          .operand(mirror.toDevice(operand(ofA)))
          .operand(mirror.toDevice(operand(ofB)))
          .operand(c)
          .run(new long[] {1}, 32);
      double[] found = Samples.values(mirror.toHost(c));
      for (int lane = 0; lane < 32; lane++) {
        for (int i = 0; i < 4; i++) {
          var at = ofC(lane, i);
          double expected = 1000 * lane + i;
          for (int k = 0; k < inner; k++) {
            expected += a[at.row * inner + k] * b[k * 8 + at.column];
          }
          assertThat(found[lane * 4 + i])
              .as("%s lane %d c%d", instruction, lane, i)
              .isEqualTo(expected);
        }
      }
    }
  }

  /** Of bf16 two elements share a register, the first of them in its low half. */
  private static void put(int[] registers, int first, int i, float value, boolean narrow) {
    if (narrow) {
      int bits = NarrowFloat.toBf16(value) & 0xFFFF;
      registers[first + i / 2] |= i % 2 == 0 ? bits : bits << 16;
    } else {
      registers[first + i] = Float.floatToRawIntBits(value);
    }
  }

  private static Operand operand(int[] bits) {
    var memory = Arena.ofAuto().allocate(bits.length * 4L, 64);
    memory.copyFrom(MemorySegment.ofArray(bits));
    return new Operand(
        HostBuffer.wrap(memory), DType.F32, Layout.contiguous(Shape.of(bits.length)));
  }

  /** Odd sizes, batches, all kinds of strides; whole numbers, so that sums are exact. */
  @Test
  void productsOfWholeNumbersAreExact() {
    var random = new Random(3);
    for (var dtype : List.of(DType.BF16, DType.F32)) {
      var product = device.emulatedTensorCores(true);
      for (int round = 0; round < 6; round++) {
        int m = 9 + random.nextInt(130);
        int n = 1 + random.nextInt(130);
        int k = 1 + random.nextInt(round < 3 ? 12 : 100);
        var a = whole(FuzzForm.draw(random).layout(Shape.of(3, m, k), true), dtype, random);
        var b = whole(FuzzForm.draw(random).layout(Shape.of(3, k, n), true), dtype, random);
        var out = whole(FuzzForm.draw(random).layout(Shape.of(3, m, n), false), dtype, random);
        boolean accumulate = round % 2 == 0;
        double[] expected = expected(a, b, accumulate ? out : null, k);
        check(product, a, b, accumulate, out, expected, dtype == DType.F32 ? 0 : 0x1p-8);
      }
    }
  }

  private void check(
      MatrixProduct product,
      Operand a,
      Operand b,
      boolean accumulate,
      Operand out,
      double[] expected,
      double relative) {
    var mirror = new Mirror(device);
    var actual = mirror.toDevice(out);
    long before = device.statistics().launches();
    product.matmul(mirror.toDevice(a), mirror.toDevice(b), accumulate, actual);
    assertThat(device.statistics().launches()).isGreaterThan(before);
    double[] found = Samples.values(mirror.toHost(actual));
    for (int i = 0; i < found.length; i++) {
      assertThat(Math.abs(found[i] - expected[i]))
          .as("%s · %s, element %d: %s for %s", a, b, i, found[i], expected[i])
          .isLessThanOrEqualTo(relative * Math.abs(expected[i]));
    }
  }

  private static Operand whole(Layout layout, DType dtype, Random random) {
    var operand = FuzzForm.allocate(dtype, layout);
    var memory = ((HostBuffer) operand.buffer()).segment();
    for (long i = 0; i < memory.byteSize() / dtype.byteSize(); i++) {
      float value = random.nextInt(9) - 4;
      if (dtype == DType.F32) {
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
      } else {
        memory.setAtIndex(ValueLayout.JAVA_SHORT, i, NarrowFloat.toBf16(value));
      }
    }
    return operand;
  }

  private static double[] expected(Operand a, Operand b, Operand plus, int k) {
    double[] x = Samples.values(a);
    double[] y = Samples.values(b);
    int m = (int) a.shape().size(1);
    int n = (int) b.shape().size(2);
    double[] sums = plus == null ? new double[3 * m * n] : Samples.values(plus);
    for (int i = 0; i < sums.length; i++) {
      int batch = i / (m * n);
      for (int p = 0; p < k; p++) {
        sums[i] += x[(batch * m + i / n % m) * k + p] * y[(batch * k + p) * n + i % n];
      }
    }
    return sums;
  }

  /** A column of ones picks each number of a as it was rounded: to 11 significant bits. */
  @Test
  void numbersOfF32AreRoundedToTf32() {
    var random = new Random(4);
    var values = new ArrayList<Float>(List.of(0f, -0f, 1f, Float.MAX_VALUE, Float.MIN_NORMAL));
    values.add(Float.POSITIVE_INFINITY);
    values.add(Float.NaN);
    values.add(Float.intBitsToFloat(0x7F800001));
    for (int step = 0; step < 4; step++) {
      values.add(1 + 0x1p-11f + (step - 1) * 0x1p-23f); // around the middle between two
      values.add(-1 - 0x1p-11f - (step - 1) * 0x1p-23f);
    }
    while (values.size() < 200) {
      values.add((float) (random.nextGaussian() * Math.pow(2, random.nextInt(60) - 30)));
    }
    var mirror = new Mirror(device);
    int[] bits = values.stream().mapToInt(Float::floatToRawIntBits).toArray();
    var a = operand(bits).with(Layout.contiguous(Shape.of(bits.length, 1)));
    int[] ones = new int[8];
    Arrays.fill(ones, Float.floatToRawIntBits(1));
    var b = operand(ones).with(Layout.contiguous(Shape.of(1, 8)));
    var out = mirror.toDevice(new Samples(1).contiguous(DType.F32, bits.length, 8));
    device.emulatedTensorCores(true).matmul(mirror.toDevice(a), mirror.toDevice(b), false, out);
    double[] found = Samples.values(mirror.toHost(out));
    for (int i = 0; i < bits.length; i++) {
      assertThat(Float.valueOf((float) found[8 * i]))
          .as("%s", values.get(i))
          .isEqualTo(Float.valueOf(tf32(values.get(i))));
    }
  }

  /** The nearest number of 11 significant bits, away from 0 between two: cvt.rna.tf32.f32. */
  private static float tf32(float x) {
    if (x == 0 || Float.isNaN(x) || Float.isInfinite(x)) {
      return x == 0 ? 0 : x; // a sum that begins with 0 has no −0
    }
    int unit = Math.max(Math.getExponent(x), Float.MIN_EXPONENT) - 10;
    double units = Math.floor(Math.scalb(Math.abs((double) x), -unit) + 0.5);
    return (float) Math.copySign(Math.scalb(units, unit), x);
  }

  @Test
  void f32IsNeverRoundedUnlessItIsAskedFor() {
    assertThat(TensorCores.instruction(DType.F32, false)).isEmpty();
    assertThat(TensorCores.instruction(DType.F32, true)).contains(Instruction.MMA_TF32);
    assertThat(TensorCores.instruction(DType.BF16, false)).contains(Instruction.MMA_BF16);
    assertThat(TensorCores.instruction(DType.F16, true)).isEmpty();
    assertThat(TensorCores.instruction(DType.F64, true)).isEmpty();
    assertThat(Settings.standard(TestKernels.anyDevice()).tf32()).isFalse();
    assertThat(TensorCores.emulated(false).tiles(DType.F32)).isEmpty();
    // 1 + 2⁻¹² is 1 in tf32
    var mirror = new Mirror(device);
    int[] bits = new int[16 * 64];
    Arrays.fill(bits, Float.floatToRawIntBits(1 + 0x1p-12f));
    var x = mirror.toDevice(operand(bits).with(Layout.contiguous(Shape.of(16, 64))));
    int[] ones = new int[64 * 16];
    Arrays.fill(ones, Float.floatToRawIntBits(1));
    var y = mirror.toDevice(operand(ones).with(Layout.contiguous(Shape.of(64, 16))));
    var out = mirror.toDevice(new Samples(1).contiguous(DType.F32, 16, 16));
    device.primitives().matmul(x, y, false, out);
    assertThat(Samples.values(mirror.toHost(out))[0]).isEqualTo(64 * (1 + 0x1p-12));
    device.emulatedTensorCores(true).matmul(x, y, false, out);
    assertThat(Samples.values(mirror.toHost(out))[0]).isEqualTo(64);
    device.emulatedTensorCores(false).matmul(x, y, false, out);
    assertThat(Samples.values(mirror.toHost(out))[0]).isEqualTo(64 * (1 + 0x1p-12));
  }

  /** The trial before first use: here, with the instruction emulated, and with a line of PTX. */
  @Test
  void aKernelThatDoesNotBuildIsNotUsed() {
    Assumptions.assumeFalse(TestKernels.anyDevice().vendor().contains("NVIDIA"));
    for (var instruction : List.of(Instruction.MMA_BF16, Instruction.MMA_TF32)) {
      var trial = device.tensorCoreTrial();
      assertThat(trial.wrong(TensorCores.emulated(true), instruction)).isEmpty();
      assertThat(trial.wrong(TensorCores.untried(), instruction))
          .hasValueSatisfying(why ->
              assertThat(why)
                  .contains("tensor_cores/multiply_tiles does not compile")
                  .hasLineCount(1));
      device.synchronize(); // and the device is as well as before
    }
  }

  /** A device whose vendor is another has no instruction, even where tf32 is allowed. */
  @Test
  void withoutTheInstructionNothingChanges() {
    var info = TestKernels.anyDevice();
    Assumptions.assumeFalse(info.vendor().contains("NVIDIA"));
    var settings = new Settings(false, false, Settings.standard(info).cache(), 16384, true);
    try (var allowed = OpenClDevice.open(info, settings)) {
      var mirror = new Mirror(allowed);
      var samples = new Samples(9);
      for (var dtype : List.of(DType.F32, DType.BF16)) {
        var a = samples.contiguous(dtype, 70, 40);
        var b = samples.contiguous(dtype, 40, 30);
        var out = samples.contiguous(dtype, 70, 30);
        var actual = mirror.toDevice(out);
        allowed.primitives().matmul(mirror.toDevice(a), mirror.toDevice(b), false, actual);
        var plain = new Mirror(device);
        var expected = plain.toDevice(out);
        device.primitives().matmul(plain.toDevice(a), plain.toDevice(b), false, expected);
        assertThat(Samples.values(mirror.toHost(actual)))
            .containsExactly(Samples.values(plain.toHost(expected)));
      }
    }
  }
}
