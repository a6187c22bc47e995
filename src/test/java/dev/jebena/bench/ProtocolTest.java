package dev.jebena.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProtocolTest {
  private final List<String> calls = new ArrayList<>();

  /** Says how often it was asked, and claims that a repetition takes so long. */
  private Contender claiming(String name, double seconds) {
    return new Contender() {
      @Override
      public double run(int times) {
        calls.add(name + times);
        return seconds * times;
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void sidesTakeTurnsAndRepeatEquallyOften() {
    var timed = new Protocol(5, 0, 1).time(10, claiming("a", 0.5), claiming("b", 0.25), text -> {});
    assertThat(calls)
        .containsExactly(
            "a1", "a1", "a1", "b1", "b1", "b1", "a4", "b4", "a4", "b4", "a4", "b4", "a4", "b4",
            "a4", "b4");
    assertThat(timed.ours().values()).containsExactly(20.0, 20.0, 20.0, 20.0, 20.0);
    assertThat(timed.peers().median()).isEqualTo(40);
  }

  @Test
  void warmsUpForItsTime() {
    new Protocol(6, 3, 0).time(1, claiming("a", 0.5), null, text -> {});
    assertThat(calls).hasSize(6 + 6).containsOnly("a1");
  }

  @Test
  void fewerThanFiveRunsAreRefused() {
    assertThatThrownBy(() -> new Protocol(4, 0, 0)).hasMessageContaining("at least 5");
  }

  @Test
  void ratesKnowTheirMiddle() {
    assertThat(new Rates(List.of(5.0, 1.0, 3.0)).median()).isEqualTo(3);
    assertThat(new Rates(List.of(4.0, 1.0, 3.0, 9.0)).median()).isEqualTo(3.5);
    var rates = new Rates(List.of(5.0, 1.0, 3.0));
    assertThat(rates.min()).isEqualTo(1);
    assertThat(rates.max()).isEqualTo(5);
    assertThatThrownBy(() -> new Rates(List.of())).hasMessageContaining("no runs");
  }
}
