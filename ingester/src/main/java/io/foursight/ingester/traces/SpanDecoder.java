package io.foursight.ingester.traces;

import io.foursight.model.FoursightException;
import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanField.Attribute;
import io.foursight.model.traces.SpanField.Intrinsic;
import io.foursight.model.traces.SpanField.Scope;
import io.foursight.model.traces.SpanPage;
import io.foursight.wire.protobuf.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows of a segment as columns, decoded from their OTLP bytes. A message that breaks off in the
/// middle gives what it had before. Owned by one thread.
final class SpanDecoder {
  private static final int MAX_DEPTH_LEFT = 1;

  /// An attribute that is asked for.
  private record Wanted(byte[] name, ColumnBuilder column) {}

  private final SegmentView view;
  private final List<SpanField> fields;
  private final ProtoReader in = new ProtoReader();
  private final HexText hex = new HexText();
  private List<ColumnBuilder> columns = List.of();
  private List<Wanted> spanAttributes = List.of();
  private List<Wanted> resourceAttributes = List.of();
  private List<Wanted> scopeAttributes = List.of();
  private List<Wanted> eventAttributes = List.of();
  private List<Wanted> linkAttributes = List.of();
  private boolean events;
  private boolean links;
  private final ColumnBuilder[] intrinsics = new ColumnBuilder[Intrinsic.values().length];

  SpanDecoder(SegmentView view, List<SpanField> fields) {
    this.view = view;
    this.fields = fields;
  }

  private void begin() {
    var all = new ArrayList<ColumnBuilder>();
    Arrays.fill(intrinsics, null);
    for (SpanField field : fields) {
      var column = new ColumnBuilder(field);
      all.add(column);
      if (field instanceof Intrinsic intrinsic) {
        intrinsics[intrinsic.ordinal()] = column;
      }
    }
    columns = all;
    spanAttributes = wanted(Scope.SPAN);
    resourceAttributes = wanted(Scope.RESOURCE);
    scopeAttributes = wanted(Scope.INSTRUMENTATION);
    eventAttributes = wanted(Scope.EVENT);
    linkAttributes = wanted(Scope.LINK);
    events =
        !eventAttributes.isEmpty()
            || wants(Intrinsic.EVENT_NAME)
            || wants(Intrinsic.EVENT_TIME_SINCE_START);
    links =
        !linkAttributes.isEmpty()
            || wants(Intrinsic.LINK_TRACE_ID)
            || wants(Intrinsic.LINK_SPAN_ID);
  }

  private List<Wanted> wanted(Scope scope) {
    var all = new ArrayList<Wanted>();
    for (ColumnBuilder column : columns) {
      if (column.field() instanceof Attribute attribute && attribute.scope() == scope) {
        all.add(new Wanted(attribute.name().getBytes(StandardCharsets.UTF_8), column));
      }
    }
    return all;
  }

  private boolean wants(Intrinsic intrinsic) {
    return intrinsics[intrinsic.ordinal()] != null;
  }

  /// @param rows numbers of rows, `from` to `to`
  SpanPage page(int[] rows, int from, int to) {
    begin();
    int n = to - from;
    var highs = new long[n];
    var lows = new long[n];
    var spanIds = new long[n];
    var parents = new long[n];
    var starts = new long[n];
    var ends = new long[n];
    var kinds = new byte[n];
    var statuses = new byte[n];
    int groupBefore = -1;
    for (int i = 0; i < n; i++) {
      int row = rows[from + i];
      int trace = view.trace(row);
      highs[i] = view.traceHighs()[trace];
      lows[i] = view.traceLows()[trace];
      spanIds[i] = view.spanId(row);
      starts[i] = view.start(row);
      ends[i] = view.end(row);
      span(row, i, starts[i], parents, kinds, statuses);
      int group = view.group(row);
      boolean repeated = group == groupBefore;
      if (!repeated) {
        group(group);
        groupBefore = group;
      }
      for (ColumnBuilder column : columns) {
        if (repeated && isOfGroup(column.field())) {
          column.repeatRow();
        } else {
          column.endRow();
        }
      }
    }
    var built = new ArrayList<SpanColumn>();
    columns.forEach(column -> built.add(column.column()));
    return new SpanPage(n, highs, lows, spanIds, parents, starts, ends, kinds, statuses, built);
  }

