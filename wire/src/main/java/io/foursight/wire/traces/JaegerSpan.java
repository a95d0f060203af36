package io.foursight.wire.traces;

import io.foursight.model.traces.TraceId;
import java.util.ArrayList;
import java.util.List;

/// A span as Jaeger's model has it. Times in nanoseconds. Mutable while it is read.
final class JaegerSpan {
  /// @param value `String`, `Boolean`, `Long`, `Double` or `byte[]`
  record Tag(String key, Object value) {}

  record Log(long nanos, List<Tag> fields) {}

  record Process(String service, List<Tag> tags) {
    static final Process NONE = new Process("", List.of());
  }

  /// @param follows `FOLLOWS_FROM`; else `CHILD_OF`
  record Reference(TraceId trace, long span, boolean follows) {}

  TraceId trace = TraceId.NONE;
  long id;
  long parent;
  String operation = "";
  long startNanos;
  long durationNanos;
  boolean timesInRange = true;
  final List<Reference> references = new ArrayList<>();
  final List<Tag> tags = new ArrayList<>();
  final List<Log> logs = new ArrayList<>();
}
