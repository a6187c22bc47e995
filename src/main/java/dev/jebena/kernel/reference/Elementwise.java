package dev.jebena.kernel.reference;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.UnaryOp;

/** Kernels in which each output element depends on the input elements at the same coordinate. */
final class Elementwise {
  private Elementwise() {}

  static void fill(Operand outOperand, Number value) {
    var out = Elements.of(outOperand);
    Coordinates.forEach(
        out.shape(),
        at -> {
          switch (out.dtype().kind()) {
            case FLOAT -> out.set(value.doubleValue(), at);
            case INTEGER -> out.set(value.longValue(), at);
            case BOOLEAN -> out.set(value.doubleValue() != 0 ? 1 : 0, at);
          }
        });
  }

  static void copy(Operand xOperand, Operand outOperand) {
    var x = Elements.of(xOperand);
    var out = Elements.of(outOperand);
    Coordinates.forEach(
        out.shape(),
        at -> {
          if (x.isFloat()) {
            out.set(x.real(at), at);
          } else {
            out.set(x.whole(at), at);
          }
        });
  }

  static void unary(UnaryOp op, Operand xOperand, Operand outOperand) {
    var x = Elements.of(xOperand);
    var out = Elements.of(outOperand);
    Coordinates.forEach(
        out.shape(),
        at -> {
          if (x.isFloat()) {
            out.set(Scalars.unary(op, x.real(at)), at);
          } else {
            out.set(Scalars.unary(op, x.whole(at)), at);
          }
        });
  }

  static void binary(BinaryOp op, Operand aOperand, Operand bOperand, Operand outOperand) {
    var a = Elements.of(aOperand);
    var b = Elements.of(bOperand);
    var out = Elements.of(outOperand);
    Coordinates.forEach(
        out.shape(),
        at -> {
          if (a.isFloat()) {
            out.set(Scalars.binary(op, a.real(at), b.real(at)), at);
          } else {
            out.set(Scalars.binary(op, a.whole(at), b.whole(at)), at);
          }
        });
  }

  static void scalar(
      BinaryOp op, Operand xOperand, Number s, boolean scalarFirst, Operand outOperand) {
    var x = Elements.of(xOperand);
    var out = Elements.of(outOperand);
    // The scalar takes part in the type in which its partner is computed: f32 up to that width.
    double real = x.dtype().byteSize() == Double.BYTES ? s.doubleValue() : (float) s.doubleValue();
    long whole = s.longValue();
    Coordinates.forEach(
        out.shape(),
        at -> {
          if (x.isFloat()) {
            double v = x.real(at);
            double y = scalarFirst ? Scalars.binary(op, real, v) : Scalars.binary(op, v, real);
            out.set(y, at);
          } else {
            long v = x.whole(at);
            long y = scalarFirst ? Scalars.binary(op, whole, v) : Scalars.binary(op, v, whole);
            out.set(y, at);
          }
        });
  }

  static void where(
      Operand conditionOperand, Operand aOperand, Operand bOperand, Operand outOperand) {
    var condition = Elements.of(conditionOperand);
    var a = Elements.of(aOperand);
    var b = Elements.of(bOperand);
    var out = Elements.of(outOperand);
    Coordinates.forEach(
        out.shape(),
        at -> {
          var chosen = condition.truth(at) ? a : b;
          if (chosen.isFloat()) {
            out.set(chosen.real(at), at);
          } else {
            out.set(chosen.whole(at), at);
          }
        });
  }

  static void arange(Operand outOperand, Number start, Number step) {
    var out = Elements.of(outOperand);
    for (long i = 0; i < out.shape().elements(); i++) {
      if (out.isFloat()) {
        out.set(start.doubleValue() + i * step.doubleValue(), i);
      } else {
        out.set(start.longValue() + i * step.longValue(), i);
      }
    }
  }
}
