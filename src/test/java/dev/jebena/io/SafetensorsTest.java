package dev.jebena.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @TempDir Path folder;

  private static Path resource(String name) {
    return Fixtures.basedir().resolve("src/test/resources/dev/jebena/io").resolve(name);
  }

  @Test
  void readsWhatTheReferenceWrote() throws IOException {
    var file = Safetensors.open(resource("small.safetensors"));
    assertThat(file.names()).containsExactlyInAnyOrder("w", "ids", "flag", "half", "none");
    assertThat(file.metadata()).isEqualTo(Map.of("format", "pt", "note", "né"));
    assertThat(file.array("w").shape()).isEqualTo(Shape.of(2, 3));
    assertThat(file.array("w").toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(file.array("ids").toLongs()).containsExactly(3, 1, 2);
    assertThat(file.array("flag").toLongs()).containsExactly(1, 0);
    assertThat(file.array("half").toDoubles()).containsExactly(0.5, -2);
    assertThat(file.array("none").shape()).isEqualTo(Shape.of(0, 4));
    assertThatThrownBy(() -> file.array("v"))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageContaining("no array named v; it holds 5: ");
  }

  @Test
  void readsNarrowFloats() throws IOException {
    var file = Safetensors.open(resource("narrow.safetensors"));
    assertThat(file.array("b").dtype()).isEqualTo(DType.BF16);
    assertThat(file.array("b").toDoubles()).containsExactly(1.5, -3.25);
    assertThat(file.array("e4").toDoubles()).containsExactly(1.5, -448);
    assertThat(file.array("e5").toDoubles()).containsExactly(1.5, -57344);
    assertThat(file.array("scalar").shape()).isEqualTo(Shape.of());
    assertThat(file.array("scalar").toFloats()).containsExactly(7);
  }

  @Test
  void arraysAreViewsOfTheFile() throws IOException {
    var data = Safetensors.open(resource("small.safetensors")).array("w").data();
    assertThat(data.isMapped()).isTrue();
    assertThat(data.isReadOnly()).isTrue();
  }

  @Test
  void whatIsWrittenIsReadAndAligned() throws IOException {
    var file = folder.resolve("x.safetensors");
    var flag = new NamedArray("a", DType.BOOL, Shape.of(3), NamedArray.allocate(3));
    var arrays =
        List.of(
            flag,
            NamedArray.of("w", new float[] {1, 2, 3, 4, 5, 6}, 3, 2),
            NamedArray.of("\"odd\" name\n", new long[] {Long.MIN_VALUE, 7}, 2),
            NamedArray.of("s", new double[] {Math.PI}));
    Safetensors.write(file, arrays, Map.of("format", "pt"));

    var read = Safetensors.open(file);
    assertThat(read.metadata()).isEqualTo(Map.of("format", "pt"));
    assertThat(read.names()).hasSize(4);
    for (var array : arrays) {
      var other = read.array(array.name());
      assertThat(other.dtype()).isEqualTo(array.dtype());
      assertThat(other.shape()).isEqualTo(array.shape());
      assertThat(other.data().mismatch(array.data())).isEqualTo(-1);
      assertThat(other.data().isMapped()).as("no copy was needed to align").isTrue();
    }
    long header =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    assertThat((8 + header) % 64).isZero();
  }

  @Test
  void namesThatCannotBeWritten() {
    var file = folder.resolve("x.safetensors");
    var w = NamedArray.of("w", new float[] {1}, 1);
    assertThatThrownBy(() -> Safetensors.write(file, List.of(w, w), Map.of()))
        .hasMessage("safetensors: two arrays are named w");
    assertThatThrownBy(() -> Safetensors.write(file, List.of(w.named("__metadata__")), Map.of()))
        .hasMessage("safetensors: no array can be named __metadata__");
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}} | 5 | hold",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}} | 3 | truncated",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}} | 4 | hole",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[1,4]}}"
            + " | 4 | overlap",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,4]}} | 4 | has 3 bytes,"
            + " data_offsets give 4",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}"
            + " | 4 | uplicate",
        "{\"a\":{\"dtype\":\"Q3\",\"shape\":[4],\"data_offsets\":[0,4]}} | 4 | dtype Q3 is not"
            + " supported",
        "{\"a\":{\"shape\":[4],\"data_offsets\":[0,4]}} | 4 | dtype is missing",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[-4],\"data_offsets\":[0,4]}} | 4 | whole numbers",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4.0],\"data_offsets\":[0,4]}} | 4 | whole numbers",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,0]}} | 4 | no begin and end",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}} | 0 |"
            + " elements",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[2305843009213693952],\"data_offsets\":[0,0]}} | 0 |"
            + " overflow",
        "{\"__metadata__\":{\"step\":3}} | 0 | the value of step is no string",
        "{\"__metadata__\":[]} | 0 | no JSON object",
        "{} {} | 0 | no valid JSON",
        "[] | 0 | does not start with {",
        "{\"a\": | 0 | no valid JSON",
      })
  void brokenRules(String header, int dataBytes, String reason) throws IOException {
    var file = folder.resolve("broken.safetensors");
    var text = header.getBytes(StandardCharsets.UTF_8);
    Files.write(
        file,
        ByteBuffer.allocate(8 + text.length + dataBytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .array());
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(FileFormatException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(reason)
        .message()
        .hasLineCount(1);
  }

  @Test
  void headerLengthIsBounded() throws IOException {
    var file = folder.resolve("broken.safetensors");
    for (long length : new long[] {-1, 100_000_001, Long.MAX_VALUE, 9}) {
      Files.write(
          file, ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
      assertThatThrownBy(() -> Safetensors.open(file)).isInstanceOf(FileFormatException.class);
    }
    Files.write(file, new byte[] {1, 2, 3});
    assertThatThrownBy(() -> Safetensors.open(file))
        .hasMessage(file + ": too short for a safetensors file (3 bytes)");
  }

  @Test
  void notUtf8() throws IOException {
    var file = folder.resolve("broken.safetensors");
    // UTF-16, which a JSON reader that guesses would accept
    var text = "{}".getBytes(StandardCharsets.UTF_16LE);
    Files.write(
        file, ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putLong(4).put(text).array());
    assertThatThrownBy(() -> Safetensors.open(file)).isInstanceOf(FileFormatException.class);
  }

  @Test
  void aModelInShardsAndBackInOneFile() throws IOException {
    var a = NamedArray.of("a", new float[] {1, 2, 3, 4}, 4);
    var b = NamedArray.of("b", new float[] {5, 6}, 2);
    var c = NamedArray.of("c", new float[] {7, 8}, 2);
    Safetensors.writeModel(folder, List.of(a, b, c), Map.of("format", "pt"), 16);
    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder(
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json");
    var read = Safetensors.open(folder);
    assertThat(read.names()).containsExactly("a", "b", "c");
    assertThat(read.array("c").toFloats()).containsExactly(7, 8);
    assertThat(read.metadata()).isEqualTo(Map.of("format", "pt"));
    assertThat(Files.readString(folder.resolve(Safetensors.INDEX))).contains("\"total_size\" : 32");

    Safetensors.writeModel(folder, List.of(a, b), Map.of(), 1 << 20);
    assertThat(folder.toFile().list()).containsExactly("model.safetensors");
    assertThat(Safetensors.open(folder).names()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void brokenIndexes() throws IOException {
    Safetensors.write(
        folder.resolve("x.safetensors"), List.of(NamedArray.of("a", new int[] {1}, 1)), Map.of());
    var index = folder.resolve(Safetensors.INDEX);
    for (var text :
        List.of(
            "",
            "{}",
            "{\"weight_map\": []}",
            "{\"weight_map\": {\"a\": \"../x.safetensors\"}}",
            "{\"weight_map\": {\"a\": \"..\"}}",
            "{\"weight_map\": {\"a\": 3}}",
            "{\"weight_map\": {\"a\": \"y.safetensors\"}}",
            "{\"weight_map\": {\"b\": \"x.safetensors\"}}")) {
      Files.writeString(index, text);
      assertThatThrownBy(() -> Safetensors.open(folder))
          .as(text)
          .isInstanceOf(FileFormatException.class)
          .hasMessageStartingWith(index + ": ");
    }
  }

  @Test
  void readsEveryFixture() throws IOException {
    try (var models = Files.newDirectoryStream(Fixtures.require("hf-models"))) {
      int count = 0;
      for (var model : models) {
        count += Safetensors.open(model).names().size();
      }
      assertThat(count).isGreaterThan(50);
    }
  }
}
