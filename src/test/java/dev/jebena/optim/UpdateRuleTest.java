package dev.jebena.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.io.NamedArray;
import dev.jebena.io.NpzFile;
import dev.jebena.memory.DType;
import dev.jebena.memory.Scope;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.Fixtures;
import dev.jebena.testing.Values;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule against PyTorch's, by the values that {@code src/test/python/optimizers.py} made. */
class UpdateRuleTest {
  private static final double RATE = 0.02;
  private static final int STEPS = 20;
  private static final double DECAY = 0.1;

  private static Map<String, NamedArray> golden() throws IOException {
    return NpzFile.read(Fixtures.basedir().resolve("src/test/resources/optim/optimizers.npz"));
  }

  private static Tensor tensor(NamedArray array, DType dtype) {
    return Tensor.of(array.toDoubles(), array.shape().toArray()).to(dtype);
  }

  private static UpdateRule rule(String name) {
    return switch (name) {
      case "adam" -> new Adam(AdamW.Settings.LANGUAGE_MODEL, false);
      case "adamw" -> new Adam(AdamW.Settings.LANGUAGE_MODEL, true);
      case "sgd" -> new Sgd(0, false);
      case "momentum" -> new Sgd(0.9, false);
      case "nesterov" -> new Sgd(0.9, true);
      case "lion" -> Lion.USUAL;
      case "adafactor" -> Adafactor.USUAL;
      case "muon" -> new Muon(0.95, true, 5, false);
      case "muon-adamw" -> Muon.USUAL;
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Steps with the golden gradients, all of them or up to one. */
  private static GroupedOptimizer optimizer(String name, Map<String, Tensor> parameters) {
    return new GroupedOptimizer(List.of(new ParameterGroup(parameters, rule(name), DECAY, 1)));
  }

  private static Map<String, Tensor> parameters(
      String name, Map<String, NamedArray> golden, DType dtype) {
    var parameters = new LinkedHashMap<String, Tensor>();
    parameters.put("w", tensor(golden.get("w"), dtype).requiresGrad(true));
    parameters.put("v", tensor(golden.get("v"), dtype).requiresGrad(true));
    if (!name.startsWith("muon")) {
      parameters.put("b", tensor(golden.get("b"), dtype).requiresGrad(true));
    }
    return parameters;
  }

  private static void steps(
      Optimizer optimizer,
      Map<String, Tensor> parameters,
      Map<String, NamedArray> golden,
      int from,
      int to) {
    for (int step = from; step < to; step++) {
      try (var _ = Scope.open()) {
        for (var entry : parameters.entrySet()) {
          var p = entry.getValue();
          var gradients = tensor(golden.get("g" + entry.getKey()), p.dtype());
          p.mul(gradients.select(0, step)).sum().backward();
        }
        optimizer.step(RATE, 1);
        optimizer.zeroGrad();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "adam",
        "adamw",
        "sgd",
        "momentum",
        "nesterov",
        "lion",
        "adafactor",
        "muon",
        "muon-adamw"
      })
  void goesWherePyTorchGoes(String name) throws IOException {
    var golden = golden();
    for (var dtype : List.of(DType.F64, DType.F32)) {
      var parameters = parameters(name, golden, dtype);
      var optimizer = optimizer(name, parameters);
      for (int step = 0; step < STEPS; step++) {
        steps(optimizer, parameters, golden, step, step + 1);
        for (var entry : parameters.entrySet()) {
          var key = entry.getKey();
          var path = tensor(golden.get(name + "/" + key), DType.F64);
          Values.assertClose(
              name + " " + key + " " + dtype + " step " + step,
              entry.getValue(),
              path.select(0, step).contiguous().toDoubles(),
              0,
              dtype == DType.F64 ? 1e-9 : 2e-5);
        }
      }
    }
  }

  /** What is remembered is all that is remembered. */
  @ParameterizedTest
  @ValueSource(strings = {"adam", "momentum", "lion", "adafactor", "muon"})
  void goesOnFromSavedState(String name) throws IOException {
    var golden = golden();
    var whole = parameters(name, golden, DType.F32);
    steps(optimizer(name, whole), whole, golden, 0, STEPS);
    var first = parameters(name, golden, DType.F32);
    var before = optimizer(name, first);
    steps(before, first, golden, 0, 5);
    var second = new LinkedHashMap<String, Tensor>();
    first.forEach((key, p) -> second.put(key, p.detach().copy().requiresGrad(true)));
    var after = optimizer(name, second);
    after.loadStateDict(before.stateDict(), before.steps());
    steps(after, second, golden, 5, STEPS);
    whole.forEach((key, p) -> assertThat(second.get(key).toFloats()).isEqualTo(p.toFloats()));
    assertThatThrownBy(() -> after.loadStateDict(Map.of(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is missing");
  }

  @Test
  void groupsHaveTheirOwnRules() {
    var a = Tensor.full(1, 2, 2).requiresGrad(true);
    var b = Tensor.full(1, 2).requiresGrad(true);
    var optimizer =
        new GroupedOptimizer(
            List.of(
                new ParameterGroup(Map.of("a", a), new Sgd(0, false), 0, 0.5),
                new ParameterGroup(Map.of("b", b), Lion.USUAL, 0, 1)));
    a.sum().add(b.sum().mul(3)).backward();
    optimizer.step(0.1, 2);
    assertThat(a.toFloats()[0]).isEqualTo(1 - 0.1f); // half the rate, twice the gradient
    assertThat(b.toFloats()[0]).isEqualTo(1 - 0.1f); // the sign alone
    var twice = Map.of("a", a);
    assertThatThrownBy(() ->
            new GroupedOptimizer(
                List.of(
                    new ParameterGroup(twice, Lion.USUAL, 0, 1),
                    new ParameterGroup(twice, Lion.USUAL, 0, 1))))
        .hasMessage("optimiser: a is in two groups");
    assertThatThrownBy(() ->
            new GroupedOptimizer(List.of(new ParameterGroup(Map.of("b", b), Muon.USUAL, 0, 1))))
        .hasMessage("Muon: a parameter of shape [2] is no matrix; leave it to Adam");
  }

  @Test
  void averagesOfWeightsCanBePutInAndOut() {
    var p = Tensor.full(1, 3).requiresGrad(true);
    var average = new WeightAverage(Map.of("p", p), 0.75);
    Tensor.noGrad(() -> p.addInPlace(Tensor.full(4, 3)));
    average.update();
    assertThat(average.stateDict().get("p").toFloats()).containsOnly(2);
    average.swap();
    assertThat(p.toFloats()).containsOnly(2);
    average.swap();
    assertThat(p.toFloats()).containsOnly(5);
  }

  /** Each falls as its name says. */
  @ParameterizedTest
  @EnumSource(Schedule.class)
  void schedules(Schedule schedule) {
    schedule.check();
  }

  /** The schedules, each with what is expected. */
  enum Schedule {
    LINEAR(LearningRate.warmupLinear(2, 4, 15, 0.1), new double[] {0.5, 2, 2, 1.1, 0.2}),
    STABLE(LearningRate.warmupStableDecay(2, 4, 15, 5, 0.5), new double[] {0.5, 2, 2, 2, 1}),
    ROOT(
        LearningRate.inverseSquareRoot(2, 4),
        new double[] {
          0.5, 2, 2 * Math.sqrt(4 / 5.0), 2 * Math.sqrt(4 / 10.0), 2 * Math.sqrt(4 / 15.0)
        });

    private final LearningRate rate;
    private final double[] expected;

    Schedule(LearningRate rate, double[] expected) {
      this.rate = rate;
      this.expected = expected;
    }

    void check() {
      int[] steps = {0, 3, 4, 9, 14};
      for (int i = 0; i < steps.length; i++) {
        assertThat(rate.at(steps[i]))
            .as(this + " at " + steps[i])
            .isCloseTo(expected[i], org.assertj.core.api.Assertions.within(1e-12));
      }
    }
  }
}