  /// The fields of resources and scopes alone: a row for each group, without ids and times.
  SpanPage groups() {
    begin();
    int n = view.groupCount();
    for (int group = 0; group < n; group++) {
      group(group);
      columns.forEach(ColumnBuilder::endRow);
    }
    var built = new ArrayList<SpanColumn>();
    columns.forEach(column -> built.add(column.column()));
    var none = new long[n];
    var zeros = new byte[n];
    return new SpanPage(n, none, none, none, none, none, none, zeros, zeros, built);
  }

  /// Whether all spans of a resource and scope have the same.
  static boolean isOfGroup(SpanField field) {
    return switch (field) {
      case Attribute a -> a.scope() == Scope.RESOURCE || a.scope() == Scope.INSTRUMENTATION;
      case Intrinsic i ->
          i == Intrinsic.INSTRUMENTATION_NAME || i == Intrinsic.INSTRUMENTATION_VERSION;
    };
  }

  // ---- resource and scope ----

  private void group(int group) {
    if (!resourceAttributes.isEmpty()) {
      enter(view.resources(), view.groupResources()[group]);
      attributesOf(1, resourceAttributes);
    }
    if (!scopeAttributes.isEmpty()
        || wants(Intrinsic.INSTRUMENTATION_NAME)
        || wants(Intrinsic.INSTRUMENTATION_VERSION)) {
      enter(view.scopes(), view.groupScopes()[group]);
      scope();
    }
  }

  private void enter(Messages.View messages, int number) {
    long place = messages.places()[number];
    in.reset(view.chunk(place), SegmentBytes.offset(place), messages.messageLengths()[number]);
  }

