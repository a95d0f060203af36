package io.foursight.wire.traces.tempo;

import io.foursight.wire.traces.tempo.ProtoJson.Field;
import io.foursight.wire.traces.tempo.ProtoJson.Kind;
import io.foursight.wire.traces.tempo.ProtoJson.Schema;
import java.util.List;

/// The fields of OTLP `TracesData` and of what it contains.
final class TracesDataSchema {
  /// With Tempo's old name of the first field.
  static final Schema BATCHES = new Schema();

  static final Schema RESOURCE_SPANS = new Schema();

  private static final Schema VALUE = new Schema();

  static {
    Schema keyValue = new Schema().of(one(1, "key", Kind.TEXT), nested(2, "value", VALUE));
    Schema array = new Schema().of(many(1, "values", VALUE));
    Schema map = new Schema().of(many(1, "values", keyValue));
    VALUE.of(
        choice(1, "stringValue", Kind.TEXT, null),
        choice(2, "boolValue", Kind.BOOL, null),
        choice(3, "intValue", Kind.LONG, null),
        choice(4, "doubleValue", Kind.DOUBLE, null),
        choice(5, "arrayValue", Kind.MESSAGE, array),
        choice(6, "kvlistValue", Kind.MESSAGE, map),
        choice(7, "bytesValue", Kind.BYTES, null));
    Schema resource =
        new Schema()
            .of(many(1, "attributes", keyValue), one(2, "droppedAttributesCount", Kind.NUMBER));
    Schema scope =
        new Schema()
            .of(
                one(1, "name", Kind.TEXT),
                one(2, "version", Kind.TEXT),
                many(3, "attributes", keyValue),
                one(4, "droppedAttributesCount", Kind.NUMBER));
    Schema event =
        new Schema()
            .of(
                one(1, "timeUnixNano", Kind.FIXED_LONG),
                one(2, "name", Kind.TEXT),
                many(3, "attributes", keyValue),
                one(4, "droppedAttributesCount", Kind.NUMBER));
    Schema link =
        new Schema()
            .of(
                one(1, "traceId", Kind.BYTES),
                one(2, "spanId", Kind.BYTES),
                one(3, "traceState", Kind.TEXT),
                many(4, "attributes", keyValue),
                one(5, "droppedAttributesCount", Kind.NUMBER),
                one(6, "flags", Kind.FIXED_NUMBER));
    Schema status =
        new Schema()
            .of(
                one(2, "message", Kind.TEXT),
                named(
                    3,
                    "code",
                    List.of("STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR")));
    Schema span =
        new Schema()
            .of(
                one(1, "traceId", Kind.BYTES),
                one(2, "spanId", Kind.BYTES),
                one(3, "traceState", Kind.TEXT),
                one(4, "parentSpanId", Kind.BYTES),
                one(16, "flags", Kind.FIXED_NUMBER),
                one(5, "name", Kind.TEXT),
                named(
                    6,
                    "kind",
                    List.of(
                        "SPAN_KIND_UNSPECIFIED",
                        "SPAN_KIND_INTERNAL",
                        "SPAN_KIND_SERVER",
                        "SPAN_KIND_CLIENT",
                        "SPAN_KIND_PRODUCER",
                        "SPAN_KIND_CONSUMER")),
                one(7, "startTimeUnixNano", Kind.FIXED_LONG),
                one(8, "endTimeUnixNano", Kind.FIXED_LONG),
                many(9, "attributes", keyValue),
                one(10, "droppedAttributesCount", Kind.NUMBER),
                many(11, "events", event),
                one(12, "droppedEventsCount", Kind.NUMBER),
                many(13, "links", link),
                one(14, "droppedLinksCount", Kind.NUMBER),
                nested(15, "status", status));
    Schema scopeSpans =
        new Schema()
            .of(nested(1, "scope", scope), many(2, "spans", span), one(3, "schemaUrl", Kind.TEXT));
    Schema resourceSpans =
        new Schema()
            .of(
                nested(1, "resource", resource),
                many(2, "scopeSpans", scopeSpans),
                one(3, "schemaUrl", Kind.TEXT));
    BATCHES.of(many(1, "batches", resourceSpans));
    RESOURCE_SPANS.of(many(1, "resourceSpans", resourceSpans));
  }

  private TracesDataSchema() {}

  private static Field one(int number, String name, Kind kind) {
    return new Field(number, name, kind, false, false, null, List.of());
  }

  private static Field named(int number, String name, List<String> names) {
    return new Field(number, name, Kind.ENUM, false, false, null, names);
  }

  private static Field nested(int number, String name, Schema message) {
    return new Field(number, name, Kind.MESSAGE, false, false, message, List.of());
  }

  private static Field many(int number, String name, Schema message) {
    return new Field(number, name, Kind.MESSAGE, true, false, message, List.of());
  }

  private static Field choice(int number, String name, Kind kind, Schema message) {
    return new Field(number, name, kind, false, true, message, List.of());
  }
}
