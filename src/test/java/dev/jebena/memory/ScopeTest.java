package dev.jebena.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ScopeTest {
  @Test
  void freesWhatWasMadeInside() {
    Tensor inside;
    try (var _ = Scope.open()) {
      inside = Tensor.ones(3).mul(2);
    }
    assertThatThrownBy(inside::toFloats)
        .isInstanceOf(ClosedScopeException.class)
        .hasMessageContaining("call tensor.keep(scope) before the scope closes");
  }

  @Test
  void letsOutWhatIsKept() {
    Tensor kept;
    Tensor outer;
    try (var _ = Scope.open()) {
      try (var inner = Scope.open()) {
        var x = Tensor.ones(3);
        kept = x.add(1).keep(inner);
        outer = kept.mul(2);
      }
      assertThat(kept.toFloats()).containsExactly(2, 2, 2);
    }
    // kept moved one scope up only, and went with that
    assertThatThrownBy(kept::toFloats).isInstanceOf(ClosedScopeException.class);
    assertThatThrownBy(outer::toFloats).isInstanceOf(ClosedScopeException.class);
  }

  @Test
  void aViewKeepsTheMemoryOfAll() {
    Tensor view;
    try (var scope = Scope.open()) {
      view = Tensor.arange(6).reshape(2, 3).select(0, 1).keep(scope);
    }
    assertThat(view.toLongs()).containsExactly(3, 4, 5);
  }

  @Test
  void whatIsMadeOutsideStays() {
    var before = Tensor.ones(2);
    Tensor outside;
    try (var _ = Scope.open()) {
      outside = Scope.outside(() -> Tensor.ones(2));
      assertThat(Scope.current().size()).isZero();
    }
    assertThat(before.add(outside).toFloats()).containsExactly(2, 2);
    assertThat(Scope.current()).isNull();
  }

  @Test
  void closesInReverseOrderOnItsOwnThread() throws InterruptedException {
    try (var outer = Scope.open();
        var _ = Scope.open()) {
      assertThatThrownBy(outer::close)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("innermost first");
      Runnable closeOuter = outer::close;
      var elsewhere = new Throwable[1];
      var thread =
          new Thread(() -> {
            assertThat(Scope.current()).isNull();
            try {
              closeOuter.run();
            } catch (IllegalStateException e) {
              elsewhere[0] = e;
            }
          });
      thread.start();
      thread.join();
      assertThat(elsewhere[0]).hasMessageContaining("on the thread that opened them");
    }
  }

  @Test
  void aReleasedTensorIsClosed() {
    var x = Tensor.ones(2);
    var view = x.reshape(1, 2);
    x.release();
    assertThatThrownBy(view::toFloats).isInstanceOf(ClosedScopeException.class);
  }
}
