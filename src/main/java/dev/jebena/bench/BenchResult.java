package dev.jebena.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What came of one workload.
 *
 * @param bench the kind: {@code train}, {@code gemm}
 * @param workload which one of the kind
 * @param unit of the rates: the higher, the faster
 * @param rates of our timed runs
 * @param peer who was measured in the same rounds; null for nobody
 * @param peerRates of its timed runs
 */
public record BenchResult(
    String bench,
    String workload,
    String device,
    String dtype,
    String unit,
    Rates rates,
    String peer,
    Rates peerRates) {

  /** Ours over the peer's: above 1 is faster; NaN without a peer. */
  public double ratio() {
    return peerRates == null ? Double.NaN : rates.median() / peerRates.median();
  }

  /** For a report. */
  public Map<String, Object> toMap() {
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
    return values;
  }
}
