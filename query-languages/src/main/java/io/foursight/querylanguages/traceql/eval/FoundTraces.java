package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.FoundTrace;
import io.foursight.model.traces.FoundTrace.Attribute;
import io.foursight.model.traces.FoundTrace.ServiceStats;
import io.foursight.model.traces.FoundTrace.Span;
import io.foursight.model.traces.FoundTrace.SpanSet;
import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.FieldExpr.IntrinsicField;
import io.foursight.querylanguages.traceql.ast.Intrinsic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes the answer for a trace that was found. Spans of a set come by start, then id.
final class FoundTraces {
  private static final int ERROR = 2;

  /// What an answer says anyway, or not as an attribute.
  private static final Set<Intrinsic> SAID =
      EnumSet.of(
          Intrinsic.NAME,
          Intrinsic.DURATION,
          Intrinsic.TRACE_DURATION,
          Intrinsic.ROOT_NAME,
          Intrinsic.ROOT_SERVICE,
          Intrinsic.TRACE_ID,
          Intrinsic.SPAN_ID,
          Intrinsic.PARENT);

  private record Shown(String key, Value value) {}

  private final List<Shown> shown = new ArrayList<>();
  private final boolean named;
  private final int name;
  private final int service;
  private final int spansPerSet;
  private final Cell cell = new Cell();

  /// @param fields that the query reads
  FoundTraces(List<FieldExpr.Field> fields, FieldCompiler compiler, int spansPerSet) {
    this.spansPerSet = spansPerSet;
    this.name = compiler.column(SpanField.Intrinsic.NAME);
    this.service = compiler.column(SpanField.SERVICE_NAME);
    boolean name = false;
    // `status` and `span:status` are one.
    Set<Intrinsic> intrinsics = EnumSet.noneOf(Intrinsic.class);
    for (FieldExpr.Field field : fields) {
      switch (field) {
        case FieldExpr.Attribute a -> shown.add(new Shown(a.name(), compiler.value(a)));
        case IntrinsicField f -> {
          name |= f.intrinsic() == Intrinsic.NAME;
          if (!SAID.contains(f.intrinsic()) && intrinsics.add(f.intrinsic())) {
            shown.add(new Shown(f.intrinsic().text(), compiler.value(f)));
          }
        }
      }
    }
    this.named = name;
  }

  FoundTrace make(Rows rows, List<SpanSetRows> sets) {
    SpanPage page = rows.page();
    TraceShape shape = rows.shape();
    int root = shape.root();
    return new FoundTrace(
        new TraceId(page.traceHighs()[rows.from()], page.traceLows()[rows.from()]),
        root < 0 ? "" : text(page, service, root),
        root < 0 ? "" : text(page, name, root),
        shape.startNanos(),
        shape.durationNanos(),
        sets.stream().map(set -> set(rows, set)).toList(),
        services(rows));
  }

  private SpanSet set(Rows rows, SpanSetRows set) {
    SpanPage page = rows.page();
    int limit = spansPerSet <= 0 ? set.spans().length : spansPerSet;
    List<Span> spans =
        Arrays.stream(set.spans())
            .mapToObj(span -> rows.from() + span)
            .sorted(
                Comparator.comparingLong((Integer row) -> page.startNanos()[row])
                    .thenComparing(row -> page.spanIds()[row], Long::compareUnsigned)
                    .thenComparing(row -> page.kinds()[row]))
            .limit(limit)
            .map(row -> span(rows, row))
            .toList();
    return new SpanSet(spans, set.spans().length, set.attributes());
  }

  private Span span(Rows rows, int row) {
    SpanPage page = rows.page();
    var attributes = new ArrayList<Attribute>();
    for (Shown each : shown) {
      each.value().load(rows, row, cell);
      if (!cell.isAbsent()) {
        SpanValue value = cell.isArray() ? cell.value() : cell.value(0);
        if (!(value instanceof SpanValue.Nil)) {
          attributes.add(new Attribute(each.key(), value));
        }
      }
    }
    return new Span(
        page.spanIds()[row],
        named ? text(page, name, row) : "",
        page.startNanos()[row],
        page.durationNanos(row),
        attributes);
  }

  private Map<String, ServiceStats> services(Rows rows) {
    var services = new HashMap<String, ServiceStats>();
    for (int row = rows.from(); row < rows.to(); row++) {
      int errors = rows.page().statuses()[row] == ERROR ? 1 : 0;
      services.merge(
          text(rows.page(), service, row),
          new ServiceStats(1, errors),
          (a, b) -> new ServiceStats(a.spans() + b.spans(), a.errors() + b.errors()));
    }
    return services;
  }

  private static String text(SpanPage page, int column, int row) {
    SpanColumn values = page.columns().get(column);
    int start = values.start(row);
    return start < values.end(row) && values.types()[start] == SpanColumn.TEXT
        ? values.text(start)
        : "";
  }
}
