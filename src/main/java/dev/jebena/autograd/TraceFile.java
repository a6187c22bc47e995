package dev.jebena.autograd;

import dev.jebena.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A profile in the trace event format of Chrome ("Trace Event Format", Google, 2016): complete
 * events with times in microseconds, which nest by time.
 */
final class TraceFile {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private TraceFile() {}

  /**
   * Writes events.
   *
   * @param events in the order of their beginnings
   * @param origin the nanoseconds that are shown as 0
   */
  static void write(Path file, List<Profiler.Event> events, long origin) throws IOException {
    var text = new StringBuilder("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
    text.append(
        JSON.writeValueAsString(
            Map.of("ph", "M", "pid", 1, "name", "process_name", "args", Map.of("name", "jebena"))));
    for (var event : events) {
      text.append(",\n").append(JSON.writeValueAsString(entry(event, origin)));
    }
    AtomicFiles.writeString(file, text.append("\n]}\n").toString());
  }

  private static Map<String, Object> entry(Profiler.Event event, long origin) {
    var entry = new LinkedHashMap<String, Object>();
    entry.put("name", event.name());
    entry.put("cat", event.kernel() ? "kernel" : "region");
    entry.put("ph", "X");
    entry.put("ts", (event.start() - origin) / 1e3);
    entry.put("dur", event.nanos() / 1e3);
    entry.put("pid", 1);
    entry.put("tid", event.thread());
    var details = new LinkedHashMap<String, Object>();
    details.put("region", event.region());
    if (event.work().flops() > 0) {
      details.put("gflops", event.work().flops() / Math.max(1, event.nanos()));
    }
    if (event.work().bytes() > 0) {
      details.put("gbps", event.work().bytes() / Math.max(1, event.nanos()));
    }
    entry.put("args", details);
    return entry;
  }
}
