package io.foursight.querier.traces;

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
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Spans in a list, the plainest Source: it filters nothing, and its pages have a few rows.
class MemoryTraces implements TracesSource {
  private static final int PAGE_ROWS = 7;

  final List<MemorySpan> spans = new ArrayList<>();
  final Set<String> covered = new LinkedHashSet<>();

  MemoryTraces(Collection<MemorySpan> spans) {
    this.spans.addAll(spans);
  }

  private List<MemorySpan> chosen(TracesSelect select) {
    return spans.stream()
        .filter(s ->
            select.ids().isEmpty()
                ? select.overlaps(s.start(), s.end())
                : select.ids().contains(s.trace()))
        .sorted(Comparator.comparing(MemorySpan::trace))
        .toList();
  }

  @Override
  public TracesCursor select(TracesSelect select) {
    List<MemorySpan> chosen = chosen(select);
    return new TracesCursor() {
      private int at = -PAGE_ROWS;

      @Override
      public boolean next() {
        at += PAGE_ROWS;
        return at < chosen.size();
      }

      @Override
      public SpanPage page() {
        return MemoryTraces.page(
            chosen.subList(at, Math.min(chosen.size(), at + PAGE_ROWS)), select.fields());
      }

      @Override
      public void close() {}
    };
  }

  private static SpanPage page(List<MemorySpan> rows, List<SpanField> fields) {
    int n = rows.size();
    var longs = new long[6][n];
    var statuses = new byte[n];
    for (int r = 0; r < n; r++) {
      MemorySpan span = rows.get(r);
      longs[0][r] = span.trace().high();
      longs[1][r] = span.trace().low();
      longs[2][r] = span.id();
      longs[3][r] = span.parent();
      longs[4][r] = span.start();
      longs[5][r] = span.end();
      statuses[r] = span.status();
    }
    return new SpanPage(
        n,
        longs[0],
        longs[1],
        longs[2],
        longs[3],
        longs[4],
        longs[5],
        new byte[n],
        statuses,
        fields.stream().map(field -> column(rows, field)).toList());
  }

  private static SpanColumn column(List<MemorySpan> rows, SpanField field) {
    var bytes = new ByteArrayOutputStream();
    var types = new byte[rows.size()];
    var numbers = new long[rows.size()];
    var starts = new int[rows.size() + 1];
    int codes = 0;
    for (int r = 0; r < rows.size(); r++) {
      String text = rows.get(r).text(field);
      if (text != null) {
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        types[r] = SpanColumn.TEXT;
        numbers[r] = codes;
        starts[++codes] = bytes.size();
      }
    }
    return new SpanColumn(
        field,
        new int[0],
        types,
        numbers,
        new SpanTexts(bytes.toByteArray(), starts, codes),
        false,
        new boolean[0]);
  }

  @Override
  public TraceCandidates candidates(TracesSelect select, int limit) {
    Map<TraceId, Long> newest = new TreeMap<>();
    chosen(select).forEach(s -> newest.merge(s.trace(), s.start(), Math::max));
    List<Candidate> all =
        newest.entrySet().stream()
            .map(e -> new Candidate(e.getKey(), e.getValue()))
            .sorted(
                Comparator.comparingLong(Candidate::startNanos)
                    .reversed()
                    .thenComparing(Candidate::id))
            .toList();
    boolean complete = limit <= 0 || all.size() <= limit;
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
    return new TracePieces(
        spans.stream().filter(s -> s.trace().equals(id)).map(MemorySpan::piece).toList(),
        false,
        TracesStats.NONE);
  }

  @Override
  public List<TracesTags> tagNames(TracesSelect select) {
    return chosen(select).isEmpty()
        ? List.of()
        : List.of(
            new TracesTags(SpanField.Scope.SPAN, List.of("route")),
            new TracesTags(SpanField.Scope.RESOURCE, List.of("service.name")));
  }

  @Override
  public List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit) {
    return chosen(select).stream()
        .map(s -> s.text(field))
        .filter(text -> text != null)
        .distinct()
        .<SpanValue>map(SpanValue.Text::new)
        .toList();
  }

  @Override
  public Set<String> coveredBlocks(TracesSelect select) {
    return Set.copyOf(covered);
  }
}
