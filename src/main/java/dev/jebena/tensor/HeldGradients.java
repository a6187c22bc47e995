package dev.jebena.tensor;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The memory that a backward pass made for gradients on their way, and how many of them stand in
 * it: views share it, and an addition hands one on in two directions. It is freed when the last is
 * gone; a gradient that is alone in its memory may be added into.
 */
final class HeldGradients {
  private static final class Holders {
    int count;
  }

  private final Map<Storage, Holders> ours = new IdentityHashMap<>();

  /** Memory that the pass made, so far without a gradient that waits in it. */
  void made(Storage storage) {
    ours.computeIfAbsent(storage, _ -> new Holders());
  }

  /** One more gradient waits or is being sent. */
  void hold(Tensor gradient) {
    var holders = ours.get(gradient.storage());
    if (holders != null) {
      holders.count++;
    }
  }

  /** One gradient less; without others its memory is free. */
  void letGo(Tensor gradient) {
    var holders = ours.get(gradient.storage());
    if (holders != null && --holders.count <= 0) {
      ours.remove(gradient.storage());
      gradient.release();
    }
  }

  /** Somebody outside of the pass sees this gradient, so that its memory is not ours any more. */
  void giveAway(Tensor gradient) {
    ours.remove(gradient.storage());
  }

  /** Whether the gradient is ours, held once, and without another element beside it. */
  boolean isAlone(Tensor gradient) {
    var holders = ours.get(gradient.storage());
    return holders != null
        && holders.count == 1
        && gradient.isContiguous()
        && gradient.storage().buffer().byteSize()
            == gradient.elements() * gradient.dtype().byteSize();
  }
}
