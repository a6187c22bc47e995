package dev.jebena.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModuleTest {
  /** Two linear layers with dropout between them. */
  private static final class Pair implements Module {
    private final Linear first = new Linear(Tensor.ones(3, 2), Tensor.zeros(3));
    private final Dropout dropout = new Dropout(0.5);
    private final Linear second = new Linear(Tensor.ones(1, 3), null);

    Tensor forward(Tensor x) {
      return second.forward(dropout.forward(first.forward(x)));
    }

    @Override
    public void describe(Visitor visitor) {
      visitor.module("first", first);
      visitor.module("dropout", dropout);
      visitor.module("second", second);
    }
  }

  @Test
  void parametersHaveDottedNamesInOrder() {
    var pair = new Pair();
    assertThat(pair.namedParameters().keySet())
        .containsExactly("first.weight", "first.bias", "second.weight");
    assertThat(pair.parameterCount()).isEqualTo(6 + 3 + 3);
    assertThat(pair.namedParameters().values()).allMatch(Tensor::requiresGrad);
    assertThat(pair.stateDict().values()).noneMatch(Tensor::requiresGrad);
  }

  @Test
  void aNameThatStandsTwiceIsAnError() {
    Module twice =
        visitor -> {
          visitor.parameter("w", Tensor.ones(1));
          visitor.parameter("w", Tensor.ones(1));
        };
    assertThatThrownBy(twice::namedParameters).hasMessage("two parameters are called w");
  }

  @Test
  void aStateDictionaryGoesIntoAnotherModule() {
    var from = new Pair();
    Tensor.noGrad(() -> from.namedParameters().get("first.weight").mulInPlace(3));
    var to = new Pair();
    to.loadStateDict(from.stateDict());
    assertThat(to.first.weight().toFloats()).containsOnly(3);
    assertThat(to.first.weight().sharesStorageWith(from.first.weight())).isFalse();
    assertThat(to.first.weight().requiresGrad()).isTrue();
  }

  @Test
  void whatDoesNotFitIsNamedAndNothingIsChanged() {
    var module = new Pair();
    var missing = new LinkedHashMap<String, Tensor>();
    missing.put("first.weight", Tensor.zeros(3, 2));
    missing.put("third.weight", Tensor.zeros(3, 2));
    assertThatThrownBy(() -> module.loadStateDict(missing))
        .isInstanceOf(ShapeException.class)
        .hasMessage("load: missing first.bias, second.weight; unexpected third.weight");
    assertThatThrownBy(() -> module.loadStateDict(Map.of()))
        .hasMessage("load: missing first.bias, first.weight, second.weight");
    var many = new LinkedHashMap<>(module.stateDict());
    for (var name : new String[] {"a", "b", "c", "d", "e"}) {
      many.put(name, Tensor.zeros(1));
    }
    assertThatThrownBy(() -> module.loadStateDict(many))
        .hasMessage("load: unexpected a, b, c and 2 more");
    var shape = new LinkedHashMap<>(module.stateDict());
    shape.put("first.weight", Tensor.zeros(3, 2));
    shape.put("second.weight", Tensor.zeros(3));
    assertThatThrownBy(() -> module.loadStateDict(shape))
        .hasMessage("load: second.weight has shape [3], the model needs [1, 3]");
    assertThat(module.first.weight().toFloats()).containsOnly(1);
  }

  @Test
  void dropoutDropsInTrainingOnly() {
    var pair = new Pair();
    pair.eval();
    var x = Tensor.ones(1, 2);
    assertThat(pair.forward(x).item()).isEqualTo(6);
    pair.train();
    var dropout = new Dropout(0.25);
    Context.current()
        .withSeed(3)
        .run(() -> {
          var y = dropout.forward(Tensor.ones(100, 100)).toFloats();
          int dropped = 0;
          for (float value : y) {
            if (value == 0) {
              dropped++;
            } else {
              assertThat(value).isEqualTo(1 / 0.75f);
            }
          }
          assertThat(dropped / 10_000.0).isBetween(0.23, 0.27);
          assertThat(pair.forward(Tensor.ones(64, 2)).toFloats()).isNotEqualTo(new float[64]);
        });
    dropout.eval();
    assertThat(dropout.forward(x)).isSameAs(x);
  }

  @Test
  void dropoutIsRepeatedByItsSeedAndSendsGradientsWhereItLetThrough() {
    var dropout = new Dropout(0.5);
    var x = Tensor.ones(50).requiresGrad(true);
    var first = Context.current().withSeed(7).call(() -> dropout.forward(x));
    var second = Context.current().withSeed(7).call(() -> dropout.forward(x));
    var third = Context.current().withSeed(8).call(() -> dropout.forward(x));
    assertThat(second.toFloats()).isEqualTo(first.toFloats()).isNotEqualTo(third.toFloats());
    first.sum().backward();
    assertThat(x.grad().toFloats()).isEqualTo(first.toFloats());
    assertThatThrownBy(() -> new Dropout(1))
        .hasMessage("dropout: probability 1.0 is not in [0, 1)");
  }
}
