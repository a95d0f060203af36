package io.foursight.storage.traces.block.v1;

import java.util.Arrays;

/// Who sent a span: OTLP `Resource` and `InstrumentationScope` as protobuf messages (without tag
/// and length), with the schema urls of the `ResourceSpans` and the `ScopeSpans` (empty when
/// absent). Equal by content. The arrays are not copied and must never be written again. Immutable
/// otherwise.
///
/// A stream hands out the same object for spans of the same origin whenever it can: the writer
/// recognizes it by identity before it compares bytes.
public final class SpanOrigin {
  private final byte[] resource;
  private final String resourceSchemaUrl;
  private final byte[] scope;
  private final String scopeSchemaUrl;
  private final int hash;

  public SpanOrigin(
      byte[] resource, String resourceSchemaUrl, byte[] scope, String scopeSchemaUrl) {
    this.resource = resource;
    this.resourceSchemaUrl = resourceSchemaUrl;
    this.scope = scope;
    this.scopeSchemaUrl = scopeSchemaUrl;
    this.hash =
        31 * (31 * Arrays.hashCode(resource) + Arrays.hashCode(scope))
            + 7 * resourceSchemaUrl.hashCode()
            + scopeSchemaUrl.hashCode();
  }

  public byte[] resource() {
    return resource;
  }

  public String resourceSchemaUrl() {
    return resourceSchemaUrl;
  }

  public byte[] scope() {
    return scope;
  }

  public String scopeSchemaUrl() {
    return scopeSchemaUrl;
  }

  /// Whether both are of one `ResourceSpans`.
  boolean sameResource(SpanOrigin other) {
    return Arrays.equals(resource, other.resource)
        && resourceSchemaUrl.equals(other.resourceSchemaUrl);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof SpanOrigin o
            && hash == o.hash
            && Arrays.equals(scope, o.scope)
            && scopeSchemaUrl.equals(o.scopeSchemaUrl)
            && sameResource(o);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return "origin of " + resource.length + " + " + scope.length + " bytes";
  }
}
