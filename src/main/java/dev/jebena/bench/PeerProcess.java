package dev.jebena.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A peer in a process of its own that lives through all rounds. It says {@code ready NAME} once;
 * for a line {@code N} on stdin it works N times and prints the seconds that it took; for a line
 * {@code memory} it prints the most bytes that were ever resident; between rounds it waits on
 * stdin.
 */
public final class PeerProcess implements Contender {
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter questions;
  private final Path errors;
  private final String name;

  private PeerProcess(Process process, Path errors) throws IOException {
    this.process = process;
    this.errors = errors;
    answers = process.inputReader(StandardCharsets.UTF_8);
    questions = process.outputWriter(StandardCharsets.UTF_8);
    var line = answer();
    if (!line.startsWith("ready ")) {
      throw new BenchException("the peer said '" + line + "' instead of being ready");
    }
    name = line.substring("ready ".length());
  }

  /**
   * Starts a peer and waits until it is ready.
   *
   * @param command program and arguments
   * @throws BenchException where the program, or something that it needs, is missing
   */
  public static PeerProcess start(List<String> command) {
    try {
      var errors = Files.createTempFile("jebena-peer", ".log");
      errors.toFile().deleteOnExit();
      Process process;
      try {
        var builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1"); // the source tree stays clean
        process = builder.start();
      } catch (IOException e) {
        throw new BenchException(
            command.getFirst() + " cannot be started (--python names another): " + e.getMessage(),
            e);
      }
      try {
        return new PeerProcess(process, errors);
      } catch (RuntimeException | IOException e) {
        process.destroy();
        throw e;
      }
    } catch (IOException e) {
      throw new BenchException("the peer cannot be reached: " + e.getMessage(), e);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double run(int times) {
    return ask(Integer.toString(times));
  }

  @Override
  public Map<String, Double> facts() {
    return Map.of("peak_rss_bytes", ask("memory"));
  }

  private double ask(String question) {
    try {
      questions.write(question + "\n");
      questions.flush();
      return Double.parseDouble(answer());
    } catch (IOException | NumberFormatException e) {
      throw new BenchException("the peer failed: " + e.getMessage() + lastError(), e);
    }
  }

  private String answer() throws IOException {
    var line = answers.readLine();
    if (line == null) {
      throw new BenchException("the peer ended" + lastError());
    }
    return line;
  }

  private String lastError() {
    try {
      var lines = Files.readAllLines(errors).stream().filter(line -> !line.isBlank()).toList();
      return lines.isEmpty() ? "" : ": " + lines.getLast().strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** Ends the process: it leaves when its stdin ends. */
  @Override
  public void close() {
    try {
      questions.close();
    } catch (IOException e) {
      // it has left already
    }
    process.destroy();
  }
}
