/**
 * Timings that can be trusted: {@link dev.jebena.bench.Machine} (where), {@link
 * dev.jebena.bench.Protocol} (warm-up, rounds that alternate with a peer, median), {@link
 * dev.jebena.bench.TrainWorkload}, {@link dev.jebena.bench.GemmWorkload} and {@link
 * dev.jebena.bench.ElementwiseWorkload} (what), {@link dev.jebena.bench.PythonPeer} (beside whom),
 * {@link dev.jebena.bench.BenchResult} (how fast).
 */
package dev.jebena.bench;
