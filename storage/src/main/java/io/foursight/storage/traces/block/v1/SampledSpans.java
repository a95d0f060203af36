package io.foursight.storage.traces.block.v1;

import io.foursight.storage.encoding.ByteWriter;
import java.util.ArrayList;
import java.util.List;

/// The first spans of a block, held back until the columns are chosen. Owned by one thread.
final class SampledSpans {
  private record Span(SpanOrigin origin, long high, long low, int offset, int length) {}

  private List<Span> spans = new ArrayList<>();
  private ByteWriter bytes = new ByteWriter(64 << 10);

  void add(SpanOrigin origin, long high, long low, byte[] from, int offset, int length) {
    spans.add(new Span(origin, high, low, bytes.size(), length));
    bytes.bytes(from, offset, length);
  }

  int spans() {
    return spans.size();
  }

  int bytes() {
    return bytes.size();
  }

  void drainTo(SpansFile file) {
    for (Span span : spans) {
      file.add(span.origin, span.high, span.low, bytes.array(), span.offset, span.length);
    }
    spans = List.of();
    bytes = new ByteWriter(0);
  }
}
