package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanField;
import io.foursight.storage.encoding.ByteWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;

/// Takes OTLP spans to pieces, straight into the columns of a row group. A span that the columns
/// cannot hold exactly (unknown fields, ids of a wrong length, text that is not UTF-8, fields that
/// come twice) is kept whole in the last column as well. Owned by one thread.
final class SpanRowWriter {
  private static final VarHandle BIG_LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final long NAME_KEY = GroupTokens.intrinsicKey(SpanField.Intrinsic.NAME);
  private static final long MESSAGE_KEY =
      GroupTokens.intrinsicKey(SpanField.Intrinsic.STATUS_MESSAGE);
  private static final long STATE_KEY = GroupTokens.intrinsicKey(SpanField.Intrinsic.TRACE_STATE);
  private static final int SPAN = SpanField.Scope.SPAN.ordinal();
  private static final Binary NO_ID = Binary.fromConstantByteArray(new byte[8]);

  private final ColumnWriter traceId;
  private final ColumnWriter spanId;
  private final ColumnWriter parentId;
  private final ColumnWriter start;
  private final ColumnWriter duration;
  private final ColumnWriter name;
  private final ColumnWriter kind;
  private final ColumnWriter status;
  private final ColumnWriter statusMessage;
  private final ColumnWriter traceState;
  private final ColumnWriter flags;
  private final ColumnWriter droppedAttributes;
  private final ColumnWriter droppedEvents;
  private final ColumnWriter droppedLinks;
  private final ColumnWriter service;
  private final ColumnWriter resource;
  private final ColumnWriter resourceAttributes;
  private final ColumnWriter resourceSchema;
  private final ColumnWriter scope;
  private final ColumnWriter scopeName;
  private final ColumnWriter scopeVersion;
  private final ColumnWriter scopeSchema;
  private final ColumnWriter[] attributeColumns;
  private final ColumnWriter order;
  private final AttributeListWriter attributes;
  private final EventsWriter events;
  private final LinksWriter links;
  private final ColumnWriter otlp;

  private final AttributeSlots slots;
  private final GroupTokens tokens;
  private final BitSet alsoListed;
  private final boolean[] written;
  private final boolean[] seen;
  private final ProtoCursor span = new ProtoCursor();
  private final ProtoCursor statusFields = new ProtoCursor();
  private final Attribute attribute = new Attribute();
  private final ByteWriter orderBytes = new ByteWriter(64);
  private final byte[] trace = new byte[16];
  private boolean exact;
  private int listed;
  private int eventCount;
  private int linkCount;

  /// What the last row has, for statistics: end is not before start.
  long startNanos;

  long endNanos;
  int kindNumber;
  int statusNumber;

  /// @param alsoListed is told which attributes with columns are in the list as well
  SpanRowWriter(
      SpanSchema schema,
      List<AttributeColumn> columns,
      GroupTokens tokens,
      BitSet alsoListed,
      Function<ColumnDescriptor, ColumnWriter> writers) {
    Function<String, ColumnWriter> of = column -> writers.apply(schema.column(column));
    traceId = of.apply(SpanSchema.TRACE_ID);
    spanId = of.apply(SpanSchema.SPAN_ID);
    parentId = of.apply(SpanSchema.PARENT_ID);
    start = of.apply(SpanSchema.START);
    duration = of.apply(SpanSchema.DURATION);
    name = of.apply(SpanSchema.NAME);
    kind = of.apply(SpanSchema.KIND);
    status = of.apply(SpanSchema.STATUS);
    statusMessage = of.apply(SpanSchema.STATUS_MESSAGE);
    traceState = of.apply(SpanSchema.TRACE_STATE);
    flags = of.apply(SpanSchema.FLAGS);
    droppedAttributes = of.apply(SpanSchema.DROPPED_ATTRIBUTES);
    droppedEvents = of.apply(SpanSchema.DROPPED_EVENTS);
    droppedLinks = of.apply(SpanSchema.DROPPED_LINKS);
    service = of.apply(SpanSchema.SERVICE);
    resource = of.apply(SpanSchema.RESOURCE);
    resourceAttributes = of.apply(SpanSchema.RESOURCE_ATTRIBUTES);
    resourceSchema = of.apply(SpanSchema.RESOURCE_SCHEMA);
    scope = of.apply(SpanSchema.SCOPE);
    scopeName = of.apply(SpanSchema.SCOPE_NAME);
    scopeVersion = of.apply(SpanSchema.SCOPE_VERSION);
    scopeSchema = of.apply(SpanSchema.SCOPE_SCHEMA);
    attributeColumns = columns.stream().map(c -> of.apply(c.name())).toArray(ColumnWriter[]::new);
    order = of.apply(SpanSchema.ORDER);
    attributes = new AttributeListWriter(schema, "", writers);
    events = new EventsWriter(schema, writers);
    links = new LinksWriter(schema, writers);
    otlp = of.apply(SpanSchema.OTLP);
    slots = new AttributeSlots(columns);
    this.tokens = tokens;
    this.alsoListed = alsoListed;
    written = new boolean[attributeColumns.length];
    seen = new boolean[attributeColumns.length];
  }

