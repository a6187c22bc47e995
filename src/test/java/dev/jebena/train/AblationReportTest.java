package dev.jebena.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AblationReportTest {
  /** Seeds whose losses lie a tenth apart, around a mean. */
  private static Ablation.Result variant(String name, int seeds, double mean) {
    var losses =
        IntStream.range(0, seeds).mapToObj(i -> mean + 0.1 * (i - (seeds - 1) / 2.0)).toList();
    return new Ablation.Result("question", name, 1, losses, List.of());
  }

  private static String conclusion(Ablation.Result... results) {
    return AblationReport.conclusion(Arrays.asList(results));
  }

  /** The standard error of a difference is 0.0816; Student's t for 4 degrees of freedom 2.776. */
  @Test
  void aDifferenceCountsWhereChanceHardlyGivesIt() {
    var text =
        conclusion(
            variant("base", 3, 2.1),
            variant("alike", 3, 2.1),
            variant("perhaps", 3, 2.1 + 2.7 * 0.0816),
            variant("heavier", 3, 2.1 + 2.85 * 0.0816),
            variant("lighter", 3, 2.1 - 2.85 * 0.0816));
    assertThat(text)
        .isEqualTo(
            "At this size, on this text and after so many steps: better than base: lighter; worse:"
                + " heavier; not told apart from it by these seeds: alike, perhaps. A difference"
                + " counts from 2.8 standard errors on, which chance alone gives in one comparison"
                + " of twenty at most; nothing is said of larger models.");
  }

  /**
   * Two seeds know their spread badly: 3.5 standard errors, which would do for five, may be luck.
   */
  @Test
  void fewSeedsHaveToDifferMore() {
    double two = Math.sqrt(2 * 0.005 / 2);
    assertThat(conclusion(variant("base", 2, 2), variant("other", 2, 2 + 3.5 * two)))
        .contains("not told apart from it by these seeds: other", "4.3 standard errors");
    double five = Math.sqrt(2 * 0.025 / 5);
    assertThat(conclusion(variant("base", 5, 2), variant("other", 5, 2 + 3.5 * five)))
        .contains("worse: other", "2.3 standard errors");
    double thirty = Math.sqrt(2 * 0.775 / 30);
    assertThat(conclusion(variant("base", 30, 2), variant("other", 30, 2 + 2.2 * thirty)))
        .contains("worse: other", "2.1 standard errors");
  }

  /** Numbers that are none are worse than any loss, whatever the spread. */
  @Test
  void whatDivergesIsWorse() {
    var lost =
        new Ablation.Result(
            "question", "lost", 1, List.of(2.0, Double.POSITIVE_INFINITY, 2.0), List.of(3.0));
    var results = List.of(variant("base", 3, 2), variant("alike", 3, 2), lost);
    assertThat(AblationReport.conclusion(results)).contains("worse: lost; not told apart");
    assertThat(AblationReport.markdown(results, 3, 100))
        .contains("| lost | 1 | diverged with 1 of 3 seeds | | |")
        .doesNotContain("are trained");
    assertThat(AblationReport.markdown(results.subList(0, 1), 3, 100))
        .contains("1 of 3 variants are trained")
        .doesNotContain("At this size");
  }
}
