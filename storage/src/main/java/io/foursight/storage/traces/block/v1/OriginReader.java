package io.foursight.storage.traces.block.v1;

import java.util.HashMap;
import java.util.Map;
import org.apache.parquet.io.api.Binary;

/// The columns that tell who sent a span. Owned by one thread.
final class OriginReader {
  private static final int MAX_KNOWN = 1 << 16;

  private record Key(Binary resource, Binary resourceSchema, Binary scope, Binary scopeSchema) {}

  /// Origins met so far in a block: equal ones are one object.
  static final class Known {
    private final Map<Key, SpanOrigin> byContent = new HashMap<>();

    private SpanOrigin of(Key key) {
      SpanOrigin known = byContent.get(key);
      if (known == null) {
        if (byContent.size() >= MAX_KNOWN) {
          byContent.clear();
        }
        var copy =
            new Key(
                key.resource.copy(),
                key.resourceSchema.copy(),
                key.scope.copy(),
                key.scopeSchema.copy());
        known =
            new SpanOrigin(
                copy.resource.getBytes(),
                copy.resourceSchema.toStringUsingUTF8(),
                copy.scope.getBytes(),
                copy.scopeSchema.toStringUsingUTF8());
        byContent.put(copy, known);
      }
      return known;
    }
  }

  private final Leaf resource;
  private final Leaf resourceSchema;
  private final Leaf scope;
  private final Leaf scopeSchema;
  private final Known known;
  private final Map<Long, SpanOrigin> byCodes = new HashMap<>();
  private SpanOrigin origin;

  OriginReader(SpanSchema schema, SpansReader.Group group, Known known) {
    resource = group.leaf(schema.column(SpanSchema.RESOURCE));
    resourceSchema = group.leaf(schema.column(SpanSchema.RESOURCE_SCHEMA));
    scope = group.leaf(schema.column(SpanSchema.SCOPE));
    scopeSchema = group.leaf(schema.column(SpanSchema.SCOPE_SCHEMA));
    this.known = known;
  }

  void read() {
    resource.read();
    resourceSchema.read();
    scope.read();
    scopeSchema.read();
    long rs = resourceSchema.present ? resourceSchema.code + 1L : 0;
    long ss = scopeSchema.present ? scopeSchema.code + 1L : 0;
    boolean coded =
        resource.code >= 0
            && scope.code >= 0
            && (!resourceSchema.present || resourceSchema.code >= 0)
            && (!scopeSchema.present || scopeSchema.code >= 0)
            && resource.code < 1 << 20
            && scope.code < 1 << 20
            && rs < 1 << 10
            && ss < 1 << 10;
    if (coded) {
      long codes = (long) resource.code << 40 | (long) scope.code << 20 | rs << 10 | ss;
      origin = byCodes.computeIfAbsent(codes, c -> known.of(key()));
    } else {
      origin = known.of(key());
    }
  }

  private Key key() {
    return new Key(
        resource.binary,
        resourceSchema.present ? resourceSchema.binary : Binary.EMPTY,
        scope.binary,
        scopeSchema.present ? scopeSchema.binary : Binary.EMPTY);
  }

  SpanOrigin origin() {
    return origin;
  }

  void skip() {
    resource.skip();
    resourceSchema.skip();
    scope.skip();
    scopeSchema.skip();
  }
}