  void add(OriginValues origin, long high, long low, byte[] bytes, int offset, int length) {
    exact = true;
    listed = 0;
    eventCount = 0;
    linkCount = 0;
    orderBytes.clear();
    Arrays.fill(written, false);
    Arrays.fill(seen, false);
    fields(high, low, bytes, offset, length);
    for (int c = 0; c < written.length; c++) {
      if (!written[c]) {
        attributeColumns[c].writeNull(0, 0);
      }
    }
    if (listed == 0) {
      attributes.nothing(0, 0);
    }
    if (eventCount == 0) {
      events.nothing();
    }
    if (linkCount == 0) {
      links.nothing();
    }
    order.write(Binary.fromReusedByteArray(orderBytes.array(), 0, orderBytes.size()), 0, 0);
    if (exact) {
      otlp.writeNull(0, 0);
    } else {
      otlp.write(Binary.fromReusedByteArray(bytes, offset, length), 0, 1);
    }
    origin(origin);
  }

  private void fields(long high, long low, byte[] bytes, int offset, int length) {
    BIG_LONGS.set(trace, 0, high);
    BIG_LONGS.set(trace, 8, low);
    Binary id = NO_ID;
    Binary parent = Binary.EMPTY;
    Binary spanName = Binary.EMPTY;
    Binary state = Binary.EMPTY;
    long begin = 0;
    long end = 0;
    long flagBits = 0;
    long droppedA = 0;
    long droppedE = 0;
    long droppedL = 0;
    kindNumber = 0;
    int nameStart = offset;
    boolean hasStatus = false;
    int seen = 0;
    span.over(bytes, offset, length);
    while (span.next()) {
      switch (span.field << 3 | span.type) {
        case 9 << 3 | ProtoCursor.BYTES -> {
          attribute();
          continue;
        }
        case 11 << 3 | ProtoCursor.BYTES -> {
          exact &= events.add(span, eventCount++ == 0 ? 0 : 1, tokens);
          continue;
        }
        case 13 << 3 | ProtoCursor.BYTES -> {
          exact &= links.add(span, linkCount++ == 0 ? 0 : 1, tokens);
          continue;
        }
        case 1 << 3 | ProtoCursor.BYTES ->
            exact &= Arrays.equals(bytes, span.start, span.start + span.length, trace, 0, 16);
        case 2 << 3 | ProtoCursor.BYTES -> {
          if (span.length == 8) {
            id = Binary.fromReusedByteArray(bytes, span.start, 8);
          } else {
            exact = false;
          }
        }
        case 3 << 3 | ProtoCursor.BYTES -> {
          if (Utf8.isValid(bytes, span.start, span.length)) {
            state = Binary.fromReusedByteArray(bytes, span.start, span.length);
            if (span.length > 0) {
              tokens.intrinsic(
                  SpanField.Intrinsic.TRACE_STATE, STATE_KEY, bytes, span.start, span.length);
            }
          } else {
            exact = false;
          }
        }
        case 4 << 3 | ProtoCursor.BYTES -> {
          if (span.length == 8) {
            parent = Binary.fromReusedByteArray(bytes, span.start, 8);
          } else {
            exact &= span.length == 0;
          }
        }
        case 5 << 3 | ProtoCursor.BYTES -> {
          if (Utf8.isValid(bytes, span.start, span.length)) {
            nameStart = span.start;
            spanName = Binary.fromReusedByteArray(bytes, span.start, span.length);
          } else {
            exact = false;
          }
        }
        case 6 << 3 | ProtoCursor.VARINT -> {
          kindNumber = (int) span.number;
          exact &= kindNumber == span.number;
        }
        case 7 << 3 | ProtoCursor.FIXED64 -> begin = span.number;
        case 8 << 3 | ProtoCursor.FIXED64 -> end = span.number;
        case 10 << 3 | ProtoCursor.VARINT -> droppedA = span.number;
        case 12 << 3 | ProtoCursor.VARINT -> droppedE = span.number;
        case 14 << 3 | ProtoCursor.VARINT -> droppedL = span.number;
        case 15 << 3 | ProtoCursor.BYTES -> {
          if (hasStatus) {
            exact = false;
          } else {
            hasStatus = true;
            status();
          }
        }
        case 16 << 3 | ProtoCursor.FIXED32 -> flagBits = span.number;
        default -> {
          exact = false;
          continue;
        }
      }
      exact &= (seen & 1 << span.field) == 0;
      seen |= 1 << span.field;
    }
    exact &= (seen & 6) == 6 && (droppedA | droppedE | droppedL) >>> 32 == 0;
    traceId.write(Binary.fromReusedByteArray(trace), 0, 0);
    spanId.write(id, 0, 0);
    optional(parentId, parent);
    start.write(begin, 0, 0);
    duration.write(end - begin, 0, 0);
    name.write(spanName, 0, 0);
    tokens.intrinsic(SpanField.Intrinsic.NAME, NAME_KEY, bytes, nameStart, spanName.length());
    kind.write(kindNumber, 0, 0);
    if (!hasStatus) {
      statusNumber = 0;
      status.writeNull(0, 0);
      statusMessage.writeNull(0, 0);
    }
    optional(traceState, state);
    optional(flags, flagBits);
    optional(droppedAttributes, droppedA);
    optional(droppedEvents, droppedE);
    optional(droppedLinks, droppedL);
    startNanos = begin;
    endNanos = Math.max(begin, end);
  }

