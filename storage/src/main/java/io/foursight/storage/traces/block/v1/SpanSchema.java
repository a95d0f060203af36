package io.foursight.storage.traces.block.v1;

import static org.apache.parquet.schema.LogicalTypeAnnotation.intType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.jsonType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;

import io.foursight.model.FoursightException;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/// The Parquet schema of a file with some attribute columns; drawn in the package comment.
final class SpanSchema {
  static final String TRACE_ID = "trace_id";
  static final String SPAN_ID = "span_id";
  static final String PARENT_ID = "parent_span_id";
  static final String START = "start_time";
  static final String DURATION = "duration_nanos";
  static final String NAME = "name";
  static final String KIND = "kind";
  static final String STATUS = "status_code";
  static final String STATUS_MESSAGE = "status_message";
  static final String TRACE_STATE = "trace_state";
  static final String FLAGS = "flags";
  static final String DROPPED_ATTRIBUTES = "dropped_attributes_count";
  static final String DROPPED_EVENTS = "dropped_events_count";
  static final String DROPPED_LINKS = "dropped_links_count";
  static final String SERVICE = "service_name";
  static final String RESOURCE = "resource";
  static final String RESOURCE_ATTRIBUTES = "resource_attributes";
  static final String RESOURCE_SCHEMA = "resource_schema_url";
  static final String SCOPE = "scope";
  static final String SCOPE_NAME = "scope_name";
  static final String SCOPE_VERSION = "scope_version";
  static final String SCOPE_SCHEMA = "scope_schema_url";
  static final String ORDER = "attribute_order";
  static final String ATTRIBUTES = "attributes";
  static final String EVENTS = "events";
  static final String LINKS = "links";
  static final String OTLP = "otlp";

  private final MessageType message;

  SpanSchema(List<AttributeColumn> columns) {
    var m = Types.buildMessage();
    m.required(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY).length(16).named(TRACE_ID);
    m.required(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY).length(8).named(SPAN_ID);
    m.optional(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY).length(8).named(PARENT_ID);
    m.required(PrimitiveTypeName.INT64).as(nanos()).named(START);
    m.required(PrimitiveTypeName.INT64).named(DURATION);
    m.required(PrimitiveTypeName.BINARY).as(stringType()).named(NAME);
    m.required(PrimitiveTypeName.INT32).named(KIND);
    m.optional(PrimitiveTypeName.INT32).named(STATUS);
    m.optional(PrimitiveTypeName.BINARY).as(stringType()).named(STATUS_MESSAGE);
    m.optional(PrimitiveTypeName.BINARY).as(stringType()).named(TRACE_STATE);
    m.optional(PrimitiveTypeName.INT32).as(intType(32, false)).named(FLAGS);
    m.optional(PrimitiveTypeName.INT32).as(intType(32, false)).named(DROPPED_ATTRIBUTES);
    m.optional(PrimitiveTypeName.INT32).as(intType(32, false)).named(DROPPED_EVENTS);
    m.optional(PrimitiveTypeName.INT32).as(intType(32, false)).named(DROPPED_LINKS);
    m.required(PrimitiveTypeName.BINARY).as(stringType()).named(SERVICE);
    m.required(PrimitiveTypeName.BINARY).named(RESOURCE);
    m.required(PrimitiveTypeName.BINARY).as(jsonType()).named(RESOURCE_ATTRIBUTES);
    m.optional(PrimitiveTypeName.BINARY).as(stringType()).named(RESOURCE_SCHEMA);
    m.required(PrimitiveTypeName.BINARY).named(SCOPE);
    m.optional(PrimitiveTypeName.BINARY).as(stringType()).named(SCOPE_NAME);
    m.optional(PrimitiveTypeName.BINARY).as(stringType()).named(SCOPE_VERSION);
    m.optional(PrimitiveTypeName.BINARY).as(stringType()).named(SCOPE_SCHEMA);
    for (AttributeColumn column : columns) {
      m.addField(attribute(column));
    }
    m.required(PrimitiveTypeName.BINARY).named(ORDER);
    m.addField(attributeList());
    m.addField(
        list(
            EVENTS,
            Types.requiredGroup()
                .required(PrimitiveTypeName.INT64)
                .as(nanos())
                .named("time")
                .required(PrimitiveTypeName.BINARY)
                .as(stringType())
                .named("name")
                .optional(PrimitiveTypeName.INT32)
                .as(intType(32, false))
                .named(DROPPED_ATTRIBUTES)
                .addField(attributeList())
                .named("element")));
    m.addField(
        list(
            LINKS,
            Types.requiredGroup()
                .required(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY)
                .length(16)
                .named(TRACE_ID)
                .required(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY)
                .length(8)
                .named(SPAN_ID)
                .optional(PrimitiveTypeName.BINARY)
                .as(stringType())
                .named(TRACE_STATE)
                .optional(PrimitiveTypeName.INT32)
                .as(intType(32, false))
                .named(FLAGS)
                .optional(PrimitiveTypeName.INT32)
                .as(intType(32, false))
                .named(DROPPED_ATTRIBUTES)
                .addField(attributeList())
                .named("element")));
    m.optional(PrimitiveTypeName.BINARY).named(OTLP);
    message = m.named("spans");
  }

  private static LogicalTypeAnnotation nanos() {
    return timestampType(true, LogicalTypeAnnotation.TimeUnit.NANOS);
  }

  private static Type attribute(AttributeColumn column) {
    return switch (column.type()) {
      case ValueType.TEXT ->
          Types.optional(PrimitiveTypeName.BINARY).as(stringType()).named(column.name());
      case ValueType.INT -> Types.optional(PrimitiveTypeName.INT64).named(column.name());
      case ValueType.DOUBLE -> Types.optional(PrimitiveTypeName.DOUBLE).named(column.name());
      case ValueType.BOOL -> Types.optional(PrimitiveTypeName.BOOLEAN).named(column.name());
      default ->
          throw FoursightException.corrupt(
              TracesBlockFormat.INDEX + ": column " + column.name() + " of type " + column.type());
    };
  }

  private static Type attributeList() {
    return list(
        ATTRIBUTES,
        Types.requiredGroup()
            .required(PrimitiveTypeName.BINARY)
            .as(stringType())
            .named("key")
            .optional(PrimitiveTypeName.BINARY)
            .as(stringType())
            .named("string_value")
            .optional(PrimitiveTypeName.INT64)
            .named("int_value")
            .optional(PrimitiveTypeName.DOUBLE)
            .named("double_value")
            .optional(PrimitiveTypeName.BOOLEAN)
            .named("bool_value")
            .optional(PrimitiveTypeName.BINARY)
            .named("other_value")
            .named("element"));
  }

  private static GroupType list(String name, GroupType element) {
    return Types.requiredGroup()
        .as(LogicalTypeAnnotation.listType())
        .addField(Types.repeatedGroup().addField(element).named("list"))
        .named(name);
  }

  MessageType message() {
    return message;
  }

  ColumnDescriptor column(String... path) {
    return message.getColumnDescription(path);
  }

  /// A leaf of a list's elements.
  ColumnDescriptor element(String list, String leaf) {
    return column(list, "list", "element", leaf);
  }

  /// A leaf of an attribute list: of spans when `list` is empty, else of events or links.
  ColumnDescriptor attribute(String list, String leaf) {
    return list.isEmpty()
        ? column(ATTRIBUTES, "list", "element", leaf)
        : column(list, "list", "element", ATTRIBUTES, "list", "element", leaf);
  }
}
