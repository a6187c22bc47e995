package dev.jebena.kernel.opencl;

import dev.jebena.io.AtomicFiles;
import dev.jebena.kernel.DeviceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@link Tuning} by device, as text: a line a device, {@code #} before comments. The project brings
 * {@code tuning.txt} for devices that were measured; a user's table stands beside the compiled
 * programs and counts first. The line of device {@code *} is for all others.
 */
final class TuningTable {
  private static final String HEAD = "# device | form | rows | chunk_kib | tile | large\n";
  private static final String ANY = "*";

  /** A line; the form is {@code processor} or {@code gpu}. */
  record Row(String device, String form, Tuning tuning) {
    String line() {
      return "%s | %s | %s%n"
          .formatted(
              device,
              form,
              tuning.toMap().values().stream()
                  .map(String::valueOf)
                  .collect(Collectors.joining(" | ")));
    }

    boolean isFor(String wanted, String wantedForm) {
      return device.equals(wanted) && form.equals(wantedForm);
    }
  }

  private TuningTable() {}

  /** Of a device: the user's line, else the project's, else the project's for all devices. */
  static Tuning of(DeviceInfo device, Settings settings) {
    var rows = new ArrayList<>(users(settings));
    rows.addAll(projects());
    var form = form(settings);
    for (var name : List.of(name(device), ANY)) {
      for (var row : rows) {
        if (row.isFor(name, form)) {
          return row.tuning;
        }
      }
    }
    throw new IllegalStateException("tuning.txt has no line for all devices of form " + form);
  }

  static String form(Settings settings) {
    return settings.processor() ? "processor" : "gpu";
  }

  /** As it stands in tables. */
  static String name(DeviceInfo device) {
    return device.name().replace('|', '/').replace('#', ' ').strip();
  }

  /** The user's table; null where nothing is kept on disk. */
  static Path file(Settings settings) {
    return settings.cache() == null
        ? null
        : settings.cache().toAbsolutePath().resolveSibling("opencl-tuning.txt");
  }

  /** Puts a line into the user's table, in place of one that was there. */
  static void put(Settings settings, DeviceInfo device, Tuning tuning) throws IOException {
    var row = new Row(name(device), form(settings), tuning);
    var rows = new ArrayList<>(users(settings));
    rows.removeIf(other -> other.isFor(row.device, row.form));
    rows.add(row);
    AtomicFiles.writeString(
        file(settings), HEAD + rows.stream().map(Row::line).collect(Collectors.joining()));
  }

  private static List<Row> users(Settings settings) {
    var file = file(settings);
    if (file == null || !Files.isRegularFile(file)) {
      return List.of();
    }
    try {
      return read(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new DeviceException("opencl: " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static List<Row> projects() {
    try (var in = TuningTable.class.getResourceAsStream("tuning.txt")) {
      return read(new String(in.readAllBytes(), StandardCharsets.UTF_8), "tuning.txt");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Row> read(String text, String source) {
    var rows = new ArrayList<Row>();
    int number = 0;
    for (var line : text.lines().toList()) {
      number++;
      var content = line.strip();
      if (!content.isEmpty() && !content.startsWith("#")) {
        rows.add(row(content, source + ", line " + number));
      }
    }
    return rows;
  }

  private static Row row(String line, String where) {
    var cells = line.split("\\s*\\|\\s*", -1);
    try {
      if (cells.length != 6 || !List.of("processor", "gpu").contains(cells[1])) {
        throw new DeviceException("a line is: device | processor or gpu | four numbers");
      }
      return new Row(
          cells[0],
          cells[1],
          new Tuning(
              Integer.parseInt(cells[2]),
              Integer.parseInt(cells[3]),
              Integer.parseInt(cells[4]),
              Integer.parseInt(cells[5])));
    } catch (DeviceException | NumberFormatException e) {
      throw new DeviceException("opencl: " + where + ": " + e.getMessage(), e);
    }
  }
}
