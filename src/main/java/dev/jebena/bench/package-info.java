/**
 * Timings that can be trusted: {@link dev.jebena.bench.Machine} (where), {@link
 * dev.jebena.bench.Protocol} (warm-up, rounds that alternate with a peer, median), {@link
 * dev.jebena.bench.BenchCase} and the workloads that make them, such as {@link
 * dev.jebena.bench.GemmWorkload} and {@link dev.jebena.bench.TrainWorkload} (what), {@link
 * dev.jebena.bench.Peer} (beside whom), {@link dev.jebena.bench.FreshJvms} (in how many starts),
 * {@link dev.jebena.bench.BenchResult} (how fast), {@link dev.jebena.bench.Report}, {@link
 * dev.jebena.bench.ReportTable} and {@link dev.jebena.bench.ReportChart} (for whom).
 */
package dev.jebena.bench;
