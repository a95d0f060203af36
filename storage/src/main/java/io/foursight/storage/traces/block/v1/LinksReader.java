package io.foursight.storage.traces.block.v1;

import io.foursight.storage.encoding.ByteWriter;

/// The columns of the list of links, put together as OTLP. Owned by one thread.
final class LinksReader {
  private final Leaf trace;
  private final Leaf span;
  private final Leaf state;
  private final Leaf flags;
  private final Leaf dropped;
  private final AttributeListReader attributes;
  private final ByteWriter link = new ByteWriter(256);

  LinksReader(SpanSchema schema, SpansReader.Group group) {
    trace = group.leaf(schema.element(SpanSchema.LINKS, SpanSchema.TRACE_ID));
    span = group.leaf(schema.element(SpanSchema.LINKS, SpanSchema.SPAN_ID));
    state = group.leaf(schema.element(SpanSchema.LINKS, SpanSchema.TRACE_STATE));
    flags = group.leaf(schema.element(SpanSchema.LINKS, SpanSchema.FLAGS));
    dropped = group.leaf(schema.element(SpanSchema.LINKS, SpanSchema.DROPPED_ATTRIBUTES));
    attributes = new AttributeListReader(schema, SpanSchema.LINKS, group);
  }

  /// Field 13 of a span, for each link of the row.
  void read(ByteWriter out) {
    do {
      trace.read();
      span.read();
      state.read();
      flags.read();
      dropped.read();
      link.clear();
      if (trace.present) {
        Protos.bytes(link, 1, trace.binary);
        Protos.bytes(link, 2, span.binary);
        SpanRowReader.optional(link, 3, state);
      }
      attributes.read(link, 4);
      if (trace.present) {
        Protos.varint(link, 5, SpanRowReader.unsigned(dropped));
        if (flags.present) {
          Protos.fixed32(link, 6, (int) flags.number);
        }
        Protos.message(out, 13, link);
      }
    } while (trace.goesOn());
  }

  void skip() {
    trace.skipRow();
    span.skipRow();
    state.skipRow();
    flags.skipRow();
    dropped.skipRow();
    attributes.skip();
  }
}
