package dev.jebena.tensor;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Device;
import dev.jebena.kernel.DeviceException;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.ScanOp;
import dev.jebena.kernel.ScatterOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.Shape;
import java.lang.ref.Reference;

/**
 * Calls kernels on tensors of one device. Each call ends in reachability fences: without them the
 * collector could free an operand's memory while the kernel still reads it.
 */
final class Dispatch {
  private Dispatch() {}

  static Tensor empty(Device device, DType dtype, Shape shape) {
    long bytes = Math.multiplyExact(shape.elements(), (long) dtype.byteSize());
    return new Tensor(
        new Storage(device, device.allocate(bytes)),
        dtype,
        dev.jebena.memory.Layout.contiguous(shape));
  }

  /** The device that all of them live on. */
  static Device common(String operation, Tensor first, Tensor... others) {
    var device = first.device();
    for (var other : others) {
      if (other.device() != device) {
        throw new DeviceException(
            operation
                + ": one tensor is on "
                + device.name()
                + ", another on "
                + other.device().name()
                + "; move one with to(device)");
      }
    }
    return device;
  }

  static void requireFloat(String operation, Tensor x) {
    if (!x.dtype().isFloat()) {
      throw new DTypeException(
          operation + ": takes floating tensors, got " + x.dtype() + " " + x.shape());
    }
  }

  static void requireBool(String operation, Tensor x) {
    if (x.dtype() != DType.BOOL) {
      throw new DTypeException(
          operation + ": takes bool tensors, got " + x.dtype() + " " + x.shape());
    }
  }

  static void requireIndex(String operation, Tensor index) {
    if (index.dtype() != DType.I64 && index.dtype() != DType.I32) {
      throw new DTypeException(
          operation + ": indices are i64 or i32, got " + index.dtype() + " " + index.shape());
    }
  }

  static Tensor fill(Tensor out, Number value) {
    out.device().primitives().fill(out.operand(), value);
    Reference.reachabilityFence(out);
    return out;
  }