  private void attribute() {
    attribute.read(span);
    exact &= attribute.exact;
    long hash = Tokens.hash(attribute.bytes, attribute.keyStart, attribute.keyLength);
    int slot = slots.of(attribute, hash);
    // Only the first value of a key may have the column, so that readers know it for the first.
    boolean first = slot >= 0 && !seen[slot];
    if (first) {
      seen[slot] = true;
    }
    if (first && slots.takes(slot, attribute.type)) {
      written[slot] = true;
      ColumnWriter column = attributeColumns[slot];
      switch (attribute.type) {
        case ValueType.TEXT -> column.write(attribute.binary(), 0, 1);
        case ValueType.INT -> column.write(attribute.number, 0, 1);
        case ValueType.DOUBLE -> column.write(Double.longBitsToDouble(attribute.number), 0, 1);
        case ValueType.BOOL -> column.write(attribute.number != 0, 0, 1);
        default -> throw new IllegalStateException("column of type " + attribute.type);
      }
      orderBytes.varint(slot + 1);
    } else {
      if (slot >= 0) {
        alsoListed.set(slot);
      }
      attributes.add(listed++ == 0 ? 0 : 1, attribute);
      orderBytes.varint(0);
    }
    tokens.attribute(SPAN, hash * 31 + SPAN, attribute);
  }

  private void status() {
    long code = 0;
    Binary message = Binary.EMPTY;
    int seen = 0;
    statusFields.inside(span);
    while (statusFields.next()) {
      if (statusFields.is(3, ProtoCursor.VARINT)) {
        code = statusFields.number;
      } else if (statusFields.is(2, ProtoCursor.BYTES)
          && Utf8.isValid(span.bytes, statusFields.start, statusFields.length)) {
        message = Binary.fromReusedByteArray(span.bytes, statusFields.start, statusFields.length);
        if (statusFields.length > 0) {
          tokens.intrinsic(
              SpanField.Intrinsic.STATUS_MESSAGE,
              MESSAGE_KEY,
              span.bytes,
              statusFields.start,
              statusFields.length);
        }
      } else {
        exact = false;
        continue;
      }
      exact &= (seen & 1 << statusFields.field) == 0;
      seen |= 1 << statusFields.field;
    }
    statusNumber = (int) code;
    exact &= statusNumber == code;
    status.write(statusNumber, 0, 1);
    optional(statusMessage, message);
  }

  private void origin(OriginValues origin) {
    service.write(origin.service, 0, 0);
    resource.write(origin.resource, 0, 0);
    resourceAttributes.write(origin.resourceAttributes, 0, 0);
    optional(resourceSchema, origin.resourceSchema);
    scope.write(origin.scope, 0, 0);
    optional(scopeName, origin.scopeName);
    optional(scopeVersion, origin.scopeVersion);
    optional(scopeSchema, origin.scopeSchema);
  }

  private static void optional(ColumnWriter column, Optional<Binary> value) {
    if (value.isPresent()) {
      column.write(value.get(), 0, 1);
    } else {
      column.writeNull(0, 0);
    }
  }

  /// Empty is the same as absent.
  private static void optional(ColumnWriter column, Binary value) {
    if (value.length() > 0) {
      column.write(value, 0, 1);
    } else {
      column.writeNull(0, 0);
    }
  }

  private static void optional(ColumnWriter column, long value) {
    if (value != 0) {
      column.write((int) value, 0, 1);
    } else {
      column.writeNull(0, 0);
    }
  }
}
