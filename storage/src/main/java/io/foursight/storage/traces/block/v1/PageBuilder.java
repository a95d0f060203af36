package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanPage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.io.api.Binary;

/// Makes pages of spans with some fields from the columns of row groups: [#open] a group, then for
/// each of its rows [#peek] and [#read] or [#skip]. Owned by one thread.
final class PageBuilder {
  static final int PAGE_ROWS = 2048;

  /// Rows with much text make shorter pages.
  private static final long PAGE_BYTES = 4 << 20;

  private final SpanSchema schema;
  private final IndexHead head;
  private final List<SpanField> asked;
  private final List<SpanField> fields;
  private final List<FieldColumn> columns;
  private final List<RowPart> parts = new ArrayList<>();

  private Leaf trace;
  private Leaf span;
  private Leaf parent;
  private Leaf start;
  private Leaf duration;
  private Leaf kind;
  private Leaf status;

  private int rows;
  private long[] highs;
  private long[] lows;
  private long[] spanIds;
  private long[] parents;
  private long[] starts;
  private long[] ends;
  private byte[] kinds;
  private byte[] statuses;

  /// @param asked columns of the pages, in this order; one that is asked for twice is read once
  PageBuilder(SpanSchema schema, IndexHead head, List<SpanField> asked) {
    this.schema = schema;
    this.head = head;
    this.asked = asked;
    this.fields = asked.stream().distinct().toList();
    columns = fields.stream().map(FieldColumn::new).toList();
    restart();
  }

  private void restart() {
    rows = 0;
    highs = new long[PAGE_ROWS];
    lows = new long[PAGE_ROWS];
    spanIds = new long[PAGE_ROWS];
    parents = new long[PAGE_ROWS];
    starts = new long[PAGE_ROWS];
    ends = new long[PAGE_ROWS];
    kinds = new byte[PAGE_ROWS];
    statuses = new byte[PAGE_ROWS];
  }

  private List<AttributeColumn> columnsOf(String key) {
    return head.columns().stream().filter(c -> c.key().equals(key)).toList();
  }

  private boolean isListed(String key) {
    List<AttributeColumn> own = columnsOf(key);
    return own.isEmpty() || own.getFirst().alsoListed();
  }

  /// The columns that are read.
  Set<ColumnDescriptor> leaves() {
    var all = new LinkedHashSet<ColumnDescriptor>();
    for (String fixed :
        List.of(
            SpanSchema.TRACE_ID,
            SpanSchema.SPAN_ID,
            SpanSchema.PARENT_ID,
            SpanSchema.START,
            SpanSchema.DURATION,
            SpanSchema.KIND,
            SpanSchema.STATUS)) {
      all.add(schema.column(fixed));
    }
    for (SpanField field : fields) {
      switch (field) {
        case SpanField.Intrinsic intrinsic -> all.add(leaf(intrinsic));
        case SpanField.Attribute attribute -> {
          if (isAbsent(attribute)) {
            continue;
          }
          switch (attribute.scope()) {
            case SPAN -> {
              columnsOf(attribute.name()).forEach(c -> all.add(schema.column(c.name())));
              if (isListed(attribute.name())) {
                all.addAll(AttributeListReader.columns(schema, ""));
              }
            }
            case RESOURCE -> all.add(schema.column(SpanSchema.RESOURCE));
            case INSTRUMENTATION -> all.add(schema.column(SpanSchema.SCOPE));
            case EVENT -> all.addAll(AttributeListReader.columns(schema, SpanSchema.EVENTS));
            case LINK -> all.addAll(AttributeListReader.columns(schema, SpanSchema.LINKS));
          }
        }
      }
    }
    return all;
  }

  /// Whether no span of the block has it.
  private boolean isAbsent(SpanField.Attribute attribute) {
    return !head.tags().mayHave(attribute.scope().ordinal(), attribute.name());
  }

  private ColumnDescriptor leaf(SpanField.Intrinsic intrinsic) {
    return switch (intrinsic) {
      case NAME -> schema.column(SpanSchema.NAME);
      case STATUS_MESSAGE -> schema.column(SpanSchema.STATUS_MESSAGE);
      case TRACE_STATE -> schema.column(SpanSchema.TRACE_STATE);
      case EVENT_NAME -> schema.element(SpanSchema.EVENTS, "name");
      case EVENT_TIME_SINCE_START -> schema.element(SpanSchema.EVENTS, "time");
      case LINK_TRACE_ID -> schema.element(SpanSchema.LINKS, SpanSchema.TRACE_ID);
      case LINK_SPAN_ID -> schema.element(SpanSchema.LINKS, SpanSchema.SPAN_ID);
      case INSTRUMENTATION_NAME -> schema.column(SpanSchema.SCOPE_NAME);
      case INSTRUMENTATION_VERSION -> schema.column(SpanSchema.SCOPE_VERSION);
    };
  }

