package io.foursight.storage.traces.block.v1;

import io.foursight.storage.encoding.ByteWriter;

/// The columns of the list of events, put together as OTLP. Owned by one thread.
final class EventsReader {
  private final Leaf time;
  private final Leaf name;
  private final Leaf dropped;
  private final AttributeListReader attributes;
  private final ByteWriter event = new ByteWriter(256);

  EventsReader(SpanSchema schema, SpansReader.Group group) {
    time = group.leaf(schema.element(SpanSchema.EVENTS, "time"));
    name = group.leaf(schema.element(SpanSchema.EVENTS, "name"));
    dropped = group.leaf(schema.element(SpanSchema.EVENTS, SpanSchema.DROPPED_ATTRIBUTES));
    attributes = new AttributeListReader(schema, SpanSchema.EVENTS, group);
  }

  /// Field 11 of a span, for each event of the row.
  void read(ByteWriter out) {
    do {
      time.read();
      name.read();
      dropped.read();
      event.clear();
      if (time.present) {
        Protos.fixed64(event, 1, time.number);
        if (name.binary.length() > 0) {
          Protos.bytes(event, 2, name.binary);
        }
      }
      attributes.read(event, 3);
      if (time.present) {
        Protos.varint(event, 4, SpanRowReader.unsigned(dropped));
        Protos.message(out, 11, event);
      }
    } while (time.goesOn());
  }

  void skip() {
    time.skipRow();
    name.skipRow();
    dropped.skipRow();
    attributes.skip();
  }
}
