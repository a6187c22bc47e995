package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.memory.ClosedScopeException;
import dev.jebena.memory.DType;
import dev.jebena.memory.DTypeException;
import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import dev.jebena.testing.DeferredDevice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors from Java arrays and buffers by copy, and over native memory without one. */
class HostMemoryTest {
  private static MemorySegment floats(Arena arena, float... values) {
    return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
  }

  @Test
  void nestedArraysOfAnyDepthAndType() {
    var x = Tensor.of(new double[][][] {{{1, 2}, {3, 4}, {5, 6}}, {{7, 8}, {9, 10}, {11, 12}}});
    assertThat(x.shape()).isEqualTo(Shape.of(2, 3, 2));
    assertThat(x.dtype()).isEqualTo(DType.F64);
    assertThat(x.get(1, 2, 0)).isEqualTo(11);
    assertThat(Tensor.of(new int[][] {{1, -2}}).dtype()).isEqualTo(DType.I32);
    assertThat(Tensor.of(new long[][] {{1}, {Long.MIN_VALUE}}).toLongs())
        .containsExactly(1, Long.MIN_VALUE);
    assertThat(Tensor.of(new short[] {-3}).dtype()).isEqualTo(DType.I16);
    assertThat(Tensor.of(new byte[][] {{-3, 4}}).toLongs()).containsExactly(-3, 4);
    assertThat(Tensor.of(new boolean[][] {{true}, {false}}).toBooleans())
        .containsExactly(true, false);
    // what is inside of nothing has no length that Java knew
    assertThat(Tensor.of(new float[3][0][2]).shape()).isEqualTo(Shape.of(3, 0, 0));
    assertThat(Tensor.of(new float[] {1, 2, 3}).toFloats()).containsExactly(1, 2, 3);
    assertThat(Tensor.of(new float[] {1, 2, 3}, 3, 1).shape()).isEqualTo(Shape.of(3, 1));
  }

  @Test
  void raggedArraysAreRefusedNamingThePlace() {
    assertThatThrownBy(() -> Tensor.of(new double[][][] {{{1, 2}, {3, 4}}, {{5, 6}, {7}}}))
        .isInstanceOf(ShapeException.class)
        .hasMessage("of: the array is ragged: [1, 1] has 1 elements, those before it have 2");
    assertThatThrownBy(() -> Tensor.of(new int[][] {{1}, null}))
        .isInstanceOf(ShapeException.class)
        .hasMessage("of: the array at [1] is null");
    assertThatThrownBy(() -> Tensor.of((Object) new String[] {"a"}))
        .isInstanceOf(DTypeException.class)
        .hasMessageStartingWith("of: java.lang.String[] is no tensor; arrays, nested or not,");
    assertThatThrownBy(() -> Tensor.of("text")).isInstanceOf(DTypeException.class);
  }

