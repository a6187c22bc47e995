package dev.jebena.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorpusTest {
  private static final byte[] BINARY = {'P', 'N', 'G', 0, 1, 2};

  @TempDir Path folder;

  static Map<String, String> read(Corpus corpus) {
    var texts = new LinkedHashMap<String, String>();
    try (var reading = corpus.open()) {
      reading.forEachRemaining(d -> texts.put(d.name(), d.text()));
    }
    return texts;
  }

  private Path write(String name, String text) throws IOException {
    return write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private Path write(String name, byte[] bytes) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  private static void zip(Path file, Map<String, byte[]> entries) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
  }

  private static void assertFails(Corpus corpus, String message) {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> read(corpus))
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void aTextFileIsOneDocumentAndCanBeReadAgain() throws IOException {
    var corpus = Corpus.of(write("a.txt", "Kaffee ☕\n"));
    assertThat(read(corpus)).containsExactly(Map.entry("a.txt", "Kaffee ☕\n"));
    assertThat(read(corpus)).isEqualTo(read(corpus));
    assertThat(corpus.size()).isEqualTo(new CorpusSize(1, 11, 0));
  }

  @Test
  void aFolderIsReadSortedWithoutHiddenFilesAndBinaries() throws IOException {
    write("src/b.txt", "b");
    write("src/a/z.txt", "z");
    write("src/a.txt", "a");
    write("src/.git/config", "hidden");
    write("src/.hidden", "hidden");
    write("src/empty.txt", "");
    write("src/pic.png", BINARY);
    write("src/latin1.txt", new byte[] {'c', 'a', 'f', (byte) 0xE9});
    var corpus = Corpus.of(folder.resolve("src"));
    assertThat(read(corpus).keySet()).containsExactly("a.txt", "a/z.txt", "b.txt");
    assertThat(corpus.size()).isEqualTo(new CorpusSize(3, 3, 2));
  }

  @Test
  void theSizesOfFilesTellHowMuchThereIsToRead() throws IOException {
    var file = folder.resolve("x.zip");
    var entries = new LinkedHashMap<String, byte[]>();
    entries.put("a.txt", "aé".getBytes(StandardCharsets.UTF_8));
    entries.put("b.txt", "bc".getBytes(StandardCharsets.UTF_8));
    zip(file, entries);
    assertThat(Corpus.of(file).expectedBytes()).isEqualTo(5);
    var books = Files.createDirectory(folder.resolve("books"));
    Files.writeString(books.resolve("a.txt"), "abc");
    Files.writeString(books.resolve(".hidden"), "abc");
    Files.createSymbolicLink(books.resolve("b.txt"), books.resolve("a.txt"));
    assertThat(Corpus.of(books).expectedBytes()).isEqualTo(6);
    assertThat(Corpus.of(books, file).expectedBytes()).isEqualTo(11);
    assertThat(Corpus.of(books, file).size().bytes()).isEqualTo(11);
    var unknown = new JoinedCorpus(List.of(Corpus.of(books), Corpus.ofDocuments()));
    assertThat(unknown.expectedBytes()).isZero();
  }

  @Test
  void aLargeFileInAFolderIsReadInParts() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "small");
    Files.writeString(folder.resolve("b.txt"), "1234567\nabc\n".repeat(2) + "é".repeat(10));
    Files.write(folder.resolve("c.bin"), new byte[100]);
    var corpus = new FolderCorpus(folder, new Parts(12));
    assertThat(read(corpus))
        .containsExactly(
            Map.entry("a.txt", "small"),
            Map.entry("b.txt#1", "1234567\nabc\n"),
            Map.entry("b.txt#2", "1234567\nabc\n"),
            Map.entry("b.txt#3", "é".repeat(6)),
            Map.entry("b.txt#4", "é".repeat(4)));
    try (var reading = corpus.open()) {
      while (reading.hasNext()) {
        reading.next();
      }
      assertThat(reading.skipped()).isEqualTo(1);
      assertThat(reading.firstSkipped()).contains("c.bin: a NUL byte at offset 0");
    }
    Files.write(
        folder.resolve("d.txt"), ("x".repeat(1 << 16) + "\0").getBytes(StandardCharsets.UTF_8));
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> read(corpus))
        .withMessageContaining("d.txt: a NUL byte at offset 65536");
  }

  @Test
  void aZipIsReadSortedByName() throws IOException {
    var file = folder.resolve("x.zip");
    var entries = new LinkedHashMap<String, byte[]>();
    entries.put("m/b.txt", "b".getBytes(StandardCharsets.UTF_8));
    entries.put("a.txt", "a".getBytes(StandardCharsets.UTF_8));
    entries.put(".secret/c.txt", "c".getBytes(StandardCharsets.UTF_8));
    entries.put("bin", BINARY);
    zip(file, entries);
    assertThat(read(Corpus.of(file)))
        .containsExactly(Map.entry("a.txt", "a"), Map.entry("m/b.txt", "b"));
    assertThat(Corpus.of(file).size().skipped()).isEqualTo(1);
    zip(file, Map.of("bin", BINARY));
    assertFails(Corpus.of(file), "no text (1 binary");
    Files.writeString(file, "not a zip");
    assertFails(Corpus.of(file), "cannot be read as a zip archive");
  }

  @Test
  void jsonLinesGiveTheirText() throws IOException {
    var file =
        write("d.jsonl", "{\"text\":\"one\\n\"}\n\n{\"id\":7,\"text\":\"zw\\u00f6lf \\ud800!\"}");
    assertThat(read(Corpus.of(file)))
        .containsExactly(Map.entry("d.jsonl:1", "one\n"), Map.entry("d.jsonl:3", "zwölf \uFFFD!"));
  }

  @Test
  void jsonLinesInFoldersAndArchivesGiveTheirTextToo() throws IOException {
    write("books/a.txt", "plain");
    write("books/notes/d.jsonl", "{\"text\":\"one\"}\n{\"text\":\"two\"}\n");
    write("books/e.JSONL", "\n");
    var expected =
        List.of(
            Map.entry("a.txt", "plain"),
            Map.entry("notes/d.jsonl:1", "one"),
            Map.entry("notes/d.jsonl:2", "two"));
    var books = folder.resolve("books");
    assertThat(read(Corpus.of(books)).entrySet()).containsExactlyElementsOf(expected);
    try (var some = Corpus.of(books).open(name -> name.endsWith(":2"))) {
      assertThat(some.next().text()).isEqualTo("two");
      assertThat(some.hasNext()).isFalse();
    }
    var archive = folder.resolve("books.zip");
    var entries = new LinkedHashMap<String, byte[]>();
    for (var name : List.of("a.txt", "notes/d.jsonl", "e.JSONL")) {
      entries.put(name, Files.readAllBytes(books.resolve(name)));
    }
    zip(archive, entries);
    assertThat(read(Corpus.of(archive)).entrySet()).containsExactlyElementsOf(expected);

    write("books/notes/d.jsonl", "{\"text\":\"one\"}\n{\"text\":");
    assertFails(Corpus.of(books), "d.jsonl, line 2: not a JSON object");
    write("void/e.jsonl", "\n");
    assertFails(Corpus.of(folder.resolve("void")), "void: the folder holds no text files");
  }

  @Test
  void jsonLinesThatAreWrongAreNamedByLine() throws IOException {
    assertFails(
        Corpus.of(write("a.jsonl", "{\"text\":\"x\"}\n{\"txt\":1}")),
        "line 2: the object has no field \"text\"");
    assertFails(
        Corpus.of(write("b.jsonl", "{\"text\":5}")), "line 1: the field \"text\" is not a string");
    assertFails(Corpus.of(write("c.jsonl", "{\"text\":")), "line 1: not a JSON object");
    assertFails(Corpus.of(write("d.jsonl", "[1]")), "line 1: not a JSON object");
    assertFails(Corpus.of(write("e.jsonl", "\n \n")), "empty");
  }

  @Test
  void theSourcesOfAJdkAreItsJavaFiles() throws IOException {
    var home = Files.createDirectories(folder.resolve("jdk/lib")).getParent();
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Corpus.jdkSources(home))
        .withMessageContaining("no lib/src.zip")
        .withMessageContaining("--data");
    var text = "class A {}".getBytes(StandardCharsets.UTF_8);
    zip(home.resolve("lib/src.zip"), Map.of("m/A.java", text, "m/a.html", text, "b/B.java", text));
    assertThat(read(Corpus.jdkSources(home)).keySet()).containsExactly("b/B.java", "m/A.java");
    assertThat(read(Corpus.jdkSources(home, "m")).keySet()).containsExactly("m/A.java");
  }

  @Test
  void severalPathsFollowEachOther() throws IOException {
    var corpus = Corpus.of(write("z.txt", "1"), write("a.txt", "2"));
    assertThat(read(corpus).keySet()).containsExactly("z.txt", "a.txt");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Corpus.of(List.of()))
        .withMessageContaining("no data");
  }

  @Test
  void badInputsAreNamed() throws IOException {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Corpus.of(folder.resolve("nothing.txt")))
        .withMessageContaining("nothing.txt: no such file or folder");
    assertFails(Corpus.of(write("empty.txt", "")), "empty.txt: the file is empty");
    assertFails(Corpus.of(write("a.bin", BINARY)), "a NUL byte at offset 3");
    assertFails(
        Corpus.of(write("l1.txt", new byte[] {'c', 'a', 'f', (byte) 0xE9, '!'})),
        "invalid UTF-8 at offset 3 (byte 0xE9");
    assertFails(
        Corpus.of(Files.createDirectories(folder.resolve("void"))),
        "the folder holds no text files");
  }

  @Test
  void largeFilesAreCutAtLineEnds() throws IOException {
    var text = "erste Zeile\nzweite Zäile\nund eine sehr lange dritte Zeile ☕☕☕☕☕☕☕☕☕\nEnde";
    var file = write("l.txt", text);
    for (int size = 4; size < 90; size++) {
      var parts = read(new TextFileCorpus(file, new Parts(size)));
      assertThat(String.join("", parts.values())).isEqualTo(text);
      for (var part : parts.values()) {
        assertThat(part.getBytes(StandardCharsets.UTF_8).length).isBetween(1, size);
      }
    }
    assertThat(read(new TextFileCorpus(file, new Parts(30))).get("l.txt#1"))
        .isEqualTo("erste Zeile\nzweite Zäile\n");
    var bad = new byte[40];
    java.util.Arrays.fill(bad, (byte) 0x80);
    assertFails(
        new TextFileCorpus(write("bad.txt", bad), new Parts(16)), "invalid UTF-8 at offset 0");
    var late = "0123456789\n0123456789\n?".getBytes(StandardCharsets.UTF_8);
    late[22] = 0;
    assertFails(
        new TextFileCorpus(write("late.txt", late), new Parts(12)), "a NUL byte at offset 22");
  }

  @Test
  void aLimitChoosesTheSameDocumentsForTheSameSeed() {
    var documents = new ArrayList<Document>();
    for (int i = 0; i < 200; i++) {
      documents.add(Document.of("d" + i, "x".repeat(50 + i)));
    }
    var corpus = Corpus.ofDocuments(documents.toArray(Document[]::new));
    var some = corpus.limited(5_000, 1);
    assertThat(some.size().bytes()).isBetween(4_500L, 5_000L);
    assertThat(read(some)).isEqualTo(read(corpus.limited(5_000, 1)));
    assertThat(read(some)).isNotEqualTo(read(corpus.limited(5_000, 2)));
    assertThat(read(corpus).keySet().stream().filter(read(some)::containsKey))
        .containsExactlyElementsOf(read(some).keySet());
    assertThat(corpus.limited(1_000_000, 1)).isSameAs(corpus);
    assertThatExceptionOfType(DataException.class).isThrownBy(() -> corpus.limited(0, 1));
  }

  @Test
  void aLimitBelowEveryDocumentTakesThePartOfOne() {
    var corpus = Corpus.ofDocuments(Document.of("a", "Zeile\n".repeat(100)));
    assertThat(read(corpus.limited(100, 5))).containsExactly(Map.entry("a", "Zeile\n".repeat(16)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void utf8IsToldFromOtherBytesAsJavaDoes(int seed) {
    var random = new java.util.Random(seed);
    int[] leads = {
      0x41, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF
    };
    for (int round = 0; round < 50_000; round++) {
      var bytes = new byte[1 + random.nextInt(5)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] =
            (byte)
                (random.nextBoolean()
                    ? leads[random.nextInt(leads.length)]
                    : 1 + random.nextInt(255));
      }
      boolean valid;
      try {
        StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes));
        valid = true;
      } catch (java.nio.charset.CharacterCodingException e) {
        valid = false;
      }
      assertThat(TextCheck.firstBad(bytes) < 0)
          .as("%s", java.util.HexFormat.of().formatHex(bytes))
          .isEqualTo(valid);
      var check = new Utf8Check("t");
      var error = "";
      try {
        for (int from = 0; from < bytes.length; ) {
          int to = from + 1 + random.nextInt(bytes.length - from);
          check.accept(bytes, from, to);
          from = to;
        }
        check.end();
      } catch (DataException e) {
        error = e.getMessage();
      }
      assertThat(error)
          .isEqualTo(valid ? "" : "t: " + TextCheck.describe(bytes, TextCheck.firstBad(bytes), 0));
    }
  }
}