  /// Goes on with the first row of a group, which was opened with [#leaves].
  void open(SpansReader.Group group) {
    trace = group.leaf(schema.column(SpanSchema.TRACE_ID));
    span = group.leaf(schema.column(SpanSchema.SPAN_ID));
    parent = group.leaf(schema.column(SpanSchema.PARENT_ID));
    start = group.leaf(schema.column(SpanSchema.START));
    duration = group.leaf(schema.column(SpanSchema.DURATION));
    kind = group.leaf(schema.column(SpanSchema.KIND));
    status = group.leaf(schema.column(SpanSchema.STATUS));
    parts.clear();
    Map<SpanField.Scope, Map<String, FieldColumn>> byScope = new LinkedHashMap<>();
    for (int f = 0; f < fields.size(); f++) {
      FieldColumn into = columns.get(f);
      switch (fields.get(f)) {
        case SpanField.Intrinsic intrinsic -> parts.add(part(intrinsic, group, into));
        case SpanField.Attribute attribute -> {
          if (isAbsent(attribute)) {
            continue;
          }
          boolean listed = true;
          if (attribute.scope() == SpanField.Scope.SPAN) {
            for (AttributeColumn own : columnsOf(attribute.name())) {
              parts.add(part(own, group, into));
            }
            listed = isListed(attribute.name());
          }
          if (listed) {
            byScope
                .computeIfAbsent(attribute.scope(), s -> new LinkedHashMap<>())
                .put(attribute.name(), into);
          }
        }
      }
    }
    byScope.forEach((scope, wanted) -> parts.add(part(scope, wanted, group)));
  }

  private RowPart part(SpanField.Intrinsic intrinsic, SpansReader.Group group, FieldColumn into) {
    Leaf leaf = group.leaf(leaf(intrinsic));
    return switch (intrinsic) {
      case NAME, STATUS_MESSAGE, TRACE_STATE, INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION ->
          new RowParts.Text(leaf, into, new FieldColumn.Codes());
      case EVENT_NAME -> new RowParts.EventNames(leaf, into, new FieldColumn.Codes());
      case EVENT_TIME_SINCE_START -> new RowParts.EventTimes(leaf, () -> start.number, into);
      case LINK_TRACE_ID, LINK_SPAN_ID -> new RowParts.LinkIds(leaf, into);
    };
  }

  private RowPart part(AttributeColumn own, SpansReader.Group group, FieldColumn into) {
    Leaf leaf = group.leaf(schema.column(own.name()));
    return own.type() == ValueType.TEXT
        ? new RowParts.Text(leaf, into, new FieldColumn.Codes())
        : new RowParts.Number(leaf, own.type(), into);
  }

  private RowPart part(
      SpanField.Scope scope, Map<String, FieldColumn> wanted, SpansReader.Group group) {
    return switch (scope) {
      case SPAN -> new RowParts.Listed(new AttributeListReader(schema, "", group), true, wanted);
      case EVENT ->
          new RowParts.Listed(
              new AttributeListReader(schema, SpanSchema.EVENTS, group), false, wanted);
      case LINK ->
          new RowParts.Listed(
              new AttributeListReader(schema, SpanSchema.LINKS, group), false, wanted);
      case RESOURCE ->
          new RowParts.Origin(group.leaf(schema.column(SpanSchema.RESOURCE)), 1, wanted);
      case INSTRUMENTATION ->
          new RowParts.Origin(group.leaf(schema.column(SpanSchema.SCOPE)), 3, wanted);
    };
  }

  static long big(Binary id, int at) {
    ByteBuffer bytes = id.toByteBuffer();
    return bytes.getLong(bytes.position() + at);
  }

  /// Reads the trace id of the next row.
  void peek() {
    trace.read();
  }

  long traceHigh() {
    return big(trace.binary, 0);
  }

  long traceLow() {
    return big(trace.binary, 8);
  }

  /// Adds the row.
  void read() {
    span.read();
    parent.read();
    start.read();
    duration.read();
    kind.read();
    status.read();
    highs[rows] = traceHigh();
    lows[rows] = traceLow();
    spanIds[rows] = big(span.binary, 0);
    parents[rows] = parent.present ? big(parent.binary, 0) : 0;
    starts[rows] = start.number;
    ends[rows] = start.number + duration.number;
    kinds[rows] = (byte) kind.number;
    statuses[rows] = status.present ? (byte) status.number : 0;
    for (int p = 0; p < parts.size(); p++) {
      parts.get(p).read();
    }
    for (int c = 0; c < columns.size(); c++) {
      columns.get(c).endRow();
    }
    rows++;
  }

  void skip() {
    span.skip();
    parent.skip();
    start.skip();
    duration.skip();
    kind.skip();
    status.skip();
    for (int p = 0; p < parts.size(); p++) {
      parts.get(p).skip();
    }
  }

  int rows() {
    return rows;
  }

  boolean isFull() {
    if (rows == PAGE_ROWS) {
      return true;
    }
    return rows % 64 == 0 && rows > 0 && heldBytes() > PAGE_BYTES;
  }

  long heldBytes() {
    long held = rows * 64L;
    for (FieldColumn column : columns) {
      held += column.heldBytes();
    }
    return held;
  }

  /// The rows since the last page.
  SpanPage take() {
    var taken = new ArrayList<SpanColumn>(columns.size());
    for (FieldColumn column : columns) {
      taken.add(column.take());
    }
    List<SpanColumn> inOrder =
        asked.size() == fields.size()
            ? List.copyOf(taken)
            : asked.stream().map(field -> taken.get(fields.indexOf(field))).toList();
    var page =
        new SpanPage(rows, highs, lows, spanIds, parents, starts, ends, kinds, statuses, inOrder);
    restart();
    return page;
  }
}
