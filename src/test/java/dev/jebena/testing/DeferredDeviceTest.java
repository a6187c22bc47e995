package dev.jebena.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.fused.SoftmaxKernel;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Shape;
import org.junit.jupiter.api.Test;

class DeferredDeviceTest {
  private final DeferredDevice device = DeferredDevice.primitivesOnly();

  @Test
  void launchesRunWhenSomebodyWaits() {
    var x = Operands.of(device, DType.F32, Shape.of(2), 1, 2);
    var out = Operands.empty(device, DType.F32, 2);
    device.primitives().scalar(BinaryOp.MUL, x, 10, false, out);
    x.buffer().release(); // still named by the launch above
    assertThat(device.pending()).isEqualTo(3);
    assertThat(Operands.read(device, out)).containsExactly(10, 20);
    assertThat(device.pending()).isZero();
  }

  @Test
  void memoryIsOpaqueAndFullOfNanBeforeItIsWritten() {
    var fresh = Operands.empty(device, DType.F32, 2);
    assertThat(fresh.buffer()).isNotInstanceOf(HostBuffer.class);
    assertThat(Operands.read(device, fresh)).containsExactly(Double.NaN, Double.NaN);
  }

  @Test
  void useAfterReleaseShows() {
    var x = Operands.of(device, DType.F32, Shape.of(1), 1);
    x.buffer().release();
    assertThatThrownBy(() -> device.primitives().fill(x, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("fill names a buffer that was released");
  }

  @Test
  void errorsOfLaunchesAppearAtTheNextSynchronisation() {
    var x = Operands.of(device, DType.F32, Shape.of(2), 1, 2);
    var index = Operands.of(device, DType.I64, Shape.of(1), 9);
    var out = Operands.empty(device, DType.F32, 1);
    device.primitives().indexSelect(x, 0, index, out);
    assertThatThrownBy(device::synchronize).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(Operands.read(device, x)).containsExactly(1, 2);
  }

  @Test
  void fusedKernelsAreAChoice() {
    assertThat(device.fused(SoftmaxKernel.class)).isEmpty();
    var fused = DeferredDevice.withFused();
    var x = Operands.of(fused, DType.F32, Shape.of(1, 2), 5, 5);
    var out = Operands.empty(fused, DType.F32, 1, 2);
    fused.fused(SoftmaxKernel.class).orElseThrow().forward(x, false, out);
    assertThat(Operands.read(fused, out)).containsExactly(0.5, 0.5);
  }
}
