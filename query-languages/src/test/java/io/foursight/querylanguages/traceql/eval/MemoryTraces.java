package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.SpanTexts;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceCandidates.Candidate;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesStats;
import io.foursight.model.traces.TracesTags;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Spans in a list, the plainest Source: pages of at most `pageRows` spans. It leaves out whatever
/// its select lets it leave out.
public final class MemoryTraces implements TracesSource {
  private final int pageRows;
  private final List<MemorySpan> spans = new ArrayList<>();

  public MemoryTraces(int pageRows) {
    this.pageRows = pageRows;
  }

  public void add(MemorySpan span) {
    spans.add(span);
  }

  private List<MemorySpan> passing(TracesSelect select) {
    return spans.stream()
        .filter(s -> select.overlaps(s.startNanos(), s.endNanos()))
        .filter(s -> s.passes(select.filter()))
        .toList();
  }

  @Override
  public TracesCursor select(TracesSelect select) {
    List<MemorySpan> chosen;
    if (!select.ids().isEmpty()) {
      var ids = Set.copyOf(select.ids());
      chosen = spans.stream().filter(s -> ids.contains(s.traceId())).toList();
    } else {
      chosen = passing(select);
      if (select.wholeTraces()) {
        var ids = chosen.stream().map(MemorySpan::traceId).collect(Collectors.toSet());
        chosen = spans.stream().filter(s -> ids.contains(s.traceId())).toList();
      }
    }
    var sorted = chosen.stream().sorted(Comparator.comparing(MemorySpan::traceId)).toList();
    var pages = new ArrayList<SpanPage>();
    for (int from = 0; from < sorted.size(); from += pageRows) {
      pages.add(
          page(sorted.subList(from, Math.min(sorted.size(), from + pageRows)), select.fields()));
    }
    return new TracesCursor() {
      private int at = -1;

      @Override
      public boolean next() {
        return ++at < pages.size();
      }

      @Override
      public SpanPage page() {
        return pages.get(at);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public TraceCandidates candidates(TracesSelect select, int limit) {
    var newest = new TreeMap<TraceId, Long>();
    passing(select).forEach(s -> newest.merge(s.traceId(), s.startNanos(), Math::max));
    var all =
        newest.entrySet().stream()
            .map(e -> new Candidate(e.getKey(), e.getValue()))
            .sorted(
                Comparator.comparing(Candidate::startNanos).reversed().thenComparing(Candidate::id))
            .toList();
    boolean complete = limit == 0 || all.size() <= limit;
    return new TraceCandidates(complete ? all : all.subList(0, limit), complete, TracesStats.NONE);
  }

  @Override
  public TracePieces trace(
      TenantId tenant,
      TraceId id,
      long startNanos,
      long endNanos,
      long maxBytes,
      QueryBudget budget) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<TracesTags> tagNames(TracesSelect select) {
    var names = new TreeMap<SpanField.Scope, TreeSet<String>>();
    for (MemorySpan span : passing(select)) {
      add(names, SpanField.Scope.SPAN, span.attributes().keySet());
      add(names, SpanField.Scope.RESOURCE, span.resource().keySet());
      add(names, SpanField.Scope.INSTRUMENTATION, span.scope().keySet());
      span.events().forEach(e -> add(names, SpanField.Scope.EVENT, e.attributes().keySet()));
      span.links().forEach(l -> add(names, SpanField.Scope.LINK, l.attributes().keySet()));
    }
    return names.entrySet().stream()
        .map(e -> new TracesTags(e.getKey(), List.copyOf(e.getValue())))
        .toList();
  }

  private static void add(
      TreeMap<SpanField.Scope, TreeSet<String>> names, SpanField.Scope scope, Set<String> keys) {
    if (!keys.isEmpty()) {
      names.computeIfAbsent(scope, s -> new TreeSet<>()).addAll(keys);
    }
  }

  @Override
  public List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit) {
    var values = new LinkedHashSet<SpanValue>();
    passing(select).forEach(s -> values.addAll(s.values(field)));
    return values.stream().limit(limit == 0 ? Long.MAX_VALUE : limit).toList();
  }

  private static SpanPage page(List<MemorySpan> rows, List<SpanField> fields) {
    int n = rows.size();
    var kinds = new byte[n];
    var statuses = new byte[n];
    for (int i = 0; i < n; i++) {
      kinds[i] = (byte) rows.get(i).kind();
      statuses[i] = (byte) rows.get(i).status();
    }
    return new SpanPage(
        n,
        rows.stream().mapToLong(s -> s.traceId().high()).toArray(),
        rows.stream().mapToLong(s -> s.traceId().low()).toArray(),
        rows.stream().mapToLong(MemorySpan::spanId).toArray(),
        rows.stream().mapToLong(MemorySpan::parentId).toArray(),
        rows.stream().mapToLong(MemorySpan::startNanos).toArray(),
        rows.stream().mapToLong(MemorySpan::endNanos).toArray(),
        kinds,
        statuses,
        fields.stream().map(f -> column(rows, f)).toList());
  }

  private static SpanColumn column(List<MemorySpan> rows, SpanField field) {
    int[] ends = new int[rows.size()];
    var arrays = new boolean[rows.size()];
    var types = new ByteArrayOutputStream();
    var numbers = new ArrayList<Long>();
    var texts = new ArrayList<String>();
    for (int row = 0; row < rows.size(); row++) {
      for (SpanValue value : rows.get(row).values(field)) {
        if (value instanceof SpanValue.Many(List<SpanValue> elements)) {
          arrays[row] = true;
          elements.forEach(e -> add(e, types, numbers, texts));
        } else {
          add(value, types, numbers, texts);
        }
      }
      ends[row] = numbers.size();
    }
    return new SpanColumn(
        field,
        ends,
        types.toByteArray(),
        numbers.stream().mapToLong(v -> v).toArray(),
        texts(texts),
        true,
        arrays);
  }

  private static void add(
      SpanValue value, ByteArrayOutputStream types, List<Long> numbers, List<String> texts) {
    switch (value) {
      case SpanValue.Text(String v) -> {
        types.write(SpanColumn.TEXT);
        int known = texts.indexOf(v);
        numbers.add((long) (known < 0 ? texts.size() : known));
        if (known < 0) {
          texts.add(v);
        }
      }
      case SpanValue.Int(long v) -> add(SpanColumn.INT, v, types, numbers);
      case SpanValue.Decimal(double v) ->
          add(SpanColumn.DOUBLE, Double.doubleToRawLongBits(v), types, numbers);
      case SpanValue.Bool(boolean v) -> add(SpanColumn.BOOL, v ? 1 : 0, types, numbers);
      case SpanValue.Duration(long v) -> add(SpanColumn.DURATION, v, types, numbers);
      case SpanValue.Status _, SpanValue.Kind _, SpanValue.Many _, SpanValue.Nil _ ->
          add(SpanColumn.OTHER, 0, types, numbers);
    }
  }

  private static void add(byte type, long number, ByteArrayOutputStream types, List<Long> numbers) {
    types.write(type);
    numbers.add(number);
  }

  private static SpanTexts texts(List<String> texts) {
    var bytes = new ByteArrayOutputStream();
    int[] starts = new int[texts.size() + 1];
    for (int i = 0; i < texts.size(); i++) {
      bytes.writeBytes(texts.get(i).getBytes(StandardCharsets.UTF_8));
      starts[i + 1] = bytes.size();
    }
    return new SpanTexts(bytes.toByteArray(), starts, texts.size());
  }
}
