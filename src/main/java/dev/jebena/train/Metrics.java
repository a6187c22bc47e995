package dev.jebena.train;

import dev.jebena.io.AtomicFiles;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The numbers of a run, one JSON object a line, each on disk as soon as it is written. A number
 * that is not known is {@code null}.
 */
public final class Metrics implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path file;
  private final Writer out;

  private Metrics(Path file) {
    this.file = file;
    try {
      out =
          Files.newBufferedWriter(
              file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /**
   * Opens a file to append to.
   *
   * @param stepsDone what is in the file of later steps is dropped first: a run that goes on from a
   *     checkpoint comes to them again. 0 begins a new file.
   * @throws TrainException if the file cannot be read or written
   */
  public static Metrics open(Path file, long stepsDone) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      if (Files.exists(file)) {
        var kept = new StringBuilder();
        var lines = lines(file);
        var progress = read(file); // without a last line that was cut off
        for (int i = 0; i < progress.size(); i++) {
          if (progress.get(i).step() <= stepsDone) {
            kept.append(lines.get(i)).append('\n'); // as it is: it may hold more than is read
          }
        }
        AtomicFiles.writeString(file, kept.toString());
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    }
    return new Metrics(file);
  }

  /** Adds a line. */
  public void append(TrainProgress progress) {
    append(progress, Map.of());
  }

  /** Adds a line with norms by layer under {@code layers}, where there are any. */
  public void append(TrainProgress progress, Map<String, LayerNorms> layers) {
    try {
      out.write(line(progress, layers));
      out.flush();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /**
   * Reads a file back. A last line that was cut off in writing is left out.
   *
   * @throws TrainException if the file cannot be read, or another line is damaged
   */
  public static List<TrainProgress> read(Path file) {
    var lines = lines(file);
    var all = new ArrayList<TrainProgress>();
    for (int i = 0; i < lines.size(); i++) {
      try {
        all.add(progress(JSON.readTree(lines.get(i))));
      } catch (JacksonException | IllegalArgumentException e) {
        if (i < lines.size() - 1) {
          throw new TrainException(file + ", line " + (i + 1) + ": not a line of metrics", e);
        }
      }
    }
    return all;
  }

  private static List<String> lines(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new TrainException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String line(TrainProgress p, Map<String, LayerNorms> layers) {
    var json = new LinkedHashMap<String, Object>();
    json.put("step", p.step());
    json.put("total_steps", p.totalSteps());
    json.put("tokens", p.tokens());
    json.put("loss", known(p.loss()));
    json.put("smoothed_loss", known(p.smoothedLoss()));
    json.put("val_loss", known(p.valLoss()));
    json.put("val_bits_per_byte", known(p.valBitsPerByte()));
    json.put("gzip_bits_per_byte", known(p.gzipBitsPerByte()));
    json.put("learning_rate", known(p.learningRate()));
    json.put("gradient_norm", known(p.gradientNorm()));
    json.put("tokens_per_second", known(p.tokensPerSecond()));
    json.put("gflops", known(p.gflops()));
    json.put("share_of_peak", known(p.shareOfPeak()));
    json.put("rss_bytes", p.rssBytes());
    json.put("seconds", known(p.seconds()));
    json.put("seconds_left", known(p.secondsLeft()));
    if (!layers.isEmpty()) {
      json.put("layers", layers(layers));
    }
    return JSON.writeValueAsString(json) + "\n";
  }

  private static Map<String, Object> layers(Map<String, LayerNorms> layers) {
    var json = new LinkedHashMap<String, Object>();
    layers.forEach((name, norms) -> {
      var numbers = new LinkedHashMap<String, Object>();
      numbers.put("activation_rms", known(norms.activation()));
      numbers.put("gradient_norm", known(norms.gradient()));
      numbers.put("update_norm", known(norms.update()));
      json.put(name, numbers);
    });
    return json;
  }

  /** JSON has no NaN and no infinity. */
  private static Double known(double number) {
    return Double.isFinite(number) ? number : null;
  }

  private static TrainProgress progress(JsonNode json) {
    return new TrainProgress(
        whole(json, "step"),
        whole(json, "total_steps"),
        whole(json, "tokens"),
        number(json, "loss"),
        number(json, "smoothed_loss"),
        number(json, "val_loss"),
        number(json, "val_bits_per_byte"),
        number(json, "gzip_bits_per_byte"),
        number(json, "learning_rate"),
        number(json, "gradient_norm"),
        number(json, "tokens_per_second"),
        number(json, "gflops"),
        number(json, "share_of_peak"),
        whole(json, "rss_bytes"),
        number(json, "seconds"),
        number(json, "seconds_left"));
  }

  private static long whole(JsonNode json, String key) {
    var value = json.get(key);
    if (value == null || !value.isIntegralNumber()) {
      throw new IllegalArgumentException("no whole number " + key);
    }
    return value.longValue();
  }

  private static double number(JsonNode json, String key) {
    var value = json.get(key);
    return value == null || !value.isNumber() ? Double.NaN : value.doubleValue();
  }

  private static TrainException unwritable(Path file, IOException e) {
    return new TrainException(file + ": cannot be written: " + RunFolder.reason(e), e);
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }
}
