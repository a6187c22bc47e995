package dev.jebena.einops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.memory.Shape;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Devices;
import dev.jebena.tensor.Tensor;
import dev.jebena.testing.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random patterns over random layouts, beside loops over every index of every axis that know
 * nothing of views.
 */
class PatternFuzzTest {
  private static final int TRIALS = 1500;

  /** An axis: how the pattern spells it, its size, and whether {@code ...} hides it. */
  private record Part(String name, int size, boolean hidden) {}

  private final Random random = new Random(17);
  private final RandomLayouts layouts = new RandomLayouts(random);

  /** A side: parts in groups, a group being one axis of a tensor; an empty group has size 1. */
  private List<List<Part>> grouped(List<Part> parts, boolean hiddenMerge) {
    var groups = new ArrayList<List<Part>>();
    for (var part : parts) {
      if (random.nextInt(8) == 0 && !(part.hidden() && follows(groups))) {
        groups.add(new ArrayList<>());
      }
      boolean joins = !groups.isEmpty() && random.nextInt(3) == 0 && !part.hidden();
      if (joins && groups.getLast().stream().noneMatch(Part::hidden)
          || part.hidden() && hiddenMerge && follows(groups)) {
        groups.getLast().add(part);
      } else {
        groups.add(new ArrayList<>(List.of(part)));
      }
    }
    return groups;
  }

  private static boolean follows(List<List<Part>> groups) {
    return !groups.isEmpty() && !groups.getLast().isEmpty() && groups.getLast().getLast().hidden();
  }

  private String spelled(List<List<Part>> side, boolean hiddenMerge) {
    var text = new StringBuilder();
    boolean dots = false;
    for (var group : side) {
      if (group.isEmpty()) {
        text.append(random.nextBoolean() ? " 1" : " ()");
      } else if (group.getFirst().hidden()) {
        text.append(dots ? "" : hiddenMerge ? " (...)" : " ...");
        dots = true;
      } else if (group.size() == 1) {
        text.append(' ').append(group.getFirst().name());
      } else {
        text.append(" (");
        text.append(group.stream().map(Part::name).collect(Collectors.joining(" ")));
        text.append(random.nextInt(6) == 0 ? " 1)" : ")");
      }
    }
    return text.toString();
  }

  private List<Part> parts() {
    var parts = new ArrayList<Part>();
    int n = random.nextInt(6);
    int dots = random.nextInt(3) == 0 ? random.nextInt(n + 1) : -1;
    for (int i = 0; i < n; i++) {
      int size = random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(4);
      boolean hidden = dots >= 0 && i >= dots && i < dots + 2;
      parts.add(new Part("axis" + i, size, hidden));
    }
    return parts;
  }

  private static long size(List<Part> group) {
    return group.stream().mapToLong(Part::size).reduce(1, (a, b) -> a * b);
  }

  private static long[] shape(List<List<Part>> side) {
    return side.stream().mapToLong(PatternFuzzTest::size).toArray();
  }

  /** All sizes that the shape alone does not tell, but one in each group. */
  private List<Axis> sizes(List<List<Part>> left) {
    var given = new ArrayList<Axis>();
    for (var group : left) {
      boolean certain = size(group) == 0;
      int open = certain || group.isEmpty() ? -1 : random.nextInt(group.size());
      for (int i = 0; i < group.size(); i++) {
        var part = group.get(i);
        if (!part.hidden() && group.size() > 1 && i != open) {
          given.add(new Axis(part.name(), part.size()));
        }
      }
    }
    return given;
  }

  /** The flat index of a side at one index of every part. */
  private static int flat(List<List<Part>> side, List<Part> parts, int... index) {
    int at = 0;
    for (var group : side) {
      for (var part : group) {
        at = at * part.size() + index[parts.indexOf(part)];
      }
    }
    return at;
  }

  /** Moves to the next index of all parts; false at the end. */
  private static boolean next(List<Part> parts, int... index) {
    for (int i = parts.size() - 1; i >= 0; i--) {
      if (++index[i] < parts.get(i).size()) {
        return true;
      }
      index[i] = 0;
    }
    return false;
  }

  private static double[] slow(
      Tensor x, List<List<Part>> left, List<List<Part>> right, Reduction how) {
    var parts =
        java.util.stream.Stream.of(left, right)
            .flatMap(List::stream)
            .flatMap(List::stream)
            .distinct()
            .toList();
    double[] in = x.toDoubles();
    double[] out = new double[(int) Arrays.stream(shape(right)).reduce(1, (a, b) -> a * b)];
    int[] count = new int[out.length];
    Arrays.fill(out, how == Reduction.PROD ? 1 : 0);
    if (size(parts) > 0) {
      int[] index = new int[parts.size()];
      do {
        int to = flat(right, parts, index);
        double value = in[flat(left, parts, index)];
        boolean first = count[to]++ == 0;
        out[to] =
            switch (how) {
              case SUM, MEAN -> out[to] + value;
              case PROD -> out[to] * value;
              case MAX -> first ? value : Math.max(out[to], value);
              case MIN -> first ? value : Math.min(out[to], value);
              default -> throw new IllegalArgumentException("of booleans: " + how);
            };
      } while (next(parts, index));
    }
    if (how == Reduction.MEAN) {
      int folded =
          (int) (size(left.stream().flatMap(List::stream).toList()) / Math.max(1, out.length));
      Arrays.setAll(out, i -> count[i] == 0 ? Double.NaN : out[i] / folded);
    }
    return out;
  }

