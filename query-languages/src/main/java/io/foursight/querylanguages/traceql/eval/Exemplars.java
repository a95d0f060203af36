package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.FoundTrace.Attribute;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesSeries.Exemplar;
import java.util.ArrayList;
import java.util.List;

/// Spans to show beside series, at most one in each of equal parts of the range: the latest there,
/// whatever the order in which they are offered.
final class Exemplars {
  private record Kept(long startNanos, TraceId trace, int group, double value) {}

  private final Steps steps;
  private final Kept[] kept;

  Exemplars(Steps steps, int limit) {
    this.steps = steps;
    this.kept = new Kept[Math.max(0, limit)];
  }

  void offer(Rows rows, int row, int group, double value) {
    if (kept.length == 0) {
      return;
    }
    SpanPage page = rows.page();
    long start = page.startNanos()[row];
    double range = Math.max(1, steps.endNanos() - steps.startNanos());
    int part = (int) Math.min(kept.length - 1, (start - steps.startNanos()) / range * kept.length);
    Kept now = kept[part];
    if (now == null
        || now.startNanos < start
        || (now.startNanos == start
            && TraceId.compare(
                    page.traceHighs()[row],
                    page.traceLows()[row],
                    now.trace.high(),
                    now.trace.low())
                < 0)) {
      var trace = new TraceId(page.traceHighs()[row], page.traceLows()[row]);
      kept[part] = new Kept(start, trace, group, value);
    }
  }

  List<Exemplar> of(int group, List<Attribute> labels) {
    var out = new ArrayList<Exemplar>();
    for (Kept each : kept) {
      if (each != null && each.group == group) {
        var all = new ArrayList<Attribute>();
        all.add(new Attribute("trace:id", new SpanValue.Text(each.trace.toString())));
        all.addAll(labels);
        out.add(new Exemplar(all, each.value, each.startNanos / 1_000_000));
      }
    }
    return out;
  }
}
