package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import java.lang.ref.Reference;
import java.util.function.BiFunction;

/**
 * Operations that overwrite a tensor.
 *
 * <p>Where gradients are recorded the tensor's history goes on: its old history becomes the first
 * input of a new node. On a view the same happens to the view, then the base gets a node that joins
 * what the view wrote with what it left alone, and every view of the base is made anew from that
 * when it is next asked.
 *
 * <p>A rule that needs the old values reads a copy that is made before the write, and only then.
 */
final class InPlace {
  private InPlace() {}

  // ---------------------------------------------------------------- with a tensor

  static Tensor add(Tensor x, Tensor other) {
    var b = operand("addInPlace", x, other);
    return binary("addInPlace", BinaryOp.ADD, x, b, g -> gradients(g, b.requiresGrad() ? g : null));
  }

  static Tensor sub(Tensor x, Tensor other) {
    var b = operand("subInPlace", x, other);
    return binary(
        "subInPlace", BinaryOp.SUB, x, b, g -> gradients(g, b.requiresGrad() ? g.neg() : null));
  }

  static Tensor mul(Tensor x, Tensor other) {
    var b = operand("mulInPlace", x, other);
    boolean first = x.requiresGrad();
    var old = before(x, b);
    return binary(
        "mulInPlace",
        BinaryOp.MUL,
        x,
        b,
        g -> gradients(first ? g.mul(b) : null, b.requiresGrad() ? g.mul(old) : null));
  }

  static Tensor div(Tensor x, Tensor other) {
    var b = operand("divInPlace", x, other);
    boolean first = x.requiresGrad();
    var old = before(x, b);
    return binary(
        "divInPlace",
        BinaryOp.DIV,
        x,
        b,
        g ->
            gradients(
                first ? g.div(b) : null,
                b.requiresGrad() ? g.mul(old).div(b.square()).neg() : null));
  }

  private static Tensor binary(String name, BinaryOp op, Tensor x, Tensor b, Tape.Rule rule) {
    requireNumbers(name, x);
    return write(name, x, rule, () -> Dispatch.binary(op, x, b, x), b);
  }

  static Tensor copy(Tensor x, Tensor other) {
    var b = operand("copyInPlace", x, other);
    return write(
        "copyInPlace",
        x,
        g -> gradients(Tensor.zeros(g.device(), g.dtype(), g.shape()), g),
        () -> Dispatch.copy(b, x),
        b);
  }

  /** The other operand in the target's type and shape, in memory that the write does not touch. */
  private static Tensor operand(String name, Tensor x, Tensor other) {
    Dispatch.common(name, x, other);
    boolean narrows = other.dtype().isFloat() && !x.dtype().isFloat();
    if (narrows || x.dtype() == DType.BOOL && other.dtype() != DType.BOOL) {
      throw new DTypeException(
          name
              + ": "
              + other.dtype()
              + " values do not fit a tensor of "
              + x.dtype()
              + "; convert one with to(...)");
    }
    if (!Shape.broadcast(name, x.shape(), other.shape()).equals(x.shape())) {
      throw new ShapeException(
          name
              + ": "
              + other.shape()
              + " does not broadcast to "
              + x.shape()
              + ", the shape of the tensor that is written to");
    }
    var b = other.to(x.dtype()).expand(x.shape());
    boolean same = b.layout().equals(x.layout()) && !Tape.isNeeded(x, b);
    return b.sharesStorageWith(x) && !same ? b.copy() : b;
  }

  // ---------------------------------------------------------------- with a number

  static Tensor add(Tensor x, double s) {
    return scalar("addInPlace", BinaryOp.ADD, x, s, g -> gradients(g));
  }

  static Tensor sub(Tensor x, double s) {
    return scalar("subInPlace", BinaryOp.SUB, x, s, g -> gradients(g));
  }

  static Tensor mul(Tensor x, double s) {
    return scalar("mulInPlace", BinaryOp.MUL, x, s, g -> gradients(g.mul(s)));
  }

  static Tensor div(Tensor x, double s) {
    return scalar("divInPlace", BinaryOp.DIV, x, s, g -> gradients(g.div(s)));
  }

  static Tensor pow(Tensor x, double s) {
    var old = before(x, x);
    return scalar(
        "powInPlace",
        BinaryOp.POW,
        x,
        s,
        g -> gradients(s == 0 ? g.mul(0) : g.mul(old.pow(s - 1)).mul(s)));
  }

