package io.foursight.model.traces;

import java.util.List;

/// One typed value of a span's field or of a group of spans, where there are few of them.
public sealed interface SpanValue {
  record Text(String value) implements SpanValue {}

  record Int(long value) implements SpanValue {}

  record Decimal(double value) implements SpanValue {}

  record Bool(boolean value) implements SpanValue {}

  record Duration(long nanos) implements SpanValue {}

  /// @param code as OTLP numbers it: unset 0, ok 1, error 2
  record Status(int code) implements SpanValue {}

  /// @param code as OTLP numbers it: unspecified 0, internal 1, server 2, client 3, producer 4,
  ///   consumer 5
  record Kind(int code) implements SpanValue {}

  /// An array attribute, in order.
  record Many(List<SpanValue> values) implements SpanValue {
    public Many {
      values = List.copyOf(values);
    }
  }

  /// The group of spans that lack the field.
  record Nil() implements SpanValue {}
}
