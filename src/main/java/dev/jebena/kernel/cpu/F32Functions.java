package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.FLOAT;

import dev.jebena.kernel.reference.SpecialFunctions;
import java.lang.foreign.MemorySegment;

/** Element-wise f32 loops of the transcendental functions; n elements. */
final class F32Functions {
  private static final double SQRT_HALF = Math.sqrt(0.5);

  private F32Functions() {}

  static void exp(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) (StrictMath.exp(x)));
    }
  }

  static void log(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) (StrictMath.log(x)));
    }
  }

  static void sin(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) (StrictMath.sin(x)));
    }
  }

  static void cos(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) (StrictMath.cos(x)));
    }
  }

  static void tanh(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) (StrictMath.tanh(x)));
    }
  }

  static void sigmoid(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) (1 / (1 + StrictMath.exp(-x))));
    }
  }

  static void erf(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) (SpecialFunctions.erf(x)));
    }
  }

  static void gelu(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) (0.5 * x * SpecialFunctions.erfc(-x * SQRT_HALF)));
    }
  }

  static void silu(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(FLOAT, atA + 4L * i);
      out.set(FLOAT, atOut + 4L * i, (float) (x / (1 + StrictMath.exp(-x))));
    }
  }
}
