package io.foursight.ingester.traces;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceCandidates.Candidate;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesStats;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What the segments of a head answer beside cursors.
final class HeadFacts {
  private static final int CANDIDATE_BYTES = 64;
  private static final int VALUE_ROWS = 1024;

  private HeadFacts() {}

  /// Traces of one segment, newest first.
  static TraceCandidates candidates(TracesSegment segment, TracesSelect select, int limit) {
    SegmentView view = segment.view();
    var newest = new long[view.traceCount()];
    Arrays.fill(newest, Long.MIN_VALUE);
    var found =
        new Object() {
          int[] numbers = new int[64];
          int count;
        };
    new SegmentFilter(view, select)
        .forEach(row -> {
          int trace = view.trace(row);
          if (newest[trace] == Long.MIN_VALUE) {
            if (found.count == found.numbers.length) {
              found.numbers = Arrays.copyOf(found.numbers, 2 * found.count);
            }
            found.numbers[found.count++] = trace;
          }
          newest[trace] = Math.max(newest[trace], view.start(row));
        });
    select.budget().charge((long) CANDIDATE_BYTES * found.count);
    var all = new ArrayList<Candidate>(found.count);
    for (int i = 0; i < found.count; i++) {
      int trace = found.numbers[i];
      all.add(
          new Candidate(
              new TraceId(view.traceHighs()[trace], view.traceLows()[trace]), newest[trace]));
    }
    select.budget().release((long) CANDIDATE_BYTES * found.count);
    all.sort(
        Comparator.comparingLong(Candidate::startNanos).reversed().thenComparing(Candidate::id));
    var scanned = new TracesStats(0, view.rows(), view.traceCount(), 0, 0);
    boolean complete = limit <= 0 || all.size() <= limit;
    return new TraceCandidates(complete ? all : all.subList(0, limit), complete, scanned);
  }

  /// The spans of one trace in one segment as a `TracesData` message.
  static TracePieces trace(TracesSegment segment, TraceId id, long maxBytes, QueryBudget budget) {
    SegmentView view = segment.view();
    int[] rows = segment.rowsOf(id.high(), id.low());
    int known = 0;
    for (int row : rows) {
      if (row < view.rows()) {
        rows[known++] = row;
      }
    }
    if (known == 0) {
      return TracePieces.NONE;
    }
    budget.check();
    // Spans of a resource and scope together, in the order in which they came.
    Integer[] order = new Integer[known];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order,
        Comparator.<Integer>comparingInt(i -> view.groupResources()[view.group(rows[i])])
            .thenComparingInt(i -> view.groupScopes()[view.group(rows[i])])
            .thenComparingInt(i -> i));
    var out = new ProtoWriter(4096);
    boolean truncated = write(view, rows, order, maxBytes, out);
    budget.charge(out.size());
    budget.release(out.size());
    return new TracePieces(
        List.of(out.toByteArray()), truncated, new TracesStats(out.size(), known, 1, 0, 0));
  }

  /// @return whether spans were left out
  private static boolean write(
      SegmentView view, int[] rows, Integer[] order, long maxBytes, ProtoWriter out) {
    for (int i = 0; i < order.length; ) {
      int resource = view.groupResources()[view.group(rows[order[i]])];
      int resourceSpans = out.begin(1);
      message(view, view.resources(), resource, 1, out);
      while (i < order.length && view.groupResources()[view.group(rows[order[i]])] == resource) {
        int scope = view.groupScopes()[view.group(rows[order[i]])];
        int scopeSpans = out.begin(2);
        message(view, view.scopes(), scope, 1, out);
        for (; i < order.length; i++) {
          int row = rows[order[i]];
          if (view.groupResources()[view.group(row)] != resource
              || view.groupScopes()[view.group(row)] != scope) {
            break;
          }
          if (maxBytes > 0 && out.size() + view.length(row) > maxBytes) {
            schema(view, view.scopes(), scope, out);
            out.end(scopeSpans);
            schema(view, view.resources(), resource, out);
            out.end(resourceSpans);
            return true;
          }
          long place = view.place(row);
          out.bytes(2, view.chunk(place), SegmentBytes.offset(place), view.length(row));
        }
        schema(view, view.scopes(), scope, out);
        out.end(scopeSpans);
      }
      schema(view, view.resources(), resource, out);
      out.end(resourceSpans);
    }
    return false;
  }

  private static void message(
      SegmentView view, Messages.View messages, int number, int field, ProtoWriter out) {
    int length = messages.messageLengths()[number];
    if (length > 0) {
      long place = messages.places()[number];
      out.bytes(field, view.chunk(place), SegmentBytes.offset(place), length);
    }
  }

  private static void schema(
      SegmentView view, Messages.View messages, int number, ProtoWriter out) {
    int length = messages.schemaLength(number);
    if (length > 0) {
      long place = messages.places()[number];
      out.bytes(
          3,
          view.chunk(place),
          SegmentBytes.offset(place) + messages.messageLengths()[number],
          length);
    }
  }

  /// Distinct values of a field of the rows that pass.
  static void tagValues(
      TracesSegment segment, SpanField field, TracesSelect select, int limit, Set<SpanValue> into) {
    SegmentView view = segment.view();
    var decoder = new SpanDecoder(view, List.of(field));
    if (SpanDecoder.isOfGroup(field)) {
      // A resource or scope is looked at once, whatever the number of its spans.
      var groups = new BitSet();
      new SegmentFilter(view, select).forEach(row -> groups.set(view.group(row)));
      SpanColumn column = decoder.groups().columns().getFirst();
      groups.stream().forEach(group -> addAll(column, group, limit, into));
      return;
    }
    var rows = new int[VALUE_ROWS];
    var waiting =
        new Object() {
          int count;

          void decode() {
            if (count > 0 && (limit <= 0 || into.size() < limit)) {
              SpanPage page = decoder.page(rows, 0, count);
              SpanColumn column = page.columns().getFirst();
              for (int r = 0; r < page.rows(); r++) {
                addAll(column, r, limit, into);
              }
            }
            count = 0;
          }
        };
    new SegmentFilter(view, select)
        .forEach(row -> {
          rows[waiting.count++] = row;
          if (waiting.count == VALUE_ROWS) {
            waiting.decode();
          }
        });
    waiting.decode();
  }

  private static void addAll(SpanColumn column, int row, int limit, Set<SpanValue> into) {
    for (int v = column.start(row); v < column.end(row); v++) {
      add(column, v, limit, into);
    }
  }

  private static void add(SpanColumn column, int v, int limit, Set<SpanValue> into) {
    if (limit > 0 && into.size() >= limit) {
      return;
    }
    switch (column.types()[v]) {
      case SpanColumn.TEXT -> into.add(new SpanValue.Text(column.text(v)));
      case SpanColumn.INT -> into.add(new SpanValue.Int(column.numbers()[v]));
      case SpanColumn.DOUBLE -> into.add(new SpanValue.Decimal(column.decimal(v)));
      case SpanColumn.BOOL -> into.add(new SpanValue.Bool(column.numbers()[v] != 0));
      case SpanColumn.DURATION -> into.add(new SpanValue.Duration(column.numbers()[v]));
      default -> {
        // It has no value to name.
      }
    }
  }

  /// Distinct values of one field over several segments.
  static List<SpanValue> tagValues(
      List<TracesSegment> segments, SpanField field, TracesSelect select, int limit) {
    var values = new LinkedHashSet<SpanValue>();
    for (TracesSegment segment : segments) {
      tagValues(segment, field, select, limit, values);
    }
    return List.copyOf(values);
  }
}
