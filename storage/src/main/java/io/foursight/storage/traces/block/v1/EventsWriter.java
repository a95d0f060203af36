package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanField;
import java.util.function.Function;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;

/// The columns of the list of events. Owned by one thread.
final class EventsWriter {
  private static final long NAME_KEY = GroupTokens.intrinsicKey(SpanField.Intrinsic.EVENT_NAME);
  private static final int SCOPE = SpanField.Scope.EVENT.ordinal();

  private final ColumnWriter time;
  private final ColumnWriter name;
  private final ColumnWriter dropped;
  private final AttributeListWriter attributes;
  private final ProtoCursor event = new ProtoCursor();
  private final Attribute attribute = new Attribute();

  EventsWriter(SpanSchema schema, Function<ColumnDescriptor, ColumnWriter> writers) {
    time = writers.apply(schema.element(SpanSchema.EVENTS, "time"));
    name = writers.apply(schema.element(SpanSchema.EVENTS, "name"));
    dropped = writers.apply(schema.element(SpanSchema.EVENTS, SpanSchema.DROPPED_ATTRIBUTES));
    attributes = new AttributeListWriter(schema, SpanSchema.EVENTS, writers);
  }

  void nothing() {
    time.writeNull(0, 0);
    name.writeNull(0, 0);
    dropped.writeNull(0, 0);
    attributes.nothing(0, 0);
  }

  /// @param at stands at the field with the `Event`
  /// @param repetition 0 for the first event of a span, else 1
  /// @return whether the columns hold it exactly
  boolean add(ProtoCursor at, int repetition, GroupTokens tokens) {
    boolean exact = true;
    long nanos = 0;
    long droppedCount = 0;
    int nameStart = at.start;
    int nameLength = 0;
    int seen = 0;
    int count = 0;
    event.inside(at);
    while (event.next()) {
      if (event.is(3, ProtoCursor.BYTES)) {
        attribute.read(event);
        exact &= attribute.exact;
        attributes.add(count++ == 0 ? repetition : 2, attribute);
        tokens.attribute(SCOPE, attribute);
        continue;
      }
      if (event.is(1, ProtoCursor.FIXED64)) {
        nanos = event.number;
      } else if (event.is(2, ProtoCursor.BYTES)) {
        nameStart = event.start;
        nameLength = event.length;
      } else if (event.is(4, ProtoCursor.VARINT)) {
        droppedCount = event.number;
      } else {
        exact = false;
        continue;
      }
      exact &= (seen & 1 << event.field) == 0;
      seen |= 1 << event.field;
    }
    if (count == 0) {
      attributes.nothing(repetition, 1);
    }
    time.write(nanos, repetition, 1);
    if (Utf8.isValid(at.bytes, nameStart, nameLength)) {
      name.write(Binary.fromReusedByteArray(at.bytes, nameStart, nameLength), repetition, 1);
    } else {
      name.write(Binary.EMPTY, repetition, 1);
      exact = false;
    }
    tokens.intrinsic(SpanField.Intrinsic.EVENT_NAME, NAME_KEY, at.bytes, nameStart, nameLength);
    exact &= droppedCount >>> 32 == 0;
    if (droppedCount != 0) {
      dropped.write((int) droppedCount, repetition, 2);
    } else {
      dropped.writeNull(repetition, 1);
    }
    return exact;
  }
}
