package dev.jebena.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.jebena.testing.Fixtures;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A room imports only rooms below it. */
class RoomsTest {
  /** From the roof down; a sub-package belongs to its room. */
  private static final List<String> ROOMS =
      List.of(
          "cli",
          "learn",
          "bench",
          "train",
          "infer",
          "parallel",
          "model",
          "data",
          "tokenizer",
          "optim",
          "nn",
          "einops",
          "autograd",
          "tensor",
          "kernel",
          "io",
          "memory");

  private static final String BASE = "dev.jebena.";

  /** Tensors know what a device supplies, not who supplies it. */
  private static final List<String> DEVICES =
      List.of("kernel.cpu", "kernel.reference", "kernel.opencl");

  @Test
  void everyClassLivesInARoomAndImportsOnlyRoomsBelow() {
    var classes = new ClassFileImporter().importPath(Fixtures.basedir().resolve("target/classes"));
    assertThat(classes.stream().map(c -> room(c.getPackageName())).toList())
        .as("rooms seen")
        .contains("memory", "kernel", "tensor");

    var wrong = new TreeSet<String>();
    for (var type : classes) {
      if (type.getSimpleName().equals("module-info")) {
        continue;
      }
      for (var dependency : type.getDirectDependenciesFromSelf()) {
        complaint(type.getPackageName(), target(dependency).getPackageName())
            .ifPresent(text ->
                wrong.add(type.getName() + " uses " + target(dependency).getName() + ": " + text));
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void theRulesRefuse() {
    assertThat(complaint("dev.jebena.memory", "dev.jebena.io")).isPresent();
    assertThat(complaint("dev.jebena.nn.moe", "dev.jebena.model.hf")).isPresent();
    assertThat(complaint("dev.jebena.tensor", "dev.jebena.kernel.cpu")).isPresent();
    assertThat(complaint("dev.jebena.attic", "dev.jebena.memory")).isPresent();
    assertThat(complaint("dev.jebena.tensor", "dev.jebena.kernel")).isEmpty();
    assertThat(complaint("dev.jebena.kernel.cpu", "dev.jebena.kernel.reference")).isEmpty();
    assertThat(complaint("dev.jebena.cli", "java.util")).isEmpty();
  }

  private static Optional<String> complaint(String from, String to) {
    if (!to.startsWith(BASE)) {
      return Optional.empty();
    }
    int above = ROOMS.indexOf(room(from));
    int below = ROOMS.indexOf(room(to));
    if (above < 0 || below < 0) {
      return Optional.of(room(above < 0 ? from : to) + " is not a room");
    }
    if (above > below) {
      return Optional.of(room(to) + " is above " + room(from));
    }
    if (room(from).equals("tensor")
        && DEVICES.stream().anyMatch(device -> (to + ".").startsWith(BASE + device + "."))) {
      return Optional.of("devices are found through ServiceLoader");
    }
    return Optional.empty();
  }

  /** {@code dev.jebena.nn.moe} is in room {@code nn}. */
  private static String room(String packageName) {
    if (!packageName.startsWith(BASE)) {
      return packageName;
    }
    var inside = packageName.substring(BASE.length());
    int dot = inside.indexOf('.');
    return dot < 0 ? inside : inside.substring(0, dot);
  }

  private static JavaClass target(Dependency dependency) {
    return dependency.getTargetClass().getBaseComponentType();
  }
}