  private void attributesOf(int attributesField, List<Wanted> wanted) {
    int attributes = ProtoReader.tagOf(attributesField, ProtoReader.BYTES);
    try {
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        if (tag == attributes) {
          attribute(wanted);
        } else {
          in.skip(tag);
        }
      }
    } catch (FoursightException broken) {
      // What came before it counts.
    }
  }

  private void scope() {
    try {
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 | ProtoReader.BYTES -> text(Intrinsic.INSTRUMENTATION_NAME, false);
          case 2 << 3 | ProtoReader.BYTES -> text(Intrinsic.INSTRUMENTATION_VERSION, false);
          case 3 << 3 | ProtoReader.BYTES -> attribute(scopeAttributes);
          default -> in.skip(tag);
        }
      }
    } catch (FoursightException broken) {
      // What came before it counts.
    }
  }

  // ---- spans ----

  private void span(int row, int at, long start, long[] parents, byte[] kinds, byte[] statuses) {
    long place = view.place(row);
    in.reset(view.chunk(place), SegmentBytes.offset(place), view.length(row));
    try {
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 3 << 3 | ProtoReader.BYTES -> text(Intrinsic.TRACE_STATE, true);
          case 4 << 3 | ProtoReader.BYTES -> parents[at] = spanId();
          case 5 << 3 | ProtoReader.BYTES -> text(Intrinsic.NAME, false);
          case 6 << 3 | ProtoReader.VARINT -> kinds[at] = (byte) in.varint();
          case 9 << 3 | ProtoReader.BYTES -> attribute(spanAttributes);
          case 11 << 3 | ProtoReader.BYTES -> event(start);
          case 13 << 3 | ProtoReader.BYTES -> link();
          case 15 << 3 | ProtoReader.BYTES -> statuses[at] = status();
          default -> in.skip(tag);
        }
      }
    } catch (FoursightException broken) {
      // What came before it counts.
    }
  }

  private void text(Intrinsic intrinsic, boolean absentWhenEmpty) {
    int length = in.length();
    ColumnBuilder column = intrinsics[intrinsic.ordinal()];
    if (column != null && !(absentWhenEmpty && length == 0)) {
      column.text(in.array(), in.position(), length);
    }
    in.position(in.position() + length);
  }

  private long spanId() {
    int length = in.length();
    int at = in.position();
    in.position(at + length);
    long id = 0;
    if (length == 8) {
      for (int i = 0; i < 8; i++) {
        id = id << 8 | in.array()[at + i] & 0xff;
      }
    }
    return id;
  }

  private byte status() {
    int outer = in.enter();
    byte code = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 2 << 3 | ProtoReader.BYTES -> text(Intrinsic.STATUS_MESSAGE, true);
        case 3 << 3 | ProtoReader.VARINT -> code = (byte) in.varint();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return code;
  }

  private void event(long start) {
    int outer = in.enter();
    if (events) {
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 | ProtoReader.FIXED64 -> {
            long time = in.fixed64();
            ColumnBuilder column = intrinsics[Intrinsic.EVENT_TIME_SINCE_START.ordinal()];
            if (column != null) {
              column.value(SpanColumn.DURATION, time - start);
            }
          }
          case 2 << 3 | ProtoReader.BYTES -> text(Intrinsic.EVENT_NAME, false);
          case 3 << 3 | ProtoReader.BYTES -> attribute(eventAttributes);
          default -> in.skip(tag);
        }
      }
    }
    in.leave(outer);
  }

  private void link() {
    int outer = in.enter();
    if (links) {
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 | ProtoReader.BYTES -> hexId(Intrinsic.LINK_TRACE_ID);
          case 2 << 3 | ProtoReader.BYTES -> hexId(Intrinsic.LINK_SPAN_ID);
          case 4 << 3 | ProtoReader.BYTES -> attribute(linkAttributes);
          default -> in.skip(tag);
        }
      }
    }
    in.leave(outer);
  }

  private void hexId(Intrinsic intrinsic) {
    int length = in.length();
    ColumnBuilder column = intrinsics[intrinsic.ordinal()];
    if (column != null) {
      hex.write(in.array(), in.position(), length);
      column.text(hex.array(), 0, hex.length());
    }
    in.position(in.position() + length);
  }

  // ---- attributes ----

  private void attribute(List<Wanted> wanted) {
    int outer = in.enter();
    if (!wanted.isEmpty()) {
      int keyAt = 0;
      int keyLength = 0;
      int valueAt = -1;
      int valueLength = 0;
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 | ProtoReader.BYTES -> {
            keyLength = in.length();
            keyAt = in.position();
            in.position(keyAt + keyLength);
          }
          case 2 << 3 | ProtoReader.BYTES -> {
            valueLength = in.length();
            valueAt = in.position();
            in.position(valueAt + valueLength);
          }
          default -> in.skip(tag);
        }
      }
      if (valueAt >= 0) {
        for (Wanted one : wanted) {
          if (one.name.length == keyLength
              && Arrays.equals(one.name, 0, keyLength, in.array(), keyAt, keyAt + keyLength)) {
            int limit = in.limit();
            in.reset(in.array(), valueAt, valueLength);
            value(one.column, MAX_DEPTH_LEFT);
            in.reset(in.array(), limit, 0);
          }
        }
      }
    }
    in.leave(outer);
  }

  /// An `AnyValue`; one without a value is no value.
  private void value(ColumnBuilder column, int depthLeft) {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | ProtoReader.BYTES -> {
          int length = in.length();
          column.text(in.array(), in.position(), length);
          in.position(in.position() + length);
        }
        case 2 << 3 | ProtoReader.VARINT -> column.value(SpanColumn.BOOL, in.varint() == 0 ? 0 : 1);
        case 3 << 3 | ProtoReader.VARINT -> column.value(SpanColumn.INT, in.varint());
        case 4 << 3 | ProtoReader.FIXED64 -> column.value(SpanColumn.DOUBLE, in.fixed64());
        case 5 << 3 | ProtoReader.BYTES -> {
          if (depthLeft == 0) {
            column.value(SpanColumn.OTHER, 0);
            in.skip(tag);
          } else {
            array(column);
          }
        }
        default -> {
          column.value(SpanColumn.OTHER, 0);
          in.skip(tag);
        }
      }
    }
  }

  private void array(ColumnBuilder column) {
    column.array();
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (1 << 3 | ProtoReader.BYTES)) {
        int inner = in.enter();
        value(column, 0);
        in.leave(inner);
      } else {
        in.skip(tag);
      }
    }
    in.leave(outer);
  }
}
