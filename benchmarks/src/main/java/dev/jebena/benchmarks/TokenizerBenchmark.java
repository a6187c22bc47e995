package dev.jebena.benchmarks;

import dev.jebena.data.Corpus;
import dev.jebena.tokenizer.BpeTokenizer;
import dev.jebena.tokenizer.BpeTrainer;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Byte-level BPE on a megabyte of the sources of this JDK. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-XX:+UseParallelGC"
    })
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
public class TokenizerBenchmark {
  /** Tokens of the vocabulary. */
  @Param({"4096", "32000"})
  public int vocabularySize;

  private byte[] text;
  private BpeTokenizer tokenizer;
  private int[] ids;

  @Setup
  public void setUp() {
    var bytes = new ByteArrayOutputStream();
    var sources = Corpus.jdkSources(Path.of(System.getProperty("java.home")), "java.base");
    try (var reading = sources.limited(1_000_000, 1).open()) {
      reading.forEachRemaining(document -> bytes.writeBytes(document.utf8()));
    }
    text = bytes.toByteArray();
    tokenizer = train();
    ids = tokenizer.encode(text);
  }

  @Benchmark
  public BpeTokenizer train() {
    return new BpeTrainer(vocabularySize).trainUtf8(List.of(text).iterator());
  }

  @Benchmark
  public int[] encode() {
    return tokenizer.encode(text);
  }

  @Benchmark
  public byte[] decode() {
    return tokenizer.decodeBytes(ids);
  }
}
