package io.foursight.model.traces;

import java.util.Arrays;
import java.util.BitSet;

/// One decoded push: spans as the bytes of OTLP messages, with what everybody needs of them beside
/// the bytes. Other protocols are rewritten to OTLP while they are decoded.
///
/// ```
/// resource r: body[resourceOffset(r) .. +resourceLength(r))   opentelemetry.proto.resource.v1.Resource
///             schema url = body[resourceSchemaOffset(r) .. +resourceSchemaLength(r))
/// scope s:    of resource resourceOf(s); opentelemetry.proto.common.v1.InstrumentationScope, schema url likewise
/// span i:     of scope scopeOf(i); body[spanOffset(i) .. +spanLength(i))   opentelemetry.proto.trace.v1.Span
/// ```
///
/// The message bytes are without their field tag and length. Equal resources and scopes may appear
/// more than once; spans keep the sender's order. Filled front to back (`addResource`, `addScope`,
/// `addSpan`). The bytes usually lie in the request's body, so a batch is **valid only until the
/// call it was passed to returns**. Owned by one thread. [OTLP
/// trace.proto](https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto)
public final class TracesBatch {
  private byte[] body;
  private int bodySize;
  private int resourceCount;
  private int[] resources = new int[16];
  private int scopeCount;
  private int[] scopes = new int[20];
  private int spanCount;
  private int[] spans = new int[3 * 64];
  private long[] traceHighs = new long[64];
  private long[] traceLows = new long[64];
  private long[] spanIds = new long[64];
  private long[] startNanos = new long[64];
  private long[] endNanos = new long[64];

  /// @param body the array that all offsets point into
  public TracesBatch(byte[] body) {
    this.body = body;
    this.bodySize = body.length;
  }

  /// Empties it for another request, of whose array the first `size` bytes are taken; keeps the
  /// columns' arrays.
  public void reset(byte[] newBody, int size) {
    body = newBody;
    bodySize = size;
    resourceCount = 0;
    scopeCount = 0;
    spanCount = 0;
  }

  /// Puts bytes behind those that are taken, in a longer array if need be: for decoders that
  /// rewrite spans.
  ///
  /// @return where they lie
  public int append(byte[] bytes, int offset, int length) {
    int at = bodySize;
    if (body.length - at < length) {
      long wanted = (long) at + length + body.length / 4;
      body = Arrays.copyOf(body, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    }
    System.arraycopy(bytes, offset, body, at, length);
    bodySize = at + length;
    return at;
  }

  public byte[] body() {
    return body;
  }

  /// How many bytes of [#body] are taken.
  public int bodySize() {
    return bodySize;
  }

  /// Starts the next resource; its scopes follow.
  ///
  /// @return its number
  public int addResource(int offset, int length, int schemaOffset, int schemaLength) {
    int at = 4 * resourceCount;
    if (at == resources.length) {
      resources = Arrays.copyOf(resources, at * 2);
    }
    resources[at] = offset;
    resources[at + 1] = length;
    resources[at + 2] = schemaOffset;
    resources[at + 3] = schemaLength;
    return resourceCount++;
  }

  /// Starts the next scope of the resource added last; its spans follow.
  ///
  /// @return its number
  public int addScope(int offset, int length, int schemaOffset, int schemaLength) {
    int at = 5 * scopeCount;
    if (at == scopes.length) {
      scopes = Arrays.copyOf(scopes, at * 2);
    }
    scopes[at] = offset;
    scopes[at + 1] = length;
    scopes[at + 2] = schemaOffset;
    scopes[at + 3] = schemaLength;
    scopes[at + 4] = resourceCount - 1;
    return scopeCount++;
  }

  /// Adds a span of the scope added last.
  ///
  /// @param startNanos unsigned nanoseconds since the epoch as OTLP has them
  /// @return its number
  public int addSpan(
      int offset,
      int length,
      long traceHigh,
      long traceLow,
      long spanId,
      long startNanos,
      long endNanos) {
    int span = spanCount;
    if (span == traceHighs.length) {
      int capacity = 2 * span;
      spans = Arrays.copyOf(spans, 3 * capacity);
      traceHighs = Arrays.copyOf(traceHighs, capacity);
      traceLows = Arrays.copyOf(traceLows, capacity);
      spanIds = Arrays.copyOf(spanIds, capacity);
      this.startNanos = Arrays.copyOf(this.startNanos, capacity);
      this.endNanos = Arrays.copyOf(this.endNanos, capacity);
    }
    spans[3 * span] = offset;
    spans[3 * span + 1] = length;
    spans[3 * span + 2] = scopeCount - 1;
    traceHighs[span] = traceHigh;
    traceLows[span] = traceLow;
    spanIds[span] = spanId;
    this.startNanos[span] = startNanos;
    this.endNanos[span] = endNanos;
    return spanCount++;
  }

  public int resourceCount() {
    return resourceCount;
  }

  public int resourceOffset(int resource) {
    return resources[4 * resource];
  }

  public int resourceLength(int resource) {
    return resources[4 * resource + 1];
  }

  public int resourceSchemaOffset(int resource) {
    return resources[4 * resource + 2];
  }

  public int resourceSchemaLength(int resource) {
    return resources[4 * resource + 3];
  }

  public int scopeCount() {
    return scopeCount;
  }

  public int scopeOffset(int scope) {
    return scopes[5 * scope];
  }

  public int scopeLength(int scope) {
    return scopes[5 * scope + 1];
  }

  public int scopeSchemaOffset(int scope) {
    return scopes[5 * scope + 2];
  }

  public int scopeSchemaLength(int scope) {
    return scopes[5 * scope + 3];
  }

  public int resourceOf(int scope) {
    return scopes[5 * scope + 4];
  }

  public int spanCount() {
    return spanCount;
  }

  public int spanOffset(int span) {
    return spans[3 * span];
  }

  public int spanLength(int span) {
    return spans[3 * span + 1];
  }

  public int scopeOf(int span) {
    return spans[3 * span + 2];
  }

  public long traceHigh(int span) {
    return traceHighs[span];
  }

  public long traceLow(int span) {
    return traceLows[span];
  }

  public long spanId(int span) {
    return spanIds[span];
  }

  public long startNanos(int span) {
    return startNanos[span];
  }

  public long endNanos(int span) {
    return endNanos[span];
  }

  /// Points a resource at other bytes of the body (identity resolved, attributes cut).
  public void resource(int resource, int offset, int length) {
    resources[4 * resource] = offset;
    resources[4 * resource + 1] = length;
  }

  /// Points a scope at other bytes of the body (attributes cut).
  public void scope(int scope, int offset, int length) {
    scopes[5 * scope] = offset;
    scopes[5 * scope + 1] = length;
  }

  /// Points a span at other bytes of the body (attributes cut).
  public void span(int span, int offset, int length) {
    spans[3 * span] = offset;
    spans[3 * span + 1] = length;
  }

  /// Removes spans; scopes and resources stay, possibly without spans. Numbers are those before the
  /// call.
  public void remove(BitSet removed) {
    int kept = 0;
    for (int i = 0; i < spanCount; i++) {
      if (removed.get(i)) {
        continue;
      }
      System.arraycopy(spans, 3 * i, spans, 3 * kept, 3);
      traceHighs[kept] = traceHighs[i];
      traceLows[kept] = traceLows[i];
      spanIds[kept] = spanIds[i];
      startNanos[kept] = startNanos[i];
      endNanos[kept] = endNanos[i];
      kept++;
    }
    spanCount = kept;
  }
}
