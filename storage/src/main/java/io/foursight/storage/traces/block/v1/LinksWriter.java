package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanField;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Function;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;

/// The columns of the list of links. Owned by one thread.
final class LinksWriter {
  private static final long TRACE_KEY = GroupTokens.intrinsicKey(SpanField.Intrinsic.LINK_TRACE_ID);
  private static final long SPAN_KEY = GroupTokens.intrinsicKey(SpanField.Intrinsic.LINK_SPAN_ID);
  private static final int SCOPE = SpanField.Scope.LINK.ordinal();
  private static final Binary NO_TRACE = Binary.fromConstantByteArray(new byte[16]);
  private static final Binary NO_SPAN = Binary.fromConstantByteArray(new byte[8]);

  private final ColumnWriter trace;
  private final ColumnWriter span;
  private final ColumnWriter state;
  private final ColumnWriter flags;
  private final ColumnWriter dropped;
  private final AttributeListWriter attributes;
  private final ProtoCursor link = new ProtoCursor();
  private final Attribute attribute = new Attribute();

  LinksWriter(SpanSchema schema, Function<ColumnDescriptor, ColumnWriter> writers) {
    trace = writers.apply(schema.element(SpanSchema.LINKS, SpanSchema.TRACE_ID));
    span = writers.apply(schema.element(SpanSchema.LINKS, SpanSchema.SPAN_ID));
    state = writers.apply(schema.element(SpanSchema.LINKS, SpanSchema.TRACE_STATE));
    flags = writers.apply(schema.element(SpanSchema.LINKS, SpanSchema.FLAGS));
    dropped = writers.apply(schema.element(SpanSchema.LINKS, SpanSchema.DROPPED_ATTRIBUTES));
    attributes = new AttributeListWriter(schema, SpanSchema.LINKS, writers);
  }

  void nothing() {
    trace.writeNull(0, 0);
    span.writeNull(0, 0);
    state.writeNull(0, 0);
    flags.writeNull(0, 0);
    dropped.writeNull(0, 0);
    attributes.nothing(0, 0);
  }

  /// @param at stands at the field with the `Link`
  /// @param repetition 0 for the first link of a span, else 1
  /// @return whether the columns hold it exactly
  boolean add(ProtoCursor at, int repetition, GroupTokens tokens) {
    boolean exact = true;
    Binary traceId = NO_TRACE;
    Binary spanId = NO_SPAN;
    Binary traceState = Binary.EMPTY;
    long flagBits = 0;
    long droppedCount = 0;
    int seen = 0;
    int count = 0;
    link.inside(at);
    while (link.next()) {
      if (link.is(4, ProtoCursor.BYTES)) {
        attribute.read(link);
        exact &= attribute.exact;
        attributes.add(count++ == 0 ? repetition : 2, attribute);
        tokens.attribute(SCOPE, attribute);
        continue;
      }
      if (link.is(1, ProtoCursor.BYTES) && link.length == 16) {
        traceId = Binary.fromReusedByteArray(link.bytes, link.start, 16);
        id(tokens, SpanField.Intrinsic.LINK_TRACE_ID, TRACE_KEY);
      } else if (link.is(2, ProtoCursor.BYTES) && link.length == 8) {
        spanId = Binary.fromReusedByteArray(link.bytes, link.start, 8);
        id(tokens, SpanField.Intrinsic.LINK_SPAN_ID, SPAN_KEY);
      } else if (link.is(3, ProtoCursor.BYTES)
          && Utf8.isValid(link.bytes, link.start, link.length)) {
        traceState = Binary.fromReusedByteArray(link.bytes, link.start, link.length);
      } else if (link.is(5, ProtoCursor.VARINT)) {
        droppedCount = link.number;
      } else if (link.is(6, ProtoCursor.FIXED32)) {
        flagBits = link.number;
      } else {
        exact = false;
        continue;
      }
      exact &= (seen & 1 << link.field) == 0;
      seen |= 1 << link.field;
    }
    if (count == 0) {
      attributes.nothing(repetition, 1);
    }
    exact &= (seen & 6) == 6 && droppedCount >>> 32 == 0;
    trace.write(traceId, repetition, 1);
    span.write(spanId, repetition, 1);
    if (traceState.length() > 0) {
      state.write(traceState, repetition, 2);
    } else {
      state.writeNull(repetition, 1);
    }
    number(flags, flagBits, repetition);
    number(dropped, droppedCount, repetition);
    return exact;
  }

  private void id(GroupTokens tokens, SpanField.Intrinsic field, long key) {
    byte[] hex =
        HexFormat.of()
            .formatHex(link.bytes, link.start, link.start + link.length)
            .getBytes(StandardCharsets.US_ASCII);
    tokens.intrinsic(field, key, hex, 0, hex.length);
  }

  private static void number(ColumnWriter column, long value, int repetition) {
    if (value != 0) {
      column.write((int) value, repetition, 2);
    } else {
      column.writeNull(repetition, 1);
    }
  }
}
