package io.foursight.storage.traces.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.storage.encoding.ByteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.io.api.Binary;

/// Puts OTLP spans together again from all columns of a row group, in the order of fields that
/// protobuf writes. Owned by one thread.
final class SpanRowReader {
  private final Leaf trace;
  private final Leaf span;
  private final Leaf parent;
  private final Leaf start;
  private final Leaf duration;
  private final Leaf name;
  private final Leaf kind;
  private final Leaf status;
  private final Leaf statusMessage;
  private final Leaf state;
  private final Leaf flags;
  private final Leaf droppedAttributes;
  private final Leaf droppedEvents;
  private final Leaf droppedLinks;
  private final Leaf[] columns;
  private final byte[][] keys;
  private final int[] types;
  private final Leaf order;
  private final AttributeListReader attributes;
  private final EventsReader events;
  private final LinksReader links;
  private final Leaf otlp;
  private final OriginReader origins;
  private final List<Leaf> flat;
  private final AttributeListReader.Encoded listed = new AttributeListReader.Encoded();
  private final ByteWriter eventBytes = new ByteWriter(256);
  private final ByteWriter linkBytes = new ByteWriter(256);
  private final ByteWriter scratch = new ByteWriter(64);

  /// Every column that is needed to put spans together.
  static Collection<ColumnDescriptor> columns(SpanSchema schema) {
    return schema.message().getColumns().stream()
        .filter(c ->
            switch (c.getPath()[0]) {
              case SpanSchema.SERVICE,
                  SpanSchema.RESOURCE_ATTRIBUTES,
                  SpanSchema.SCOPE_NAME,
                  SpanSchema.SCOPE_VERSION ->
                  false;
              default -> true;
            })
        .toList();
  }

  SpanRowReader(
      SpanSchema schema,
      List<AttributeColumn> attributeColumns,
      SpansReader.Group group,
      OriginReader.Known origins) {
    flat = new ArrayList<>();
    trace = leaf(group, schema, SpanSchema.TRACE_ID);
    span = leaf(group, schema, SpanSchema.SPAN_ID);
    parent = leaf(group, schema, SpanSchema.PARENT_ID);
    start = leaf(group, schema, SpanSchema.START);
    duration = leaf(group, schema, SpanSchema.DURATION);
    name = leaf(group, schema, SpanSchema.NAME);
    kind = leaf(group, schema, SpanSchema.KIND);
    status = leaf(group, schema, SpanSchema.STATUS);
    statusMessage = leaf(group, schema, SpanSchema.STATUS_MESSAGE);
    state = leaf(group, schema, SpanSchema.TRACE_STATE);
    flags = leaf(group, schema, SpanSchema.FLAGS);
    droppedAttributes = leaf(group, schema, SpanSchema.DROPPED_ATTRIBUTES);
    droppedEvents = leaf(group, schema, SpanSchema.DROPPED_EVENTS);
    droppedLinks = leaf(group, schema, SpanSchema.DROPPED_LINKS);
    order = leaf(group, schema, SpanSchema.ORDER);
    otlp = leaf(group, schema, SpanSchema.OTLP);
    columns = new Leaf[attributeColumns.size()];
    keys = new byte[columns.length][];
    types = new int[columns.length];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = leaf(group, schema, attributeColumns.get(c).name());
      keys[c] = attributeColumns.get(c).key().getBytes(java.nio.charset.StandardCharsets.UTF_8);
      types[c] = attributeColumns.get(c).type();
    }
    attributes = new AttributeListReader(schema, "", group);
    events = new EventsReader(schema, group);
    links = new LinksReader(schema, group);
    this.origins = new OriginReader(schema, group, origins);
  }

  private Leaf leaf(SpansReader.Group group, SpanSchema schema, String column) {
    Leaf leaf = group.leaf(schema.column(column));
    flat.add(leaf);
    return leaf;
  }

  /// Reads the trace id of the next row alone; [#read] or [#skip] must follow.
  void peek() {
    trace.read();
  }

  private static long big(Binary id, int at) {
    ByteBuffer bytes = id.toByteBuffer();
    return bytes.getLong(bytes.position() + at);
  }

  long traceHigh() {
    return big(trace.binary, 0);
  }

  long traceLow() {
    return big(trace.binary, 8);
  }

  long spanId() {
    return big(span.binary, 0);
  }

  long startNanos() {
    return start.number;
  }

  SpanOrigin origin() {
    return origins.origin();
  }

  void skip() {
    for (int i = 1; i < flat.size(); i++) {
      flat.get(i).skip();
    }
    attributes.skip();
    events.skip();
    links.skip();
    origins.skip();
  }

  /// The rest of the row; its span is appended.
  void read(ByteWriter out) {
    for (int i = 1; i < flat.size(); i++) {
      flat.get(i).read();
    }
    attributes.read(listed);
    eventBytes.clear();
    events.read(eventBytes);
    linkBytes.clear();
    links.read(linkBytes);
    origins.read();
    if (otlp.present) {
      byte[] whole = otlp.binary.getBytesUnsafe();
      out.bytes(whole, 0, whole.length);
      return;
    }
    Protos.bytes(out, 1, trace.binary);
    Protos.bytes(out, 2, span.binary);
    optional(out, 3, state);
    optional(out, 4, parent);
    if (name.binary.length() > 0) {
      Protos.bytes(out, 5, name.binary);
    }
    Protos.varint(out, 6, kind.number);
    Protos.fixed64(out, 7, start.number);
    Protos.fixed64(out, 8, start.number + duration.number);
    attributes(out);
    Protos.varint(out, 10, unsigned(droppedAttributes));
    out.bytes(eventBytes);
    Protos.varint(out, 12, unsigned(droppedEvents));
    out.bytes(linkBytes);
    Protos.varint(out, 14, unsigned(droppedLinks));
    if (status.present) {
      scratch.clear();
      optional(scratch, 2, statusMessage);
      Protos.varint(scratch, 3, status.number);
      Protos.message(out, 15, scratch);
    }
    if (flags.present) {
      Protos.fixed32(out, 16, (int) flags.number);
    }
  }

  static long unsigned(Leaf leaf) {
    return leaf.present ? leaf.number & 0xffffffffL : 0;
  }

  static void optional(ByteWriter out, int field, Leaf text) {
    if (text.present) {
      Protos.bytes(out, field, text.binary);
    }
  }

  private void attributes(ByteWriter out) {
    byte[] slots = order.binary.getBytesUnsafe();
    int next = 0;
    for (int at = 0; at < slots.length; ) {
      int slot = 0;
      int shift = 0;
      byte b;
      do {
        b = slots[at++];
        slot |= (b & 0x7f) << shift;
        shift += 7;
      } while (b < 0 && at < slots.length);
      if (slot == 0) {
        if (next == listed.count()) {
          throw disorder();
        }
        listed.append(next++, out);
      } else {
        if (slot > columns.length || !columns[slot - 1].present) {
          throw disorder();
        }
        Leaf leaf = columns[slot - 1];
        Protos.attribute(out, keys[slot - 1], types[slot - 1], leaf.number, leaf.binary);
      }
    }
  }

  private static FoursightException disorder() {
    return FoursightException.corrupt(
        TracesBlockFormat.SPANS + ": the order of attributes names some that are not there");
  }
}
