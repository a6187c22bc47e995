package dev.jebena.bench;

import dev.jebena.memory.Scope;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import java.util.List;

/**
 * Products of square matrices in f32.
 *
 * @param size rows and columns of both
 */
public record GemmWorkload(int size) {
  /** Sizes of small and of large models. */
  public static final List<Integer> SIZES = List.of(128, 256, 512, 1024, 2048);

  public GemmWorkload {
    if (size < 1) {
      throw new IllegalArgumentException("matrices of size " + size + " (at least 1)");
    }
  }

  /** Multiplications and additions of one product, in units of a billion. */
  public double gigaFlops() {
    return 2.0 * size * size * size / 1e9;
  }

  /** Ours, on the context's device. */
  public Contender contender() {
    var a = Tensor.randn(size, size);
    var b = Tensor.randn(size, size);
    var device = Context.current().device();
    return new Contender() {
      @Override
      public double run(int times) {
        return Tensor.noGrad(() -> {
          long start = System.nanoTime();
          for (int i = 0; i < times; i++) {
            try (var _ = Scope.open()) {
              a.matmul(b);
            }
          }
          device.synchronize();
          return (System.nanoTime() - start) / 1e9;
        });
      }

      @Override
      public void close() {
        a.release();
        b.release();
      }
    };
  }

  /** What the script of a peer needs to do the same. */
  public List<String> arguments(int threads) {
    return List.of("--size=" + size, "--threads=" + threads);
  }
}