  @Test
  void heapBuffersAreCopiedAndLeftAsTheyAre() {
    var buffer = FloatBuffer.wrap(new float[] {9, 1, 2, 3, 4}).position(1);
    var x = Tensor.of(buffer, 2, 2);
    assertThat(x.toFloats()).containsExactly(1, 2, 3, 4);
    assertThat(Tensor.of(buffer).shape()).isEqualTo(Shape.of(4));
    assertThat(buffer.position()).isEqualTo(1);
    buffer.put(1, 7);
    assertThat(x.get(0, 0)).isEqualTo(1);
    var bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0, 258).putInt(4, -1);
    assertThat(Tensor.fromBytes(DType.I32, bytes, 2).toLongs()).containsExactly(258, -1);
    assertThat(bytes.position()).isZero();
    assertThatThrownBy(() -> Tensor.fromBytes(DType.I32, bytes, 3))
        .isInstanceOf(ShapeException.class)
        .hasMessage("fromBytes: 8 bytes for i32 [3]");
  }

  @Test
  void nativeMemoryIsSharedBothWays() {
    try (var arena = Arena.ofShared()) {
      var segment = floats(arena, 1, 2, 3, 4, 5, 6);
      var x = Tensor.wrap(segment, DType.F32, 2, 3);
      assertThat(x.sum().item()).isEqualTo(21);
      segment.setAtIndex(ValueLayout.JAVA_FLOAT, 0, 11);
      assertThat(x.get(0, 0)).isEqualTo(11);
      x.mulInPlace(2);
      assertThat(segment.getAtIndex(ValueLayout.JAVA_FLOAT, 5)).isEqualTo(12);
    }
  }

  @Test
  void useAfterTheArenaWasClosedIsAnError() {
    Tensor x;
    try (var arena = Arena.ofShared()) {
      x = Tensor.wrap(floats(arena, 1, 2), DType.F32, 2);
    }
    assertThatThrownBy(x::sum)
        .isInstanceOf(ClosedScopeException.class)
        .hasMessageStartingWith("the arena that this tensor's memory belongs to was closed");
  }

  @Test
  void anyAlignmentWillDo() {
    var memory = Arena.ofAuto().allocate(4 * 64 * 48 + 8 * 999 + 64, 64);
    for (int shift : new int[] {1, 2, 3, 5, 7}) {
      var x = Tensor.wrap(memory.asSlice(shift, 4 * 64 * 48), DType.F32, 64, 48);
      var plain = Context.current().withSeed(shift).call(() -> Tensor.randn(64, 48));
      x.copyInPlace(plain);
      assertThat(x.matmul(x.transpose()).toFloats())
          .containsExactly(plain.matmul(plain.transpose()).toFloats());
      assertThat(x.exp().sum(0, false).toFloats())
          .containsExactly(plain.exp().sum(0, false).toFloats());
      assertThat(x.softmax(-1).toFloats()).containsExactly(plain.softmax(-1).toFloats());
      assertThat(x.transpose().contiguous().toFloats())
          .containsExactly(plain.transpose().contiguous().toFloats());
      assertThat(x.sort(1, true).values().toFloats())
          .containsExactly(plain.sort(1, true).values().toFloats());
      var y = Tensor.wrap(memory.asSlice(shift, 8 * 999), DType.F64, 999);
      y.fillInPlace(0.5);
      assertThat(y.sum().item()).isEqualTo(499.5);
    }
  }

  @Test
  void directBuffers() {
    var buffer = ByteBuffer.allocateDirect(20).order(ByteOrder.nativeOrder());
    buffer.putFloat(4, 5).putFloat(8, 6).position(4).limit(12);
    var x = Tensor.wrap(buffer, DType.F32, 2);
    assertThat(x.toFloats()).containsExactly(5, 6);
    buffer.putFloat(8, 7);
    assertThat(x.toFloats()).containsExactly(5, 7);
    var readOnly = Tensor.wrap(buffer.asReadOnlyBuffer(), DType.F32, 2);
    assertThat(readOnly.sum().item()).isEqualTo(12);
    assertThatThrownBy(() -> readOnly.addInPlace(x)).hasMessageContaining("is read-only");
  }

  @Test
  void mappedFilesAreReadInPlaceAndNotWritten(@TempDir Path folder) throws IOException {
    var bytes = ByteBuffer.allocate(3 + 4 * 6).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 6; i++) {
      bytes.putFloat(3 + 4 * i, i);
    }
    var file = Files.write(folder.resolve("data"), bytes.array());
    var x = Tensor.map(file, DType.F32, 3, 2, 3); // from byte 3: aligned to nothing
    assertThat(x.toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(x.transpose().matmul(x).toFloats())
        .containsExactly(9, 12, 15, 12, 17, 22, 15, 22, 29);
    var view = x.select(0, 1);
    for (Runnable write :
        new Runnable[] {
          () -> x.mulInPlace(2), () -> x.fillInPlace(1), () -> view.copyInPlace(view.copy())
        }) {
      assertThatThrownBy(write::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageEndingWith(
              "this tensor's memory is read-only, as that of a mapped file; copy() it before");
    }
    assertThat(x.copy().mulInPlace(2).get(1, 2)).isEqualTo(10);
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes.array());
    assertThatThrownBy(() -> Tensor.map(file, DType.F32, 4, 2, 3))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith("map: f32 [2, 3] at byte 4 needs 24 bytes, but ")
        .hasMessageEndingWith("has 27 in all");
  }

  @Test
  void whatCannotBeSharedIsRefused() {
    assertThatThrownBy(() -> Tensor.wrap(MemorySegment.ofArray(new float[2]), DType.F32, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("on the heap");
    assertThatThrownBy(() -> Tensor.wrap(ByteBuffer.allocate(8), DType.F32, 2))
        .hasMessageContaining("on the heap");
    try (var arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> Tensor.wrap(floats(arena, 1, 2), DType.F32, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("confined to one thread");
    }
    var segment = floats(Arena.ofAuto(), 1, 2, 3);
    assertThatThrownBy(() -> Tensor.wrap(segment, DType.F32, 2))
        .isInstanceOf(ShapeException.class)
        .hasMessage("wrap: 12 bytes for f32 [2], which needs 8");
    var elsewhere = Context.current().withDevice(DeferredDevice.primitivesOnly());
    assertThatThrownBy(() -> elsewhere.run(() -> Tensor.wrap(segment, DType.F32, 3)))
        .hasMessageContaining("device deferred has memory of its own");
  }

  @Test
  void likeAnother() {
    var x = Tensor.zeros(Context.current().device(), DType.F64, Shape.of(2, 3)).transpose();
    assertThat(Tensor.fullLike(x, 3).toDoubles()).containsExactly(3, 3, 3, 3, 3, 3);
    assertThat(Tensor.onesLike(x).shape()).isEqualTo(Shape.of(3, 2));
    assertThat(Tensor.zerosLike(x).dtype()).isEqualTo(DType.F64);
    assertThat(Tensor.randnLike(x).dtype()).isEqualTo(DType.F64);
    assertThat(Tensor.emptyLike(x).shape()).isEqualTo(Shape.of(3, 2));
    assertThat(Tensor.linspace(0, 1, 3).toFloats()).containsExactly(0, 0.5f, 1);
    assertThat(Tensor.linspace(2, 1, 1).toFloats()).containsExactly(2);
    assertThat(Tensor.linspace(0, 0.1, 7).get(6)).isEqualTo(0.1f);
  }
}