  private void check(
      Tensor actual,
      String pattern,
      Tensor x,
      List<List<Part>> left,
      List<List<Part>> right,
      Reduction how) {
    var what = pattern + " of " + x.layout();
    assertThat(actual.shape()).as(what).isEqualTo(Shape.of(shape(right)));
    Values.assertClose(what, actual, slow(x, left, right, how), 1e-12, 1e-12);
  }

  private static Axis[] array(List<Axis> sizes) {
    return sizes.toArray(new Axis[0]);
  }

  /** Parts in another order, those of {@code ...} together and in theirs. */
  private List<Part> shuffled(List<Part> parts) {
    var hidden = parts.stream().filter(Part::hidden).toList();
    var others = new ArrayList<>(parts.stream().filter(part -> !part.hidden()).toList());
    Collections.shuffle(others, random);
    others.addAll(random.nextInt(others.size() + 1), hidden);
    return others;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rearrange(boolean hiddenMerge) {
    for (int trial = 0; trial < TRIALS; trial++) {
      var parts = parts();
      var left = grouped(parts, false);
      var right = grouped(shuffled(parts), hiddenMerge);
      var x = layouts.tensor(shape(left));
      var pattern = spelled(left, false) + " ->" + spelled(right, hiddenMerge);
      var sizes = sizes(left);
      var y = Einops.rearrange(x, pattern, array(sizes));
      check(y, pattern, x, left, right, Reduction.SUM);

      // back again, all sizes given but those of "..."
      if (parts.stream().noneMatch(Part::hidden)) {
        var back = spelled(right, false) + " ->" + spelled(left, false);
        var all = parts.stream().map(part -> new Axis(part.name(), part.size())).toList();
        assertThat(Einops.rearrange(y, back, array(all)).toDoubles())
            .as(back)
            .isEqualTo(x.toDoubles());
      }
    }
  }

  /** Each copy that happens was announced, and each that was announced happens. */
  @Test
  void copiesAreThoseOfTheDescription() {
    var device = new CountingDevice(Devices.get("cpu"));
    int copied = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      var parts = parts();
      var left = grouped(parts, false);
      var right = grouped(shuffled(parts), random.nextBoolean());
      var x = Context.current().withDevice(device).call(() -> layouts.tensor(shape(left)));
      if (x.elements() == 0) {
        continue;
      }
      var text = spelled(left, false) + " ->" + spelled(right, false);
      var pattern = Pattern.rearrange(text, array(sizes(left)));
      long announced = pattern.describe(x).lines().filter(l -> l.endsWith(": copy")).count();
      assertThat(device.launchesOf(() -> pattern.apply(x)))
          .as(pattern + " of " + x.layout())
          .isEqualTo(Collections.nCopies((int) announced, "copy"));
      copied += (int) announced;
    }
    assertThat(copied).isBetween(100, TRIALS);
  }

  @ParameterizedTest
  @EnumSource(names = {"SUM", "MEAN", "MAX", "MIN", "PROD"})
  void reduce(Reduction how) {
    for (int trial = 0; trial < TRIALS / 3; trial++) {
      var parts = parts();
      if (size(parts) == 0 && !how.hasNeutral()) {
        continue;
      }
      boolean keepsHidden = random.nextBoolean();
      var kept =
          parts.stream()
              .filter(part -> part.hidden() ? keepsHidden : random.nextBoolean())
              .toList();
      var left = grouped(parts, false);
      boolean hiddenMerge = random.nextBoolean();
      var right = grouped(shuffled(kept), hiddenMerge);
      if (how == Reduction.MEAN && size(parts) == 0) {
        continue; // 0 / 0 or nothing, by how many elements go
      }
      var x = layouts.tensor(shape(left));
      var pattern = spelled(left, false) + " ->" + spelled(right, hiddenMerge);
      var y = Einops.reduce(x, pattern, how, array(sizes(left)));
      check(y, pattern, x, left, right, how);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void repeat(boolean hiddenMerge) {
    for (int trial = 0; trial < TRIALS; trial++) {
      var parts = parts();
      var left = grouped(parts, false);
      var more = new ArrayList<>(parts);
      var sizes = new ArrayList<>(sizes(left));
      for (int i = random.nextInt(3); i >= 0; i--) {
        int size = 2 + random.nextInt(3);
        boolean named = random.nextBoolean();
        // two numbers may be equal: each is an axis of its own, and so must each part be
        var part = new Part(named ? "new" + i : " ".repeat(i) + size, size, false);
        more.add(part);
        if (named) {
          sizes.add(new Axis(part.name(), size));
        }
      }
      var right = grouped(shuffled(more), hiddenMerge);
      var x = layouts.tensor(shape(left));
      var pattern = spelled(left, false) + " ->" + spelled(right, hiddenMerge);
      check(Einops.repeat(x, pattern, array(sizes)), pattern, x, left, right, Reduction.SUM);
    }
  }
}