  private static Tensor scalar(String name, BinaryOp op, Tensor x, double s, Tape.Rule rule) {
    requireNumbers(name, x);
    if (!x.dtype().isFloat() && s != Math.rint(s)) {
      throw new DTypeException(
          name + ": " + s + " does not fit a tensor of " + x.dtype() + "; convert it with to(...)");
    }
    return write(name, x, rule, () -> Dispatch.scalar(op, x, s, false, x));
  }

  static Tensor clamp(Tensor x, double low, double high) {
    if (low > high) {
      throw new IllegalArgumentException("clampInPlace: low " + low + " is above high " + high);
    }
    requireNumbers("clampInPlace", x);
    var old = before(x, x);
    return write(
        "clampInPlace",
        x,
        g -> {
          var inside = old.detach().ge(low).and(old.detach().le(high));
          return gradients(g.maskedFill(inside.not(), 0));
        },
        () -> {
          Dispatch.scalar(BinaryOp.MAX, x, low, false, x);
          Dispatch.scalar(BinaryOp.MIN, x, high, false, x);
        });
  }

  static Tensor fill(String name, Tensor x, double value) {
    return write(
        name,
        x,
        g -> gradients(Tensor.zeros(g.device(), g.dtype(), g.shape())),
        () -> Dispatch.fill(x, value));
  }

  // ---------------------------------------------------------------- functions

  static Tensor neg(Tensor x) {
    requireNumbers("negInPlace", x);
    return write("negInPlace", x, g -> gradients(g.neg()), () -> apply(UnaryOp.NEG, x));
  }

  static Tensor abs(Tensor x) {
    requireNumbers("absInPlace", x);
    var old = before(x, x);
    return write(
        "absInPlace", x, g -> gradients(g.mul(old.detach().sign())), () -> apply(UnaryOp.ABS, x));
  }

  static Tensor relu(Tensor x) {
    requireNumbers("reluInPlace", x);
    return withOutput("reluInPlace", UnaryOp.RELU, x, (g, y) -> g.maskedFill(y.detach().le(0), 0));
  }

  static Tensor exp(Tensor x) {
    Dispatch.requireFloat("expInPlace", x);
    return withOutput("expInPlace", UnaryOp.EXP, x, Tensor::mul);
  }

  static Tensor sqrt(Tensor x) {
    Dispatch.requireFloat("sqrtInPlace", x);
    return withOutput("sqrtInPlace", UnaryOp.SQRT, x, (g, y) -> g.div(y.mul(2)));
  }

  static Tensor tanh(Tensor x) {
    Dispatch.requireFloat("tanhInPlace", x);
    return withOutput("tanhInPlace", UnaryOp.TANH, x, (g, y) -> g.mul(y.square().neg().add(1)));
  }

  static Tensor sigmoid(Tensor x) {
    Dispatch.requireFloat("sigmoidInPlace", x);
    return withOutput("sigmoidInPlace", UnaryOp.SIGMOID, x, (g, y) -> g.mul(y).mul(y.neg().add(1)));
  }

  static Tensor log(Tensor x) {
    Dispatch.requireFloat("logInPlace", x);
    var old = before(x, x);
    return write("logInPlace", x, g -> gradients(g.div(old)), () -> apply(UnaryOp.LOG, x));
  }

  /** A rule that reads what was written: that needs no copy. */
  private static Tensor withOutput(
      String name, UnaryOp op, Tensor x, BiFunction<Tensor, Tensor, Tensor> rule) {
    return write(name, x, g -> gradients(rule.apply(g, x)), () -> apply(op, x));
  }

  private static void apply(UnaryOp op, Tensor x) {
    x.device().primitives().unary(op, x.operand(), x.operand());
    Reference.reachabilityFence(x);
  }

  // ---------------------------------------------------------------- some elements

  static Tensor maskedFill(Tensor x, Tensor mask, double value) {
    return masked("maskedFillInPlace", x, mask, value);
  }

  private static Tensor masked(String name, Tensor x, Tensor mask, double value) {
    Dispatch.common(name, x, mask);
    Dispatch.requireBool(name, mask);
    if (!Shape.broadcast(name, mask.shape(), x.shape()).equals(x.shape())) {
      throw new ShapeException(
          name + ": a mask of shape " + mask.shape() + " does not broadcast to " + x.shape());
    }
    var m = (mask.sharesStorageWith(x) ? mask.copy() : mask).expand(x.shape());
    var filled = Dispatch.fill(Dispatch.empty(x.device(), x.dtype(), Shape.of()), value);
    return write(
        name,
        x,
        g -> gradients(g.maskedFill(m, 0)),
        () -> {
          var values = filled.expand(x.shape());
          x.device().primitives().where(m.operand(), values.operand(), x.operand(), x.operand());
          Reference.reachabilityFence(m);
          Reference.reachabilityFence(values);
          Reference.reachabilityFence(x);
        });
  }

