package dev.jebena.bench;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One thing to measure.
 *
 * @param bench the kind, such as {@code gemm}
 * @param name which one of the kind
 * @param unit of its rates: the higher, the faster
 * @param work that one repetition does, in the unit times seconds
 * @param warmupSeconds that it takes until the compiler is through
 * @param ours makes our side, on the context's device
 * @param yardstick what it is held against where no peer is asked for; null for nothing
 * @param peers who can do the same
 */
public record BenchCase(
    String bench,
    String name,
    String unit,
    double work,
    double warmupSeconds,
    Supplier<Contender> ours,
    Supplier<Contender> yardstick,
    List<Peer> peers) {

  /** The peer of that name, if this work can be given to it. */
  public Optional<Peer> peer(String wanted) {
    return peers.stream().filter(peer -> peer.name().equals(wanted)).findFirst();
  }
}