  static Tensor copy(Tensor x, Tensor out) {
    out.device().primitives().copy(x.operand(), out.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(out);
    return out;
  }

  static Tensor unary(UnaryOp op, Tensor x) {
    var out = empty(x.device(), op.test() ? DType.BOOL : x.dtype(), x.shape());
    x.device().primitives().unary(op, x.operand(), out.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(out);
    return out;
  }

  /** Operands of one shape and type. */
  static Tensor binary(BinaryOp op, Tensor a, Tensor b) {
    return binary(op, a, b, empty(a.device(), op.test() ? DType.BOOL : a.dtype(), a.shape()));
  }

  static Tensor binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
    a.device().primitives().binary(op, a.operand(), b.operand(), out.operand());
    Reference.reachabilityFence(a);
    Reference.reachabilityFence(b);
    Reference.reachabilityFence(out);
    return out;
  }

  static Tensor scalar(BinaryOp op, Tensor x, Number s, boolean scalarFirst) {
    return scalar(
        op, x, s, scalarFirst, empty(x.device(), op.test() ? DType.BOOL : x.dtype(), x.shape()));
  }

  static Tensor scalar(BinaryOp op, Tensor x, Number s, boolean scalarFirst, Tensor out) {
    x.device().primitives().scalar(op, x.operand(), s, scalarFirst, out.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(out);
    return out;
  }

  static Tensor where(Tensor condition, Tensor a, Tensor b) {
    var out = empty(a.device(), a.dtype(), a.shape());
    a.device().primitives().where(condition.operand(), a.operand(), b.operand(), out.operand());
    Reference.reachabilityFence(condition);
    Reference.reachabilityFence(a);
    Reference.reachabilityFence(b);
    Reference.reachabilityFence(out);
    return out;
  }

  /** The result keeps the folded axes with size 1. */
  static Tensor reduce(ReduceOp op, Tensor x, int[] axes) {
    var shape = x.shape();
    for (int axis : axes) {
      shape = shape.with(axis, 1);
    }
    boolean widened = (op == ReduceOp.SUM || op == ReduceOp.PROD) && !x.dtype().isFloat();
    var out = empty(x.device(), widened ? DType.I64 : x.dtype(), shape);
    x.device().primitives().reduce(op, x.operand(), axes, out.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(out);
    return out;
  }

  static Tensor argReduce(ReduceOp op, Tensor x, int axis) {
    var out = empty(x.device(), DType.I64, x.shape().with(axis, 1));
    x.device().primitives().argReduce(op, x.operand(), axis, out.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(out);
    return out;
  }

  static Tensor cumulativeSum(Tensor x, int axis) {
    var out = empty(x.device(), x.dtype(), x.shape());
    x.device().primitives().cumulativeSum(x.operand(), axis, out.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(out);
    return out;
  }

  static Tensor scan(ScanOp op, Tensor x, int axis) {
    var out = empty(x.device(), op.index() ? DType.I64 : x.dtype(), x.shape());
    x.device().primitives().scan(op, x.operand(), axis, out.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(out);
    return out;
  }

  /** The first {@code count} along an axis of what sorting gives. */
  static Picked sort(Tensor x, int axis, boolean descending, long count) {
    var shape = x.shape().with(axis, count);
    var values = empty(x.device(), x.dtype(), shape);
    var indices = empty(x.device(), DType.I64, shape);
    x.device()
        .primitives()
        .sort(x.operand(), axis, descending, values.operand(), indices.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(values);
    Reference.reachabilityFence(indices);
    return new Picked(values, indices);
  }

  /** Sequences {@code [..., N]} and values {@code [..., M]} with equal leading axes. */
  static Tensor searchSorted(Tensor sorted, Tensor values, boolean right) {
    var out = empty(values.device(), DType.I64, values.shape());
    values
        .device()
        .primitives()
        .searchSorted(sorted.operand(), values.operand(), right, out.operand());
    Reference.reachabilityFence(sorted);
    Reference.reachabilityFence(values);
    Reference.reachabilityFence(out);
    return out;
  }

  /** {@code [..., M, K] · [..., K, N]} with equal leading axes. */
  static Tensor matmul(Tensor a, Tensor b, Shape outShape) {
    var out = empty(a.device(), a.dtype(), outShape);
    a.device().primitives().matmul(a.operand(), b.operand(), false, out.operand());
    Reference.reachabilityFence(a);
    Reference.reachabilityFence(b);
    Reference.reachabilityFence(out);
    return out;
  }

  static Tensor gather(Tensor x, int axis, Tensor index) {
    var out = empty(x.device(), x.dtype(), index.shape());
    x.device().primitives().gather(x.operand(), axis, index.operand(), out.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(index);
    Reference.reachabilityFence(out);
    return out;
  }

  static Tensor scatterAdd(Tensor index, Tensor source, int axis, Tensor out) {
    return scatter(ScatterOp.ADD, index, source, axis, out);
  }

  /** Indices counted from 0, of those that may count from the end. */
  static Tensor wrapIndex(Tensor index, int axis, long size) {
    var out = empty(index.device(), DType.I64, index.shape());
    out.device().primitives().wrapIndex(index.operand(), axis, size, out.operand());
    Reference.reachabilityFence(index);
    Reference.reachabilityFence(out);
    return out;
  }

  static Tensor scatter(ScatterOp op, Tensor index, Tensor source, int axis, Tensor out) {
    out.device().primitives().scatter(op, index.operand(), source.operand(), axis, out.operand());
    Reference.reachabilityFence(index);
    Reference.reachabilityFence(source);
    Reference.reachabilityFence(out);
    return out;
  }

  static Tensor indexSelect(Tensor x, int axis, Tensor index) {
    var out = empty(x.device(), x.dtype(), x.shape().with(axis, index.shape().elements()));
    x.device().primitives().indexSelect(x.operand(), axis, index.operand(), out.operand());
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(index);
    Reference.reachabilityFence(out);
    return out;
  }

  static Tensor indexAdd(Tensor index, Tensor source, int axis, Tensor out) {
    out.device().primitives().indexAdd(index.operand(), source.operand(), axis, out.operand());
    Reference.reachabilityFence(index);
    Reference.reachabilityFence(source);
    Reference.reachabilityFence(out);
    return out;
  }
}
