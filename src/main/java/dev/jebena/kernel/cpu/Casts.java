package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Memory.BYTE;
import static dev.jebena.kernel.cpu.Memory.DOUBLE;
import static dev.jebena.kernel.cpu.Memory.FLOAT;
import static dev.jebena.kernel.cpu.Memory.LONG;

import dev.jebena.memory.DType;
import java.lang.foreign.MemorySegment;

/** Loops that bring a block from one {@link Lane} to another; n elements. */
final class Casts {
  private Casts() {}

  /** The loop between the lanes of two types. */
  static BlockKernel between(DType source, DType target) {
    boolean narrow = Lane.of(target) == Lane.I64 && target != DType.I64;
    return switch (Lane.of(source)) {
      case F32 ->
          switch (Lane.of(target)) {
            case F32 -> BlockKernel.of(Casts::copy4);
            case F64 -> BlockKernel.of(Casts::f32ToF64);
            case I64 -> narrow ? BlockKernel.of(Casts::f32ToI32) : BlockKernel.of(Casts::f32ToI64);
            case BOOL -> BlockKernel.of(Casts::f32ToBool);
          };
      case F64 ->
          switch (Lane.of(target)) {
            case F32 -> BlockKernel.of(Casts::f64ToF32);
            case F64 -> BlockKernel.of(Casts::copy8);
            case I64 -> narrow ? BlockKernel.of(Casts::f64ToI32) : BlockKernel.of(Casts::f64ToI64);
            case BOOL -> BlockKernel.of(Casts::f64ToBool);
          };
      case I64 ->
          switch (Lane.of(target)) {
            case F32 -> BlockKernel.of(Casts::i64ToF32);
            case F64 -> BlockKernel.of(Casts::i64ToF64);
            case I64 -> BlockKernel.of(Casts::copy8);
            case BOOL -> BlockKernel.of(Casts::i64ToBool);
          };
      case BOOL ->
          switch (Lane.of(target)) {
            case F32 -> BlockKernel.of(Casts::boolToF32);
            case F64 -> BlockKernel.of(Casts::boolToF64);
            case I64 -> BlockKernel.of(Casts::boolToI64);
            case BOOL -> BlockKernel.of(Casts::copy1);
          };
    };
  }

  private static void f32ToF64(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(DOUBLE, atOut + 8L * i, x);
    }
  }

  private static void f32ToI64(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(LONG, atOut + 8L * i, (long) x);
    }
  }

  /** Towards zero into the range of an int, of which narrower types keep the low bits. */
  private static void f32ToI32(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(LONG, atOut + 8L * i, (int) x);
    }
  }

  private static void f32ToBool(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      float x = a.get(FLOAT, atA + 4L * i);
      out.set(BYTE, atOut + 1L * i, (byte) (x != 0 ? 1 : 0));
    }
  }

  private static void f64ToF32(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      out.set(FLOAT, atOut + 4L * i, (float) x);
    }
  }

  private static void f64ToI64(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      out.set(LONG, atOut + 8L * i, (long) x);
    }
  }

  /** Towards zero into the range of an int, of which narrower types keep the low bits. */
  private static void f64ToI32(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      out.set(LONG, atOut + 8L * i, (int) x);
    }
  }

  private static void f64ToBool(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      double x = a.get(DOUBLE, atA + 8L * i);
      out.set(BYTE, atOut + 1L * i, (byte) (x != 0 ? 1 : 0));
    }
  }

  private static void i64ToF32(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      out.set(FLOAT, atOut + 4L * i, (float) x);
    }
  }

  private static void i64ToF64(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      out.set(DOUBLE, atOut + 8L * i, x);
    }
  }

  private static void i64ToBool(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      long x = a.get(LONG, atA + 8L * i);
      out.set(BYTE, atOut + 1L * i, (byte) (x != 0 ? 1 : 0));
    }
  }

  private static void boolToF32(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      byte x = a.get(BYTE, atA + 1L * i);
      out.set(FLOAT, atOut + 4L * i, x);
    }
  }

  private static void boolToF64(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      byte x = a.get(BYTE, atA + 1L * i);
      out.set(DOUBLE, atOut + 8L * i, x);
    }
  }

  private static void boolToI64(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    for (int i = 0; i < n; i++) {
      byte x = a.get(BYTE, atA + 1L * i);
      out.set(LONG, atOut + 8L * i, x);
    }
  }

  private static void copy1(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    MemorySegment.copy(a, atA, out, atOut, n);
  }

  private static void copy4(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    MemorySegment.copy(a, atA, out, atOut, 4L * n);
  }

  private static void copy8(MemorySegment a, long atA, MemorySegment out, long atOut, int n) {
    MemorySegment.copy(a, atA, out, atOut, 8L * n);
  }
}
