package io.foursight.storage.traces.block.v1;

import io.foursight.model.QueryBudget;
import io.foursight.storage.encoding.ByteWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Spans of one trace by origin, as an OTLP `TracesData` message. What is held is charged. Owned by
/// one thread.
final class TraceAssembly implements AutoCloseable {
  private final QueryBudget budget;
  private final Map<SpanOrigin, ByteWriter> spans = new LinkedHashMap<>();
  private long bytes;

  TraceAssembly(QueryBudget budget) {
    this.budget = budget;
  }

  void add(SpanStream span) {
    ByteWriter of =
        spans.computeIfAbsent(
            span.origin(),
            origin -> {
              charge(origin.resource().length + origin.scope().length + 64L);
              return new ByteWriter(1 << 10);
            });
    charge(span.length() + 8L);
    of.varint(2L << 3 | ProtoCursor.BYTES);
    of.varint(span.length());
    of.bytes(span.bytes(), span.offset(), span.length());
  }

  private void charge(long more) {
    budget.charge(2 * more);
    bytes += more;
  }

  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return spans.isEmpty();
  }

  byte[] build() {
    var byResource = new ArrayList<List<SpanOrigin>>();
    for (SpanOrigin origin : spans.keySet()) {
      List<SpanOrigin> same =
          byResource.stream()
              .filter(known -> known.getFirst().sameResource(origin))
              .findFirst()
              .orElseGet(() -> {
                byResource.add(new ArrayList<>());
                return byResource.getLast();
              });
      same.add(origin);
    }
    var all = new ByteWriter((int) Math.min(1 << 20, bytes + 64));
    var resourceSpans = new ByteWriter(1 << 10);
    var scopeSpans = new ByteWriter(1 << 10);
    for (List<SpanOrigin> origins : byResource) {
      SpanOrigin first = origins.getFirst();
      resourceSpans.clear();
      Protos.bytes(resourceSpans, 1, first.resource());
      for (SpanOrigin origin : origins) {
        scopeSpans.clear();
        Protos.bytes(scopeSpans, 1, origin.scope());
        scopeSpans.bytes(spans.get(origin));
        Protos.text(scopeSpans, 3, origin.scopeSchemaUrl());
        Protos.message(resourceSpans, 2, scopeSpans);
      }
      Protos.text(resourceSpans, 3, first.resourceSchemaUrl());
      Protos.message(all, 1, resourceSpans);
    }
    return all.toByteArray();
  }

  @Override
  public void close() {
    budget.release(2 * bytes);
  }
}
