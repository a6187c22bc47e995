package dev.jebena.train;

import dev.jebena.io.AtomicFiles;
import dev.jebena.io.NotWrittenException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Where everything of a run stands. The folder is a model directory from the first save on. */
public record RunFolder(Path path) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /**
   * A new run: the folder given, which must be empty or absent, or {@code runs/DATE-TIME}.
   *
   * @throws TrainException where it cannot be written or holds something already
   */
  public static RunFolder create(Path wanted) {
    return create(wanted, "go on with --resume " + wanted);
  }

  /**
   * The same for what is resumed in another way.
   *
   * @param otherwise what to do with a folder that holds something
   */
  static RunFolder create(Path wanted, String otherwise) {
    var path = wanted == null ? fresh() : wanted;
    try {
      if (Files.isRegularFile(path)) {
        throw new TrainException(path + " is a file; a run needs a folder");
      }
      Files.createDirectories(path);
      try (var entries = Files.list(path)) {
        if (entries.findAny().isPresent()) {
          throw new TrainException(path + " is not empty; name another folder, or " + otherwise);
        }
      }
      var probe = Files.createTempFile(path, ".probe", null);
      Files.delete(probe);
    } catch (FileAlreadyExistsException e) {
      throw new TrainException("a part of " + path + " is a file; a run needs a folder", e);
    } catch (IOException e) {
      throw new TrainException("cannot write to the run folder " + path + ": " + reason(e), e);
    }
    return new RunFolder(path);
  }

  private static Path fresh() {
    var name = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    var path = Path.of("runs", name);
    for (int i = 2; Files.exists(path); i++) {
      path = Path.of("runs", name + "-" + i);
    }
    return path;
  }

  /**
   * A run that exists.
   *
   * @throws TrainException where it does not, or cannot be gone on with
   */
  public static RunFolder existing(Path path) {
    if (!Files.isDirectory(path)) {
      throw new TrainException("there is no run folder " + path);
    }
    var run = new RunFolder(path);
    if (!Files.exists(run.settingsFile())) {
      throw new TrainException(
          path + " is not a run folder: it has no " + run.settingsFile().getFileName());
    }
    return run;
  }

  static String reason(IOException e) {
    return switch (e) {
      case NotWrittenException n -> n.reason();
      case java.nio.file.AccessDeniedException a -> "permission denied";
      case java.nio.file.NoSuchFileException f -> f.getFile() + " does not exist";
      case java.nio.file.FileSystemException f when f.getReason() != null -> f.getReason();
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }

  /** What the run was asked for, as JSON. */
  public Path settingsFile() {
    return path.resolve("settings.json");
  }

  /** The folder of the last checkpoint. */
  public Path checkpoint() {
    return path.resolve("checkpoint");
  }

  /** One JSON object a line. */
  public Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  /** The encoded documents to learn from. */
  public Path trainTokens() {
    return path.resolve("train.tokens");
  }

  /** The encoded documents that are never learnt from. */
  public Path heldOutTokens() {
    return path.resolve("val.tokens");
  }

  /** Takes back what {@link #create} did, where nothing was written since. */
  void removeIfEmpty() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // something stands there: leave it
    }
  }

  /** Makes {@code runs/latest} (beside this run) point here, where the system has links. */
  public void markLatest() {
    var parent = path.toAbsolutePath().normalize().getParent();
    if (parent == null || !parent.endsWith("runs")) {
      return;
    }
    var link = parent.resolve("latest");
    try {
      var beside = parent.resolve(".latest-" + ProcessHandle.current().pid());
      Files.deleteIfExists(beside);
      Files.createSymbolicLink(beside, path.toAbsolutePath().normalize().getFileName());
      Files.move(beside, link, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | UnsupportedOperationException e) {
      // a convenience only: the run is named in full anyway
    }
  }

  /** Writes a value as JSON. */
  static void writeJson(Path file, Object value) throws IOException {
    AtomicFiles.writeString(file, JSON.writeValueAsString(value) + "\n");
  }

  /**
   * Reads a value from JSON.
   *
   * @throws TrainException where the file is missing or is something else
   */
  static <T> T readJson(Path file, Class<T> type) {
    try {
      return JSON.readValue(Files.readString(file), type);
    } catch (JacksonException e) {
      throw new TrainException(file + " is damaged: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new TrainException("cannot read " + file + ": " + reason(e), e);
    }
  }
}
