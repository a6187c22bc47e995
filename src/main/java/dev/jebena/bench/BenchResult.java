package dev.jebena.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of one workload.
 *
 * @param bench the kind: {@code train}, {@code gemm}
 * @param workload which one of the kind
 * @param unit of the rates: the higher, the faster
 * @param starts rates of our timed runs, one entry a start of the JVM
 * @param peer who was measured in the same rounds; null for nobody
 * @param peerStarts of its timed runs, one entry a start; empty without a peer
 * @param facts other numbers of ours, by key: memory, allocations
 * @param peerFacts the same of the peer
 */
public record BenchResult(
    String bench,
    String workload,
    String device,
    String dtype,
    String unit,
    List<Rates> starts,
    String peer,
    List<Rates> peerStarts,
    Map<String, Double> facts,
    Map<String, Double> peerFacts) {

  /** Our timed runs of all starts. */
  public Rates rates() {
    return Rates.joined(starts);
  }

  /** The peer's timed runs of all starts, or null. */
  public Rates peerRates() {
    return peerStarts.isEmpty() ? null : Rates.joined(peerStarts);
  }

  /** Ours over the peer's: above 1 is faster; NaN without a peer. */
  public double ratio() {
    return peerStarts.isEmpty() ? Double.NaN : rates().median() / peerRates().median();
  }

  /** Whether both tell of the same work on the same device beside the same peer. */
  boolean isAbout(BenchResult other) {
    return bench.equals(other.bench)
        && workload.equals(other.workload)
        && device.equals(other.device);
  }

  /** This one with the starts of another appended; of other numbers the worse one stays. */
  BenchResult joined(BenchResult other) {
    return new BenchResult(
        bench,
        workload,
        device,
        dtype,
        unit,
        both(starts, other.starts),
        peer,
        both(peerStarts, other.peerStarts),
        worse(facts, other.facts),
        worse(peerFacts, other.peerFacts));
  }

  private static List<Rates> both(List<Rates> first, List<Rates> second) {
    var all = new ArrayList<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }

  private static Map<String, Double> worse(Map<String, Double> a, Map<String, Double> b) {
    var all = new LinkedHashMap<>(a);
    b.forEach((key, value) -> all.merge(key, value, Math::max));
    return all;
  }

  /** For a report. */
  public Map<String, Object> toMap() {
    var rates = rates();
    var peerRates = peerRates();
    var values = new LinkedHashMap<String, Object>();
    values.put("bench", bench);
    values.put("case", workload);
    values.put("device", device);
    values.put("dtype", dtype);
    values.put("unit", unit);
    values.put("median", rates.median());
    values.put("min", rates.min());
    values.put("max", rates.max());
    values.put("runs", rates.values().size());
    values.put("peer", peer);
    values.put("peer_median", peerRates == null ? null : peerRates.median());
    values.put("ratio", peerRates == null ? null : ratio());
    values.put("values", rates.values());
    values.put("peer_values", peerRates == null ? null : peerRates.values());
    values.put("starts", medians(starts));
    values.put("peer_starts", peerRates == null ? null : medians(peerStarts));
    values.putAll(facts);
    peerFacts.forEach((key, value) -> values.put("peer_" + key, value));
    for (var key : peerFacts.keySet()) {
      if (facts.containsKey(key) && peerFacts.get(key) > 0) {
        values.put(key.replaceAll("_bytes$", "") + "_ratio", facts.get(key) / peerFacts.get(key));
      }
    }
    return values;
  }

  private static List<Double> medians(List<Rates> starts) {
    return starts.stream().map(Rates::median).toList();
  }
}
