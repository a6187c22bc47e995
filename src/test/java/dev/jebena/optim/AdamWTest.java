package dev.jebena.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.io.NpzFile;
import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.memory.Scope;
import dev.jebena.nn.Linear;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.DeferredDevice;
import dev.jebena.testing.Fixtures;
import dev.jebena.testing.Values;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdamWTest {
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void aThousandStepsEndWherePyTorchEnds(String name) throws IOException {
    var inputs = NpzFile.read(Fixtures.require("layers/adamw_inputs.npz"));
    var expected = NpzFile.read(Fixtures.require("layers/test_adamw.npz")).get("array");
    float[] x = inputs.get("x").toFloats(); // [1000, 3]
    Context.current()
        .withDevice(Devices.get(name))
        .run(() -> {
          var linear = new Linear(Tensor.of(inputs.get("init_weight").toFloats(), 2, 3), null);
          var optimizer =
              new AdamW(
                  List.of(new AdamW.Group(linear.namedParameters(), 0.01)),
                  new AdamW.Settings(0.9, 0.999, 1e-8));
          for (int step = 0; step < 1000; step++) {
            try (var _ = Scope.open()) {
              float x0 = x[3 * step];
              float x1 = x[3 * step + 1];
              float x2 = x[3 * step + 2];
              var y = Tensor.of(new float[] {x0 + x1, -x2}, 2);
              var guess = linear.forward(Tensor.of(new float[] {x0, x1, x2}, 3));
              y.sub(guess).square().sum().backward();
              optimizer.step(1e-3);
              optimizer.zeroGrad();
            }
          }
          assertThat(optimizer.steps()).isEqualTo(1000);
          Values.assertClose(name, linear.weight(), expected.toDoubles(), 0, 1e-4);
        });
  }

  private static Tensor parameter(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Tensor.of(floats, floats.length).requiresGrad(true);
  }

  @Test
  void theFirstStepMovesByTheLearningRateAgainstTheSign() {
    var p = parameter(1, 1, 1);
    var optimizer =
        new AdamW(List.of(new AdamW.Group(Map.of("p", p), 0)), AdamW.Settings.LANGUAGE_MODEL);
    p.mul(Tensor.of(new float[] {5, -0.01f, 0}, 3)).sum().backward();
    optimizer.step(0.1);
    assertThat(p.toFloats()[0]).isCloseTo(0.9f, org.assertj.core.api.Assertions.within(1e-6f));
    assertThat(p.toFloats()[1]).isCloseTo(1.1f, org.assertj.core.api.Assertions.within(1e-6f));
    assertThat(p.toFloats()[2]).isEqualTo(1f);
  }

  @Test
  void decayIsDecoupledFromTheGradient() {
    var p = parameter(2);
    var optimizer =
        new AdamW(List.of(new AdamW.Group(Map.of("p", p), 0.5)), AdamW.Settings.LANGUAGE_MODEL);
    p.mul(0).sum().backward(); // a gradient of 0: nothing but decay
    optimizer.step(0.1);
    assertThat(p.item())
        .isCloseTo(2 * (1 - 0.1 * 0.5), org.assertj.core.api.Assertions.within(1e-6));
  }

  @Test
  void withoutAGradientNothingMoves() {
    var p = parameter(2, 3);
    var optimizer =
        new AdamW(List.of(new AdamW.Group(Map.of("p", p), 0.5)), AdamW.Settings.LANGUAGE_MODEL);
    optimizer.step(0.1);
    assertThat(p.toFloats()).containsExactly(2, 3);
  }

  @Test
  void theScaleMultipliesEveryGradientFirst() {
    var a = parameter(1, 2);
    var b = parameter(1, 2);
    var plain =
        new AdamW(List.of(new AdamW.Group(Map.of("p", a), 0)), new AdamW.Settings(0.9, 0.95, 1));
    var scaled =
        new AdamW(List.of(new AdamW.Group(Map.of("p", b), 0)), new AdamW.Settings(0.9, 0.95, 1));
    a.square().sum().mul(0.25).backward();
    b.square().sum().backward();
    plain.step(0.1);
    scaled.step(0.1, 0.25);
    assertThat(b.toFloats()).isEqualTo(a.toFloats());
  }

  /** All parameters go in one pass where there is a kernel, and one by one where there is none. */
  @Test
  void theSameOnEveryDevice() {
    var expected = fewSteps(Devices.get("reference"));
    for (var device :
        List.of(Devices.get("cpu"), DeferredDevice.primitivesOnly(), DeferredDevice.withFused())) {
      var actual = fewSteps(device);
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i])
            .as(device.name())
            .containsExactly(expected[i], org.assertj.core.api.Assertions.within(1e-6));
      }
    }
  }

  /** A matrix, a vector, one of another type, and a view that is not contiguous. */
  private static double[][] fewSteps(Device device) {
    return Context.current()
        .withDevice(device)
        .withSeed(4)
        .call(() -> {
          var parameters = new LinkedHashMap<String, Tensor>();
          parameters.put("matrix", Tensor.randn(5, 7).requiresGrad(true));
          parameters.put("wide", Tensor.randn(3, 2).to(DType.F64).requiresGrad(true));
          parameters.put("vector", Tensor.randn(9).requiresGrad(true));
          parameters.put("turned", Tensor.randn(4, 6).transpose().requiresGrad(true));
          parameters.put("without", Tensor.randn(2).requiresGrad(true));
          var optimizer =
              new AdamW(AdamW.groupsByRank(parameters, 0.1), AdamW.Settings.LANGUAGE_MODEL);
          for (int step = 0; step < 3; step++) {
            for (var name : List.of("matrix", "wide", "vector", "turned")) {
              parameters.get(name).sin().sum().backward();
            }
            optimizer.step(0.1, 0.5);
            optimizer.zeroGrad();
          }
          return parameters.values().stream().map(Tensor::toDoubles).toArray(double[][]::new);
        });
  }

  @Test
  void matricesDecayAndVectorsDoNot() {
    var parameters = new LinkedHashMap<String, Tensor>();
    parameters.put("matrix", Tensor.ones(2, 2));
    parameters.put("norm", Tensor.ones(2));
    var groups = AdamW.groupsByRank(parameters, 0.1);
    assertThat(groups.get(0).parameters()).containsOnlyKeys("matrix");
    assertThat(groups.get(0).weightDecay()).isEqualTo(0.1);
    assertThat(groups.get(1).parameters()).containsOnlyKeys("norm");
    assertThat(groups.get(1).weightDecay()).isZero();
  }

  @Test
  void goesOnFromSavedMomentsBitForBit() {
    var whole = trained(6, null, 0);
    var first = trained(3, null, 0);
    var second = trained(3, first, 3);
    assertThat(second.parameter.toFloats()).isEqualTo(whole.parameter.toFloats());
    assertThat(second.optimizer.steps()).isEqualTo(6);
  }

  private record Run(Tensor parameter, AdamW optimizer) {}

  private static Run trained(int steps, Run from, long done) {
    var p =
        from == null ? parameter(1, -2, 0.5) : from.parameter.detach().copy().requiresGrad(true);
    var optimizer =
        new AdamW(List.of(new AdamW.Group(Map.of("p", p), 0.1)), AdamW.Settings.LANGUAGE_MODEL);
    if (from != null) {
      optimizer.loadStateDict(from.optimizer.stateDict(), done);
    }
    for (int i = 0; i < steps; i++) {
      p.square().sum().backward();
      optimizer.step(0.01);
      optimizer.zeroGrad();
    }
    return new Run(p, optimizer);
  }

  @Test
  void foreignMomentsAreRefusedByName() {
    var optimizer =
        new AdamW(
            List.of(new AdamW.Group(Map.of("p", parameter(1)), 0)), AdamW.Settings.LANGUAGE_MODEL);
    assertThatThrownBy(() -> optimizer.loadStateDict(Map.of(), 3))
        .hasMessage("optimiser state: p.exp_avg is missing, needed is [1]");
    assertThatThrownBy(() -> optimizer.loadStateDict(Map.of("p.exp_avg", Tensor.ones(2)), 3))
        .hasMessage("optimiser state: p.exp_avg has shape [2], needed is [1]");
    assertThat(optimizer.steps()).isZero();
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new AdamW.Settings(1, 0.9, 1e-8))
        .hasMessageContaining("betas must be in [0, 1)");
    assertThatThrownBy(() -> new AdamW.Settings(0.9, 0.9, 0)).hasMessageContaining("eps above 0");
  }
}
