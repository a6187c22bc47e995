package dev.jebena.kernel.cpu;

import dev.jebena.kernel.Operand;

/**
 * The elements of many contiguous tensors as one list of tasks of at most {@link Contiguous#CHUNK}
 * elements, none of which reaches over the end of its tensor. One call of the pool for all of them
 * has one wait at its end, and the last chunk of one tensor runs beside the first of the next.
 */
final class WorkList {
  private final Operand[] tensors;
  private final int[] first;

  WorkList(Operand[] tensors) {
    this.tensors = tensors;
    this.first = new int[tensors.length + 1];
    for (int i = 0; i < tensors.length; i++) {
      first[i + 1] = first[i] + Contiguous.chunks(tensors[i].elements());
    }
  }

  int tasks() {
    return first[tensors.length];
  }

  /** The tensor that a task works on: the last that begins at or before it. */
  int tensor(int task) {
    int low = 0;
    int high = tensors.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (first[middle] <= task) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Where a task begins in its tensor, in elements. */
  long start(int task, int tensor) {
    return (long) (task - first[tensor]) * Contiguous.CHUNK;
  }

  /** Elements of a task. */
  int size(int task, int tensor) {
    return Contiguous.chunkSize(tensors[tensor].elements(), task - first[tensor]);
  }
}
