package dev.jebena.einops;

import dev.jebena.memory.DType;
import dev.jebena.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Tensors that lie in memory in all kinds of ways. */
final class RandomLayouts {
  private final Random random;

  RandomLayouts(Random random) {
    this.random = random;
  }

  /** Numbers of f64 around 0, none of them twice, in a layout picked at random. */
  Tensor tensor(long... sizes) {
    var order = order(sizes.length);
    long[] stored = new long[sizes.length];
    for (int i = 0; i < stored.length; i++) {
      stored[i] = sizes[order.get(i)];
    }
    boolean sliced = stored.length > 0 && random.nextBoolean();
    if (sliced) {
      stored[stored.length - 1] = stored[stored.length - 1] * 2 + 1;
    }
    long n = 1;
    for (long size : stored) {
      n *= size;
    }
    double[] values = random.doubles(n, -2, 2).toArray();
    var x = Tensor.of(values, (long) values.length).reshape(stored).to(DType.F64);
    if (sliced) {
      x = x.slice(-1, 1, stored[stored.length - 1], 2);
      if (random.nextBoolean()) {
        x = x.flip(-1);
      }
    }
    int[] back = new int[sizes.length];
    for (int i = 0; i < back.length; i++) {
      back[order.get(i)] = i;
    }
    return x.permute(back);
  }

  private List<Integer> order(int rank) {
    var order = new ArrayList<Integer>();
    for (int i = 0; i < rank; i++) {
      order.add(i);
    }
    if (random.nextInt(3) > 0) {
      Collections.shuffle(order, random);
    }
    return order;
  }
}
