package dev.jebena.kernel.cpu;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.RandomOp;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.ScanOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import java.util.Arrays;

/** Prints a number for the bits of many kernels' results: {@code KernelDigest rounds}. */
final class KernelDigest {
  private KernelDigest() {}

  public static void main(String[] args) {
    long digest = 0;
    try (var device = CpuDevice.withThreads(2)) {
      for (int round = 0; round < Integer.parseInt(args[0]); round++) {
        digest = digest(device);
      }
    }
    System.out.println("digest " + Lanes.bits() + " " + Long.toHexString(digest));
  }

  private static long digest(CpuDevice device) {
    var samples = new Samples(99);
    var p = device.primitives();
    var x = samples.contiguous(DType.F32, 11, 131);
    var y = samples.contiguous(DType.F32, 11, 131);
    var out = samples.contiguous(DType.F32, 11, 131);
    long digest = 1;
    for (var op : UnaryOp.values()) {
      if (!op.test() && op.takes(DType.F32)) {
        p.unary(op, x, out);
        digest = 31 * digest + bits(out);
      }
    }
    for (var op : BinaryOp.values()) {
      if (!op.test() && op.takes(DType.F32)) {
        p.binary(op, x, y, out);
        digest = 31 * digest + bits(out);
      }
    }
    for (var op : new ReduceOp[] {ReduceOp.SUM, ReduceOp.MAX, ReduceOp.PROD}) {
      for (int[] axes : new int[][] {{0}, {1}, {0, 1}}) {
        var shape = Shape.of(11, 131);
        for (int axis : axes) {
          shape = shape.with(axis, 1);
        }
        var folded = samples.contiguous(DType.F32, shape.toArray());
        p.reduce(op, x, axes, folded);
        digest = 31 * digest + bits(folded);
      }
    }
    p.random(RandomOp.NORMAL, 5, 6, 0, 1, out);
    digest = 31 * digest + bits(out);
    p.random(RandomOp.TRUNCATED_NORMAL, 5, 6, -1, 3, out);
    digest = 31 * digest + bits(out);
    p.scan(ScanOp.LOG_SUM_EXP, x, 1, out);
    digest = 31 * digest + bits(out);
    var places = samples.contiguous(DType.I64, 11, 131);
    p.sort(x, 1, true, out, places);
    digest = 31 * digest + bits(out) + bits(places);
    for (long[] size : new long[][] {{20, 70, 40}, {1, 200, 70}, {13, 530, 9}}) {
      var a = samples.contiguous(DType.F32, size[0], size[1]);
      var b = samples.contiguous(DType.F32, size[1], size[2]);
      var bt = samples.contiguous(DType.F32, size[2], size[1]);
      var c = samples.contiguous(DType.F32, size[0], size[2]);
      p.matmul(a, b, true, c);
      p.matmul(a, bt.with(bt.layout().transpose(0, 1)), true, c);
      digest = 31 * digest + bits(c);
    }
    return digest;
  }

  private static long bits(Operand operand) {
    return Arrays.hashCode(Samples.bytes(operand));
  }
}
