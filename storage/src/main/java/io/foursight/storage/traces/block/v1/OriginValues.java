package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanField;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.parquet.io.api.Binary;

/// What the columns of resource and scope hold for one origin; made once for each origin of a
/// block.
final class OriginValues {
  private static final byte[] SERVICE = "service.name".getBytes(StandardCharsets.UTF_8);
  private static final long SCOPE_NAME =
      GroupTokens.intrinsicKey(SpanField.Intrinsic.INSTRUMENTATION_NAME);
  private static final long SCOPE_VERSION =
      GroupTokens.intrinsicKey(SpanField.Intrinsic.INSTRUMENTATION_VERSION);

  private final SpanOrigin origin;
  final Binary service;
  final Binary resource;
  final Binary resourceAttributes;
  final Optional<Binary> resourceSchema;
  final Binary scope;
  final Optional<Binary> scopeName;
  final Optional<Binary> scopeVersion;
  final Optional<Binary> scopeSchema;

  /// The row group that has its tokens.
  int group = -1;

  OriginValues(SpanOrigin origin) {
    this.origin = origin;
    String serviceName = "";
    var cursor = new ProtoCursor().over(origin.resource(), 0, origin.resource().length);
    var attribute = new Attribute();
    while (cursor.next()) {
      if (cursor.is(1, ProtoCursor.BYTES)) {
        attribute.read(cursor);
        if (attribute.keyIs(SERVICE) && attribute.type == ValueType.TEXT && serviceName.isEmpty()) {
          serviceName = attribute.text();
        }
      }
    }
    service = Binary.fromString(serviceName);
    resource = Binary.fromConstantByteArray(origin.resource());
    resourceAttributes = Binary.fromString(AttributesJson.of(origin.resource(), 1));
    resourceSchema = optional(origin.resourceSchemaUrl());
    scope = Binary.fromConstantByteArray(origin.scope());
    scopeName = optional(scopeText(1));
    scopeVersion = optional(scopeText(2));
    scopeSchema = optional(origin.scopeSchemaUrl());
  }

  private static Optional<Binary> optional(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(Binary.fromString(text));
  }

  private String scopeText(int field) {
    String text = "";
    var cursor = new ProtoCursor().over(origin.scope(), 0, origin.scope().length);
    while (cursor.next()) {
      if (cursor.is(field, ProtoCursor.BYTES)) {
        text = new String(cursor.bytes, cursor.start, cursor.length, StandardCharsets.UTF_8);
      }
    }
    return text;
  }

  void tokens(GroupTokens tokens) {
    var attribute = new Attribute();
    var cursor = new ProtoCursor().over(origin.resource(), 0, origin.resource().length);
    while (cursor.next()) {
      if (cursor.is(1, ProtoCursor.BYTES)) {
        attribute.read(cursor);
        tokens.attribute(SpanField.Scope.RESOURCE.ordinal(), attribute);
      }
    }
    cursor.over(origin.scope(), 0, origin.scope().length);
    while (cursor.next()) {
      if (cursor.is(3, ProtoCursor.BYTES)) {
        attribute.read(cursor);
        tokens.attribute(SpanField.Scope.INSTRUMENTATION.ordinal(), attribute);
      }
    }
    scopeName.ifPresent(
        text -> intrinsic(tokens, SpanField.Intrinsic.INSTRUMENTATION_NAME, SCOPE_NAME, text));
    scopeVersion.ifPresent(text ->
        intrinsic(tokens, SpanField.Intrinsic.INSTRUMENTATION_VERSION, SCOPE_VERSION, text));
  }

  private static void intrinsic(
      GroupTokens tokens, SpanField.Intrinsic field, long key, Binary text) {
    byte[] bytes = text.getBytesUnsafe();
    tokens.intrinsic(field, key, bytes, 0, bytes.length);
  }
}
