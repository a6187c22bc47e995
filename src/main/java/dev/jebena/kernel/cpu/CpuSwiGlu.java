package dev.jebena.kernel.cpu;

import static dev.jebena.kernel.cpu.Lanes.F32;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.SwiGluKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** SwiGLU's gate in one pass, bound by memory: 12 bytes an element forward, 20 backward. */
final class CpuSwiGlu implements SwiGluKernel {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = F32.length();

  private final WorkerPool pool;

  CpuSwiGlu(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void forward(Operand gateOperand, Operand upOperand, Operand outOperand) {
    var gate = Contiguous.of(gateOperand);
    var up = Contiguous.of(upOperand);
    var out = Contiguous.of(outOperand);
    long elements = outOperand.elements();
    pool.run(
        Contiguous.chunks(elements),
        task -> {
          long first = (long) task * Contiguous.CHUNK;
          forward(
              gate.segment(),
              gate.at(first),
              up.segment(),
              up.at(first),
              out.segment(),
              out.at(first),
              Contiguous.chunkSize(elements, task));
        });
  }

  private static void forward(
      MemorySegment gate,
      long gateAt,
      MemorySegment up,
      long upAt,
      MemorySegment out,
      long outAt,
      int n) {
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      var z = FloatVector.fromMemorySegment(F32, gate, gateAt + shift, ORDER);
      var u = FloatVector.fromMemorySegment(F32, up, upAt + shift, ORDER);
      z.mul(VectorMath.sigmoid(z)).mul(u).intoMemorySegment(out, outAt + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      float z = gate.get(FLOAT, gateAt + shift);
      float u = up.get(FLOAT, upAt + shift);
      out.set(FLOAT, outAt + shift, z * VectorMath.sigmoid(z) * u);
    }
  }

  @Override
  public void backward(
      Operand gateOperand,
      Operand upOperand,
      Operand gyOperand,
      Operand gGateOperand,
      Operand gUpOperand) {
    var gate = Contiguous.of(gateOperand);
    var up = Contiguous.of(upOperand);
    var gy = Contiguous.of(gyOperand);
    var gGate = Contiguous.of(gGateOperand);
    var gUp = Contiguous.of(gUpOperand);
    long elements = gateOperand.elements();
    pool.run(
        Contiguous.chunks(elements),
        task -> {
          long first = (long) task * Contiguous.CHUNK;
          backward(gate, up, gy, gGate, gUp, first, Contiguous.chunkSize(elements, task));
        });
  }

  private static void backward(
      Contiguous gate,
      Contiguous up,
      Contiguous gy,
      Contiguous gGate,
      Contiguous gUp,
      long first,
      int n) {
    var gateSegment = gate.segment();
    var upSegment = up.segment();
    var gySegment = gy.segment();
    var gGateSegment = gGate.segment();
    var gUpSegment = gUp.segment();
    long gateAt = gate.at(first);
    long upAt = up.at(first);
    long gyAt = gy.at(first);
    long gGateAt = gGate.at(first);
    long gUpAt = gUp.at(first);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      long shift = (long) i * Float.BYTES;
      var z = FloatVector.fromMemorySegment(F32, gateSegment, gateAt + shift, ORDER);
      var u = FloatVector.fromMemorySegment(F32, upSegment, upAt + shift, ORDER);
      var g = FloatVector.fromMemorySegment(F32, gySegment, gyAt + shift, ORDER);
      var s = VectorMath.sigmoid(z);
      var silu = z.mul(s);
      // d silu / dz = s · (1 + z · (1 − s)) = s + silu · (1 − s)
      var slope = silu.mul(s.neg().add(1f)).add(s);
      g.mul(silu).intoMemorySegment(gUpSegment, gUpAt + shift, ORDER);
      g.mul(u).mul(slope).intoMemorySegment(gGateSegment, gGateAt + shift, ORDER);
    }
    for (; i < n; i++) {
      long shift = (long) i * Float.BYTES;
      float z = gateSegment.get(FLOAT, gateAt + shift);
      float u = upSegment.get(FLOAT, upAt + shift);
      float g = gySegment.get(FLOAT, gyAt + shift);
      float s = VectorMath.sigmoid(z);
      float silu = z * s;
      float slope = silu * (-s + 1f) + s;
      gUpSegment.set(FLOAT, gUpAt + shift, g * silu);
      gGateSegment.set(FLOAT, gGateAt + shift, g * u * slope);
    }
  }
}
