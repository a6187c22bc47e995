package dev.jebena.tensor;

import static dev.jebena.tensor.Operation.named;

import dev.jebena.memory.DType;
import dev.jebena.tensor.Operation.Builder;
import dev.jebena.tensor.Operation.Input;
import java.util.List;
import java.util.function.UnaryOperator;

/** The rows of {@link Functions} and {@link Activations}. */
final class FunctionRows {
  private FunctionRows() {}

  static void addTo(List<Operation> rows) {
    powersAndLogarithms(rows);
    angles(rows);
    activations(rows);
    questions(rows);
    conversions(rows);
  }

  private static Builder unary(String name, UnaryOperator<Tensor> f, double low, double high) {
    return named(name, (x, a) -> f.apply(x[0])).unarySamples(low, high);
  }

  private static List<Input> of(Input... inputs) {
    return List.of(inputs);
  }

  private static void powersAndLogarithms(List<Operation> rows) {
    rows.add(
        unary("exp2", Tensor::exp2, -3, 3)
            .sample("integers become f32", of(Input.indices(9, 5)))
            .build());
    rows.add(
        unary("expm1", Tensor::expm1, -2, 2)
            .sample("near zero", of(Input.uniform(-1e-4, 1e-4, 9)))
            .sample("far below", of(Input.uniform(-60, -10, 9)))
            .build());
    rows.add(unary("log2", Tensor::log2, 0.5, 9).build());
    rows.add(unary("log10", Tensor::log10, 0.5, 200).build());
    rows.add(
        unary("log1p", Tensor::log1p, -0.5, 3)
            .sample("near zero", of(Input.uniform(-1e-4, 1e-4, 9)))
            .build());
    rows.add(unary("logit", Tensor::logit, 0.1, 0.9).build());
    rows.add(
        unary("erfc", Tensor::erfc, -3, 3).sample("far out", of(Input.uniform(4, 9, 9))).build());
  }

  private static void angles(List<Operation> rows) {
    rows.add(unary("tan", Tensor::tan, -1.2, 1.2).build());
    rows.add(unary("asin", Tensor::asin, -0.9, 0.9).build());
    rows.add(unary("acos", Tensor::acos, -0.9, 0.9).build());
    rows.add(unary("atan", Tensor::atan, -4, 4).build());
    rows.add(unary("sinh", Tensor::sinh, -3, 3).build());
    rows.add(unary("cosh", Tensor::cosh, -3, 3).build());
    rows.add(unary("asinh", Tensor::asinh, -4, 4).build());
    rows.add(unary("acosh", Tensor::acosh, 1.2, 5).build());
    rows.add(unary("atanh", Tensor::atanh, -0.9, 0.9).build());
  }

  private static void activations(List<Operation> rows) {
    rows.add(
        unary("softplus", Tensor::softplus, -4, 4)
            .sample("large", of(Input.uniform(-90, 19, 9)))
            .build());
    rows.add(
        named("softplusBeta", (x, a) -> x[0].softplus(a.number("beta")))
            .unarySamples(-4, 4, "beta", 1.5)
            .error("softplus: beta 0.0 is not positive", of(Input.of(2)), "beta", 0.0)
            .build());
    rows.add(
        unary("logSigmoid", Tensor::logSigmoid, -4, 4)
            .sample("large", of(Input.uniform(-90, 90, 9)))
            .build());
    rows.add(
        named("elu", (x, a) -> x[0].elu(a.number("alpha")))
            .unarySamples(-3, 3, "alpha", 1.25)
            .sample("large", of(Input.uniform(-900, 900, 9)), "alpha", 1.0)
            .build());
    rows.add(unary("selu", Tensor::selu, -3, 3).build());
    rows.add(
        named("leakyRelu", (x, a) -> x[0].leakyRelu(a.number("slope")))
            .unarySamples(-3, 3, "slope", 0.125)
            .error("leakyRelu: bool tensors have no arithmetic", of(Input.bools(2)), "slope", 0.125)
            .build());
    rows.add(unary("relu6", Tensor::relu6, -3, 9).build());
    rows.add(
        named("hardtanh", (x, a) -> x[0].hardtanh(a.number("low"), a.number("high")))
            .unarySamples(-3, 3, "low", -1.0, "high", 0.5)
            .error(
                "hardtanh: low 2.0 is not below high 2.0", of(Input.of(2)), "low", 2.0, "high", 2.0)
            .build());
    rows.add(unary("hardSigmoid", Tensor::hardSigmoid, -5, 5).build());
    rows.add(unary("hardSwish", Tensor::hardSwish, -5, 5).build());
    rows.add(unary("mish", Tensor::mish, -4, 4).build());
    rows.add(unary("geluTanh", Tensor::geluTanh, -4, 4).build());
    rows.add(unary("reluSquared", Tensor::reluSquared, -2, 2).build());
    rows.add(unary("softsign", Tensor::softsign, -4, 4).build());
  }

  private static void questions(List<Operation> rows) {
    rows.add(
        unary("trunc", Tensor::trunc, 0.1, 0.9)
            .sample("negative", of(Input.uniform(-2.9, -2.1, 5)))
            .error("trunc: bool tensors have no arithmetic", of(Input.bools(2)))
            .alsoIntegers()
            .build());
    rows.add(
        unary("frac", Tensor::frac, 1.1, 1.9)
            .sample("negative", of(Input.uniform(-2.9, -2.1, 5)))
            .error("frac: bool tensors have no arithmetic", of(Input.bools(2)))
            .alsoIntegers()
            .build());
    // the reciprocal of a rounded number is often infinite, of either sign
    rows.add(unary("isInf", x -> infinities(x).isInf(), -2, 2).notDifferentiable().build());
    rows.add(unary("isPosInf", x -> infinities(x).isPosInf(), -2, 2).notDifferentiable().build());
    rows.add(unary("isNegInf", x -> infinities(x).isNegInf(), -2, 2).notDifferentiable().build());
    rows.add(unary("signBit", x -> infinities(x).signBit(), -2, 2).notDifferentiable().build());
    rows.add(
        named("nanToNum", (x, a) -> x[0].log().nanToNum(a.number("nan"), 1, -1))
            .unarySamples(-2, 2, "nan", 0.75)
            .build());
  }

  private static void conversions(List<Operation> rows) {
    // whole numbers of this size are exact, so that chance has no say
    rows.add(
        unary("toStochastic", x -> x.round().toStochastic(DType.BF16).to(x.dtype()), -99, 99)
            .error(
                "toStochastic: converts between floating types, got i64 to bf16",
                of(Input.indices(3, 2)))
            .notDifferentiable()
            .build());
    rows.add(
        unary("toSaturating", x -> cut(x).to(x.dtype()), -2, 2)
            .dtypes(DType.F32, DType.F64)
            .notDifferentiable()
            .build());
  }

  private static Tensor cut(Tensor x) {
    return x.mul(4e4).toSaturating(DType.F8_E5M2);
  }

  private static Tensor infinities(Tensor x) {
    return x.round().reciprocal();
  }
}
