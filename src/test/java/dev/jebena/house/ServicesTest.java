package dev.jebena.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The class path finds the same service providers as the module path. */
class ServicesTest {
  private static final Path CLASSES = Fixtures.basedir().resolve("target/classes");

  @Test
  void metaInfServicesEqualsProvides() throws IOException {
    Map<String, Set<String>> provided = new TreeMap<>();
    try (var in = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
      for (var provides : ModuleDescriptor.read(in).provides()) {
        provided.put(provides.service(), new TreeSet<>(provides.providers()));
      }
    }
    assertThat(provided).isNotEmpty();
    assertThat(listed(CLASSES.resolve("META-INF/services"))).isEqualTo(provided);
  }

  private static Map<String, Set<String>> listed(Path folder) throws IOException {
    Map<String, Set<String>> services = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return services;
    }
    try (var files = Files.newDirectoryStream(folder)) {
      for (var file : files) {
        services.put(
            file.getFileName().toString(),
            Files.readAllLines(file).stream()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new)));
      }
    }
    return services;
  }
}