  static Tensor indexFill(Tensor x, int axis, Tensor index, double value) {
    Dispatch.common("indexFillInPlace", x, index);
    Dispatch.requireIndex("indexFillInPlace", index);
    int a = x.shape().axis("indexFillInPlace", axis);
    if (index.rank() != 1) {
      throw new ShapeException(
          "indexFillInPlace: the index must have rank 1, got shape " + index.shape());
    }
    long[] sizes = new long[x.rank()];
    java.util.Arrays.fill(sizes, 1);
    sizes[a] = x.size(a);
    var ones = Tensor.full(x.device(), DType.I64, index.shape(), 1);
    var named = Tensor.zeros(x.device(), DType.I64, Shape.of(x.size(a))).indexAdd(0, index, ones);
    return masked("indexFillInPlace", x, named.ne(0).reshape(sizes), value);
  }

  static Tensor scatterAdd(Tensor x, int axis, Tensor index, Tensor source) {
    int a = Indexing.checkScatterAdd("scatterAddInPlace", x, axis, index, source);
    var apart = source.sharesStorageWith(x) ? source.copy() : source;
    return write(
        "scatterAddInPlace",
        x,
        g -> gradients(g, apart.requiresGrad() ? g.gather(a, index) : null),
        () -> Dispatch.scatterAdd(index, apart, a, x),
        apart);
  }

  static Tensor indexAdd(Tensor x, int axis, Tensor index, Tensor source) {
    int a = Indexing.checkIndexAdd("indexAddInPlace", x, axis, index, source);
    var apart = source.sharesStorageWith(x) ? source.copy() : source;
    return write(
        "indexAddInPlace",
        x,
        g -> gradients(g, apart.requiresGrad() ? g.indexSelect(a, index) : null),
        () -> Dispatch.indexAdd(index, apart, a, x),
        apart);
  }

  // ---------------------------------------------------------------- the write itself

  /**
   * Writes and records.
   *
   * @param rule gives the gradient of the old values, then of {@code others}
   */
  private static Tensor write(
      String name, Tensor x, Tape.Rule rule, Runnable kernel, Tensor... others) {
    Regions.requireDistinct(name, x.layout());
    x.storage().requireWritable(name);
    var inputs = new Tensor[1 + others.length];
    System.arraycopy(others, 0, inputs, 1, others.length);
    inputs[0] = x;
    boolean recorded = Tape.isNeeded(inputs);
    var base = x.base();
    if (Context.current().recordsGradients()) {
      requireNoLeaf(name, base == null ? x : base);
    }
    var inside = recorded && base != null ? Regions.inside(base, x.layout()) : null;
    inputs[0] = recorded ? x.asItWas() : x;
    kernel.run();
    x.storage().overwrittenBy(name);
    if (Context.current().detectsAnomalies()) {
      AnomalyInspection.forward(name, x, others);
    }
    if (!recorded) {
      return x;
    }
    var node = new Node(name, x.shape(), rule, inputs);
    if (base == null) {
      x.rewrittenBy(node);
      return x;
    }
    var written = x.asItWas();
    written.madeBy(node);
    base.rewrittenBy(
        new Node(
            "written view",
            base.shape(),
            g -> gradients(Regions.erased(g, inside), Regions.seen(g, inside)),
            base.asItWas(),
            written));
    return x;
  }

  private static void requireNoLeaf(String name, Tensor target) {
    if (target.requiresGrad() && target.producer() == null) {
      throw new IllegalStateException(
          name
              + ": would change a leaf of shape "
              + target.shape()
              + " that requires a gradient; do it inside Tensor.noGrad(...)");
    }
  }

  /** The values before the write with their history, where the gradient of {@code other} asks. */
  private static Tensor before(Tensor x, Tensor other) {
    if (!Tape.isNeeded(other)) {
      return x;
    }
    var values = x.detach();
    return x.withHistory(Dispatch.copy(values, Dispatch.empty(x.device(), x.dtype(), x.shape())));
  }

  private static void requireNumbers(String name, Tensor x) {
    if (x.dtype() == DType.BOOL) {
      throw new DTypeException(
          name + ": bool tensors have no arithmetic; convert with to(DType.F32)");
    }
  }
}
