package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.BYTE;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.INT;
import static dev.jebena.kernel.cpu.Memory.LONG;
import static dev.jebena.kernel.cpu.Memory.SHORT;

import dev.jebena.memory.DType;
import dev.jebena.memory.NarrowFloat;
import java.lang.foreign.MemorySegment;

/**
 * Brings a run of elements of any type and stride into a contiguous block of a {@link Lane}, and
 * back. Loops are written out per type; {@code from} and {@code to} are bytes, {@code step} is
 * bytes between neighbours.
 */
final class Staging {
  private Staging() {}

  /** Loads n elements of {@code dtype} into a block of the type's own lane. */
  static void load(
      DType dtype, MemorySegment x, long from, long step, MemorySegment block, long to, int n) {
    switch (dtype) {
      case F64, I64 -> {
        for (int i = 0; i < n; i++) {
          block.set(LONG, to + 8L * i, x.get(LONG, from + i * step));
        }
      }
      case F32 -> {
        for (int i = 0; i < n; i++) {
          block.set(INT, to + 4L * i, x.get(INT, from + i * step));
        }
      }
      case F16 -> {
        for (int i = 0; i < n; i++) {
          block.set(FLOAT, to + 4L * i, Float.float16ToFloat(x.get(SHORT, from + i * step)));
        }
      }
      case BF16 -> {
        if (step == 2) {
          Bf16Blocks.load(x, from, block, to, n);
          return;
        }
        for (int i = 0; i < n; i++) {
          block.set(INT, to + 4L * i, x.get(SHORT, from + i * step) << 16);
        }
      }
      case F8_E4M3 -> {
        for (int i = 0; i < n; i++) {
          block.set(FLOAT, to + 4L * i, NarrowFloat.fromE4M3(x.get(BYTE, from + i * step)));
        }
      }
      case F8_E5M2 -> {
        for (int i = 0; i < n; i++) {
          block.set(FLOAT, to + 4L * i, NarrowFloat.fromE5M2(x.get(BYTE, from + i * step)));
        }
      }
      case I32 -> {
        for (int i = 0; i < n; i++) {
          block.set(LONG, to + 8L * i, x.get(INT, from + i * step));
        }
      }
      case I16 -> {
        for (int i = 0; i < n; i++) {
          block.set(LONG, to + 8L * i, x.get(SHORT, from + i * step));
        }
      }
      case I8 -> {
        for (int i = 0; i < n; i++) {
          block.set(LONG, to + 8L * i, x.get(BYTE, from + i * step));
        }
      }
      case U8 -> {
        for (int i = 0; i < n; i++) {
          block.set(LONG, to + 8L * i, x.get(BYTE, from + i * step) & 0xFF);
        }
      }
      case BOOL -> {
        for (int i = 0; i < n; i++) {
          block.set(BYTE, to + i, (byte) (x.get(BYTE, from + i * step) != 0 ? 1 : 0));
        }
      }
    }
  }

  /**
   * Stores a block of the type's own lane; floats round to nearest even, integers keep low bits.
   */
  static void store(
      DType dtype, MemorySegment block, long from, MemorySegment out, long to, long step, int n) {
    switch (dtype) {
      case F64, I64 -> {
        for (int i = 0; i < n; i++) {
          out.set(LONG, to + i * step, block.get(LONG, from + 8L * i));
        }
      }
      case F32 -> {
        for (int i = 0; i < n; i++) {
          out.set(INT, to + i * step, block.get(INT, from + 4L * i));
        }
      }
      case F16 -> {
        for (int i = 0; i < n; i++) {
          out.set(SHORT, to + i * step, Float.floatToFloat16(block.get(FLOAT, from + 4L * i)));
        }
      }
      case BF16 -> {
        if (step == 2) {
          Bf16Blocks.store(block, from, out, to, n);
          return;
        }
        for (int i = 0; i < n; i++) {
          out.set(SHORT, to + i * step, NarrowFloat.toBf16(block.get(FLOAT, from + 4L * i)));
        }
      }
      case F8_E4M3 -> {
        for (int i = 0; i < n; i++) {
          out.set(BYTE, to + i * step, NarrowFloat.toE4M3(block.get(FLOAT, from + 4L * i)));
        }
      }
      case F8_E5M2 -> {
        for (int i = 0; i < n; i++) {
          out.set(BYTE, to + i * step, NarrowFloat.toE5M2(block.get(FLOAT, from + 4L * i)));
        }
      }
      case I32 -> {
        for (int i = 0; i < n; i++) {
          out.set(INT, to + i * step, (int) block.get(LONG, from + 8L * i));
        }
      }
      case I16 -> {
        for (int i = 0; i < n; i++) {
          out.set(SHORT, to + i * step, (short) block.get(LONG, from + 8L * i));
        }
      }
      case I8, U8 -> {
        for (int i = 0; i < n; i++) {
          out.set(BYTE, to + i * step, (byte) block.get(LONG, from + 8L * i));
        }
      }
      case BOOL -> {
        for (int i = 0; i < n; i++) {
          out.set(BYTE, to + i * step, block.get(BYTE, from + i));
        }
      }
    }
  }
}
