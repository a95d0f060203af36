package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The traces behind the metric cases: 2 x 100 of one span each.
final class MetricsFixture {
  private MetricsFixture() {}

  static List<MemorySpan> spans() {
    var spans = new ArrayList<MemorySpan>();
    for (int copy = 1; copy <= 2; copy++) {
      for (int i = 1; i <= 100; i++) {
        long start = i * 1_000_000_000L;
        spans.add(
            new MemorySpan(
                new TraceId(copy, i),
                i,
                0,
                "test",
                3,
                1,
                "",
                start,
                start + start,
                Map.of(),
                Map.of("service.name", new SpanValue.Text(i % 2 == 0 ? "even" : "odd")),
                "",
                "",
                Map.of(),
                List.of(),
                List.of()));
      }
    }
    return spans;
  }

  /// Another span of the first trace.
  static MemorySpan child() {
    MemorySpan root = spans().getFirst();
    return new MemorySpan(
        root.traceId(),
        1000,
        root.spanId(),
        "child",
        1,
        0,
        "",
        root.startNanos(),
        root.endNanos(),
        Map.of(),
        root.resource(),
        "",
        "",
        Map.of(),
        List.of(),
        List.of());
  }
}
