package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.TenantId;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TracesQueryRunner.Tags;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesTags;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.FieldExpr.IntrinsicField;
import io.foursight.querylanguages.traceql.plan.StoredFields;
import io.foursight.querylanguages.traceql.plan.UnfinishedQuery;
import io.foursight.querylanguages.traceql.print.TraceqlPrinter;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Names and values of attributes.
final class TagQuery {
  private static final int STATUSES = 3;
  private static final int KINDS = 6;

  private final TracesSource source;
  private final Tags tags;
  private final SpanFilter filter;

  TagQuery(TracesSource source, Tags tags) {
    this.source = source;
    this.tags = tags;
    this.filter = UnfinishedQuery.filter(tags.query());
  }

  private TracesSelect select(TenantId tenant, SpanFilter passing) {
    return TracesSelect.spans(
        tenant, tags.startNanos(), tags.endNanos(), passing, List.of(), tags.budget());
  }

  private long limit() {
    return tags.limit() > 0 ? tags.limit() : Long.MAX_VALUE;
  }

  List<TracesTags> names() {
    var names = new TreeMap<SpanField.Scope, TreeSet<String>>();
    for (TenantId tenant : tags.tenants()) {
      for (TracesTags each : source.tagNames(select(tenant, filter))) {
        names.computeIfAbsent(each.scope(), s -> new TreeSet<>()).addAll(each.names());
      }
    }
    return names.entrySet().stream()
        .map(e -> new TracesTags(e.getKey(), e.getValue().stream().limit(limit()).toList()))
        .toList();
  }

  /// Fixed lists for status and kind; nothing for numbers and ids that differ from span to span.
  List<SpanValue> values(FieldExpr.Field field) {
    if (field instanceof IntrinsicField(var intrinsic, _)) {
      return switch (intrinsic) {
        case STATUS ->
            IntStream.range(0, STATUSES).<SpanValue>mapToObj(SpanValue.Status::new).toList();
        case KIND -> IntStream.range(0, KINDS).<SpanValue>mapToObj(SpanValue.Kind::new).toList();
        case ROOT_NAME -> stored(List.of(SpanField.Intrinsic.NAME), ofRoots());
        case ROOT_SERVICE -> stored(List.of(SpanField.SERVICE_NAME), ofRoots());
        case NAME, STATUS_MESSAGE, EVENT_NAME, INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION ->
            stored(StoredFields.of(field), filter);
        case DURATION,
            SPAN_ID,
            PARENT_ID,
            CHILD_COUNT,
            TRACE_DURATION,
            TRACE_ID,
            NESTED_SET_LEFT,
            NESTED_SET_RIGHT,
            NESTED_SET_PARENT,
            PARENT,
            EVENT_TIME_SINCE_START,
            LINK_TRACE_ID,
            LINK_SPAN_ID ->
            List.of();
      };
    }
    return stored(StoredFields.of(field), filter);
  }

  /// Other conditions need not hold for the root itself.
  private static SpanFilter ofRoots() {
    return new SpanFilter.Root();
  }

  private List<SpanValue> stored(List<SpanField> fields, SpanFilter passing) {
    Set<SpanValue> values = new LinkedHashSet<>();
    for (TenantId tenant : tags.tenants()) {
      for (SpanField field : fields) {
        for (SpanValue value : source.tagValues(field, select(tenant, passing), tags.limit())) {
          if (value instanceof SpanValue.Many(List<SpanValue> elements)) {
            values.addAll(elements);
          } else {
            values.add(value);
          }
        }
      }
    }
    return values.stream()
        .filter(v -> !(v instanceof SpanValue.Nil))
        .sorted(Comparator.comparing(TraceqlPrinter::print))
        .limit(limit())
        .toList();
  }
}
