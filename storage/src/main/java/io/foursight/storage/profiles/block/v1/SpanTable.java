package io.foursight.storage.profiles.block.v1;

import io.foursight.storage.encoding.ByteWriter;
import java.util.HashMap;
import java.util.Map;

/// The distinct spans that the samples of a run have, by number from 1. Owned by one thread.
final class SpanTable {
  private record Span(long id, long traceHigh, long traceLow) {}

  private final Map<Span, Integer> numbers = new HashMap<>();
  private final ByteWriter spans = new ByteWriter();
  private Span last = new Span(0, 0, 0);
  private int lastNumber;

  /// @return 0 = no span
  int number(long id, long traceHigh, long traceLow) {
    if ((id | traceHigh | traceLow) == 0) {
      return 0;
    }
    if (lastNumber > 0
        && last.id == id
        && last.traceHigh == traceHigh
        && last.traceLow == traceLow) {
      return lastNumber;
    }
    last = new Span(id, traceHigh, traceLow);
    Integer known = numbers.putIfAbsent(last, numbers.size() + 1);
    if (known == null) {
      spans.u64(id);
      spans.u64(traceHigh);
      spans.u64(traceLow);
      known = numbers.size();
    }
    lastNumber = known;
    return known;
  }

  int count() {
    return numbers.size();
  }

  void write(ByteWriter out) {
    out.varint(count());
    out.bytes(spans);
  }

  void clear() {
    numbers.clear();
    spans.clear();
    lastNumber = 0;
  }
}
