package io.foursight.model.traces;

/// Something of a span that a query reads: an intrinsic, or an attribute in one scope.
public sealed interface SpanField {

  /// Where an attribute stands.
  enum Scope {
    SPAN,
    RESOURCE,
    EVENT,
    LINK,
    INSTRUMENTATION
  }

  /// What a Source itself knows of a span beside its attributes and the fixed columns of a
  /// [SpanPage]. What needs the whole trace (its duration, root, nested sets, child count) is the
  /// asker's to find.
  enum Intrinsic implements SpanField {
    /// Text.
    NAME,
    /// Text; absent when empty.
    STATUS_MESSAGE,
    /// Text; absent when empty.
    TRACE_STATE,
    /// Text, one per event.
    EVENT_NAME,
    /// Duration from the span's start in nanoseconds, one per event.
    EVENT_TIME_SINCE_START,
    /// Text, 32 lower-case hex digits, one per link.
    LINK_TRACE_ID,
    /// Text, 16 lower-case hex digits, one per link.
    LINK_SPAN_ID,
    /// Text.
    INSTRUMENTATION_NAME,
    /// Text.
    INSTRUMENTATION_VERSION
  }

  /// @param name as sent, dots and all
  record Attribute(Scope scope, String name) implements SpanField {}

  /// The attribute that names the service.
  SpanField SERVICE_NAME = new Attribute(Scope.RESOURCE, "service.name");
}
