package dev.jebena.bench;

import dev.jebena.data.Corpus;
import dev.jebena.data.Document;
import dev.jebena.tokenizer.BpeTokenizer;
import dev.jebena.tokenizer.BpeTrainer;
import dev.jebena.tokenizer.ParallelEncoder;
import dev.jebena.tokenizer.SpecialTokenPolicy;
import dev.jebena.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Byte-level BPE on Java that every JDK carries: learning merges, and encoding with them. */
public final class TokenizerWorkload implements AutoCloseable {
  private final List<byte[]> documents;
  private final int vocabularySize;
  private BpeTokenizer trained;
  private Path folder;

  private TokenizerWorkload(List<byte[]> documents, int vocabularySize) {
    this.documents = documents;
    this.vocabularySize = vocabularySize;
  }

  /**
   * On so many bytes of the sources of this JDK.
   *
   * @throws dev.jebena.data.DataException where it has no sources
   */
  public static TokenizerWorkload onJdkSources(long bytes, int vocabularySize) {
    var sources = Corpus.jdkSources(Path.of(System.getProperty("java.home")));
    var documents = new ArrayList<byte[]>();
    try (var reading = sources.limited(bytes, 1).open()) {
      reading.forEachRemaining(document -> documents.add(document.utf8()));
    }
    return new TokenizerWorkload(documents, vocabularySize);
  }

  /** On given texts. */
  static TokenizerWorkload on(List<Document> texts, int vocabularySize) {
    return new TokenizerWorkload(texts.stream().map(Document::utf8).toList(), vocabularySize);
  }

  private double megabytes() {
    return documents.stream().mapToLong(document -> document.length).sum() / 1e6;
  }

  /** Learning the vocabulary, from reading to the last merge. */
  public BenchCase training(int threads) {
    return new BenchCase(
        "tokenizer",
        "train " + vocabularySize,
        "MB/s",
        megabytes(),
        3,
        () ->
            timed(() ->
                new BpeTrainer(vocabularySize)
                    .withThreads(threads)
                    .trainUtf8(documents.iterator())),
        null,
        List.of(peer("huggingface", "train", threads)));
  }

  /** Encoding on so many threads. */
  public BenchCase encoding(int threads) {
    return new BenchCase(
        "tokenizer",
        "encode, " + threads + (threads == 1 ? " thread" : " threads"),
        "MB/s",
        megabytes(),
        3,
        () -> {
          var tokenizer = trained();
          var encoder = new ParallelEncoder(tokenizer, SpecialTokenPolicy.ordinary(), threads);
          return timed(() -> encoder.encodeAll(documents.iterator(), ids -> {}));
        },
        null,
        List.of(peer("tiktoken", "encode", threads), peer("huggingface", "encode", threads)));
  }

  private static Contender timed(Runnable work) {
    return new Contender() {
      @Override
      public double run(int times) {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
          work.run();
        }
        return (System.nanoTime() - start) / 1e9;
      }

      @Override
      public void close() {}
    };
  }

  private BpeTokenizer trained() {
    if (trained == null) {
      trained = new BpeTrainer(vocabularySize).trainUtf8(documents.iterator());
    }
    return trained;
  }

  /** Peers read the same texts, and the vocabulary that we learned. */
  private Peer peer(String library, String task, int threads) {
    return new Peer(
        library,
        "tokenizers/bpe.py",
        () ->
            List.of(
                "--library=" + library,
                "--task=" + task,
                "--folder=" + folder(),
                "--vocab-size=" + vocabularySize,
                "--threads=" + threads));
  }

  /** A folder with the texts and the vocabulary. */
  private Path folder() {
    if (folder == null) {
      try {
        folder = Files.createTempDirectory("jebena-bench");
        var json = JsonMapper.builder().build();
        var texts = folder.resolve("texts.jsonl");
        try (var out = Files.newBufferedWriter(texts)) {
          for (var document : documents) {
            var text = new String(document, StandardCharsets.UTF_8);
            out.write(json.writeValueAsString(Map.of("text", text)));
            out.write('\n');
          }
        }
        TokenizerFiles.save(trained(), folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return folder;
  }

  /** Removes what was written for peers. */
  @Override
  public void close() {
    if (folder == null) {
      return;
    }
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
