package dev.jebena.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Results and where they were measured.
 *
 * @param machine by the keys of {@code --json}
 */
public record Report(Map<String, Object> machine, List<BenchResult> results) {

  /** For {@code --json}. */
  public Map<String, Object> toMap() {
    var report = new LinkedHashMap<String, Object>();
    report.put("machine", machine);
    report.put("results", results.stream().map(BenchResult::toMap).toList());
    return report;
  }

  /** The results that one start of a JVM printed. */
  static List<BenchResult> resultsOf(JsonNode report) {
    var results = new ArrayList<BenchResult>();
    for (var node : report.get("results")) {
      results.add(result(node));
    }
    return results;
  }

  private static BenchResult result(JsonNode node) {
    var peerValues = node.get("peer_values");
    var facts = new LinkedHashMap<String, Double>();
    var peerFacts = new LinkedHashMap<String, Double>();
    for (var property : node.properties()) {
      var key = property.getKey();
      boolean fact = key.endsWith("_bytes") || key.endsWith("_per_step");
      if (fact && key.startsWith("peer_")) {
        peerFacts.put(key.substring("peer_".length()), property.getValue().asDouble());
      } else if (fact) {
        facts.put(key, property.getValue().asDouble());
      }
    }
    return new BenchResult(
        node.get("bench").asString(),
        node.get("case").asString(),
        node.get("device").asString(),
        node.get("dtype").asString(),
        node.get("unit").asString(),
        List.of(rates(node.get("values"))),
        node.get("peer").isNull() ? null : node.get("peer").asString(),
        peerValues.isNull() ? List.of() : List.of(rates(peerValues)),
        facts,
        peerFacts);
  }

  private static Rates rates(JsonNode values) {
    var list = new ArrayList<Double>();
    values.forEach(value -> list.add(value.asDouble()));
    return new Rates(list);
  }

  /** Results of the same work put together, in the order in which the work first appears. */
  static List<BenchResult> merged(List<BenchResult> results) {
    var merged = new ArrayList<BenchResult>();
    for (var result : results) {
      int at = 0;
      while (at < merged.size() && !merged.get(at).isAbout(result)) {
        at++;
      }
      if (at == merged.size()) {
        merged.add(result);
      } else {
        merged.set(at, merged.get(at).joined(result));
      }
    }
    return merged;
  }
}
